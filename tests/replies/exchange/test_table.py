"""A sheet of rules: its headings, its cells, and what is told of what cannot be taken."""

import msgspec
import pytest

from intents.keywords import Mode
from replies.exchange.columns import COLUMNS, Place, heading_of, letters, place_of
from replies.exchange.formats import read_file, write_file
from replies.exchange.report import Outcome
from replies.exchange.taking import check
from replies.faults import RuleFault
from replies.rules import parse_rules
from replies.shapes import RULES_LIMIT, CardMessage, Pattern, Rule, TextMessage
from tests.replies.exchange.books import book, faults, imported, told


def one(text: str) -> Rule:
    """The one rule of a file of separated values."""
    checked = imported(text.encode())
    assert faults(checked) == []
    (rule,) = checked.rules
    return rule


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.key)
def test_every_heading_is_known_by_its_names(column: object) -> None:
    """In Chinese and English, whatever the case, spaces and brackets around it."""
    (found,) = [one for one in COLUMNS if one is column]
    for name in (found.heading, *found.names):
        for spelled in (name, name.upper(), f" {name} ", f"{name}*", f"（{name}）"):
            assert place_of(spelled) == Place(found.key)


def test_a_heading_says_which_of_several_columns_it_is() -> None:
    """Numbers where a column may stand several times, and the pieces of a text too long for a cell."""
    for place in (Place("any", 2), Place("reply", 5), Place("reply", 2, 1), Place("more", 1, 2), Place("id")):
        assert place_of(heading_of(place)) == place
    assert place_of("关键词3") == Place("any", 3)
    assert place_of("Cooldown_S") == Place("cooldown")
    assert [place_of(text) for text in ("名称2", "备注", "", "续", "2", "回复" * 50)] == [None] * 6
    assert [letters(number) for number in (1, 26, 27, 256)] == ["A", "Z", "AA", "IV"]


def test_a_small_sheet_is_all_it_takes() -> None:
    """Keywords between commas or on lines, contained unless another mode is told; the first keyword names a rule without a name."""
    rule = one("关键词,回复\n发货，寄出、什么时候到,亲，付款后24小时内发货\n".replace("，", "，"))
    assert (rule.id, rule.name, rule.layer) == ("发货", "发货", "keyword")
    assert rule.when.any == tuple(Pattern(Mode.CONTAINS, text) for text in ("发货", "寄出", "什么时候到"))
    assert rule.reply.messages == (TextMessage("亲，付款后24小时内发货"),)


def test_a_line_may_begin_with_its_mode() -> None:
    """In Chinese or English; a text in double quotes is taken as it stands; an expression is not taken apart."""
    cell = '全匹配：在吗\npinyin: 发货\n半匹配："运费，谁出"\n正则：单号[0-9]{3,5}|订单\n"正则：x"\n普通;词'
    rule = one('名称,匹配方式,关键词,回复\n甲,同时包含,"{}",好\n'.format(cell.replace('"', '""')))
    assert [(str(pattern.mode), pattern.text) for pattern in rule.when.any] == [
        ("exact", "在吗"),
        ("pinyin", "发货"),
        ("contains", "运费，谁出"),
        ("regex", "单号[0-9]{3,5}|订单"),
        ("all", "正则：x"),
        ("all", "普通"),
        ("all", "词"),
    ]


