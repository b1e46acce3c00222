"""Files of separated values: whatever the encoding and the separator, and nothing in them runs."""

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from replies.exchange.cells import bare, harmless, marked
from replies.exchange.formats import read_file, write_file
from replies.exchange.separated import decoded
from replies.faults import RuleFault
from replies.rules import parse_rules
from tests.replies.exchange.books import imported

TABLE = "名称,关键词,回复\r\n发货时间,发货；寄出,亲～24小时内发货\r\n繁體,什麼時候,很快\r\n"
GB18030_MARK = "\ufeff".encode("gb18030")


@pytest.mark.parametrize(
    "data",
    [
        TABLE.encode(),
        codecs.BOM_UTF8 + TABLE.encode(),
        TABLE.encode("gbk"),
        TABLE.encode("gb18030"),
        GB18030_MARK + TABLE.encode("gb18030"),
        TABLE.encode("utf-16"),
        codecs.BOM_UTF16_BE + TABLE.encode("utf-16-be"),
    ],
    ids=["utf-8", "utf-8 with a mark", "gbk", "gb18030", "gb18030 with a mark", "utf-16", "utf-16 the other way"],
)
def test_the_encoding_is_found_out(data: bytes) -> None:
    """By its mark, or by what is text in it."""
    checked = imported(data)
    assert [(rule.name, rule.reply.messages[0]) for rule in checked.rules] == [
        (rule.name, rule.reply.messages[0]) for rule in imported(TABLE.encode()).rules
    ]
    assert [rule.name for rule in checked.rules] == ["发货时间", "繁體"]


def test_characters_of_four_bytes_are_read() -> None:
    """GB18030 holds all of Unicode."""
    (rule,) = imported("关键词,回复\n𠮷野家,😀好\n".encode("gb18030")).rules
    assert rule.name == "𠮷野家"


@pytest.mark.parametrize(
    "data", [b"\x81", b"\xff\xff\xff", b"\x00\x01\x02\xff", "名称".encode("gbk") + b"\x80\x81", b"\xff\xfe\x00", b"\xaa\xa1\xaa\xa2"]
)
def test_bytes_that_are_no_text_are_refused(data: bytes) -> None:
    """Also where GB18030 would take them, but for characters that nobody writes."""
    with pytest.raises(RuleFault, match=r"neither UTF-8 nor GBK|There are no headings"):
        read_file(data, "csv")
    with pytest.raises(RuleFault):
        imported(data)


@given(st.text(st.characters(codec="gbk", exclude_categories=["Cc", "Co"]), min_size=1))
def test_text_in_gbk_is_never_taken_for_another(text: str) -> None:
    """Whatever it says, unless it is UTF-8 too."""
    data = f"名称，{text}".encode("gbk")
    assert decoded(data) == f"名称，{text}"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_out(separator: str) -> None:
    """By the headings; the others may stand in cells."""
    others = ",;\t".replace(separator, "")
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows([["名称", "关键词", "回复"], ["甲", "发货", f"好{others}"]])
    (rule,) = imported(out.getvalue().encode()).rules
    assert rule.name == "甲"
    (told,) = imported(f"sep={separator}\n{out.getvalue()}".encode()).rules
    assert told.name == "甲"


def test_rows_may_be_empty_short_and_long() -> None:
    """The numbers are those of the sheet."""
    checked = imported("\r\n名称,关键词,回复\r\n\r\n,,\r\n甲,发货,好,,,\r\n  , ,\r\n乙,寄出\r\n".encode())
    assert [(row.number, row.name, str(row.outcome)) for row in checked.rows] == [(5, "甲", "ok"), (7, "乙", "fault")]


def test_a_quote_that_never_ends_is_one_long_cell() -> None:
    """It spoils what it swallows, and says so."""
    checked = imported('关键词,回复\n发货,好\n寄出,"没完\n退货,好\n'.encode())
    assert [rule.name for rule in checked.rules] == ["发货", "寄出"]


DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", " =1", "'=1", "=cmd|'/c calc'!A0", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_is_left_to_run(text: str) -> None:
    """What begins like a formula has an apostrophe before it in the file, and is the same text when it is read again."""
    rules = parse_rules(
        [
            {
                "id": "a",
                "name": "甲",
                "layer": "keyword",
                "when": {"any": [{"mode": "contains", "text": "x"}]},
                "reply": {"messages": [{"kind": "text", "text": text}]},
            }
        ]
    )
    data = write_file(rules, "csv").data
    cells = [cell for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")) for cell in row]
    assert [cell for cell in cells if cell.lstrip()[:1] in set("=+-@＝＋－＠")] == []
    assert imported(data).rules == rules


@given(st.text(st.sampled_from("'=+-@＝ \t\rx1")))
def test_the_apostrophe_comes_off_again(text: str) -> None:
    """Whatever the text, and however many it begins with; of both ways to mark one."""
    assert bare(harmless(text)) == text
    assert bare(marked(text)) == text
    assert not harmless(text).lstrip().startswith(("=", "+", "-", "@", "＝"))
    assert not harmless(text).startswith(("\t", "\r"))
