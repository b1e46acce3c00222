"""Lint: what a seller should look at before publishing, found by asking the engine."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from intents.vocabulary import Vocabulary
from replies.engine import Context, Heard, compile_rules, decide
from replies.faults import RuleFault
from replies.finding import Code, Finding
from replies.lint import faulty, lint
from replies.rules import parse_rules
from replies.shapes import Rule
from tests.replies.shop import MONDAY_10, rule

DEMO = Path(__file__).parents[2] / "config/demo/rules.json"


def when(any_: Sequence[tuple[str, str]] = (), none: Sequence[tuple[str, str]] = (), similar: Sequence[str] = ()) -> dict[str, Any]:
    """Patterns by mode and text."""
    return {
        "any": [{"mode": mode, "text": text} for mode, text in any_],
        "none": [{"mode": mode, "text": text} for mode, text in none],
        "similar": list(similar),
    }


def found(*rules: Rule, **more: Any) -> list[Finding]:
    return list(lint(compile_rules(rules, Vocabulary(words=tuple(more.pop("account_words", ())))), MONDAY_10, **more))


def codes(*rules: Rule, **more: Any) -> list[tuple[str, str, str | None, str | None]]:
    """Code, place, rule and other rule of everything found."""
    return [(one.code, one.path, one.rule, one.other) for one in found(*rules, **more)]


def test_a_sound_set_has_nothing_to_tell() -> None:
    """Nor has an empty one."""
    assert found() == []
    assert found(rule("发货", "什么时候发货"), rule("退货", "怎么退货"), rule("兜底", layer="default")) == []


def test_the_demo_has_no_warning() -> None:
    """What we show to strangers is an example."""
    assert [one for one in lint(compile_rules(parse_rules(DEMO.read_bytes())), MONDAY_10) if one.severity != "hint"] == []


def test_every_finding_says_what_it_is_in_two_languages() -> None:
    """With a path that leads to the member."""
    many = found(
        rule("甲", "发货", "货"),
        rule("乙", "发货", then={"hand_off": True, "team": "售后"}),
        rule("丙", when=when([("words", "螺蛳粉"), ("regex", ".")], [("contains", "螺蛳")])),
        teams=set(),
    )
    assert {one.code for one in many} >= {Code.SAME_PATTERN, Code.ONE_CHARACTER, Code.NO_TEAM, Code.SPLIT_WORD, Code.MATCHES_EVERYTHING}
    for one in many:
        assert any("\u4e00" <= char <= "\u9fff" for char in one.zh)
        assert one.en.isprintable()
        assert one.path.startswith("rules[")


def test_the_same_pattern_in_two_rules() -> None:
    """After normal form, in the same mode, in the same layer: 發貨 is 发货."""
    first, second = rule("甲", "发货", "寄出"), rule("乙", "發貨", "寄到")
    assert (Code.SAME_PATTERN, "rules[1].when.any[0]", "乙", "甲") in codes(first, second)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("exact", "在吗"), ("exact", "亲，在吗？")),
        (("all", "什么时候 发货"), ("all", "发货 什么时候")),
        (("words", "运费 多少"), ("words", "多少 运费")),
        (("pinyin", "发货"), ("pinyin", "发火")),
        (("typo", "退货运费"), ("typo", "退貨運費")),
        (("regex", "订单\\d+"), ("regex", "订单\\d+")),
    ],
)
def test_patterns_that_hold_in_the_same_messages_are_the_same(one: tuple[str, str], other: tuple[str, str]) -> None:
    """However they are written, mode by mode."""
    rules = rule("甲", when=when([one])), rule("乙", when=when([other]))
    assert (Code.SAME_PATTERN, "rules[1].when.any[0]", "乙", "甲") in codes(*rules)


@pytest.mark.parametrize(
    "second",
    [
        rule("乙", when=when([("exact", "发货")])),
        rule("乙", "发货", enabled=False),
        rule("乙", "发货", channels=["wechat"]),
        rule("乙", "发货", where=["group"]),
        rule("乙", "发货", layer="first"),
    ],
)
def test_what_never_meets_is_not_the_same_pattern(second: Rule) -> None:
    """Another mode, switched off, another channel, another place, another layer."""
    assert Code.SAME_PATTERN not in {code for code, *_ in codes(rule("甲", "发货", channels=["app"]), second)}


def test_negation_is_not_order() -> None:
    """不 退货 and 退货 不 are two things."""
    rules = rule("甲", when=when([("words", "不 退货")])), rule("乙", when=when([("words", "退货 不")]))
    assert Code.SAME_PATTERN not in {code for code, *_ in codes(*rules)}


def test_a_pattern_given_twice_in_one_rule_is_a_hint() -> None:
    """It does no harm."""
    [one] = found(rule("甲", "发货", "發貨"))
    assert (one.code, one.severity, one.path) == (Code.REPEATED, "hint", "rules[0].when.any[1]")


def test_the_same_question_in_two_rules() -> None:
    """Less marks and politeness; not where the two never meet."""
    rules = rule("甲", when=when(similar=["几天能到", "快递要多久"])), rule("乙", when=when(similar=["请问几天能到？", "什么时候送来"]))
    assert (Code.SAME_QUESTION, "rules[1].when.similar[0]", "乙", "甲") in codes(*rules)
    elsewhere = rule("丙", when=when(similar=["几天能到"]), where=["group"])
    assert Code.SAME_QUESTION not in {code for code, *_ in codes(rules[0], elsewhere)}


class TestNeverWins:
    """A rule that is always beaten, by the very order of the engine."""

    @pytest.mark.parametrize(
        ("winner", "loser"),
        [
            (rule("a", "发货"), rule("b", "发货")),
            (rule("a", "发货", priority=5), rule("b", "什么时候发货")),
            (rule("a", "发货", priority=1), rule("b", when=when([("exact", "发货了吗")]))),
            (rule("a", when=when([("all", "发货 什么")])), rule("b", when=when([("pinyin", "什么时候发货")]))),
            (rule("a", "发货", priority=1), rule("b", when=when([("contains", "发货"), ("words", "发货 快")], similar=["什么时候能发货"]))),
            (rule("a", layer="default"), rule("b", layer="default")),
            (rule("a", layer="first", priority=1), rule("b", "你好", layer="first")),
            (rule("a", layer="follow"), rule("b", layer="follow")),
            (rule("a", layer="offhours"), rule("b", layer="offhours", channels=["app"])),
            (rule("a", layer="waiting", after_s=60), rule("b", layer="waiting", after_s=60)),
            (rule("a", "发货", priority=1), rule("b", "发货", layer="offhours")),
        ],
    )
    def test_it_is_found(self, winner: Rule, loser: Rule) -> None:
        """In every layer, by priority, mode, length or id."""
        assert (Code.NEVER_WINS, "rules[0]", "b", "a") in codes(loser, winner)

    @pytest.mark.parametrize(
        ("stronger", "rule_"),
        [
            (rule("a", "发货"), rule("b", "什么时候发货")),
            (rule("a", when=when([("exact", "发货")])), rule("b", "发货")),
            (rule("a", "发货", priority=1), rule("b", "发货", "寄出")),
            (rule("a", "发货", priority=1, channels=["wechat"]), rule("b", "发货")),
            (rule("a", "发货", priority=1, audience={"tags": ["vip"]}), rule("b", "发货")),
            (rule("a", "发货", priority=1, hours={"weekly": {"mon": ["09:00-18:00"]}}), rule("b", "发货")),
            (rule("a", "发货", priority=1), rule("b", "发货", where=["direct", "group"])),
            (rule("a", "发货", priority=1, where=["group"]), rule("b", "发货", where=["group"], unaddressed=True)),
            (rule("a", "发货", priority=1, enabled=False), rule("b", "发货")),
            (rule("a", when=when([("contains", "发货")], [("contains", "退货")]), priority=1), rule("b", "发货")),
            (rule("a", "发货", priority=1), rule("b", when=when([("contains", "发货"), ("regex", "订单\\d+")]))),
            (rule("a", layer="default", hours={"weekly": {"mon": ["09:00-18:00"]}}), rule("b", layer="default")),
            (rule("a", layer="waiting", after_s=60), rule("b", layer="waiting", after_s=120)),
            (rule("a", layer="first"), rule("b", "发货")),
            (rule("a", "发货", priority=1), rule("b", layer="offhours")),
        ],
    )
    def test_one_that_can_win_is_left_alone(self, stronger: Rule, rule_: Rule) -> None:
        """Among more words, in another place, at another time, past the other's `none`."""
        assert Code.NEVER_WINS not in {code for code, *_ in codes(rule_, stronger)}

    def test_several_stronger_rules_are_silenced_together(self) -> None:
        """Each by its own `none`, in one message."""
        first = rule("a", when=when([("contains", "发货")], [("contains", "退货")]), priority=1)
        second = rule("c", when=when([("contains", "发货")], [("contains", "发票")]), priority=1)
        assert Code.NEVER_WINS not in {code for code, *_ in codes(rule("b", "发货"), first, second)}
        assert Code.NEVER_WINS in {code for code, *_ in codes(rule("b", "发货"), first, second, rule("d", "发货", priority=1))}

    def test_a_cooldown_of_the_stronger_rule_is_told(self) -> None:
        """Strictly, it can win while the other rests."""
        [one] = [one for one in found(rule("b", "发货"), rule("a", "发货", priority=1, cooldown_s=600)) if one.code is Code.NEVER_WINS]
        assert "600 s" in one.en
        assert "600 秒" in one.zh

    def test_what_it_says_is_what_the_engine_does(self) -> None:
        """The rule that is named answers whatever the other listens for."""
        loser = rule("b", when=when([("contains", "退货运费"), ("words", "退货")], similar=["退货的运费谁出"]))
        winner = rule("a", when=when([("contains", "退货")]), priority=1)
        assert (Code.NEVER_WINS, "rules[0]", "b", "a") in codes(loser, winner)
        rules = compile_rules([loser, winner])
        for text in ("退货运费", "退货", "退货的运费谁出", "请问退货运费怎么算"):
            assert decide(rules, Heard(text=text), Context(), MONDAY_10).trace.winners == ("a",)


