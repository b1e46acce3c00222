"""Pages of a list, and the opaque cursor that says where the next one begins."""

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from bot.model.basics import Invalid

T = TypeVar("T")
PAGE_LIMIT = 200
_NUMBER_LIMIT = 2**62
_TEXT_LIMIT = 128


class Page(msgspec.Struct, Generic[T], frozen=True):
    """A part of a list; `cursor` asks for the next part and is None at the end."""

    items: list[T]
    cursor: str | None = None


def encode(*parts: int | str) -> str:
    """The place in a list as one opaque word that may stand in an address."""
    return base64.urlsafe_b64encode(msgspec.json.encode(parts)).decode().rstrip("=")


def decode(cursor: str, *types: type[int] | type[str]) -> tuple[Any, ...]:
    """The parts of a cursor, of the given types.

    Raises:
        Invalid: it is not a cursor of this list; `path` is "cursor".
    """
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        parts: list[Any] = msgspec.json.decode(text, type=list[int | str], strict=True)
    except (binascii.Error, ValueError, msgspec.MsgspecError) as error:
        raise _bad() from error
    if [type(part) for part in parts] != list(types) or not all(map(_sound, parts)):
        raise _bad()
    return tuple(parts)


def page(rows: Sequence[T], limit: int, place: Callable[[T], Sequence[int | str]]) -> Page[T]:
    """A page from rows that were fetched with one more than `limit`; `place` gives the parts of an item's cursor."""
    items = list(rows[:limit])
    return Page(items, encode(*place(items[-1])) if len(rows) > limit and items else None)


def bounded(limit: int) -> int:
    """A page's size between 1 and 200, whatever was asked."""
    return max(1, min(limit, PAGE_LIMIT))


def _sound(part: int | str) -> bool:
    if isinstance(part, int):
        return -_NUMBER_LIMIT <= part <= _NUMBER_LIMIT
    return len(part) <= _TEXT_LIMIT and "\0" not in part


def _bad() -> Invalid:
    return Invalid("翻页位置（cursor）不对，请从第一页开始。", "This is not a cursor of this list: begin without one.", path="cursor")
