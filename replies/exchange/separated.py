"""Files of separated values: UTF-8, UTF-16 or GBK; comma, semicolon or tab; safe to open in a spreadsheet program."""

import contextlib
import csv
import io
import re

from replies.exchange.cells import bare, harmless
from replies.exchange.columns import place_of
from replies.exchange.grid import CHARACTERS_LIMIT, COLUMNS_LIMIT, LINES_LIMIT, Cell, Grid, Line, Sheet
from replies.exchange.report import refusal

MEDIA_TYPE = "text/csv; charset=utf-8"
_BOM = "\ufeff"
_DELIMITERS = ",;\t"
_TOLD = re.compile(r'"?sep=([,;\t])"?\r?\n')
_IMPLAUSIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x80-\x9f\ue000-\uf8ff\ufffd]")
"""What text never holds and wrongly decoded bytes often do: control characters and characters for private use."""

_HEAD = 8_192


def decoded(data: bytes) -> str:
    """The text of a file, by its mark if it has one, else UTF-8, else GB18030, of which GBK and GB2312 are parts.

    Raises:
        RuleFault: it is neither.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        found = _decoded(data, "utf-16")
    else:
        found = _decoded(data, "utf-8")
        if found is None:
            found = _decoded(data, "gb18030")
            found = None if found is None or _IMPLAUSIBLE.search(found) else found
    if found is None:
        raise refusal("文件编码既不是 UTF-8 也不是 GBK。", "The text is neither UTF-8 nor GBK.")
    return found.removeprefix(_BOM)


def read_csv(text: str) -> Grid:
    """The rows of a file; what separates the cells is what makes most sense of the first rows.

    Raises:
        RuleFault: a quote that never ends, or more rows or columns than rules can need.
    """
    told = _TOLD.match(text)
    rest = text[told.end() :] if told else text
    delimiter = told[1] if told else _sniffed(rest)
    lines: list[Line] = []
    characters = 0
    reader = csv.reader(io.StringIO(rest, newline=""), delimiter=delimiter)
    try:
        for number, row in enumerate(reader, 1):
            if any(value.strip() for value in row[COLUMNS_LIMIT:]):
                raise _too_much()
            cells = {column: Cell(bare(value)) for column, value in enumerate(row[:COLUMNS_LIMIT], 1) if value.strip()}
            if not cells:
                continue
            characters += sum(map(len, row))
            if len(lines) >= LINES_LIMIT or characters > CHARACTERS_LIMIT:
                raise _too_much()
            lines.append(Line(number, cells))
    except csv.Error as error:
        number = reader.line_num
        raise refusal(f"第 {number} 行读不懂：{error}。", f"Line {number} cannot be read: {error}.") from error
    return Grid(tuple(lines))


def write_csv(sheet: Sheet) -> bytes:
    """UTF-8 with a mark, by which spreadsheet programs know it; text that they would run has an apostrophe before it."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(sheet.headings)
    writer.writerows([harmless(value) if isinstance(value, str) else value for value in row] for row in sheet.rows)
    return (_BOM + out.getvalue()).encode()


def _decoded(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _sniffed(text: str) -> str:
    return max(_DELIMITERS, key=lambda delimiter: _headings(text[:_HEAD], delimiter))


def _headings(head: str, delimiter: str) -> int:
    """How many known headings the best of the first rows has if this separates its cells."""
    counts = [0]
    rows = csv.reader(io.StringIO(head, newline=""), delimiter=delimiter)
    with contextlib.suppress(csv.Error):  # the head may end inside a cell
        counts.extend(sum(place_of(cell) is not None for cell in row) for row in rows)
    return max(counts)


def _too_much() -> Exception:
    zh = f"表格太大：最多 {LINES_LIMIT} 行、{COLUMNS_LIMIT} 列、{CHARACTERS_LIMIT} 字。"
    return refusal(zh, f"The table is too large: at most {LINES_LIMIT} rows, {COLUMNS_LIMIT} columns and {CHARACTERS_LIMIT} characters.")
