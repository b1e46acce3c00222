"""XLSX: the cells of a workbook as text, as people see them. Nothing is computed, and no more is read than rules can need.

Why not by openpyxl, which writes them: docs/adr/0013. ECMA-376, part 1, chapter 18, says what the parts hold.
"""

import re
from datetime import datetime, timedelta

from replies.exchange.cells import bare
from replies.exchange.columns import letters
from replies.exchange.grid import CHARACTERS_LIMIT, COLUMNS_LIMIT, LINES_LIMIT, Cell, Grid, Kind, Line, Merge
from replies.exchange.parcel import Parcel
from replies.exchange.report import Contents, Outcome, Row, refusal
from replies.exchange.table_in import layout_of, read_table
from replies.exchange.workbook import Book, Tab, TextOf, open_book, unescaped

SHEETS_LIMIT = 50
LAST_DAY = 2_958_466
"""The day after 9999-12-31, counted as spreadsheet programs count."""

_REF = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_RANGE = re.compile(r"([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})")
_COLUMN_LIMIT = 16_384
_EXACT = 10**15


def read_xlsx(data: bytes) -> Contents:
    """The rules of the first sheet, of those that people see, that has headings of rules.

    Raises:
        RuleFault: it is no workbook, a broken or locked one, unpacks to too much, or no sheet has headings.
    """
    parcel = Parcel(data)
    book = open_book(parcel)
    tabs = [tab for tab in book.tabs if tab.visible] or list(book.tabs)
    if not tabs or len(tabs) > SHEETS_LIMIT:
        raise refusal(f"工作表应有 1 到 {SHEETS_LIMIT} 张。", f"A workbook should have 1 to {SHEETS_LIMIT} sheets.")
    for tab in tabs:
        grid = _grid(parcel, book, tab)
        if layout_of(grid) is not None:
            contents = read_table(grid)
            return Contents(contents.entries, (*_left_out(tabs, tab), *contents.notes))
    return read_table(grid)


def _left_out(tabs: list[Tab], taken: Tab) -> list[Row]:
    zh, en = "只导入第一张有表头的工作表“{}”，“{}”没有导入。", "The first sheet with headings, {!r}, is taken; {!r} is left out."
    return [Row(0, "", Outcome.SKIPPED, zh.format(taken.name, tab.name), en.format(taken.name, tab.name)) for tab in tabs if tab is not taken]


def _grid(parcel: Parcel, book: Book, tab: Tab) -> Grid:
    reading = _Reading(book)
    parcel.parse(tab.part, reading.started, reading.ended, reading.said)
    lines = sorted(reading.lines.items())
    return Grid(tuple(Line(number, cells) for number, cells in lines), tuple(reading.merges), tab.name)


