"""What a decision adds to the statistics."""

from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from replies.decision import Context, Heard, Memory
from replies.engine import decide
from replies.shapes import Rule
from replies.tally import RuleCount, Tally, day_of, tally
from tests.replies.shop import HOUR, MINUTE, MONDAY_10, SECOND, rule, shop

SHANGHAI = ZoneInfo("Asia/Shanghai")
SHIP, BACK = rule("ship", "发货"), rule("back", "退货")
CALL = rule("call", "人工", then={"hand_off": True})
TWINS = [rule(name, mark, when={"any": [{"mode": "contains", "text": mark}], "similar": ["几天能到货"]}) for name, mark in (("a", "甲"), ("b", "乙"))]
THANKS = rule("thanks", "谢谢", says=["不客气", "应该的"], choose="rotate")


class Counted:
    """A conversation whose decisions are counted."""

    def __init__(self, *rules: Rule, now: int = MONDAY_10, zone: tzinfo = SHANGHAI, **context: object) -> None:
        self.rules, self.now, self.zone, self.context = shop(*rules), now, zone, context
        self.memory = Memory()
        self.seq = 0

    def hear(self, text: str = "", *, after: int = 10 * SECOND, **heard: object) -> Tally:
        """One event, ten seconds after the one before unless told otherwise."""
        self.now += after
        self.seq += 1
        event = Heard(**({"text": text, "message_id": str(self.seq), "seq": self.seq} | heard))  # type: ignore[arg-type] # checked by the struct
        context = Context(**({"memory": self.memory} | self.context))  # type: ignore[arg-type] # checked by the struct
        told, self.memory = tally("a1", self.zone, self.rules, event, decide(self.rules, event, context, self.now), self.memory, self.now)
        return told


def rules_of(told: Tally) -> dict[str, tuple[int, int, int, int]]:
    """Heard, answered, handed off, asked again, by rule."""
    found: dict[str, tuple[int, int, int, int]] = {}
    for one in told.rules:
        have = found.get(one.rule, (0, 0, 0, 0))
        counts = (one.heard, one.answered, one.handed_off, one.asked_again)
        found[one.rule] = tuple(map(sum, zip(have, counts, strict=True)))  # type: ignore[assignment] # four stay four
    return found


def test_a_rule_that_speaks_is_heard_and_answered() -> None:
    """And the message of the account's day is answered."""
    told = Counted(SHIP, BACK).hear("什么时候发货")
    assert told == Tally("a1", "2026-01-05", "answered", False, (RuleCount("ship", "2026-01-05", 1, 1),))


def test_a_rule_that_is_beaten_is_heard() -> None:
    """Its condition held; the other spoke."""
    assert rules_of(Counted(SHIP, replace(BACK, priority=5)).hear("发货了还能退货吗")) == {"back": (1, 1, 0, 0), "ship": (1, 0, 0, 0)}


@pytest.mark.parametrize(
    "kept_out",
    [
        rule("ship", "发货", enabled=False),
        rule("ship", when={"any": [{"mode": "contains", "text": "发货"}], "none": [{"mode": "contains", "text": "不"}]}),
        rule("ship", "发货", where=["group"]),
        rule("ship", "发货", channels=["wechat"]),
        rule("ship", "发货", audience={"tags": ["老客"]}),
        rule("ship", "发货", hours={"zone": "Asia/Shanghai", "weekly": {"sun": ["09:00-10:00"]}}),
    ],
)
def test_a_rule_whose_own_condition_fails_is_not_heard(kept_out: Rule) -> None:
    """Its pattern stands in the message, but it is not for this one."""
    told = Counted(kept_out, BACK).hear("怎么还不发货")
    assert (told.rules, told.outcome, told.unanswered) == ((), "silent", True)


def test_a_rule_that_cools_down_is_heard() -> None:
    """It knew the answer and gave it just now: nobody is left without an answer."""
    shopping = Counted(rule("ship", "发货", cooldown_s=600))
    shopping.hear("发货")
    told = shopping.hear("还没发货")
    assert (rules_of(told)["ship"][:2], told.outcome, told.unanswered) == ((1, 0), "silent", False)


def test_an_account_that_asks_back_has_heard_its_rules_and_answered_by_none() -> None:
    """Both ask the same."""
    told = Counted(*TWINS).hear("几天能到货")
    assert (told.outcome, told.unanswered, rules_of(told)) == ("choices", False, {"a": (1, 0, 0, 0), "b": (1, 0, 0, 0)})


@pytest.mark.parametrize(("text", "unanswered"), [("呵呵呵呵", True), ("发货", False)])
def test_the_default_leaves_the_question_unanswered(text: str, unanswered: bool) -> None:
    """Something was said, but no rule knew the answer."""
    told = Counted(SHIP, rule("other", layer="default")).hear(text)
    assert (told.outcome, told.unanswered) == ("answered", unanswered)


