"""Deciding: layers, the one winner, what is said, what is remembered, and the trace of it all."""

import itertools
import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.keywords import Mode
from replies.engine import Context, Heard, Memory, Reason, Trace, compile_rules, decide, trace_json
from tests.replies.shop import HOUR, MINUTE, MONDAY_10, SECOND, Talk, rule, shop, texts


def test_a_keyword_is_answered() -> None:
    """The rule speaks, with its name, and the message counts as answered."""
    talk = Talk(rule("ship", "发货", says="亲{{name|}}，明天发"))

    decision = talk.hear("什么时候发货呀", names={"name": "小王"})

    assert decision.outcome == "answer"
    assert [(said.rule, said.rule_name) for said in decision.says] == [("ship", "规则ship")]
    assert texts(decision) == ["亲小王，明天发"]
    assert decision.reason is None
    assert not decision.hand_off
    assert decision.memory.unanswered == 0


def test_every_kind_of_message_is_said_as_the_wire_has_it() -> None:
    """Text, picture, card and choices, in order; templates in the text of a card and of choices too."""
    messages = [
        {"kind": "text", "text": "看这里"},
        {"kind": "image", "media": "m1", "width": 10, "height": 20},
        {"kind": "card", "title": "{{account|小店}}新款", "price": "¥99"},
        {"kind": "choices", "text": "亲{{name|}}要哪个", "choices": [{"label": "红", "send": "红色"}]},
    ]
    decision = Talk(rule("look", "新款", reply={"messages": messages})).hear("有新款吗", names={"name": "小王"})

    (said,) = decision.says
    assert [message.kind for message in said.messages] == ["text", "image", "card", "choices"]
    assert [json.loads(msgspec.json.encode(message.body)) for message in said.messages] == [
        {"text": "看这里"},
        {"media": "m1", "width": 10, "height": 20},
        {"title": "小店新款", "price": "¥99"},
        {"text": "亲小王要哪个", "choices": [{"label": "红", "send": "红色"}]},
    ]


