"""The rule packs that come with the program: `packs/`, a file each, and `packs/common.json` with what every shop is asked."""

from pathlib import Path

import msgspec

from bot.actions.packs import Note, Pack, TwoTongues
from replies.shapes import Rule

FOLDER = Path(__file__).with_name("packs")
COMMON = "common"
PACKS = ("general", "clothes", "food")
"""In the order they are listed."""


class _Common(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    notes: tuple[Note, ...]
    rules: tuple[Rule, ...]


class _Own(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    name: TwoTongues
    about: TwoTongues
    notes: tuple[Note, ...]
    rules: tuple[Rule, ...]


def read_packs() -> dict[str, Pack]:
    """Every pack by id: its own rules, then the common ones."""
    common = msgspec.json.decode(_content(COMMON), type=_Common)
    own = [msgspec.json.decode(_content(name), type=_Own) for name in PACKS]
    return {one.id: Pack(one.id, one.name, one.about, (*one.notes, *common.notes), (*one.rules, *common.rules)) for one in own}


def _content(name: str) -> bytes:
    return (FOLDER / f"{name}.json").read_bytes()
