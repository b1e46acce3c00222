"""Workbooks: what spreadsheet programs make, and what somebody makes who means ill."""

import io
import re
import struct
import zipfile
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula

from replies.exchange.formats import read_file, write_file
from replies.exchange.grid import BOOK_LIMIT
from replies.exchange.parcel import PARTS_LIMIT, TAG_LIMIT, UNPACKED_LIMIT
from replies.exchange.report import Outcome
from replies.exchange.table_out import write_table
from replies.exchange.xlsx_out import write_xlsx
from replies.faults import RuleFault
from replies.rules import parse_rules
from replies.shapes import RULES_LIMIT, TextMessage
from tests.replies.exchange.books import (
    MAIN,
    RELATIONS,
    SHEET,
    STRINGS,
    book,
    faults,
    fill,
    imported,
    row,
    rows,
    saved,
    shared,
    sheet,
    told,
    with_parts,
)
from tests.replies.exchange.made import NASTY

HEADS = ["名称", "关键词", "回复"]
GOOD = row(*HEADS) + row("甲", "发货", "好")


def refused(data: bytes) -> str:
    """Why a file is not read at all."""
    with pytest.raises(RuleFault) as caught:
        read_file(data)
    assert caught.value.path == "file"
    assert caught.value.zh
    return caught.value.en


def texts(*cells: Any) -> list[str]:
    """What these values of cells are read as, each the reply of a rule."""
    checked = imported(book([HEADS, *(["甲", f"词{number}", cell] for number, cell in enumerate(cells))]))
    assert faults(checked) == []
    return [message.text for rule in checked.rules for message in rule.reply.messages if isinstance(message, TextMessage)]


def test_numbers_are_what_people_see() -> None:
    """Whole ones without a point; long ones as far as they are exact; yes and no as words."""
    assert texts(12.0, 12, 0.5, -3, 1e20, 13800138000, 0.1 + 0.2, True, False) == [
        "12",
        "12",
        "0.5",
        "-3",
        "1e+20",
        "13800138000",
        "0.3",
        "TRUE",
        "FALSE",
    ]


def test_a_number_is_a_keyword_too() -> None:
    """And in the columns of numbers and of yes and no."""
    made = book([["名称", "关键词", "回复", "优先级", "启用", "冷却秒数"], [618, 12.0, 8.5, 5.0, True, 60], [11.11, 100, "x", -1, 0, 0]])
    rules = imported(made).rules
    assert [(rule.name, rule.when.any[0].text, rule.priority, rule.enabled, rule.cooldown_s) for rule in rules] == [
        ("618", "12", 5, True, 60),
        ("11.11", "100", -1, False, 0),
    ]


@pytest.mark.parametrize("epoch_1904", [False, True])
def test_dates_are_dates(epoch_1904: bool) -> None:
    """By either calendar; each is told, because a person may see it otherwise."""
    made = Workbook()
    if epoch_1904:
        made.epoch = CALENDAR_MAC_1904
    page = made.active
    assert page is not None
    values = [date(2026, 10, 1), datetime.fromisoformat("2026-10-01T09:30"), time(9, 5), datetime.fromisoformat("2026-01-01T23:59:59")]
    fill(page, [HEADS, *(["甲", "词", value] for value in values)])
    page["C2"].number_format = 'yyyy"年"m"月"d"日"'
    checked = imported(saved(made))
    said = [message.text for rule in checked.rules for message in rule.reply.messages if isinstance(message, TextMessage)]
    assert said == ["2026-10-01", "2026-10-01 09:30", "09:05", "2026-01-01 23:59:59"]
    assert [cell for cell, _ in told(checked, Outcome.CHANGED)] == ["C2", "C3", "C4", "C5"]


def test_formats_that_change_a_number_are_followed() -> None:
    """Per cents, and zeros before a number; a format of money is not a date."""
    made = Workbook()
    page = made.active
    assert page is not None
    fill(page, [HEADS, ["甲", "a", 0.125], ["甲", "b", 7], ["甲", "c", 99], ["甲", "d", 5]])
    for cell, form in (("C2", "0.0%"), ("C3", "0000"), ("C4", '[$¥-804]#,##0.00;[Red]"day"'), ("C5", "General")):
        page[cell].number_format = form
    said = [message.text for rule in imported(saved(made)).rules for message in rule.reply.messages if isinstance(message, TextMessage)]
    assert said == ["12.5%", "0007", "99", "5"]