def test_without_rules_nobody_knows_the_answer() -> None:
    """People are called at once."""
    told = Counted(replace(SHIP, enabled=False)).hear("发货")
    assert (told.outcome, told.unanswered, told.rules) == ("handed_off", True, ())


def test_a_rule_that_calls_people_is_handed_off_at_once() -> None:
    """With or without a word of its own."""
    assert rules_of(Counted(CALL).hear("人工")) == {"call": (1, 1, 1, 0)}
    assert rules_of(Counted(replace(CALL, reply=SHIP.reply.__class__())).hear("人工")) == {"call": (1, 0, 1, 0)}


@pytest.mark.parametrize(("after", "handed_off"), [(299 * SECOND, 1), (301 * SECOND, 0)])
def test_people_called_soon_after_an_answer_count_against_it(after: int, handed_off: int) -> None:
    """By the buyer's next message within five minutes."""
    shopping = Counted(SHIP, CALL)
    shopping.hear("发货")
    told = rules_of(shopping.hear("转人工", after=after))
    assert told.get("ship", (0, 0, 0, 0))[2] == handed_off
    assert told["call"] == (1, 1, 1, 0)


def test_only_the_next_message_counts_against_an_answer() -> None:
    """What is asked after something else was answered is about that."""
    shopping = Counted(SHIP, BACK, CALL)
    shopping.hear("发货")
    assert rules_of(shopping.hear("退货呢")) == {"back": (1, 1, 0, 0)}
    assert rules_of(shopping.hear("转人工")) == {"call": (1, 1, 1, 0), "back": (0, 0, 1, 0)}


def test_the_same_question_again_counts_against_the_answer() -> None:
    """The same rule would say the same, so people are called: both count."""
    shopping = Counted(SHIP)
    shopping.hear("发货")
    assert rules_of(shopping.hear("所以什么时候发货")) == {"ship": (1, 0, 1, 1)}


def test_the_same_rule_answering_again_was_asked_again() -> None:
    """Though with other words."""
    shopping = Counted(rule("ship", "发货", says=["一", "二"], choose="rotate"))
    shopping.hear("发货")
    assert rules_of(shopping.hear("发货时间")) == {"ship": (1, 1, 0, 1)}


@pytest.mark.parametrize(("after", "asked"), [(299 * SECOND, 1), (301 * SECOND, 0)])
def test_what_stays_unanswered_soon_after_counts_against_the_answer(after: int, asked: int) -> None:
    """Within five minutes."""
    shopping = Counted(SHIP)
    shopping.hear("发货")
    assert rules_of(shopping.hear("颜色深不深", after=after)).get("ship", (0, 0, 0, 0))[3] == asked


def test_another_rules_answer_is_another_question() -> None:
    """The first answer helped, as far as anybody can tell."""
    shopping = Counted(SHIP, BACK)
    shopping.hear("发货")
    assert rules_of(shopping.hear("退货呢")) == {"back": (1, 1, 0, 0)}


def test_the_default_is_no_answer_to_what_is_asked_again() -> None:
    """Something was said, but the rule before it is the one that did not help."""
    shopping = Counted(SHIP, rule("other", layer="default"))
    shopping.hear("发货")
    assert rules_of(shopping.hear("颜色深不深")) == {"other": (1, 1, 0, 0), "ship": (0, 0, 0, 1)}


@pytest.mark.parametrize("text", ["好的谢谢", "谢谢亲", "嗯嗯", "OK", "知道了，谢谢", "👍👍", "。。。", "在吗", ""])
def test_politeness_asks_nothing_and_settles_nothing(text: str) -> None:
    """After thanks, answered or not, the question may still come back."""
    for more in ((), (THANKS,)):
        shopping = Counted(SHIP, *more)
        shopping.hear("发货")
        assert "ship" not in rules_of(shopping.hear(text))
        assert rules_of(shopping.hear("到底什么时候发货", after=MINUTE))["ship"][3] == 1


def test_a_question_counts_once_against_an_answer() -> None:
    """Not every message that follows."""
    shopping = Counted(SHIP)
    shopping.hear("发货")
    assert rules_of(shopping.hear("颜色深不深"))["ship"][3] == 1
    assert "ship" not in rules_of(shopping.hear("有没有红的"))


def test_what_follows_counts_on_the_day_of_the_answer() -> None:
    """So that a day's figures belong together, though midnight came between."""
    shopping = Counted(SHIP, now=MONDAY_10 + 14 * HOUR - MINUTE)
    first = shopping.hear("发货", after=0)
    second = shopping.hear("颜色深不深", after=2 * MINUTE)
    assert (first.day, second.day) == ("2026-01-05", "2026-01-06")
    assert second.rules == (RuleCount("ship", "2026-01-05", asked_again=1),)