@pytest.mark.parametrize(("mode", "text"), [("contains", "货"), ("all", "货"), ("typo", "7"), ("pinyin", "货")])
def test_one_character_is_a_warning(mode: str, text: str) -> None:
    """It stands in too much; in `none` it silences too much."""
    assert (Code.ONE_CHARACTER, "rules[0].when.any[0]", "甲", None) in codes(rule("甲", when=when([(mode, text)])))
    assert (Code.ONE_CHARACTER, "rules[0].when.none[0]", "甲", None) in codes(rule("甲", when=when([("contains", "发票")], [(mode, text)])))


@pytest.mark.parametrize(("mode", "text"), [("exact", "好"), ("all", "退 运费"), ("contains", "👍"), ("words", "好"), ("contains", "发货")])
def test_one_character_may_be_meant(mode: str, text: str) -> None:
    """As a whole message, beside another part, as a sign, as a word."""
    assert Code.ONE_CHARACTER not in {code for code, *_ in codes(rule("甲", when=when([(mode, text)])))}


def test_a_word_the_segmenter_splits_is_offered() -> None:
    """Told once; not once the account knows the word; a negation is no split."""
    rules = rule("甲", when=when([("words", "螺蛳粉 辣"), ("words", "不发货")])), rule("乙", when=when([("words", "螺蛳粉 酸")]))
    assert [(one.path, one.words) for one in found(*rules) if one.code is Code.SPLIT_WORD] == [("rules[0].when.any[0]", ("螺蛳粉",))]
    assert Code.SPLIT_WORD not in {code for code, *_ in codes(*rules, account_words=["螺蛳粉"])}