def test_a_formula_is_a_text() -> None:
    """It is never computed; the row says that it was one."""
    made = book([HEADS, ["甲", "发货", "=1+1"], ["乙", "寄出", '=HYPERLINK("http://x","点")']])
    checked = imported(made)
    assert [rule.reply.messages[0] for rule in checked.rules] == [TextMessage("=1+1"), TextMessage('=HYPERLINK("http://x","点")')]
    assert [(cell, en) for cell, en in told(checked)] == [(f"C{line}", "A formula is not computed; it is taken as text.") for line in (2, 3)]


def test_formulas_of_other_kinds_are_texts_too() -> None:
    """Of a whole area, and those that share one text."""
    made = Workbook()
    page = made.active
    assert page is not None
    fill(page, [HEADS, ["甲", "发货", None]])
    page["C2"] = ArrayFormula("C2", "=SUM(A1:A3)")
    assert [rule.reply.messages[0] for rule in imported(saved(made)).rules] == [TextMessage("=SUM(A1:A3)")]
    inside = '<row r="2"><c r="A2" t="inlineStr"><is><t>a</t></is></c><c r="C2"><f t="shared" ref="C2:C3" si="0">A1&amp;"!"</f><v>1</v></c></row>'
    inside += '<row r="3"><c r="A3" t="inlineStr"><is><t>b</t></is></c><c r="C3"><f t="shared" si="0"/><v>2</v></c></row>'
    heads = row(*HEADS).replace("<row>", '<row r="1">')
    checked = imported(sheet(heads + inside))
    assert [entry for entry, _ in told(checked, Outcome.CHANGED)] == ["C2", "C3"]


def test_an_error_in_a_cell_is_a_fault() -> None:
    """Nobody wants to answer #N/A."""
    made = Workbook()
    page = made.active
    assert page is not None
    fill(page, [HEADS, ["甲", "发货", None], ["乙", "寄出", "好"]])
    page["C2"].value, page["C2"].data_type = "#N/A", "e"
    checked = imported(saved(made))
    assert [rule.name for rule in checked.rules] == ["乙"]
    assert ("C2", "This cell holds the error #N/A.") in told(checked)


def test_merged_cells_stand_in_every_row_they_cover() -> None:
    """As people see them; a title over the headings is no heading."""
    made = Workbook()
    page = made.active
    assert page is not None
    fill(
        page,
        [
            ["我们店的自动回复"],
            HEADS,
            ["发货", "什么时候发", "今天发"],
            [None, "几天到", None],
            ["退货", "退货", "七天"],
            [None, "退款", None],
        ],
    )
    for area in ("A1:C1", "A3:A4", "C3:C4", "A5:A6", "C5:C6"):
        page.merge_cells(area)
    checked = imported(saved(made))
    assert [(rule.name, rule.id, rule.when.any[0].text, rule.reply.messages[0]) for rule in checked.rules] == [
        ("发货", "发货", "什么时候发", TextMessage("今天发")),
        ("发货", "发货-2", "几天到", TextMessage("今天发")),
        ("退货", "退货", "退货", TextMessage("七天")),
        ("退货", "退货-2", "退款", TextMessage("七天")),
    ]


def test_the_first_sheet_with_headings_is_taken() -> None:
    """The others are told; one that is hidden is not looked at."""
    made = Workbook()
    first = made.active
    assert first is not None
    first.title = "说明"
    first.append(["请填写第二张表"])
    for name, keyword in (("藏", "旧"), ("规则", "新"), ("更多", "别的")):
        page = made.create_sheet(name)
        page.append(HEADS)
        page.append([name, keyword, "好"])
    made["藏"].sheet_state = "hidden"
    checked = imported(saved(made))
    assert [rule.name for rule in checked.rules] == ["规则"]
    assert [row.en.partition(";")[2] for row in checked.rows if row.outcome is Outcome.SKIPPED] == [" '说明' is left out.", " '更多' is left out."]