class TestLayers:
    """follow · first · keyword · offhours · default, and waiting by time."""

    RULES = (
        rule("follow", layer="follow"),
        rule("first", layer="first"),
        rule("ship", "发货"),
        rule("off", layer="offhours"),
        rule("default", layer="default"),
        rule("wait-1", layer="waiting", after_s=60),
        rule("wait-5", layer="waiting", after_s=300),
    )

    @pytest.mark.parametrize(
        ("event", "winners"),
        [
            ({"event": "follow"}, ("follow",)),
            ({"text": "在吗", "first": True}, ("first",)),
            ({"text": "发货", "first": True}, ("first", "ship")),
            ({"text": "发货"}, ("ship",)),
            ({"text": "发货", "account_open": False}, ("ship",)),
            ({"text": "在吗", "account_open": False}, ("off",)),
            ({"text": "在吗", "first": True, "account_open": False}, ("first",)),
            ({"text": "在吗", "account_open": True}, ("default",)),
            ({"text": "在吗"}, ("default",)),
            ({"text": "", "kind": "image"}, ("default",)),
            ({"text": "发货", "desk": "closed"}, ("ship",)),
            ({"text": "发货", "desk": "waiting"}, ("ship",)),
            ({"text": "在吗", "desk": "waiting"}, ()),
            ({"text": "在吗", "desk": "waiting", "account_open": False}, ()),
            ({"text": "在吗", "desk": "waiting", "first": True}, ()),
        ],
    )
    def test_which_layer_speaks(self, event: dict[str, object], winners: tuple[str, ...]) -> None:
        """`first` and `keyword` may both speak; `default` never beside another; in the queue only keywords answer."""
        decision = Talk(*self.RULES).hear(**event)  # type: ignore[arg-type] # the names are those of Heard and Context

        assert decision.trace.winners == winners
        assert tuple(said.rule for said in decision.says) == winners

    def test_silence_in_the_queue_says_so(self) -> None:
        """Who waits for people is not called again."""
        decision = Talk(*self.RULES).hear("在吗", desk="waiting")

        assert (decision.outcome, decision.reason, decision.hand_off) == ("silent", Reason.IN_QUEUE, False)

    def test_reminders_come_by_time_once_in_each_wait(self) -> None:
        """The latest that is due speaks; what it overtook stays unsaid; a new wait begins anew."""
        talk = Talk(*self.RULES, now=MONDAY_10, desk="waiting")
        since = MONDAY_10

        said = [
            talk.hear(event="waiting", after=after, waiting_since=since).trace.winners for after in (59 * SECOND, SECOND, SECOND, 239 * SECOND, HOUR)
        ]
        assert said == [(), ("wait-1",), (), ("wait-5",), ()]

        again = talk.now
        assert talk.hear(event="waiting", after=6 * MINUTE, waiting_since=again).trace.winners == ("wait-5",)
        decision = talk.hear(event="waiting", waiting_since=again)
        assert decision.reason is Reason.SAID

    def test_a_reminder_needs_a_wait(self) -> None:
        """A timer that fires after an operator took over, or the bot got the conversation back, says nothing."""
        talk = Talk(*self.RULES)

        assert talk.hear(event="waiting", desk="bot", waiting_since=MONDAY_10 - HOUR).reason is Reason.NOT_WAITING
        assert talk.hear(event="waiting", desk="operator", waiting_since=MONDAY_10 - HOUR).reason is Reason.OPERATOR
        assert talk.hear(event="waiting", desk="waiting").reason is Reason.NOT_WAITING

    def test_the_moments_of_reminders_are_told(self) -> None:
        """For the timers of whoever keeps them: each once, enabled rules only."""
        rules = shop(*self.RULES, rule("wait-also-1", layer="waiting", after_s=60), rule("off", layer="waiting", after_s=7, enabled=False))

        assert rules.waiting_after == (60, 300)

    def test_within_a_layer_priority_then_id_decides(self) -> None:
        """One speaks, however many could."""
        rules = (rule("b", layer="default"), rule("a", layer="default"), rule("c", layer="default", priority=1))

        assert Talk(*rules).hear("在吗").trace.winners == ("c",)
        assert Talk(*rules[:2]).hear("在吗").trace.winners == ("a",)

    def test_a_rule_of_another_layer_may_ask_for_words(self) -> None:
        """With patterns, `first` and `default` speak only where one holds, and never where a `none` does."""
        first = rule("first", layer="first", when={"none": [{"mode": "exact", "text": "人工"}]})
        default = rule("default", "？", layer="default")

        assert Talk(first).hear("在吗", first=True).trace.winners == ("first",)
        assert Talk(first).hear("人工", first=True).trace.winners == ()
        assert Talk(default).hear("多少钱？").trace.winners == ("default",)
        assert Talk(default).hear("多少钱").trace.winners == ()


def _pattern(mode: str, text: str) -> dict[str, object]:
    return {"any": [{"mode": mode, "text": text}]}


class TestTheTotalOrder:
    """priority → mode → longest text matched → score → id."""

    @pytest.mark.parametrize(
        ("winner", "loser", "on"),
        [
            (rule("z", "货", priority=1), rule("a", when=_pattern("exact", "什么时候发货")), "priority"),
            (rule("z", when=_pattern("exact", "什么时候发货")), rule("a", when=_pattern("words", "什么时候发货")), "mode"),
            (rule("z", when=_pattern("words", "发货")), rule("a", when=_pattern("all", "什么时候 发货")), "mode"),
            (rule("z", when=_pattern("all", "发 货")), rule("a", "什么时候发货"), "mode"),
            (rule("z", "时候发货"), rule("a", "发货"), "length"),
            (rule("z", when=_pattern("all", "时候 发货")), rule("a", when=_pattern("all", "什 货")), "length"),
            (rule("a", "发货"), rule("z", "时候"), "id"),
            (rule("z", "货", "什么时候发"), rule("a", "时候发货"), "length"),
        ],
    )
    def test_who_wins_and_on_what(self, winner: object, loser: object, on: str) -> None:
        """Whichever was written first, and the trace says what decided."""
        for rules in itertools.permutations((winner, loser)):
            trace = Talk(*rules).hear("什么时候发货").trace  # type: ignore[arg-type] # both are rules

            first, second = trace.candidates
            assert trace.winners == (first.rule,) == (winner.id,)  # type: ignore[attr-defined] # it is a rule
            assert (first.beaten_by, second.beaten_by, second.beaten_on) == (None, first.rule, on)

    def test_a_rule_counts_by_its_strongest_pattern(self) -> None:
        """Of several patterns that hold, the stronger mode, then the longer text is the one that is told."""
        when = {"any": [{"mode": "contains", "text": "什么时候发货"}, {"mode": "all", "text": "时 货"}, {"mode": "all", "text": "时候 发货"}]}

        (candidate,) = Talk(rule("ship", when=when)).hear("什么时候发货").trace.candidates

        assert (candidate.mode, candidate.pattern, candidate.length, candidate.score) == (Mode.ALL, "时候 发货", 4, 0.75)

    @given(st.permutations([rule(name, text) for name, text in [("a", "发货"), ("b", "时候"), ("c", "什么"), ("d", "货"), ("e", "发货")]]))
    @settings(max_examples=30, deadline=None)
    def test_the_order_of_writing_does_not_matter(self, rules: list[object]) -> None:
        """The same rules shuffled give the same decision, trace and memory."""
        shuffled = Talk(*rules).hear("什么时候发货")  # type: ignore[arg-type] # a list of rules

        assert shuffled == Talk(rule("a", "发货"), rule("b", "时候"), rule("c", "什么"), rule("d", "货"), rule("e", "发货")).hear("什么时候发货")


