"""What an official account of WeChat says by itself comes over, as far as it can; the rest is told, row by row."""

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from replies.exchange.formats import read_file, write_file
from replies.exchange.report import Outcome
from replies.exchange.wechat import PARTS_LIMIT
from replies.faults import RuleFault
from replies.rules import parse_rules
from replies.shapes import RULES_LIMIT, CardMessage, TextMessage
from tests.house.plan import ROOT
from tests.replies.exchange.books import faults, imported

ARTICLE = {
    "title": "秋装上新",
    "author": "店长",
    "digest": "三天八折",
    "show_cover": 1,
    "cover_url": "https://img.example/1.jpg",
    "content_url": "https://shop.example/autumn",
    "source_url": "",
}


def keyword(name: str, replies: list[dict[str, Any]], *, mode: str = "contain", choose: str = "reply_all", word: str = "词") -> dict[str, Any]:
    """A keyword rule as WeChat tells it."""
    listed = [{"type": "text", "match_mode": mode, "content": word}]
    return {"rule_name": name, "create_time": 1_700_000_000, "reply_mode": choose, "keyword_list_info": listed, "reply_list_info": replies}


def text(content: str) -> dict[str, str]:
    """A reply of words."""
    return {"type": "text", "content": content}


def account(*rules: dict[str, Any], **members: Any) -> bytes:
    """What the account answers."""
    told = {
        "is_add_friend_reply_open": 1,
        "is_autoreply_open": 1,
        "add_friend_autoreply_info": text("谢谢关注"),
        "message_default_autoreply_info": text("在的，请说"),
        "keyword_autoreply_info": {"list": list(rules)},
    }
    return json.dumps({**told, **members}, ensure_ascii=False).encode()


def test_a_whole_account_comes_over() -> None:
    """The reply on follow, the default, and the keywords with their modes and ways of answering."""
    one = keyword("发货", [text("今天发"), text("明天到")], mode="contain", word="发货")
    two = keyword("在吗", [text("在"), text("在的")], mode="equal", choose="random_one", word="在吗")
    checked = imported(account(one, two))
    assert faults(checked) == []
    told = msgspec.to_builtins(checked.rules)
    assert [(rule["name"], rule["layer"]) for rule in told] == [
        ("被关注回复", "follow"),
        ("收到消息回复", "default"),
        ("发货", "keyword"),
        ("在吗", "keyword"),
    ]
    assert [rule.get("when") for rule in told] == [
        None,
        None,
        {"any": ({"mode": "contains", "text": "发货"},)},
        {"any": ({"mode": "exact", "text": "在吗"},)},
    ]
    assert [rule["reply"].get("choose", "all") for rule in told] == ["all", "all", "all", "random"]
    assert [len(rule["reply"]["messages"]) for rule in told] == [1, 1, 2, 2]
    assert [(row.number, str(row.outcome)) for row in checked.rows] == [(0, "skipped"), (0, "ok"), (0, "ok"), (1, "ok"), (2, "ok")]


def test_what_is_switched_off_there_is_switched_off_here() -> None:
    """By each of the two switches."""
    told = imported(account(keyword("发货", [text("今天发")]), is_add_friend_reply_open=0)).rules
    assert [rule.enabled for rule in told] == [False, True, True]
    told = imported(account(keyword("发货", [text("今天发")]), is_autoreply_open=0)).rules
    assert [rule.enabled for rule in told] == [True, False, False]


def test_articles_become_cards() -> None:
    """With what a card has no place for told; of several in an answer drawn at random the first."""
    bare = {**ARTICLE, "author": "", "title": "第二篇"}
    checked = imported(account(keyword("上新", [{"type": "news", "news_info": {"list": [ARTICLE, bare]}}])))
    assert checked.rules[2].reply.messages == (
        CardMessage("秋装上新", text="三天八折", image="https://img.example/1.jpg", url="https://shop.example/autumn"),
        CardMessage("第二篇", text="三天八折", image="https://img.example/1.jpg", url="https://shop.example/autumn"),
    )
    place = "keyword_autoreply_info.list[0].reply_list_info[0].news_info.list"
    assert [(row.path, row.en) for row in checked.rows if row.number == 1] == [
        (f"{place}[0]", "An article becomes a card without its author."),
        (f"{place}[1]", "An article becomes a card."),
    ]
    drawn = imported(account(keyword("上新", [{"type": "news", "news_info": {"list": [ARTICLE, bare]}}], choose="random_one")))
    assert len(drawn.rules[2].reply.messages) == 1