@pytest.mark.parametrize(("expression", "all_"), [(".", True), (r"\S+", True), (r"[\p{Han}]{2}", True), (r"订单\d+", False), ("^.$", False)])
def test_an_expression_that_holds_in_everything(expression: str, all_: bool) -> None:
    """Whatever it is written like, and in `none` as well."""
    both = codes(rule("甲", when=when([("regex", expression)])), rule("乙", when=when([("contains", "发票")], [("regex", expression)])))
    places = {path for code, path, *_ in both if code is Code.MATCHES_EVERYTHING}
    assert places == ({"rules[0].when.any[0]", "rules[1].when.none[0]"} if all_ else set())


def test_none_that_cancels_its_own_any() -> None:
    """The one that does is named; the pattern it cancels is in the sentence."""
    [one] = found(rule("甲", when=when([("contains", "发货时间"), ("contains", "几点寄")], [("contains", "发票"), ("contains", "发货")])))
    assert (one.code, one.path, one.rule) == (Code.NONE_CANCELS, "rules[0].when.none[1]", "甲")
    assert "发货时间" in one.en


def test_none_that_leaves_a_way_cancels_nothing() -> None:
    """发货 alone is refused, and 请问发货 is answered; a whole message that is refused is cancelled."""
    assert found(rule("甲", when=when([("contains", "发货")], [("exact", "发货")]))) == []
    assert [one.code for one in found(rule("甲", when=when([("exact", "发货")], [("contains", "发")])))] == [Code.ONE_CHARACTER, Code.NONE_CANCELS]


