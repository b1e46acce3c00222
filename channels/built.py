"""What `web/` was built into, and the demo that is open: values the hub is given when it starts.

Files are read once and served from memory: they are few, and a rebuild under a running hub changes nothing half-way.
"""

import gzip
import mimetypes
from collections.abc import Mapping
from pathlib import Path

import msgspec

from bot.model.people import Role

COMPRESSIBLE = ("text/", "application/json", "image/svg+xml")


class File(msgspec.Struct, frozen=True):
    """One built file; `packed` is the same in gzip where that is smaller."""

    type: str
    body: bytes
    packed: bytes | None


class Pages(msgspec.Struct, frozen=True):
    """Everything that was built, by path below the directory."""

    files: Mapping[str, File]


class DemoPerson(msgspec.Struct, frozen=True):
    """Somebody of the demo's staff, with the password that the start of the hub prints too."""

    login: str
    name: str
    role: Role
    password: str


class Demo(msgspec.Struct, frozen=True):
    """The demo that is open to whoever sits at this machine."""

    account: str
    name: str
    staff: tuple[DemoPerson, ...]


def read_pages(directory: Path) -> Pages | None:
    """The pages built into a directory; None where there are none."""
    if not (directory / "index.html").is_file():
        return None
    found = {str(path.relative_to(directory)): path.read_bytes() for path in sorted(directory.rglob("*")) if path.is_file()}
    return Pages({name: _file(name, body) for name, body in found.items()})


def _file(name: str, body: bytes) -> File:
    kind = "text/javascript" if name.endswith(".js") else mimetypes.guess_type(name)[0] or "application/octet-stream"
    packed = gzip.compress(body, 6, mtime=0) if kind.startswith(COMPRESSIBLE) and len(body) > 512 else None
    return File(kind, body, packed if packed is not None and len(packed) < len(body) else None)
