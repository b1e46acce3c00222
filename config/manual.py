"""Settings told to people: the table of `docs/settings.md`, the example file, and `weihub config show`.

`python -m config.manual` writes the first two anew; a test compares them with the code.
"""

import json
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from config.settings import Settings
from config.sources import MASK, Field, Loaded, fields

DOCUMENT = Path(__file__).parent.parent / "docs" / "settings.md"
EXAMPLE = Path(__file__).with_name("weihub.example.toml")
_TYPES = {str: "text", int: "whole number", float: "number", bool: "true or false", tuple: "list of texts"}

_INTRODUCTION = """\
# Settings

A setting comes from its default, then from a TOML file (`--config FILE`, or `weihub.toml` in the data directory if there is one), then from the
environment (`WEIHUB_<SECTION>__<KEY>`, two underscores; lists are separated by commas), then from flags of the command line. The later one wins.
Unknown keys are refused, with the nearest name. `weihub config check` tells every fault at once; `weihub config show` prints what is in force and
where each value came from, without secrets. A file with every default is in `config/weihub.example.toml`.

This page is made from the code by `python -m config.manual`.
"""


def _literal(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _meaning_of(section: str) -> str:
    struct = typing.get_type_hints(Settings)[section]
    return (struct.__doc__ or "").strip().splitlines()[0]


def _limits(field: Field) -> str:
    bare: Any = field.type
    while typing.get_origin(bare) is typing.Annotated:
        bare = typing.get_args(bare)[0]
    if typing.get_origin(bare) is typing.Literal:
        return " or ".join(f"`{choice}`" for choice in typing.get_args(bare))
    words = _TYPES[typing.get_origin(bare) or bare]
    bounds: dict[str, Any] = {}
    for meta in field.type.__metadata__:
        bounds |= {name: getattr(meta, name) for name in ("ge", "gt", "le") if getattr(meta, name) is not None}
    signs = {"ge": "≥", "gt": ">", "le": "≤"}
    return " ".join([words, *(f"{signs[name]} {bound:g}" if bound < 10**6 else f"{signs[name]} {bound}" for name, bound in bounds.items())])


def _by_section() -> Iterator[tuple[str, list[Field]]]:
    every = list(fields())
    for section in dict.fromkeys(field.section for field in every):
        yield section, [field for field in every if field.section == section]


def document() -> str:
    """The whole of `docs/settings.md`."""
    parts = [_INTRODUCTION]
    for section, rows in _by_section():
        parts.append(f"## `[{section}]`\n\n{_meaning_of(section)}\n\n| setting | default | values | meaning |\n|---|---|---|---|\n")
        parts[-1] += "".join(f"| `{row.path}` | `{_literal(row.default)}` | {_limits(row)} | {row.meaning} |\n" for row in rows)
    return "\n".join(parts)


def example() -> str:
    """The whole of `config/weihub.example.toml`: every setting, commented out, with its default."""
    parts = ["# Every setting with its default. Take away the # of a line to change it.\n"]
    for section, rows in _by_section():
        lines = [f"# {_meaning_of(section)}", f"[{section}]"]
        for row in rows:
            lines += [f"# {row.meaning}", f"# {row.key} = {_literal(row.default)}"]
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


def shown(loaded: Loaded) -> str:
    """The settings in force as TOML, each with its origin where it is not a default; secrets are masked."""
    values = msgspec.to_builtins(loaded.settings)
    lines = [f"# file: {loaded.file or 'none'}"]
    for section, rows in _by_section():
        lines += ["", f"[{section}]"]
        for row in rows:
            value = values[section][row.key]
            text = _literal(MASK if row.secret and value else value)
            origin = loaded.origins.get(row.path)
            lines.append(f"{row.key} = {text}" + (f"  # {origin}" if origin else ""))
    return "\n".join(lines) + "\n"


def write() -> None:
    """Write the document and the example anew."""
    DOCUMENT.write_text(document(), encoding="utf-8")
    EXAMPLE.write_text(example(), encoding="utf-8")


if __name__ == "__main__":
    write()