@pytest.mark.parametrize(("kind", "name"), [("img", "图片"), ("voice", "语音"), ("video", "视频"), ("music", "music")])
def test_what_has_no_file_stays_behind_and_is_told(kind: str, name: str) -> None:
    """A rule that says nothing else is left out; one that does comes over without it."""
    media = {"type": kind, "content": "NESsxgHEvAcg3egJ"}
    checked = imported(account(keyword("只有", [media]), keyword("还有", [media, text("好")], word="别的")))
    assert [rule.name for rule in checked.rules[2:]] == ["还有"]
    told = [(row.number, str(row.outcome), row.path.rpartition(".")[2]) for row in checked.rows if row.number]
    assert told == [(1, "changed", "reply_list_info[0]"), (1, "skipped", "list[0]"), (2, "changed", "reply_list_info[0]")]
    assert name in next(row.zh for row in checked.rows if row.number == 1)


def test_a_faulty_rule_spoils_no_other() -> None:
    """Unknown modes, braces, six replies, no object."""
    rules = [
        keyword("猜", [text("好")], mode="guess"),
        keyword("括号", [text("{{x}}")]),
        keyword("抽", [text("好")], choose="best"),
        keyword("多", [text(str(number)) for number in range(6)]),
        keyword("", [text("好")], word="没名字"),
        {"rule_name": "空"},
    ]
    data = json.loads(account(*rules))
    data["keyword_autoreply_info"]["list"].append("x")
    checked = imported(json.dumps(data).encode())
    assert [rule.name for rule in checked.rules[2:]] == ["多", "没名字"]
    assert sorted({row.number for row in faults(checked)}) == [1, 2, 3, 7]
    assert [row.path for row in checked.rows if row.number == 4] == ["keyword_autoreply_info.list[3].reply_list_info[5]"]


@pytest.mark.parametrize("odd", [[], {}, 1.5, None])
def test_members_of_an_odd_type_spoil_nothing_else(odd: object) -> None:
    """A way of replying that is no text is a fault of its rule; a switch that is no number leaves the account switched on."""
    data = json.loads(account(keyword("怪", [text("好")]), keyword("发货", [text("今天发")]), is_autoreply_open=odd))
    data["keyword_autoreply_info"]["list"][0]["reply_mode"] = odd
    checked = imported(json.dumps(data).encode())
    assert [(row.number, row.path.rpartition(".")[2]) for row in faults(checked)] == [(1, "reply_mode")]
    assert [(one.name, one.enabled) for one in checked.rules][-1] == ("发货", True)


def test_a_rule_of_a_million_parts_is_a_fault() -> None:
    """Told once, and soon."""
    media = {"type": "voice", "content": "x"}
    checked = imported(account(keyword("多", [media] * (PARTS_LIMIT + 1)), {**keyword("词", [text("好")]), "keyword_list_info": [{}] * 1_000}))
    assert [(row.number, row.path.rpartition(".")[2]) for row in faults(checked)] == [(1, "reply_list_info"), (2, "keyword_list_info"), (2, "any")]
    assert len(checked.rows) < 25


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b'{"errcode": 48001, "errmsg": "api unauthorized"}', "WeChat answered an error: 48001 api unauthorized"),
        (account(*[keyword(str(number), [text("好")]) for number in range(RULES_LIMIT + 1)]), f"There are {RULES_LIMIT + 1} rules"),
    ],
)
def test_what_is_no_account_is_refused(data: bytes, sentence: str) -> None:
    """With what it is instead."""
    with pytest.raises(RuleFault, match=sentence):
        read_file(data)


