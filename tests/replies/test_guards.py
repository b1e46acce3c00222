"""Every guard, by its name: with it, silence or people; without what it guards against, an answer."""

import pytest

from replies.engine import Memory, Reason
from tests.replies.shop import HOUR, MINUTE, MONDAY_10, SECOND, Talk, rule, texts

SHIP = rule("ship", "发货")
BACK = rule("back", "退货")
DEFAULT = rule("default", layer="default")


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ({"author_kind": "staff"}, Reason.AUTHOR_STAFF),
        ({"author_kind": "bot"}, Reason.AUTHOR_BOT),
        ({"author_kind": "auto"}, Reason.AUTHOR_AUTO),
        ({"depth": 5}, Reason.DEPTH),
        ({"desk": "operator"}, Reason.OPERATOR),
        ({"recalled": True}, Reason.RECALLED),
    ],
)
@pytest.mark.parametrize("event", ["message", "follow", "waiting"])
def test_what_silences_every_rule(state: dict[str, object], reason: Reason, event: str) -> None:
    """Nothing is said, nothing is done, and nothing is remembered; the same without it is answered."""
    rules = (SHIP, rule("f", layer="follow"), rule("w", layer="waiting", after_s=1))
    talk = Talk(*rules)
    before = talk.memory
    members = {"text": "发货", "event": event, "desk": "waiting", "waiting_since": MONDAY_10 - HOUR}

    decision = talk.hear(**(members | state))  # type: ignore[arg-type] # the names are those of Heard and Context

    assert (decision.outcome, decision.reason, decision.trace.guard) == ("silent", reason, reason)
    assert (decision.says, decision.hand_off, decision.trace.candidates) == ((), False, ())
    assert decision.memory is before
    assert talk.hear(**members).outcome == "answer"  # type: ignore[arg-type] # as above


@pytest.mark.parametrize("event", ["follow", "waiting"])
def test_who_muted_the_account_hears_nothing_unasked(event: str) -> None:
    """Neither a greeting nor a reminder; what they ask is answered, and without the mute so are the others."""
    talk = Talk(SHIP, rule("f", layer="follow"), rule("w", layer="waiting", after_s=1), desk="waiting", waiting_since=MONDAY_10 - HOUR)

    decision = talk.hear(event=event, buyer_muted=True)

    assert (decision.outcome, decision.reason, decision.trace.guard) == ("silent", Reason.BUYER_MUTED, Reason.BUYER_MUTED)
    assert talk.hear("发货", buyer_muted=True).outcome == "answer"
    assert talk.hear(event=event).outcome == "answer"


def test_a_depth_below_the_limit_is_heard() -> None:
    """A buyer's message that a few automatic ones led to is still a buyer's message."""
    assert Talk(SHIP).hear("发货", depth=4).outcome == "answer"


@pytest.mark.parametrize(
    ("guarded", "state", "reason", "opened"),
    [
        (rule("a", "发货", enabled=False), {}, Reason.RULE_MUTED, None),
        (rule("a", "发货", where=["group"]), {}, Reason.PLACE, {"place": "group", "addressed": True}),
        (SHIP, {"place": "group", "addressed": True}, Reason.PLACE, {"place": "direct"}),
        (rule("a", "发货", where=["group"]), {"place": "group"}, Reason.NOT_ADDRESSED, {"place": "group", "addressed": True}),
        (rule("a", "发货", channels=["wechat"]), {}, Reason.CHANNEL, {"channel": "wechat"}),
        (
            rule("a", "发货", audience={"tags": ["vip", "老客"]}),
            {"buyer_tags": frozenset({"新客"})},
            Reason.AUDIENCE,
            {"buyer_tags": frozenset({"vip"})},
        ),
        (rule("a", "发货", hours={"weekly": {"mon": ["11:00-12:00"]}}), {}, Reason.HOURS, {"after": HOUR}),
        (
            rule("a", "发货", when={"any": [{"mode": "contains", "text": "发货"}], "none": [{"mode": "contains", "text": "别"}]}),
            {"text": "别发货"},
            Reason.NONE,
            {"text": "发货"},
        ),
    ],
)
def test_what_silences_one_rule(guarded: object, state: dict[str, object], reason: Reason, opened: dict[str, object] | None) -> None:
    """The trace names the guard; the rule behind it speaks; and with the guard satisfied the rule itself does."""
    spare = rule("spare", "货", where=["direct", "group"], unaddressed=True)
    decision = Talk(guarded, spare).hear(**({"text": "发货"} | state))  # type: ignore[arg-type] # a rule, and names of Heard and Context

    assert [(one.rule, one.blocked) for one in decision.trace.candidates] == [(guarded.id, reason), ("spare", None)]  # type: ignore[attr-defined] # a rule
    assert decision.trace.winners == ("spare",)
    if opened is not None:
        assert Talk(guarded, spare).hear(**({"text": "发货"} | opened)).trace.winners == (guarded.id,)  # type: ignore[arg-type, attr-defined] # as above