def test_none_that_silences_a_question() -> None:
    """The question is named."""
    one = rule("甲", when=when(none=[("contains", "发票")], similar=["怎么开发票", "什么时候寄给我"]))
    assert codes(one) == [(Code.NONE_CANCELS, "rules[0].when.similar[0]", "甲", None)]


def test_a_question_that_anothers_keyword_answers() -> None:
    """Keywords come before resemblance."""
    rules = rule("到货", when=when(similar=["发货以后几天能到", "快递要多久"])), rule("发货", "发货")
    assert (Code.ANSWERED_BY_OTHER, "rules[0].when.similar[0]", "到货", "发货") in codes(*rules)


def test_a_question_nearer_to_another_rule_than_to_its_own() -> None:
    """Were it not there, the other rule would answer it; the rule's own other questions are about something else."""
    own = rule("到货", when=when(similar=["快递要多久才能送到", "优惠券怎么用不了"]))
    other = rule("优惠", when=when(similar=["优惠券怎么用", "优惠券用不了"]))
    assert ("rules[0].when.similar[1]", "到货", "优惠") in [tuple(rest) for code, *rest in codes(own, other) if code is Code.NEARER_TO_OTHER]
    assert Code.NEARER_TO_OTHER not in {code for code, *_ in codes(rule("到货", when=when(similar=["快递要多久才能送到", "几天能到"])), other)}


@pytest.mark.parametrize(
    ("hours", "code"),
    [
        ({"weekly": {"mon-sun": []}}, Code.NEVER_OPEN),
        ({"weekly": {"mon": ["09:00-10:00"]}, "from": "2026-01-06", "until": "2026-01-07"}, Code.NEVER_OPEN),
        ({"until": "2025-12-31"}, Code.HOURS_OVER),
        ({"weekly": {"mon-sun": []}, "holidays": {"2027-01-01": ["09:00-10:00"]}}, None),
        ({"from": "2027-01-01"}, None),
    ],
)
def test_hours_that_never_open(hours: dict[str, Any], code: Code | None) -> None:
    """From now on; hours that are over are a hint."""
    assert [one.code for one in found(rule("甲", "发货", hours=hours))] == ([] if code is None else [code])


def test_a_team_that_is_not_there() -> None:
    """By id or by name; nothing is said where the teams are not known, or of a rule that is off."""
    one = rule("甲", "发货", then={"hand_off": True, "team": "售后"})
    assert codes(one, teams={"售前"}) == [(Code.NO_TEAM, "rules[0].then.team", "甲", None)]
    assert codes(one, teams={"售后"}) == codes(one) == []
    assert codes(rule("甲", "发货", enabled=False, then={"hand_off": True, "team": "售后"}), teams=set()) == []