class TestWhatIsSaid:
    """`choose` and `then`."""

    def test_all_is_said_in_order(self) -> None:
        """Up to five messages, one after the other."""
        assert texts(Talk(rule("a", "发货", says=["一", "二", "三"])).hear("发货")) == ["一", "二", "三"]

    def test_rotation_takes_the_next_each_time(self) -> None:
        """Per conversation, and round again."""
        talk = Talk(rule("a", "谢谢", says=["一", "二", "三"], choose="rotate"))

        assert [texts(talk.hear("谢谢", after=MINUTE)) for _ in range(5)] == [["一"], ["二"], ["三"], ["一"], ["二"]]

    def test_chance_is_drawn_by_the_message(self) -> None:
        """The same message draws the same again; many messages draw all; two rules draw apart."""
        rules = shop(rule("a", "谢谢", says=["一", "二", "三"], choose="random"))
        drawn = [str(texts(decide(rules, Heard(text="谢谢", message_id=f"m{number}"), Context(), MONDAY_10))) for number in range(60)]
        again = [str(texts(decide(rules, Heard(text="谢谢", message_id=f"m{number}"), Context(), MONDAY_10 + HOUR))) for number in range(60)]

        assert drawn == again
        assert {one: drawn.count(one) > 8 for one in set(drawn)} == {"['一']": True, "['二']": True, "['三']": True}

    def test_what_follows_is_told(self) -> None:
        """Hand-off with its team, and tags; the reply is said first."""
        decision = Talk(rule("h", "人工", then={"hand_off": True, "team": "售后", "tag": ["急", "急", "售后"]})).hear("转人工")

        assert (decision.outcome, decision.reason, decision.hand_off, decision.team) == ("hand_off", Reason.ASKED, True, "售后")
        assert decision.tags == {"急": "h", "售后": "h"}
        assert texts(decision) == ["答h"]

    def test_a_rule_may_hand_off_without_a_word(self) -> None:
        """Nothing is said, and people come."""
        decision = Talk(rule("h", "人工", reply={}, then={"hand_off": True})).hear("转人工")

        assert (decision.outcome, decision.says, decision.hand_off) == ("hand_off", (), True)

    def test_who_waits_already_is_not_handed_off_again(self) -> None:
        """The reply is said, the place in the queue stays."""
        decision = Talk(rule("h", "人工", then={"hand_off": True, "team": "售后"})).hear("转人工", desk="waiting")

        assert (decision.outcome, decision.hand_off, decision.team) == ("answer", False, None)