def test_what_nobody_wrote_is_no_message_of_the_day() -> None:
    """A greeting and a reminder count for their rules alone, and ask for no follow-up."""
    shopping = Counted(rule("hi", layer="follow"), SHIP)
    told = shopping.hear(event="follow")
    assert (told.outcome, rules_of(told)) == (None, {"hi": (1, 1, 0, 0)})
    assert rules_of(shopping.hear("颜色深不深")) == {}


def test_a_reminder_leaves_the_question_open() -> None:
    """It is no answer."""
    shopping = Counted(SHIP, rule("wait", layer="waiting", after_s=30), CALL)
    shopping.hear("发货")
    shopping.context = {"desk": "waiting", "waiting_since": shopping.now - 40 * SECOND}
    assert rules_of(shopping.hear(event="waiting")) == {"wait": (1, 1, 0, 0)}
    assert rules_of(shopping.hear("颜色深不深"))["ship"][3] == 1


def test_a_message_that_was_guarded_counts_as_silence() -> None:
    """No rule was asked."""
    told = Counted(SHIP, desk="operator").hear("发货")
    assert (told.outcome, told.unanswered, told.rules) == ("silent", False, ())


def test_a_question_asked_back_counts_against_the_rule_it_offers() -> None:
    """Another one's is another question."""
    for first, expected in (("甲", 1), ("发货", 0)):
        shopping = Counted(*TWINS, SHIP)
        shopping.hear(first)
        told = shopping.hear("几天能到货")
        assert (told.outcome, sum(one.asked_again for one in told.rules)) == ("choices", expected)


def test_counting_twice_counts_the_same() -> None:
    """It is made of the decision and the memory alone."""
    rules = shop(SHIP, CALL)
    heard, before = Heard(text="转人工"), Memory(answered=("ship",), answered_at=MONDAY_10 - SECOND)
    decision = decide(rules, heard, Context(memory=before), MONDAY_10)
    assert tally("a", SHANGHAI, rules, heard, decision, before, MONDAY_10) == tally("a", SHANGHAI, rules, heard, decision, before, MONDAY_10)


def test_memory_that_need_not_change_stays_the_same_object() -> None:
    """Or every silent message would be written for nothing."""
    rules, before = shop(rule("hi", layer="follow")), Memory()
    heard = Heard(event="waiting")
    decision = decide(rules, heard, Context(memory=before), MONDAY_10)
    assert tally("a", SHANGHAI, rules, heard, decision, before, MONDAY_10)[1] is before


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        (SHANGHAI, "2026-01-05", "2026-01-06"),
        (ZoneInfo("Asia/Kathmandu"), "2026-01-05", "2026-01-05"),
        (timezone(timedelta(hours=9)), "2026-01-06", "2026-01-06"),
    ],
)
def test_a_day_is_a_day_of_the_zone(zone: tzinfo, before: str, after: str) -> None:
    """To the millisecond, around midnight in Shanghai."""
    midnight = MONDAY_10 + 14 * HOUR
    assert (day_of(zone, midnight - 1), day_of(zone, midnight)) == (before, after)


@pytest.mark.parametrize(
    ("said", "question", "text"),
    [
        ("请问  有蓝色的吗？", "有蓝色", "请问 有蓝色的吗？"),
        ("好的", "", ""),
        ("你好", "", ""),
        ("蓝" * 4 + "色" * 300, "蓝蓝色色", "蓝蓝蓝蓝" + "色" * 96),
    ],
)
def test_a_question_that_no_rule_answers_is_kept_as_it_is_compared(said: str, question: str, text: str) -> None:
    """Bounded; politeness and nods are no questions."""
    told = Counted(SHIP).hear(said)
    assert (told.unanswered, told.question, told.text) == (True, question, text)


def test_a_question_that_is_answered_is_not_kept() -> None:
    """Nor one that nobody had asked."""
    told = Counted(SHIP).hear("什么时候发货")
    assert (told.question, told.text) == ("", "")


@pytest.mark.parametrize(("said", "unanswered", "question"), [("有蓝色的吗", True, "有蓝色"), ("你好", False, ""), ("什么时候发货", False, "")])
def test_a_greeting_is_no_answer_to_a_question(said: str, unanswered: bool, question: str) -> None:
    """Whoever writes for the first time is greeted whatever they ask; only who asked something is still without an answer."""
    told = Counted(SHIP, rule("hello", layer="first")).hear(said, first=True)
    assert (told.outcome, told.unanswered, told.question) == ("answered", unanswered, question)