def test_empty_rows_and_columns_are_nothing() -> None:
    """Also where somebody formatted a million of them."""
    blank = "".join(f'<row r="{number}"><c r="XFD{number}" s="0"/></row>' for number in range(5, 2_000))
    inside = '<row r="1">{}</row><row r="3">{}</row>{}<row r="1048576"><c r="A1048576"/></row>'.format(
        *(
            "".join(f'<c r="{cell}" t="inlineStr"><is><t>{text}</t></is></c>' for cell, text in cells)
            for cells in (
                [("B1", "名称"), ("D1", "关键词"), ("F1", "回复")],
                [("B3", "甲"), ("D3", "发货"), ("F3", "好")],
            )
        ),
        blank,
    )
    checked = imported(sheet(inside))
    assert [(row.number, str(row.outcome)) for row in checked.rows] == [(3, "ok")]


def test_rich_text_is_its_text() -> None:
    """Without its fonts, and without the hints on how it is pronounced."""
    made = book([HEADS, ["甲", "发货", CellRichText("好", TextBlock(InlineFont(b=True), "的"), " 呀")]])
    assert imported(made).rules[0].reply.messages == (TextMessage("好的 呀"),)
    said = '<row><c t="inlineStr"><is><t>甲</t></is></c><c t="inlineStr"><is><t>x</t></is></c><c t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh></is></c></row>'
    assert imported(sheet(row(*HEADS) + said)).rules[0].reply.messages == (TextMessage("東京"),)


def test_texts_that_cells_share_are_read() -> None:
    """As Excel writes them: by number, some with fonts, some with hints on how they are pronounced."""
    strings = ["<t>名称</t>", "<t>关键词</t>", "<t>回复</t>", "<t>甲</t>", '<r><t xml:space="preserve">发 </t></r><r><rPr><b/></rPr><t>货</t></r>']
    strings += ['<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh><phoneticPr fontId="1"/>']
    inside = "".join("<row>" + "".join(f'<c t="s"><v>{number}</v></c>' for number in line) + "</row>" for line in ((0, 1, 2), (3, 4, 5)))
    (rule,) = imported(shared(inside, strings)).rules
    assert (rule.name, rule.when.any[0].text, rule.reply.messages[0]) == ("甲", "发 货", TextMessage("東京"))


def test_control_characters_of_a_workbook_are_read() -> None:
    """`_x000D_` is how a workbook writes them; a literal one is not taken for it."""
    checked = imported(sheet(row(*HEADS) + row("甲", "发货", "一_x000D_\n二_x0041_")))
    assert checked.rules[0].reply.messages == (TextMessage("一\n二_x0041_"),)


def test_names_of_elements_may_have_prefixes() -> None:
    """As some programs write them, and as the strict kind of the format has other names of namespaces."""
    xml = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{GOOD}</x:sheetData></x:worksheet>'
    for tag in ("row", "c", "is", "t"):
        xml = xml.replace(f"<{tag}>", f"<x:{tag}>").replace(f"<{tag} ", f"<x:{tag} ").replace(f"</{tag}>", f"</x:{tag}>")
    assert len(imported(with_parts(book([["x"]]), {SHEET: xml.encode()})).rules) == 1


