"""The hub's signing secret: configured, or made once in the data directory."""

import os
import secrets
import stat
from pathlib import Path

from config.settings import MIN_SECRET_BYTES, Settings
from config.sources import SettingsFault

FILE_NAME = "secret"


def write_private(path: Path, text: str) -> bool:
    """Create a file that only its owner may read, whole or not at all. False when it exists already.

    The text is written to a file of its own and then linked into place, which fails where the name is taken: two
    processes that start together agree on one content, and nobody ever reads half of it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def readable_by_others(path: Path) -> bool:
    """Whether group or others have any right on a file."""
    return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)


def strength(secret: str) -> str | None:
    """What is wrong with a secret, or None."""
    size = len(secret.encode())
    if size < MIN_SECRET_BYTES:
        return f"it has {size} bytes, at least {MIN_SECRET_BYTES} are needed"
    if len(set(secret)) < 8:
        return "it repeats a few characters"
    return None


def signing_secret(settings: Settings) -> str:
    """The secret that tokens are signed with; made in the data directory at the first run, except in production.

    Raises:
        SettingsFault: production without a secret, a weak one there, or a file that others may read.
    """
    configured = settings.identity.secret
    if configured:
        weakness = strength(configured)
        if weakness and settings.server.production:
            raise SettingsFault(f"identity.secret is too weak for production: {weakness}. Make one with: openssl rand -hex 32")
        return configured
    return _own_secret(Path(settings.server.data) / FILE_NAME, make=not settings.server.production)


def _own_secret(path: Path, *, make: bool) -> str:
    try:
        if not path.exists():
            if not make:
                raise SettingsFault(
                    f"server.production is on, but identity.secret is not set and there is no {path}. Make one with: openssl rand -hex 32"
                )
            write_private(path, secrets.token_hex(32) + "\n")
        if readable_by_others(path):
            raise SettingsFault(f"{path} can be read by others on this machine. Close it with: chmod 600 {path}")
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as fault:
        raise SettingsFault(f"The secret file cannot be used: {fault}") from None
    if strength(secret):
        raise SettingsFault(f"{path} does not hold a usable secret: {strength(secret)}. Remove the file to have a new one made.")
    return secret
