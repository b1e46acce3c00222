"""Reading the tables of a Markdown page."""

import re

from tests.house.plan import ROOT

Row = dict[str, str]


def page(name: str) -> str:
    """A page of the repository, as text."""
    return (ROOT / name).read_text("utf-8")


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip())[1:-1]]


def tables(text: str) -> list[list[Row]]:
    """Every table: a list of rows, each a mapping of the column's heading to the cell. Backquotes are dropped."""
    found: list[list[Row]] = []
    headings: list[str] = []
    for line in text.replace("`", "").splitlines():
        if not line.startswith("|"):
            headings = []
        elif not headings:
            headings = _cells(line)
            found.append([])
        elif set(line) - set("|-: "):
            cells = _cells(line)
            if len(cells) != len(headings):
                raise ValueError(f"{len(cells)} cells under {len(headings)} headings: {line}")
            found[-1].append(dict(zip(headings, cells, strict=True)))
    return found


def table(text: str, heading: str) -> list[Row]:
    """The one table whose first heading is this.

    Raises:
        ValueError: there is none, or more than one.
    """
    (found,) = [rows for rows in tables(text) if rows and next(iter(rows[0])) == heading]
    return found