def test_what_is_written_here_is_read_by_others() -> None:
    """Every text is a text there too: no formula, no number, no date."""
    messages = [{"kind": "text", "text": "好"}]
    rules = parse_rules(
        [
            {
                "id": f"r{number}",
                "name": text.strip() or "空",
                "layer": "keyword",
                "when": {"any": [{"mode": "contains", "text": "发货"}]},
                "reply": {"messages": [*messages, {"kind": "text", "text": text}]},
            }
            for number, text in enumerate(NASTY)
            if text.strip()
        ]
    )
    data = write_file(rules, "xlsx").data
    page = load_workbook(io.BytesIO(data))["规则"]
    cells = [cell for line in page.iter_rows() for cell in line if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert page["A1"].value == "编号"
    for cell in cells:
        if str(cell.value)[:1] in "=+-@'":
            assert cell.quotePrefix, cell.coordinate
    assert imported(data).rules == rules


def test_what_others_write_is_read_here() -> None:
    """The same table by openpyxl, plainly, is the same rules."""
    rules = imported(book([HEADS, ["甲", "发货\n全匹配：在吗", "好"], ["乙", "寄出", "+86\n=1"]])).rules
    shown = write_table(rules)
    again = book([shown.headings, *shown.rows])
    assert imported(again).rules == imported(write_xlsx(shown)).rules == rules


@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("bomb", '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'),
        ("outside", '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>'),
        ("elsewhere", '<!DOCTYPE r SYSTEM "http://127.0.0.1:1/x.dtd">'),
        ("parameters", '<!DOCTYPE r [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'),
    ],
)
def test_a_document_type_is_refused_before_it_says_anything(name: str, before: str) -> None:
    """In a sheet, in another encoding, and in each other part that is read."""
    assert "document type" in refused(sheet(row(*HEADS) + row(name, "发货", "好"), before))
    inside = f'<?xml version="1.0" encoding="UTF-16"?>{before}<worksheet xmlns="{MAIN}"><sheetData>{GOOD}</sheetData></worksheet>'
    assert "document type" in refused(with_parts(book([["x"]]), {SHEET: inside.encode("utf-16")}))
    data = shared('<row><c t="s"><v>0</v></c></row>', ["<t>名称</t>"])
    for part in (STRINGS, "xl/styles.xml", "xl/workbook.xml", "_rels/.rels", "xl/_rels/workbook.xml.rels"):
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            there = parts.read(part).decode()
        there = there.partition("?>")[2] if there.startswith("<?xml") else there
        assert "document type" in refused(with_parts(data, {part: (before + there).encode()})), part