def test_a_group_that_is_not_there() -> None:
    """Nothing is said where the groups are not known; a rule that is off cannot be published with it either."""
    one = rule("甲", "发货", then={"invite": "g1"})
    assert codes(one, groups={"g2"}) == [(Code.NO_GROUP, "rules[0].then.invite", "甲", None)]
    assert codes(one, groups={"g1"}) == codes(one) == []
    assert [code for code, *_ in codes(rule("甲", "发货", enabled=False, then={"invite": "g1"}), groups=set())] == [Code.NO_GROUP]


def test_layers_that_never_speak_in_groups() -> None:
    """For groups alone; beside direct conversations they are fine."""
    assert [code for code, *_ in codes(rule("甲", layer="first", where=["group"]))] == [Code.NEVER_HERE]
    assert codes(rule("甲", layer="first", where=["direct", "group"])) == codes(rule("乙", layer="default", where=["group"])) == []


def test_a_rule_that_is_off_is_left_alone() -> None:
    """Whatever it says, and it beats nobody."""
    off = rule("甲", when=when([("contains", "货"), ("regex", "."), ("contains", "发货")], [("contains", "发货")]), enabled=False, priority=9)
    assert found(off, rule("乙", "发货")) == []


def test_faults_come_as_findings() -> None:
    """An unknown placeholder among them, with the path that saving tells."""
    bad = [
        {
            "id": "甲",
            "name": "甲",
            "layer": "keyword",
            "when": when([("contains", "发货")]),
            "reply": {"messages": [{"kind": "text", "text": "{{oops|}}"}]},
        }
    ]
    with pytest.raises(RuleFault) as refusal:
        parse_rules(bad)
    [one] = faulty(refusal.value)
    assert (one.code, one.severity, one.path) == (Code.FAULT, "error", "rules[0].reply.messages[0].text")
    assert "oops" in one.zh


def test_the_worst_comes_first() -> None:
    """Warnings before hints, then in the order of the rules."""
    many = found(rule("甲", "发货", "發貨"), rule("乙", "货"), rule("丙", "运费", "運費"), rule("丁", "费"))
    assert [one.severity for one in many] == sorted((one.severity for one in many), key=["warning", "hint"].index)
    assert [one.rule for one in many if one.code is Code.ONE_CHARACTER] == ["乙", "丁"]


def test_a_set_of_too_many_alike_says_what_was_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of taking minutes, or of keeping silent about it."""
    monkeypatch.setattr("replies.probes.BUDGET", 2_000)
    many = [rule(f"r{number}", "发货", f"发货{number}号") for number in range(200)]
    [one] = [one for one in found(*many) if one.code is Code.NOT_ALL_CHECKED]
    assert (one.severity, one.rule) == ("hint", None)
    assert one.path.startswith("rules[")


def test_findings_that_nobody_would_read_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of each sort for itself, and the rest is counted."""
    monkeypatch.setattr("replies.lint.EACH_MOST", 3)
    short = [rule(f"r{number}", chr(0x4E00 + number)) for number in range(5)]
    *several, last = found(*short, rule("丙", "发货", "發貨"))
    assert [one.code for one in several] == [Code.ONE_CHARACTER] * 3 + [Code.REPEATED]
    assert (last.code, last.en) == (Code.NOT_ALL_TOLD, "2 more of one_character are not told.")
    assert [one.code for one in found(*short[:3])] == [Code.ONE_CHARACTER] * 3


def test_patterns_that_everybody_shares_do_not_cost_the_square() -> None:
    """The engine is asked once for the same words, however many rules wait for them."""
    many = [rule(f"r{number:04}", "发货", "寄出") for number in range(2_000)]
    kinds = [one.code for one in found(*many)]
    assert kinds.count(Code.NEVER_WINS) == 1_999
    assert Code.NOT_ALL_CHECKED not in kinds