def test_a_file_that_is_said_to_be_wechats_must_be() -> None:
    """The format that a caller names is believed, and the file then is not."""
    with pytest.raises(RuleFault, match="get_current_autoreply_info"):
        read_file(b"[]", "wechat")


def test_what_wechat_holds_goes_there_and_back() -> None:
    """Nothing of it is lost."""
    one = keyword("发货", [text("今天发"), {"type": "news", "news_info": {"list": [{**ARTICLE, "author": ""}]}}], word="发货")
    two = keyword("在吗", [text("在")], mode="equal", choose="random_one", word="在吗")
    rules = imported(account(one, two)).rules
    written = write_file(rules, "wechat")
    assert [str(row.outcome) for row in written.rows] == ["ok"] * 4
    assert imported(written.data).rules == rules
    told = json.loads(written.data)
    assert told["is_add_friend_reply_open"] == told["is_autoreply_open"] == 1
    assert told["keyword_autoreply_info"]["list"][1]["keyword_list_info"] == [{"type": "text", "match_mode": "equal", "content": "在吗"}]


def test_what_wechat_cannot_hold_is_told_rule_by_rule() -> None:
    """What is lost of a rule that goes, and why another does not go."""
    say = {"messages": [{"kind": "text", "text": "亲{{name|掌柜}}好"}]}
    rich = {
        "id": "a",
        "name": "甲",
        "layer": "keyword",
        "priority": 3,
        "when": {
            "any": [{"mode": "contains", "text": "发货"}, {"mode": "pinyin", "text": "寄出"}],
            "none": [{"mode": "contains", "text": "退"}],
            "similar": ["几天到"],
        },
        "hours": {"weekly": {"mon": ["09:00-18:00"]}},
        "cooldown_s": 60,
        "reply": {"choose": "rotate", "messages": [*say["messages"], {"kind": "image", "media": "m", "width": 1, "height": 1}]},
        "then": {"hand_off": True},
    }
    rules = parse_rules(
        [
            rich,
            {"id": "b", "name": "乙", "layer": "offhours", "reply": say},
            {"id": "c", "name": "丙", "layer": "keyword", "when": {"similar": ["几天到"]}, "reply": say},
            {"id": "d", "name": "丁", "layer": "follow", "reply": say},
            {"id": "e", "name": "戊", "layer": "follow", "reply": say},
            {"id": "f", "name": "己", "layer": "default", "enabled": False, "reply": say},
            {"id": "g", "name": "庚", "layer": "default", "then": {"hand_off": True}},
        ]
    )
    written = write_file(rules, "wechat")
    assert [str(row.outcome) for row in written.rows] == ["changed", "skipped", "skipped", "changed", "skipped", "skipped", "skipped"]
    for word in ("排除词", "相似问题", "营业时段", "冷却", "优先级", "转人工", "轮流", "图片", "pinyin", "称呼"):
        assert word in written.rows[0].zh
    back = imported(written.data).rules
    assert [(rule.name, rule.reply.messages[0]) for rule in back] == [("被关注回复", TextMessage("亲掌柜好")), ("甲", TextMessage("亲掌柜好"))]


def test_the_answer_of_the_platforms_own_manual_comes_over() -> None:
    """Its follow and default replies and the rules with words or articles; voice and video are told."""
    data = (Path(os.environ.get("WEIHUB_DATA", ROOT.parent / "shared" / "data")) / "channel/wechat_get_current_autoreply_info.json").read_bytes()
    found, _ = read_file(data)
    checked = imported(data)
    assert found == "wechat"
    assert faults(checked) == []
    assert [(rule.layer, len(rule.reply.messages)) for rule in checked.rules] == [("follow", 1), ("default", 1), ("keyword", 3), ("keyword", 1)]
    assert [row.number for row in checked.rows if row.outcome is Outcome.SKIPPED] == [0, 2, 4]