class _Reading:
    """One sheet on its way."""

    def __init__(self, book: Book) -> None:
        self.lines: dict[int, dict[int, Cell]] = {}
        self.merges: list[Merge] = []
        self._book = book
        self._row = 0
        self._column = 0
        self._type = "n"
        self._style = 0
        self._value: list[str] = []
        self._formula: list[str] | None = None
        self._formulas: dict[str, str] = {}
        self._shared = ""
        self._text = TextOf()
        self._into: list[str] | None = None
        self._room = CHARACTERS_LIMIT

    def started(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._cell(attributes)
        elif name == "v":
            self._into = self._value
        elif name == "f":
            self._formula = []
            self._shared = attributes.get("si", "") if attributes.get("t") == "shared" else ""
            self._into = self._formula
        elif name == "row":
            told = attributes.get("r", "")
            self._row = int(told) if re.fullmatch(r"\d{1,7}", told) else self._row + 1
            self._column = 0
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))
        else:
            self._text.started(name)

    def ended(self, name: str) -> None:
        self._into = None
        if name == "c":
            self._keep()
        else:
            self._text.ended(name)

    def said(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)
        else:
            self._text.said(text)

    def _cell(self, attributes: dict[str, str]) -> None:
        match = _REF.fullmatch(attributes.get("r", ""))
        self._column = self._column + 1 if match is None else _column(match[1])
        self._type = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self._style = int(style) if re.fullmatch(r"\d{1,7}", style) else 0
        self._value.clear()
        self._formula = None

    def _merge(self, ref: str) -> None:
        match = _RANGE.fullmatch(ref)
        if match is not None and match[2] != match[4]:
            self.merges.append(Merge(_column(match[1]), int(match[2]), int(match[4])))

    def _keep(self) -> None:
        cell = self._made()
        if cell is None or not cell.text.strip():
            return
        if self._column > COLUMNS_LIMIT:
            where = f"{letters(min(self._column, _COLUMN_LIMIT))}{self._row}"
            raise refusal(f"{where} 超出了 {COLUMNS_LIMIT} 列。", f"{where} lies beyond {COLUMNS_LIMIT} columns.")
        self._room -= len(cell.text)
        line = self.lines.setdefault(self._row, {})
        if len(self.lines) > LINES_LIMIT or self._room < 0:
            zh = f"表格太大：最多 {LINES_LIMIT} 行、{CHARACTERS_LIMIT} 字。"
            raise refusal(zh, f"The sheet is too large: at most {LINES_LIMIT} rows and {CHARACTERS_LIMIT} characters.")
        line[self._column] = cell

    def _made(self) -> Cell | None:
        inline = self._text.text()
        value = "".join(self._value)
        if self._formula is not None:
            return Cell(f"={self._formula_text()}", Kind.FORMULA)
        if self._type == "inlineStr":
            return Cell(bare(inline))
        if not value:
            return None
        if self._type == "s":
            known = value.isascii() and value.isdecimal() and len(value) < 10 and int(value) < len(self._book.strings)
            return Cell(bare(self._book.strings[int(value)])) if known else Cell("#REF!", Kind.ERROR)
        if self._type == "b":
            return Cell("TRUE" if value.strip() in {"1", "true"} else "FALSE")
        if self._type == "e":
            return Cell(value, Kind.ERROR)
        if self._type == "n":
            return _number(value, self._book, self._style)
        return Cell(value, Kind.DATE) if self._type == "d" else Cell(bare(unescaped(value)))

    def _formula_text(self) -> str:
        """A formula as it was written; of those that share one, the one that is written out."""
        text = "".join(self._formula or ())
        if self._shared and text:
            self._formulas[self._shared] = text
        return text or self._formulas.get(self._shared, "")


def _column(name: str) -> int:
    number = 0
    for letter in name:
        number = number * 26 + ord(letter) - 64
    return number


def _number(text: str, book: Book, style: int) -> Cell:
    """A number as people see it: whole ones without a point, dates as dates, 12.5 % as 12.5%."""
    try:
        value = float(text) if len(text) < 40 else None
    except ValueError:
        value = None
    if value is None or value in {float("inf"), float("-inf")} or value != value:  # noqa: PLR0124 - what differs from itself is no number
        return Cell(text[:40], Kind.ERROR)
    look = book.looks[style] if style < len(book.looks) else ""
    if look == "date" and 0 <= value < LAST_DAY:
        return Cell(_moment(value, from_1904=book.from_1904), Kind.DATE)
    if look == "percent":
        return Cell(f"{value * 100:.10g}%", Kind.SHOWN)
    whole = value.is_integer() and abs(value) < _EXACT
    if look == "zeros" and whole and value >= 0:
        return Cell(str(int(value)).zfill(book.zeros[style]), Kind.SHOWN)
    return Cell(str(int(value)) if whole else f"{value:.15g}")


def _moment(value: float, *, from_1904: bool) -> str:
    """A date, a time, or both. Day 60 of the count from 1900 is a 29 February that never was."""
    start = datetime(1904, 1, 1) if from_1904 else datetime(1899, 12, 31 if value < 60 else 30)  # noqa: DTZ001 - a day on a wall calendar
    try:
        moment = start + timedelta(seconds=round(value * 86_400))
    except OverflowError:
        return f"{value:.15g}"
    time = moment.strftime("%H:%M:%S" if moment.second else "%H:%M")
    if value < 1:
        return time
    return moment.strftime("%Y-%m-%d") if (moment.hour, moment.minute, moment.second) == (0, 0, 0) else f"{moment.strftime('%Y-%m-%d')} {time}"
