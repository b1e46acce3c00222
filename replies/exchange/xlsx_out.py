"""XLSX: a workbook with one sheet of rules, written by openpyxl. Every text is a text, whatever it begins with."""

import io
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from replies.exchange.cells import marked
from replies.exchange.columns import RULES_SHEET, letters
from replies.exchange.grid import Sheet, Value

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def write_xlsx(sheet: Sheet) -> bytes:
    """A workbook; the headings stay in sight."""
    book = Workbook(write_only=True)
    page = book.create_sheet(RULES_SHEET)
    page.freeze_panes = "C2"
    for column, width in enumerate(sheet.widths, 1):
        page.column_dimensions[letters(column)].width = width
    page.append([_heading(page, text) for text in sheet.headings])
    wrapped = Alignment(vertical="top", wrap_text=True)
    for row in sheet.rows:
        page.append([_cell(page, value, wrapped) if value != "" else None for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _heading(page: Any, text: str) -> Any:
    cell = WriteOnlyCell(page, text)
    cell.font = Font(bold=True)
    return cell


def _cell(page: Any, value: Value, wrapped: Alignment) -> Any:
    """A number, or a text that openpyxl does not take for a formula and that stays a text when somebody edits it."""
    if isinstance(value, int):
        return WriteOnlyCell(page, value)
    text = marked(value)
    cell = WriteOnlyCell(page, text)
    cell.data_type = "s"
    cell.alignment = wrapped
    cell.quotePrefix = text[:1] in "=+-@'"
    return cell
