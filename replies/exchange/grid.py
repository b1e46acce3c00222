"""A sheet as rows of cells, wherever it comes from or goes to."""

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from replies.shapes import BYTES_LIMIT, RULES_LIMIT

FILE_LIMIT = BYTES_LIMIT
"""Bytes of a file of text: as much as a rule set may have."""

BOOK_LIMIT = 10 * 1_024 * 1_024
"""Bytes of a workbook, which is packed."""

COLUMNS_LIMIT = 256
LINES_LIMIT = RULES_LIMIT + 20
"""Rows that hold anything: the rules, their headings and what may stand above."""

CHARACTERS_LIMIT = BYTES_LIMIT
"""Characters of all cells together; a text that many cells share counts in each."""


class Kind(StrEnum):
    """What a cell held that is not simply its text."""

    TEXT = "text"
    FORMULA = "formula"
    DATE = "date"
    SHOWN = "shown"
    ERROR = "error"


class Cell(msgspec.Struct, frozen=True):
    """A cell that holds something, as text."""

    text: str
    kind: Kind = Kind.TEXT


class Line(msgspec.Struct, frozen=True):
    """A row: its number, and its cells by column, both from 1."""

    number: int
    cells: Mapping[int, Cell]


class Merge(msgspec.Struct, frozen=True):
    """Cells of one column that are one: from the first row to the last."""

    column: int
    first: int
    last: int


class Grid(msgspec.Struct, frozen=True):
    """The rows of a sheet that hold anything."""

    lines: tuple[Line, ...]
    merges: tuple[Merge, ...] = ()
    name: str = ""


Value = str | int
"""What is written to a cell."""


class Sheet(msgspec.Struct, frozen=True):
    """A table to be written; the headings' widths are in characters."""

    headings: tuple[str, ...]
    widths: tuple[int, ...]
    rows: tuple[tuple[Value, ...], ...]