def test_bombs_are_refused_before_they_go_off() -> None:
    """By what they say, and by what they are: size, ratio, parts, elements, depth."""
    zeros = b" " * (UNPACKED_LIMIT // 2 + 1)
    assert "unpacks to too much" in refused(with_parts(book([HEADS]), {"a.xml": zeros}))
    assert "unpacks to too much" in refused(with_parts(book([HEADS]), {"xl/media/a": zeros[: 2 * 1_048_576]}))
    assert "unpacks to too much" in refused(with_parts(book([HEADS]), {f"p{number}": b"" for number in range(PARTS_LIMIT)}))
    assert "unpacks to too much" in refused(sheet("<row>" * 70 + "</row>" * 70))


@pytest.mark.parametrize("long", ['<row note="{}"/>', "<!--{}-->"])
def test_a_tag_without_end_is_refused(long: str) -> None:
    """It is begun anew with every piece of it that comes, so its cost grows with the square of its length; a long text costs nothing of that."""
    noise = "".join(f"{number:06x}" for number in range(TAG_LIMIT // 4))
    assert "unpacks to too much" in refused(sheet(GOOD + long.format(noise)))
    assert len(imported(sheet(GOOD + long.format(noise[:1_000]))).rules) == 1
    assert len(imported(sheet(f"{GOOD}<extLst>{noise}</extLst>")).rules) == 1


def test_the_sum_of_the_parts_is_bounded() -> None:
    """Each below every limit for itself."""
    noise = bytes(range(256)) * 4 + bytes(64 * 1_024)
    parts = {f"p{number}": noise * 16 for number in range(64)}
    data = with_parts(book([HEADS]), parts)
    assert len(data) < BOOK_LIMIT
    assert "unpacks to too much" in refused(data)


def test_elements_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those of all parts together, so that many small cells without a word in them end early."""
    data = sheet(GOOD)
    assert len(imported(data).rules) == 1
    monkeypatch.setattr("replies.exchange.parcel.ELEMENTS_LIMIT", 60)
    assert "unpacks to too much" in refused(data)


def test_a_part_that_is_read_again_and_again_counts_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty sheets that are one and the same: little to unpack once, much forty times."""
    made = Workbook()
    for number in range(40):
        made.create_sheet(f"表{number}")
    data = saved(made)
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        relations = re.sub(r"sheet\d+\.xml", "sheet1.xml", parts.read(RELATIONS).decode())
    noise = "".join(f"<!--{number}-->" for number in range(1_000))
    page = f'<worksheet xmlns="{MAIN}"><sheetData>{row("说明")}{noise}</sheetData></worksheet>'
    data = with_parts(data, {RELATIONS: relations.encode(), SHEET: page.encode()})
    assert "There are no headings" in refused(data)
    monkeypatch.setattr("replies.exchange.parcel.UNPACKED_LIMIT", 150_000)
    assert "unpacks to too much" in refused(data)


def test_a_part_that_lies_about_its_size_is_broken() -> None:
    """No more is unpacked than it says, and then its sum does not match."""
    data = bytearray(sheet(GOOD + " " * 50_000))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        size = parts.getinfo(SHEET).file_size
    place = data.rindex(struct.pack("<L", size))
    data[place : place + 4] = struct.pack("<L", 600)
    assert "broken" in refused(bytes(data))


@pytest.mark.parametrize(
    ("inside", "sentence"),
    [
        (row(*HEADS) + rows(RULES_LIMIT + 1, "甲", "发货", "好"), f"There are {RULES_LIMIT + 1} rows of rules"),
        (row(*HEADS) + rows(RULES_LIMIT + 100, "甲", "发货", "好"), "The sheet is too large"),
        (row(*HEADS) + '<row r="2"><c r="ZZ2"><v>1</v></c></row>', "ZZ2 lies beyond 256 columns"),
        (row(*HEADS) + '<row r="2"><c t="s"><v>7</v></c></row>', ""),
        (row("a", "b"), "There are no headings"),
        ("<row><c>", "broken"),
        ("&nbsp;", "broken"),
    ],
)
def test_sheets_that_cannot_be_rules(inside: str, sentence: str) -> None:
    """Each with its reason; a text that is not there is a fault of its row."""
    if sentence:
        assert sentence in refused(sheet(inside))
    else:
        assert [row.number for row in faults(imported(sheet(inside)))][:1] == [2]


def test_a_text_that_many_cells_share_counts_in_each() -> None:
    """A small file whose cells come to a gigabyte of text."""
    inside = '<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>' + ("<row>" + '<c t="s"><v>2</v></c>' * 200 + "</row>") * 200
    data = shared(inside, ["<t>名称</t>", "<t>关键词</t>", f"<t>{'好' * 30_000}</t>"])
    assert len(data) < 100_000
    assert "The sheet is too large" in refused(data)


def test_more_merged_cells_than_there_are_cells_are_refused() -> None:
    """Ten thousand areas over ten thousand rows."""
    merges = "".join(f'<mergeCell ref="A2:A{RULES_LIMIT}"/>' for _ in range(100))
    inside = row(*HEADS) + rows(RULES_LIMIT - 1, "甲", "发货", "好")
    assert "merged" in refused(sheet(inside, after=f"<mergeCells>{merges}</mergeCells>"))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old format .xls"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (b"PK\x03\x04" + b"\0" * 100, "broken"),
        (b"PK\x03\x04" + b"\0" * BOOK_LIMIT, "larger than 10 MiB"),
        (with_parts(book([HEADS]), {}, zipfile.ZIP_LZMA), "packed in a way"),
    ],
    ids=["xls", "locked", "broken", "large", "lzma"],
)
def test_files_that_are_no_workbook_are_told_so(data: bytes, sentence: str) -> None:
    """With what to do about it."""
    assert sentence in refused(data)


def test_other_kinds_of_packed_files_are_told_so() -> None:
    """An open document, a locked part, a workbook without its sheets."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "not a workbook of the kind .xlsx" in refused(out.getvalue())
    data = bytearray(book([HEADS]))
    place = data.rindex(b"PK\x01\x02")
    data[place + 8] |= 1
    assert "password" in refused(bytes(data))
    rels = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"/>'
    assert "1 to 50 sheets" in refused(with_parts(book([HEADS]), {"xl/_rels/workbook.xml.rels": rels}))


def test_a_workbook_by_name_that_is_none_is_refused() -> None:
    """The format that a caller names is believed, and the file then is not."""
    with pytest.raises(RuleFault, match="broken"):
        read_file(b"a,b\n", "xlsx")
