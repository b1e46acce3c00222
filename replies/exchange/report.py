"""What became of every entry of an imported file, and what a format could not hold on the way out."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import msgspec

from replies.faults import RuleFault
from replies.shapes import Rule


class Outcome(StrEnum):
    """`OK`: taken as it stands. `CHANGED`: taken, not quite as it stands. `SKIPPED`: left out. `FAULT`: left out because it is wrong."""

    OK = "ok"
    CHANGED = "changed"
    SKIPPED = "skipped"
    FAULT = "fault"


class Row(msgspec.Struct, frozen=True):
    """One line of a report.

    Attributes:
        number: the row of a sheet or the entry of a list, from 1; 0 where it is about the file.
        name: the rule's name, as far as it is known.
        cell: the cell of a sheet, such as `C5`.
        path: the member of the rule, or the place in a JSON file.
    """

    number: int
    name: str
    outcome: Outcome
    zh: str = ""
    en: str = ""
    cell: str = ""
    path: str = ""


class Entry(msgspec.Struct, frozen=True):
    """A rule as a file tells it, not checked yet; `rule` is None where the file told why there is none.

    Attributes:
        notes: what there is to tell already; a fault among them keeps the entry out.
        cells: the cell that a member was read from, by the beginning of the member's path.
    """

    number: int
    name: str
    rule: dict[str, Any] | None
    notes: tuple[Row, ...] = ()
    cells: Mapping[str, str] = {}

    def cell(self, path: str) -> str:
        """The cell that a path leads to; the longest beginning that is known."""
        known = [begin for begin in self.cells if path.startswith(begin)]
        return self.cells[max(known, key=len)] if known else ""


class Contents(msgspec.Struct, frozen=True):
    """A file read: its entries, and what is to be told of the file as a whole."""

    entries: tuple[Entry, ...]
    notes: tuple[Row, ...] = ()


class Taken(msgspec.Struct, frozen=True):
    """A rule that is good, with the number of its entry."""

    number: int
    rule: Rule


NOTES_OF_ONE = 8
"""Faults told of one entry, and other notes."""


def bounded(notes: Sequence[Row]) -> tuple[Row, ...]:
    """The first notes of an entry, the faults apart from the others, so that no file makes a report without end."""
    faults = [note for note in notes if note.outcome is Outcome.FAULT][:NOTES_OF_ONE]
    others = [note for note in notes if note.outcome is not Outcome.FAULT]
    kept = others if len(others) <= NOTES_OF_ONE else [*others[: NOTES_OF_ONE - 1], others[-1]]
    return (*kept, *faults)


def refusal(zh: str, en: str) -> RuleFault:
    """A file that is not read at all."""
    return RuleFault("file", zh, en)