def test_every_column_is_read() -> None:
    """The order of the columns is free."""
    heads = "回复2,名称,编号,启用,层,优先级,关键词,关键词2,排除词,相似问题,回复,回复方式,营业时段,冷却秒数,转人工,客服组,适用范围,渠道,买家标签,其他"
    cells = (
        '"{""kind"":""card"",""title"":""衣""}",运费,ship,否,关键词,５,运费,邮费,"退货、全匹配:拒收","谁出运费\n运费，多少",包邮,随机,'
        '"周一至五 9:00-18:00\n周六、周日 休息\n2026-10-01/2026-10-07 休息\n从 2026-09-01\n时区 Asia/Tokyo",600.0,是,售后,私聊、小组,web,老客;新客,'
        '"{""unaddressed"":true}"'
    )
    assert msgspec.to_builtins(one(f"{heads}\n{cells}\n")) == {
        "id": "ship",
        "name": "运费",
        "layer": "keyword",
        "enabled": False,
        "priority": 5,
        "when": {
            "any": ({"mode": "contains", "text": "运费"}, {"mode": "contains", "text": "邮费"}),
            "none": ({"mode": "contains", "text": "退货"}, {"mode": "exact", "text": "拒收"}),
            "similar": ("谁出运费", "运费，多少"),
        },
        "where": ("direct", "group"),
        "unaddressed": True,
        "channels": ("web",),
        "audience": {"tags": ("老客", "新客")},
        "hours": {
            "zone": "Asia/Tokyo",
            "weekly": {"mon-fri": ("09:00-18:00",), "sat,sun": ()},
            "holidays": {"2026-10-01/2026-10-07": ()},
            "from": "2026-09-01",
        },
        "cooldown_s": 600,
        "reply": {"choose": "random", "messages": ({"kind": "text", "text": "包邮"}, {"kind": "card", "title": "衣"})},
        "then": {"hand_off": True, "team": "售后"},
    }


def test_a_faulty_row_never_spoils_the_good_ones() -> None:
    """Every fault of every row is told in one answer, with its cell; the rest is taken."""
    rows = [
        "名称,关键词,匹配方式,优先级,启用,回复,营业时段,层",
        "好,发货,,,,好,,",
        "坏数,发货,,高,可能,好,,",
        "坏方式,发货,猜,,,好,,",
        "坏时段,发货,,,,好,九点到六点,",
        "坏正则,正则：(a,,,,好,,",
        "炸,正则：((a{900}){900}){900},,,,好,,",
        "坏模板,发货,,,,你好{{nick}},,",
        "没回复,发货,,,,,,",
        "坏层,发货,,,,好,,楼上",
        "也好,寄出,,,,好,,",
    ]
    checked = imported("\n".join(rows).encode())
    assert [rule.name for rule in checked.rules] == ["好", "也好"]
    assert [(row.number, row.name, row.cell, row.path) for row in faults(checked)] == [
        (3, "坏数", "E3", "enabled"),
        (3, "坏数", "D3", "priority"),
        (4, "坏方式", "C4", "when.any"),
        (5, "坏时段", "G5", "hours"),
        (6, "坏正则", "B6", "when.any[0].text"),
        (7, "炸", "B7", "when.any[0].text"),
        (8, "坏模板", "F8", "reply.messages[0].text"),
        (9, "没回复", "", "reply.messages"),
        (10, "坏层", "H10", "layer"),
    ]
    assert all(row.zh and row.en for row in faults(checked))
    assert [row.number for row in checked.rows if row.outcome is Outcome.OK] == [2, 11]


def test_a_message_at_fault_is_told_with_its_own_cell() -> None:
    """Also where an earlier column of replies is empty."""
    checked = imported("关键词,回复,回复2,回复3\n发货,,好,{{nick}}\n".encode())
    assert [(row.cell, row.path) for row in faults(checked)] == [("D2", "reply.messages[1].text")]


def test_a_report_has_an_end() -> None:
    """However much there is to tell of one row, and never without its faults."""
    cells = [f"=A{number}" for number in range(100)]
    checked = imported(book([["关键词", "回复", *["关键词"] * 100], ["发货", "{{nick}}", *cells]]))
    assert [str(row.outcome) for row in checked.rows] == ["changed"] * 8 + ["fault"]


def test_what_is_left_out_is_told() -> None:
    """A column nobody knows, one that stands twice, one without a heading; a title above the headings is no fault."""
    checked = imported("店铺规则,,,,\n名称,备注,关键词,回复,名称,\n甲,x,发货,好,乙,多的\n".encode())
    assert [rule.name for rule in checked.rules] == ["甲"]
    assert [cell for cell, _ in told(checked, Outcome.SKIPPED)] == ["B2", "E2", "F3"]