def test_an_unaddressed_rule_speaks_in_a_group_by_itself() -> None:
    """Only where the rule says so."""
    assert Talk(rule("a", "发货", where=["group"], unaddressed=True)).hear("发货", place="group").outcome == "answer"


class TestCooldown:
    """`cooldown_s`: the same rule not again for a while, in the same conversation."""

    def test_it_ends(self) -> None:
        """To the millisecond."""
        talk = Talk(rule("ship", "发货", says=["一", "二"], choose="rotate", cooldown_s=60))

        assert talk.hear("发货").outcome == "answer"
        assert talk.hear("发货", after=MINUTE - 1).reason is Reason.COOLDOWN
        assert talk.hear("发货", after=1).outcome == "answer"

    def test_the_next_best_rule_may_speak(self) -> None:
        """A rule that cools down stands aside."""
        talk = Talk(rule("ship", "发货", cooldown_s=600), rule("spare", "货"))
        talk.hear("发货")

        decision = talk.hear("发货")
        assert decision.trace.winners == ("spare",)
        assert decision.trace.candidates[0].blocked is Reason.COOLDOWN

    def test_it_is_no_reason_for_the_default(self) -> None:
        """Who asks again what was just answered is not told that nobody understood; asking a third time calls people."""
        talk = Talk(rule("ship", "发货", cooldown_s=600), rule("off", layer="offhours"), DEFAULT, account_open=False)
        talk.hear("发货")

        second, third = talk.hear("发货"), talk.hear("发货")

        assert (second.outcome, second.reason) == ("silent", Reason.COOLDOWN)
        assert (third.outcome, third.reason) == ("hand_off", Reason.UNANSWERED)

    def test_in_the_queue_it_is_silent(self) -> None:
        """People are on their way already."""
        talk = Talk(rule("ship", "发货", cooldown_s=600), desk="waiting")
        talk.hear("发货")

        assert [talk.hear("发货").reason for _ in range(3)] == [Reason.COOLDOWN] * 3

    def test_another_conversation_is_not_concerned(self) -> None:
        """The memory is of one conversation."""
        guarded = rule("ship", "发货", cooldown_s=600)
        Talk(guarded).hear("发货")

        assert Talk(guarded).hear("发货").outcome == "answer"


class TestCap:
    """Ten automatic answers in a conversation and a minute."""

    QUESTIONS = ("红", "橙", "黄", "绿", "蓝", "靛", "紫", "黑", "白", "灰", "金", "银")

    def test_the_eleventh_in_a_minute_is_silent(self) -> None:
        """However different the questions; a minute after the first, one more is answered."""
        talk = Talk(*(rule(name, name) for name in self.QUESTIONS))

        said = [talk.hear(name, after=SECOND) for name in self.QUESTIONS]
        assert [one.outcome for one in said] == ["answer"] * 10 + ["silent"] * 2
        assert (said[10].reason, said[10].trace.guard, said[10].hand_off) == (Reason.CAP, Reason.CAP, False)
        assert talk.hear("红", after=MINUTE - 12 * SECOND).outcome == "silent"
        assert talk.hear("红", after=SECOND).outcome == "answer"

    def test_greetings_and_reminders_count_and_are_capped(self) -> None:
        """Whatever the bot says by itself is one of the ten."""
        talk = Talk(rule("f", layer="follow"), rule("w", layer="waiting", after_s=1), *(rule(name, name) for name in self.QUESTIONS))
        for name in self.QUESTIONS[:10]:
            talk.hear(name)

        assert talk.hear(event="follow").reason is Reason.CAP
        assert talk.hear(event="waiting", desk="waiting", waiting_since=MONDAY_10 - HOUR).reason is Reason.CAP
        assert talk.hear(event="follow", after=MINUTE).outcome == "answer"

    def test_a_question_asked_back_is_one_of_them(self) -> None:
        """Between answers, so that it is asked again and again."""
        twins = [rule(name, when={"similar": ["几天能到货"]}) for name in ("a", "b")]
        talk = Talk(*(rule(name, name) for name in self.QUESTIONS), *twins)

        said = [talk.hear(text).outcome for name in self.QUESTIONS[:6] for text in (name, "几天能到货")]
        assert said == ["answer", "choices"] * 5 + ["silent"] * 2

    def test_two_rules_that_speak_are_two(self) -> None:
        """`first` and `keyword` together."""
        talk = Talk(rule("f", layer="first"), SHIP)

        assert len(talk.hear("发货", first=True).memory.said_at) == 2


