"""From rules to the rows of a sheet. A member that its column cannot show exactly goes to the last column as JSON, so nothing is lost."""

from collections.abc import Sequence
from typing import Any

import msgspec

from replies.exchange.cells import PIECE, plain, quoted
from replies.exchange.columns import BY_KEY, COLUMNS, Place, heading_of
from replies.exchange.grid import Sheet, Value
from replies.exchange.members import SIMPLE, CellFault, write_any, write_message, write_none
from replies.shapes import Rule

Shown = dict[tuple[str, int], Value]


def write_table(rules: Sequence[Rule]) -> Sheet:
    """A sheet that `read_table` takes for the same rules."""
    shown = [_shown(rule) for rule in rules]
    places = list(_places(shown))
    rows = tuple(tuple(_piece(one.get((place.key, place.number), ""), place.piece) for place in places) for one in shown)
    return Sheet(tuple(map(heading_of, places)), tuple(BY_KEY[place.key].width for place in places), rows)


def _places(shown: Sequence[Shown]) -> list[Place]:
    """The columns that these rules need, in order; a text too long for a cell goes on in the next."""
    pieces: dict[tuple[str, int], int] = {(column.key, 1): 1 for column in COLUMNS if column.always}
    for one in shown:
        for key, value in one.items():
            pieces[key] = max(pieces.get(key, 1), -(-len(value) // PIECE) if isinstance(value, str) else 1)
    order = {column.key: place for place, column in enumerate(COLUMNS)}
    keys = sorted(pieces, key=lambda key: (order[key[0]], key[1]))
    return [Place(name, number, piece) for name, number in keys for piece in range(pieces[name, number])]


def _piece(value: Value, piece: int) -> Value:
    return value[piece * PIECE : (piece + 1) * PIECE] if isinstance(value, str) else value


def _shown(rule: Rule) -> Shown:
    raw: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(rule))
    raw.setdefault("enabled", True)
    shown: Shown = {}
    for key, (read, write) in SIMPLE.items():
        value = _take(raw, BY_KEY[key].path)
        if value is not None:
            text = write(value)
            if _kept(text, value, read):
                shown[key, 1] = text
            else:
                _put(raw, BY_KEY[key].path, value)
    _show_patterns(raw, shown)
    for number, message in enumerate(_take(raw, BY_KEY["reply"].path) or (), 1):
        shown["reply", number] = write_message(message)
    rest = _pruned(raw)
    if rest:
        shown["more", 1] = quoted(rest)
    return shown


def _show_patterns(raw: dict[str, Any], shown: Shown) -> None:
    patterns = _take(raw, BY_KEY["any"].path)
    if patterns:
        mode, text = write_any(patterns)
        shown["any", 1] = text
        if mode:
            shown["mode", 1] = mode
    patterns = _take(raw, BY_KEY["none"].path)
    if patterns:
        shown["none", 1] = write_none(patterns)


def _kept(text: Value, value: object, read: Any) -> bool:
    """Whether a cell of this text is read as this value."""
    if isinstance(text, int):
        return True
    try:
        return bool(text) and plain(text) and read(text) == value
    except CellFault:
        return False


def _take(raw: dict[str, Any], path: str) -> Any:
    *way, last = path.removeprefix(".").split(".")
    for step in way:
        raw = raw.get(step, {})
    return raw.pop(last, None)


def _put(raw: dict[str, Any], path: str, value: object) -> None:
    *way, last = path.removeprefix(".").split(".")
    for step in way:
        raw = raw.setdefault(step, {})
    raw[last] = value


def _pruned(raw: dict[str, Any]) -> dict[str, Any]:
    """Without the objects that nothing is left of."""
    found = {key: _pruned(value) if isinstance(value, dict) else value for key, value in raw.items()}
    return {key: value for key, value in found.items() if value != {}}