def test_several_columns_of_replies_are_several_messages() -> None:
    """Also where they have one and the same heading."""
    assert len(one("关键词,回复,回复\n发货,一,二\n").reply.messages) == 2
    assert one("关键词,关键词,回复\n发货,寄出,好\n").when.any[1].text == "寄出"


def test_a_text_too_long_for_a_cell_goes_on_in_the_next() -> None:
    """200 patterns of 200 characters, and texts of 4,000 characters that JSON makes six times as long."""
    patterns = [{"mode": "contains", "text": f"{number:03}" + "词" * 197} for number in range(200)]
    odd = "\x01" * 3_900 + "字"
    messages = [{"kind": "choices", "text": odd, "choices": [{"label": "好", "send": "\x02" * 490 + "好"}] * 10}] * 5
    rules = parse_rules([{"id": "a", "name": "甲", "layer": "keyword", "when": {"any": patterns}, "reply": {"messages": messages}}])
    for format_ in ("csv", "xlsx"):
        written = write_file(rules, format_)
        assert check(read_file(written.data)[1]).rules == rules


def test_a_cell_longer_than_spreadsheets_have_is_a_fault() -> None:
    """Of its row alone."""
    checked = imported(f"关键词,回复\n发货,{'好' * 32_768}\n寄出,好\n".encode())
    assert [(row.number, row.cell) for row in faults(checked)] == [(2, "B2"), (2, "B2")]
    assert [rule.name for rule in checked.rules] == ["寄出"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b\n1,2\n", "There are no headings"),
        ("名称\n甲\n", "There are no headings"),
        ("启用,层\n是,默认\n", "There are no headings"),
        ("   \n", "The file is empty"),
        ("关键词,回复\n" + "发货,好\n" * (RULES_LIMIT + 1), f"There are {RULES_LIMIT + 1} rows of rules; at most"),
        ("关键词,回复\n" + "发货,好\n" * (RULES_LIMIT + 100), "The table is too large"),
        ("关键词,回复" + "," * 300 + "x\n", "The table is too large"),
        ("关键词,回复\n发货," + "x" * 140_000 + "\n", "Line 2 cannot be read"),
    ],
)
def test_a_table_that_cannot_be_rules_is_refused(text: str, sentence: str) -> None:
    """As a whole, and with the reason."""
    with pytest.raises(RuleFault, match=sentence) as refused:
        read_file(text.encode())
    assert refused.value.path == "file"
    assert refused.value.zh


def test_an_empty_sheet_of_rules_is_one() -> None:
    """Headings and nothing below them."""
    assert imported(write_file((), "csv").data).rules == ()


@pytest.mark.parametrize(
    "more", ['{"when": {"any": 5}}', '{"when": {"any": [{"mode": "exact"}], "similar": [[1]]}}', '{"when": []}', '{"name": {}}', '{"name": 7}']
)
def test_a_cell_of_json_that_means_nothing_is_a_fault_of_its_row(more: str) -> None:
    """Also where the row's name has to be taken from it."""
    checked = imported(book([["关键词", "回复", "更多"], ["发货", "好", None], [None, "好", more]]))
    assert [rule.name for rule in checked.rules] == ["发货"]
    assert {row.number for row in faults(checked)} == {3}


def test_rare_members_stand_in_the_last_column() -> None:
    """As JSON, over what the other columns say."""
    (rule,) = imported('关键词,回复,其他\n发货,好,"{""name"":""甲"",""when"":{""similar"":[""几天到""]}}"\n'.encode()).rules
    assert (rule.name, rule.when.similar, len(rule.when.any)) == ("甲", ("几天到",), 1)
    assert [row.path for row in faults(imported("关键词,回复,其他\n发货,好,[1]\n".encode()))] == [""]


def test_kinds_that_no_cell_shows_are_json() -> None:
    """And what only looks like one is text."""
    rule = one('关键词,回复,回复2,回复3\n发货,"{""kind"":""card"",""title"":""衣""}",{不是},"{""a"":1}"\n')
    assert rule.reply.messages == (CardMessage("衣"), TextMessage("{不是}"), TextMessage('{"a":1}'))
