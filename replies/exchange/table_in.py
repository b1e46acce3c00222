"""From the rows of a sheet to rules: headings in any order, a row a rule, and a word about everything that is not taken as it stands."""

from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

import msgspec

from intents.keywords import Mode
from replies.exchange.cells import CELL_LIMIT
from replies.exchange.columns import BY_KEY, COLUMNS, TELLING, Place, letters, place_of
from replies.exchange.grid import LINES_LIMIT, Cell, Grid, Kind, Line
from replies.exchange.members import SIMPLE, CellFault, read_message, read_mode, read_more, read_none
from replies.exchange.patterns import read_patterns
from replies.exchange.report import Contents, Entry, Outcome, Row, bounded, refusal
from replies.shapes import RULES_LIMIT

HEADINGS_WITHIN = 10
"""Rows from the top in which the headings are looked for: a title may stand above them."""

NAME_LIMIT = 80

_BESIDE = frozenset({"mode", "more"})
"""Columns that show no member of their own."""

_TOLD = {
    Kind.FORMULA: (Outcome.CHANGED, "公式不会计算，按文字导入。", "A formula is not computed; it is taken as text."),
    Kind.DATE: (Outcome.CHANGED, "日期或时间格式的单元格，按“{text}”导入。", "A date or time, taken as {text}."),
    Kind.SHOWN: (Outcome.CHANGED, "带数字格式的单元格，按“{text}”导入。", "A number with a format, taken as {text}."),
    Kind.ERROR: (Outcome.FAULT, "这个单元格是错误值 {text}。", "This cell holds the error {text}."),
}


class Layout(msgspec.Struct, frozen=True):
    """What the columns of a sheet are, and which row says so."""

    line: int
    places: dict[int, Place]
    notes: tuple[Row, ...]


def layout_of(grid: Grid) -> Layout | None:
    """The headings of a sheet; None where no row of the first few looks like headings of rules."""
    for line in grid.lines[:HEADINGS_WITHIN]:
        found = {column: place_of(cell.text) for column, cell in line.cells.items()}
        known = {place.key for place in found.values() if place is not None}
        if len(known) > 1 and known & TELLING:
            return _layout(line, found)
    return None


def read_table(grid: Grid) -> Contents:
    """The rules of a sheet.

    Raises:
        RuleFault: no headings, or more rows than an account may have rules.
    """
    layout = layout_of(grid)
    if layout is None:
        zh = "没有找到表头：前 10 行里应有一行写着 名称、关键词、回复 等列名。"
        raise refusal(zh, "There are no headings: one of the first 10 rows should name columns, such as 名称, 关键词, 回复 (name, keywords, reply).")
    rows = [line for line in _filled(grid, layout.line) if line.number > layout.line]
    if len(rows) > RULES_LIMIT:
        raise refusal(f"规则有 {len(rows)} 行，最多 {RULES_LIMIT} 行。", f"There are {len(rows)} rows of rules; at most {RULES_LIMIT}.")
    entries = tuple(_Reading(line, layout.places).entry() for line in rows)
    return Contents(entries, (*layout.notes, *_without_heading(rows, layout)))


def _layout(line: Line, found: dict[int, Place | None]) -> Layout:
    places: dict[int, Place] = {}
    notes = []
    for column, place in sorted(found.items()):
        heading, cell = line.cells[column].text, f"{letters(column)}{line.number}"
        if place is None:
            zh, en = f"不认识“{heading[:40]}”这一列，没有导入。", f"The column {heading[:40]!r} is not known; it is left out."
        elif place not in places.values():
            places[column] = place
            continue
        elif BY_KEY[place.key].many:
            number = 1 + max(other.number for other in places.values() if other.key == place.key)
            places[column] = Place(place.key, number)
            continue
        else:
            zh, en = f"“{heading[:40]}”这一列重复了，只取第一列。", f"The column {heading[:40]!r} stands twice; the first is taken."
        notes.append(Row(line.number, "", Outcome.SKIPPED, zh, en, cell))
    return Layout(line.number, places, tuple(notes))


def _without_heading(rows: list[Line], layout: Layout) -> Iterator[Row]:
    first: dict[int, int] = {}
    headed = {*layout.places, *(column for note in layout.notes for column in [_column_of(note.cell)])}
    for line in rows:
        for column in line.cells:
            if column not in headed:
                first.setdefault(column, line.number)
    for column, number in sorted(first.items()):
        zh, en = "这一列没有列名，没有导入。", "This column has no heading; it is left out."
        yield Row(layout.line, "", Outcome.SKIPPED, zh, en, f"{letters(column)}{number}")


def _column_of(cell: str) -> int:
    number = 0
    for letter in cell.rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number


def _filled(grid: Grid, headings: int) -> list[Line]:
    """The rows, where the value of merged cells stands in every row that they cover, as people see it."""
    lines = list(grid.lines)
    numbers = [line.number for line in lines]
    room = LINES_LIMIT * len(COLUMNS)
    for merge in grid.merges:
        at = bisect_left(numbers, merge.first)
        if merge.first <= headings or at == len(lines) or numbers[at] != merge.first:
            continue
        cell = lines[at].cells.get(merge.column)
        for place in range(at + 1, bisect_left(numbers, merge.last + 1)):
            room -= 1
            if cell is not None and room > 0:
                lines[place] = Line(lines[place].number, {**lines[place].cells, merge.column: cell})
    if room < 0:
        raise refusal("合并的单元格太多。", "There are too many merged cells.")
    return lines