class TestTheSameAnswerTwice:
    """Who asks again did not get what they wanted: people help instead of a repetition."""

    def test_people_are_called(self) -> None:
        """Without another word; and after them the question is answered afresh."""
        talk = Talk(SHIP)
        talk.hear("什么时候发货")

        decision = talk.hear("到底什么时候发货")

        assert (decision.outcome, decision.reason, decision.says, decision.hand_off) == ("hand_off", Reason.REPEATED, (), True)
        assert talk.hear("什么时候发货").outcome == "answer"

    def test_another_answer_between_makes_it_fresh(self) -> None:
        """Twice running means running."""
        talk = Talk(SHIP, BACK)

        assert [talk.hear(text).outcome for text in ("发货", "退货", "发货")] == ["answer"] * 3

    def test_it_is_the_answer_that_counts(self) -> None:
        """Two rules that say the same are the same; one rule that says something else is not."""
        same = Talk(rule("a", "发货", says="好"), rule("b", "退货", says="好"))
        same.hear("发货")
        assert same.hear("退货").reason is Reason.REPEATED

        turns = Talk(rule("a", "发货", says=["一", "二"], choose="rotate"))
        assert [turns.hear("发货").outcome for _ in range(3)] == ["answer"] * 3

    def test_the_buyers_name_does_not_make_it_another(self) -> None:
        """The rule's words are compared, before names are filled in."""
        talk = Talk(rule("a", "发货", says="亲{{name|}}，现在{{time|}}，好的"))
        talk.hear("发货", names={"time": "10:00"})

        assert talk.hear("发货", names={"time": "10:01"}).reason is Reason.REPEATED

    def test_after_an_hour_it_is_a_new_question(self) -> None:
        """Tomorrow's question is no impatience."""
        talk = Talk(SHIP)
        talk.hear("发货")

        assert talk.hear("发货", after=HOUR).outcome == "answer"

    def test_in_the_queue_it_is_silent(self) -> None:
        """People were called already."""
        talk = Talk(SHIP, desk="waiting")
        talk.hear("发货")

        decision = talk.hear("发货")
        assert (decision.outcome, decision.reason, decision.hand_off) == ("silent", Reason.REPEATED, False)

    def test_who_comes_and_goes_is_greeted_once(self) -> None:
        """Following again does not call anybody, nor greet again."""
        talk = Talk(rule("f", layer="follow"))
        talk.hear(event="follow")

        decision = talk.hear(event="follow")
        assert (decision.outcome, decision.reason) == ("silent", Reason.REPEATED)
        assert talk.hear(event="follow", after=HOUR).outcome == "answer"


class TestUnanswered:
    """`default` once, and people after two in a row."""

    def test_two_in_a_row_call_people(self) -> None:
        """The first gets the default, the second a person; then it begins anew."""
        talk = Talk(SHIP, DEFAULT)

        first, second, third = (talk.hear(text) for text in ("天气如何", "今天星期几", "你几岁"))
        assert first.trace.winners == ("default",)
        assert (second.outcome, second.reason, second.says, second.hand_off) == ("hand_off", Reason.UNANSWERED, (), True)
        assert (third.outcome, third.reason) == ("silent", Reason.DEFAULT_LIMIT)

    def test_without_a_default_too(self) -> None:
        """Silence, then people; never a void."""
        talk = Talk(SHIP)

        assert [(one.outcome, one.reason) for one in (talk.hear("天气如何"), talk.hear("今天星期几"))] == [
            ("silent", Reason.NO_ANSWER),
            ("hand_off", Reason.UNANSWERED),
        ]

    def test_an_answer_between_breaks_the_row(self) -> None:
        """Also one outside the opening hours."""
        talk = Talk(SHIP, rule("off", layer="offhours", says=["一", "二"], choose="rotate"), DEFAULT)
        talk.hear("天气如何")
        talk.hear("发货")
        assert talk.hear("今天星期几").outcome == "silent"
        talk.hear("你几岁", account_open=False)
        assert talk.hear("你属什么").outcome == "silent"

    def test_the_default_speaks_once_an_hour(self) -> None:
        """Between answers that succeed, it does not come again and again."""
        talk = Talk(SHIP, BACK, DEFAULT)

        def round_of(after: int) -> object:
            talk.hear("发货")
            reason = talk.hear("天气如何", after=after).reason
            talk.hear("退货")
            return reason

        assert round_of(SECOND) is None
        assert round_of(MINUTE) is Reason.DEFAULT_LIMIT
        assert round_of(58 * MINUTE) is Reason.DEFAULT_LIMIT
        assert round_of(MINUTE) is None

    def test_a_picture_is_a_message_without_an_answer(self) -> None:
        """Nobody reads it by itself: the second calls people."""
        talk = Talk(SHIP, DEFAULT)

        assert talk.hear(kind="image").trace.winners == ("default",)
        assert talk.hear(kind="image").reason is Reason.UNANSWERED

    def test_an_empty_rule_set_calls_people_at_once(self) -> None:
        """Nobody talks into a void, not even once; nor where every rule is switched off or none listens to messages."""
        for rules in ((), (rule("a", "发货", enabled=False),), (rule("f", layer="follow"), rule("w", layer="waiting", after_s=1))):
            decision = Talk(*rules).hear("在吗")

            assert (decision.outcome, decision.reason, decision.hand_off) == ("hand_off", Reason.NO_RULES, True)
            assert Talk(*rules).hear("在吗", desk="waiting").outcome == "silent"
        assert Talk().hear(event="follow").reason is Reason.NO_ANSWER