class TestTrace:
    """Why it was decided so."""

    def test_spans_mark_the_original(self) -> None:
        """What the buyer really wrote, full-width marks, hidden characters, traditional script and emoji included."""
        written = "😀亲，什麼時候\u200b發貨呀！！"
        decision = Talk(rule("ship", when=_pattern("all", "什么时候 发货"))).hear(written)

        (candidate,) = decision.trace.candidates
        assert [written[start:end] for start, end in candidate.spans] == ["什麼時候", "發貨"]
        assert decision.trace.normal == "😀亲,什么时候发货呀!!"
        assert "发货" in decision.trace.words

    def test_it_is_json_there_and_back(self) -> None:
        """Stored and read again it is the same, with the microseconds that the caller stamps."""
        trace = Talk(rule("ship", "发货"), rule("x", "发", enabled=False)).hear("什么时候发货").trace
        stamped = msgspec.structs.replace(trace, us=12.5)

        assert msgspec.json.decode(trace_json(stamped), type=Trace) == stamped
        assert json.loads(trace_json(stamped))["us"] == 12.5

    def test_silence_is_explained_too(self) -> None:
        """What was read, what was considered, and the reason."""
        trace = (
            Talk(rule("ship", "发货", when={"any": [{"mode": "contains", "text": "发货"}], "none": [{"mode": "contains", "text": "退货"}]}))
            .hear("退货后什么时候发货")
            .trace
        )

        assert (trace.outcome, trace.reason, trace.winners) == ("silent", Reason.NO_ANSWER, ())
        assert [(one.rule, one.blocked) for one in trace.candidates] == [("ship", Reason.NONE)]

    def test_it_stays_small(self) -> None:
        """A hundred rules that hold and a message of 4,000 characters do not make a trace without end."""
        decision = Talk(*(rule(f"r{number:03}", "发货") for number in range(100))).hear("发货！" * 1_333)

        assert len(decision.trace.candidates) == 20
        assert decision.trace.more == 80
        assert decision.trace.winners == ("r000",)
        assert len(decision.trace.normal) == 1_000
        assert len(decision.trace.words) == 200
        assert len(trace_json(decision.trace)) < 20_000

    def test_the_version_is_that_of_the_rules(self) -> None:
        """A trace can be read beside the rules that made it."""
        rules = compile_rules([rule("a", "发货")], version=41)

        assert decide(rules, Heard(text="发货"), Context(), MONDAY_10).trace.version == 41


def test_memory_is_json_there_and_back() -> None:
    """What is remembered is stored between messages and loses nothing."""
    talk = Talk(
        rule("a", "谢谢", says=["一", "二"], choose="rotate", cooldown_s=9), rule("d", layer="default"), rule("w", layer="waiting", after_s=1)
    )
    talk.hear("谢谢")
    talk.hear("别的")
    talk.hear(event="waiting", desk="waiting", waiting_since=MONDAY_10 - HOUR)

    assert talk.memory != Memory()
    assert msgspec.json.decode(msgspec.json.encode(talk.memory), type=Memory) == talk.memory


def test_memory_stays_small() -> None:
    """However long people talk: cooldowns that ended, answers of other minutes and old messages are forgotten."""
    questions = [f"{first}{second}怎么卖" for first in "红橙黄绿蓝紫黑白灰金银青" for second in "衣裤鞋帽袜包裙伞杯碗盘勺"]
    talk = Talk(*(rule(f"r{number}", question, cooldown_s=30) for number, question in enumerate(questions)))
    for question in questions:
        assert talk.hear(question, after=20 * SECOND).outcome == "answer", question

    assert len(talk.memory.cooldowns) <= 2
    assert len(talk.memory.said_at) <= 4
    assert len(msgspec.json.encode(talk.memory)) < 1_000


@given(st.text(alphabet=st.characters(exclude_categories=()), max_size=60), st.booleans(), st.sampled_from(["bot", "waiting", "operator", "closed"]))
@settings(max_examples=150, deadline=None)
def test_any_text_is_decided_and_decided_the_same_again(text: str, first: bool, desk: str) -> None:
    """Never an exception, whatever is written, and the same inputs give the same decision from a set compiled anew."""
    rules = [rule("a", "a", "发货"), rule("f", layer="first"), rule("d", layer="default")]
    heard = Heard(text=text, first=first, message_id=text)
    context = Context(desk=desk)  # type: ignore[arg-type] # one of the four

    once, again = (decide(shop(*rules), heard, context, MONDAY_10) for _ in range(2))

    assert once == again
    assert trace_json(once.trace)