class _Reading:
    """One row on its way to a rule."""

    def __init__(self, line: Line, places: dict[int, Place]) -> None:
        self._line = line
        self._notes: list[Row] = []
        self._texts: dict[tuple[str, int], str] = {}
        self._cells: dict[str, str] = {}
        self._where: dict[tuple[str, int], str] = {}
        self._raw: dict[str, Any] = {}
        told = sorted((places[column], column, cell) for column, cell in line.cells.items() if column in places)
        pieces: dict[tuple[str, int], list[str]] = {}
        for place, column, cell in told:
            where = f"{letters(column)}{line.number}"
            self._tell(cell, where)
            pieces.setdefault((place.key, place.number), []).append(cell.text)
            self._where.setdefault((place.key, place.number), where)
            if place.key not in _BESIDE:
                self._cells.setdefault(BY_KEY[place.key].path, where)
        for key, texts in pieces.items():
            text = "".join(texts).replace("\r\n", "\n").replace("\r", "\n").strip()
            if text:
                self._texts[key] = text

    def entry(self) -> Entry:
        """The rule of this row, as far as it can be read."""
        for key in SIMPLE:
            self._simple(key)
        self._patterns()
        self._messages()
        self._guarded("more", self._more)
        self._raw.setdefault("layer", "keyword")
        name = self._name()
        notes = tuple(msgspec.structs.replace(note, name=name) for note in bounded(self._notes))
        return Entry(self._line.number, name, self._raw, notes, self._cells)

    def _tell(self, cell: Cell, where: str) -> None:
        if len(cell.text) > CELL_LIMIT:
            zh, en = f"单元格超过 {CELL_LIMIT} 字。", f"A cell has more than {CELL_LIMIT} characters."
            self._notes.append(Row(self._line.number, "", Outcome.FAULT, zh, en, where))
        elif cell.kind is not Kind.TEXT:
            outcome, zh, en = _TOLD[cell.kind]
            text = cell.text[:40]
            self._notes.append(Row(self._line.number, "", outcome, zh.format(text=text), en.format(text=text), where))

    def _all(self, key: str) -> str:
        """All columns of one kind as one text."""
        return "\n".join(text for (other, _), text in sorted(self._texts.items()) if other == key)

    def _simple(self, key: str) -> None:
        text = self._all(key)
        if text:
            self._guarded(key, lambda: self._put(BY_KEY[key].path, SIMPLE[key][0](text)))

    def _patterns(self) -> None:
        mode = Mode.CONTAINS
        text = self._all("mode")
        if text:
            try:
                mode = read_mode(text)
            except CellFault as fault:
                self._fault("mode", fault)
        for key, patterns in (("any", read_patterns(self._all("any"), mode)), ("none", read_none(self._all("none")))):
            if patterns:
                self._put(BY_KEY[key].path, patterns)

    def _messages(self) -> None:
        path = BY_KEY["reply"].path
        told = [place for place in sorted(self._texts) if place[0] == "reply"]
        for number, place in enumerate(told):
            self._cells[f"{path}[{number}]"] = self._where[place]
        if told:
            self._put(path, [read_message(self._texts[place]) for place in told])

    def _more(self) -> None:
        text = self._all("more")
        if text:
            _merge(self._raw, read_more(text))

    def _guarded(self, key: str, work: Any) -> None:
        try:
            work()
        except CellFault as fault:
            self._fault(key, fault)

    def _fault(self, key: str, fault: CellFault) -> None:
        path = BY_KEY[key].path.removeprefix(".")
        self._notes.append(Row(self._line.number, "", Outcome.FAULT, fault.zh, fault.en, self._where.get((key, 1), ""), path))

    def _put(self, path: str, value: object) -> None:
        *way, last = path.removeprefix(".").split(".")
        here = self._raw
        for step in way:
            here = here.setdefault(step, {})
        here[last] = value

    def _name(self) -> str:
        """The rule's name; where the sheet has none, its first keyword or question."""
        name = self._raw.get("name") or _first_text(self._raw.get("when"))[:NAME_LIMIT]
        if name:
            self._raw["name"] = name
        return str(name)[:NAME_LIMIT]


def _first_text(when: object) -> str:
    """The first keyword or question of a condition, which may be anything: its cell of JSON is not checked yet."""
    told = when if isinstance(when, dict) else {}
    for listed in (told.get("any"), told.get("similar")):
        for one in listed if isinstance(listed, list) else ():
            text = one.get("text") if isinstance(one, dict) else one
            if isinstance(text, str) and text:
                return text
    return ""


def _merge(base: dict[str, Any], more: dict[str, Any]) -> None:
    """Put the members of one object into another, the more precise ones over the others."""
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _merge(base[key], value)
        else:
            base[key] = value