class TestPairBreaker:
    """Two bots, one of them brought by a channel as a buyer: they fall silent."""

    def test_five_turns_in_which_nothing_new_is_said(self) -> None:
        """Then people are told, once, and it stays silent as long as the other goes on."""
        talk = Talk(rule("a", "在吗", says=["一", "二"], choose="rotate"))

        said = [talk.hear("在吗", after=10 * SECOND) for _ in range(6)]
        assert [one.outcome for one in said] == ["answer"] * 5 + ["hand_off"]
        assert said[5].reason is Reason.PAIR_BREAKER
        assert [talk.hear("在吗", after=MINUTE, desk="waiting").outcome for _ in range(30)] == ["silent"] * 30

    def test_figures_do_not_make_it_new(self) -> None:
        """A clock or a counter in the other bot's words changes nothing."""
        talk = Talk(rule("a", "现在", says=["一", "二"], choose="rotate"))

        assert [talk.hear(f"现在{number}点，第{number}次", after=10 * SECOND).outcome for number in range(6)][-1] == "hand_off"

    def test_something_new_ends_the_row(self) -> None:
        """A person who repeats a word now and then is heard."""
        talk = Talk(rule("a", "在吗", says=["一", "二"], choose="rotate"), *(rule(name, name) for name in "甲乙丙丁"))
        for name in "甲乙丙丁":
            assert [talk.hear(text, after=20 * SECOND).outcome for text in ("在吗", "在吗", name)] == ["answer"] * 3

    def test_ten_quiet_minutes_end_it(self) -> None:
        """Silenced once is not silenced for ever."""
        talk = Talk(rule("a", "在吗", says=["一", "二"], choose="rotate"))
        for _ in range(6):
            talk.hear("在吗", after=10 * SECOND)

        assert talk.hear("在吗", after=9 * MINUTE).outcome != "answer"
        assert talk.hear("在吗", after=10 * MINUTE).outcome == "answer"

    def test_a_turn_needs_two(self) -> None:
        """Who repeats a question while nobody answers takes no turns."""
        talk = Talk(rule("a", "在吗", says=["一", "二"], choose="rotate", cooldown_s=60), desk="waiting")
        talk.hear("在吗")

        assert [talk.hear("在吗", after=5 * SECOND).reason for _ in range(10)] == [Reason.COOLDOWN] * 10
        assert talk.hear("在吗", after=10 * SECOND).outcome == "answer"

    def test_a_picture_after_ten_quiet_minutes_is_heard_too(self) -> None:
        """What has no words neither ends the row nor goes on with it, but time does."""
        talk = Talk(rule("a", "在吗", says=["一", "二"], choose="rotate"))
        for _ in range(6):
            talk.hear("在吗", after=10 * SECOND)

        assert talk.hear(kind="image").reason is Reason.PAIR_BREAKER
        assert talk.hear(kind="image", after=10 * MINUTE).reason is Reason.NO_ANSWER

    @pytest.mark.parametrize("delay", [1, SECOND, 20 * SECOND, 2 * MINUTE])
    @pytest.mark.parametrize("turns", [1, 2, 5])
    def test_two_engines_wired_to_each_other_fall_silent(self, delay: int, turns: int) -> None:
        """Each takes the other for a buyer, each has an answer to everything, and rotates so as never to say the same twice running."""
        words = [f"第{word}句话，请问在吗" for word in "甲乙丙丁戊"[:turns]]
        others = [f"亲，{word}号为您服务，请问在吗" for word in "子丑寅卯辰"[:turns]]
        one, other = (Talk(rule("r", "在吗", says=says, choose="rotate")) for says in (words, others))
        text: object = "在吗"
        spoken = 0
        speaker, listener = one, other
        while spoken < 100:
            speaker.now = max(speaker.now, listener.now)
            said = texts(speaker.hear(str(text), after=delay))
            if not said:
                break
            spoken += 1
            text = said[0]
            speaker, listener = listener, speaker

        assert spoken <= 2 * (turns + 6)


def test_memory_of_an_older_release_is_read() -> None:
    """A memory without members added later still serves."""
    talk = Talk(SHIP)
    talk.memory = Memory(unanswered=1)

    assert talk.hear("天气如何").reason is Reason.UNANSWERED
