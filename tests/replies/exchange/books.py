"""Workbooks as others make them: by openpyxl, or by hand where openpyxl would not write such a thing."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from replies.exchange.columns import letters
from replies.exchange.formats import read_file
from replies.exchange.report import Outcome, Row
from replies.exchange.taking import Checked, check

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"


def saved(book: Workbook) -> bytes:
    """The bytes of a workbook."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book(rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook with these rows in its one sheet."""
    made = Workbook()
    page = made.active
    assert page is not None
    fill(page, rows)
    return saved(made)


def fill(page: Any, rows: Iterable[Sequence[Any]]) -> None:
    """Put rows under those of a sheet."""
    for row in rows:
        page.append(list(row))


def with_parts(data: bytes, parts: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The same workbook with some of its parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(out, "w", method) as after:
        for info in before.infolist():
            if info.filename not in parts:
                after.writestr(info.filename, before.read(info))
        for name, part in parts.items():
            after.writestr(name, part)
    return out.getvalue()


def sheet(inside: str, before: str = "", after: str = "") -> bytes:
    """A workbook whose sheet holds this XML."""
    xml = f'<?xml version="1.0" encoding="UTF-8"?>{before}<worksheet xmlns="{MAIN}"><sheetData>{inside}</sheetData>{after}</worksheet>'
    return with_parts(book([["x"]]), {SHEET: xml.encode()})


def rows(count: int, *texts: str) -> str:
    """As many rows from the second on, numbered as spreadsheet programs number them."""
    cells = "".join(f'<c r="{letters(column)}{{0}}" t="inlineStr"><is><t>{text}</t></is></c>' for column, text in enumerate(texts, 1))
    return "".join(f'<row r="{{0}}">{cells}</row>'.format(number) for number in range(2, count + 2))


def shared(inside: str, strings: Sequence[str]) -> bytes:
    """A workbook whose sheet holds this XML, with texts that cells share."""
    table = f'<sst xmlns="{MAIN}">{"".join(f"<si>{text}</si>" for text in strings)}</sst>'
    made = sheet(inside)
    with zipfile.ZipFile(io.BytesIO(made)) as parts:
        relations = parts.read(RELATIONS).decode()
    one = f'<Relationship Id="rIdS" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    return with_parts(made, {RELATIONS: relations.replace("</Relationships>", f"{one}</Relationships>").encode(), STRINGS: table.encode()})


def row(*texts: str) -> str:
    """A row of a sheet whose cells say neither where they are nor share their texts."""
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{text}</t></is></c>' for text in texts) + "</row>"


def imported(data: bytes) -> Checked:
    """What comes of a file."""
    return check(read_file(data)[1])


def told(checked: Checked, outcome: Outcome | None = None) -> list[tuple[str, str]]:
    """Cell and English sentence of the rows that tell something."""
    return [(one.cell, one.en) for one in checked.rows if one.en and outcome in {None, one.outcome}]


def faults(checked: Checked) -> list[Row]:
    """The rows that are faults."""
    return [one for one in checked.rows if one.outcome is Outcome.FAULT]
