"""Similar questions in the engine: they answer, they give way to keywords, and they ask back when in doubt."""

from intents.keywords import Mode
from intents.similar import DOUBT, SURE
from replies.engine import Reason
from replies.shapes import Rule
from tests.replies.shop import Talk, rule, texts


def like(id_: str, *questions: str, any_: tuple[tuple[str, str], ...] = (), **members: object) -> Rule:
    """A rule with similar questions, and perhaps patterns as (mode, text)."""
    when = {"any": [{"mode": mode, "text": text} for mode, text in any_], "similar": list(questions)}
    return rule(id_, when=when, **members)  # type: ignore[arg-type] # members are checked by the struct


SHIP = like("ship", "什么时候发货", "下单后多久寄出")
BACK = like("back", "可以退货吗")


def doubtful() -> tuple[Talk, str]:
    """A conversation, and a message that only halfway asks what a rule answers."""
    return Talk(like("a", "退货的运费是谁出"), like("b", "什么颜色好看")), "退货怎么退"


def test_another_way_to_ask_is_answered() -> None:
    """And the trace says which question it was taken for, and how surely."""
    decision = Talk(SHIP, BACK).hear("亲，啥时候能寄出呀")

    assert texts(decision) == ["答ship"]
    first = decision.trace.candidates[0]
    assert (first.mode, first.pattern) == (Mode.SIMILAR, "什么时候发货")
    assert SURE <= first.score <= 1


def test_a_keyword_beats_a_resemblance() -> None:
    """The weakest keyword mode beats the surest question of a rule of the same priority."""
    decision = Talk(SHIP, rule("z", when={"any": [{"mode": "pinyin", "text": "发货"}]})).hear("什么时候发货")

    assert decision.trace.winners == ("z",)
    assert next(one for one in decision.trace.candidates if one.rule == "ship").beaten_on == "mode"


def test_priority_beats_the_mode() -> None:
    """A seller's order comes first, for questions too."""
    assert Talk(like("a", "什么时候发货", priority=1), rule("b", "发货")).hear("什么时候发货").trace.winners == ("a",)


def test_a_resemblance_decides_between_keywords_of_equal_length() -> None:
    """Both rules contain a word of two characters; the questions of one are nearer, and the id says the opposite."""
    ours = [like("b", "什么时候发货", any_=(("contains", "发货"),)), like("a", "时候不对怎么办", any_=(("contains", "时候"),))]

    decision = Talk(*ours).hear("请问什么时候发货")

    assert decision.trace.winners == ("b",)
    assert next(one for one in decision.trace.candidates if one.rule == "a").beaten_on == "score"


def test_none_keeps_a_resembled_rule_silent() -> None:
    """A `none` pattern speaks against questions as against keywords."""
    refusing = rule("a", when={"similar": ["什么时候发货"], "none": [{"mode": "contains", "text": "发票"}]})

    assert Talk(refusing).hear("什么时候发货").outcome == "answer"
    decision = Talk(refusing).hear("什么时候发货 发票")
    assert decision.outcome == "silent"
    assert all(one.blocked is Reason.NONE for one in decision.trace.candidates)


def test_in_doubt_it_asks_back() -> None:
    """One choice for each rule that may be meant; a tap sends a question the rule surely answers."""
    talk, text = doubtful()
    decision = talk.hear(text)

    assert decision.outcome == "choices"
    assert decision.reason is Reason.UNSURE
    assert decision.trace.choices == ("a",)
    assert [DOUBT <= one.score < SURE for one in decision.trace.candidates] == [True]
    (said,) = decision.says
    (message,) = said.messages
    assert (message.kind, said.rule) == ("choices", "a")
    assert message.body["choices"] == [{"label": "规则a", "send": "退货的运费是谁出"}]
    assert texts(talk.hear("退货的运费是谁出")) == ["答a"]


def test_two_that_resemble_equally_are_both_named() -> None:
    """It does not guess; a priority or a nearer question decides."""
    twins = [like("a", "红色有货吗"), like("b", "蓝色有货吗")]

    assert Talk(*twins).hear("绿色有货吗").trace.choices == ("a", "b")
    assert Talk(twins[0], like("b", "蓝色有货吗", priority=1)).hear("绿色有货吗").trace.winners == ("b",)
    assert Talk(*twins).hear("红色有货吗").trace.winners == ("a",)


def test_at_most_three_are_named() -> None:
    """More would be a menu."""
    colours = [like(name, f"{colour}色有货吗") for name, colour in zip("abcde", "红蓝黑白紫", strict=True)]

    assert len(Talk(*colours).hear("绿色有货吗").trace.choices) == 3


def test_asking_back_twice_in_a_row_calls_people() -> None:
    """Whoever is not understood twice wants a person."""
    talk, text = doubtful()
    talk.hear(text)

    assert talk.hear(text + "嘛").reason is Reason.UNANSWERED


def test_in_the_queue_it_does_not_ask_back() -> None:
    """People are called; a doubtful question is theirs."""
    talk, text = doubtful()

    assert talk.hear(text, desk="waiting").reason is Reason.IN_QUEUE


def test_a_greeting_comes_before_the_question_back() -> None:
    """The layer `first` speaks, then it asks."""
    _, text = doubtful()
    greeting = Talk(rule("hi", layer="first", says="欢迎"), like("a", "退货的运费是谁出"), like("b", "什么颜色好看"))

    decision = greeting.hear(text, first=True)

    assert [said.rule for said in decision.says] == ["hi", "a"]
    assert decision.trace.winners == ("hi",)


def test_a_greeting_that_hands_off_is_not_followed_by_a_question_back() -> None:
    """People will ask themselves."""
    rules = rule("hi", layer="first", says="欢迎", then={"hand_off": True}), like("a", "退货的运费是谁出"), like("b", "什么颜色好看")

    decision = Talk(*rules).hear(doubtful()[1], first=True)

    assert decision.outcome == "hand_off"
    assert [said.rule for said in decision.says] == ["hi"]


def test_a_rule_that_may_not_speak_is_not_offered() -> None:
    """Guards hold for what is offered too."""
    talk = Talk(like("a", "退货的运费是谁出", enabled=False), like("b", "什么颜色好看"))

    assert talk.hear(doubtful()[1]).outcome == "silent"
    assert Talk(like("a", "退货的运费是谁出", where=["group"]), like("b", "什么颜色好看")).hear(doubtful()[1]).outcome == "silent"


def test_small_talk_is_left_alone() -> None:
    """No answer and no question back."""
    for text in ("好的谢谢", "嗯嗯", "哈哈哈", "我知道了", "在路上呢", ""):
        assert Talk(SHIP, BACK).hear(text).outcome == "silent"


def test_questions_narrow_a_default_too() -> None:
    """A rule of another layer that has questions waits for one of them."""
    rules = BACK, like("d", "什么时候发货", layer="default")

    assert Talk(*rules).hear("哪里有卖").outcome == "silent"
    assert Talk(*rules).hear("啥时候发货").trace.winners == ("d",)


SHIPPING = like("ship", "什么时候发货", any_=(("all", "今天 发"), ("contains", "发货")))


def test_a_keyword_in_a_long_report_is_asked_about() -> None:
    """It tells something, at length, and no question of the rule is like it: the rule is offered, not said, and the trace says which keyword stood."""
    decision = Talk(SHIPPING).hear("刚才那个包裹驿站说是早就发货的了")

    assert (decision.outcome, decision.trace.choices) == ("choices", ("ship",))
    first = decision.trace.candidates[0]
    assert (first.mode, first.pattern, first.blocked) == (Mode.CONTAINS, "发货", Reason.UNSURE)
    assert DOUBT <= first.score < SURE


def test_a_keyword_in_a_short_message_or_a_question_answers() -> None:
    """A plain 发货了, a long question with the keyword, and a long report that resembles a question."""
    for text in ("要发货了", "刚才那个包裹驿站说是早就发货的了吗", "你昨天说什么时候发货的"):
        assert Talk(SHIPPING).hear(text).trace.winners == ("ship",), text


def test_parts_far_apart_are_asked_about() -> None:
    """The words of an all-of pattern that belong to different sentences, unless they also stand close together somewhere."""
    far, near = "今天客服说的那件事情我还没发现", "今天客服说的那件事情先不管，今天发吗"
    ours = like("ship", "什么时候发货", any_=(("all", "今天 发"),))

    assert Talk(ours).hear(far).trace.choices == ("ship",)
    assert Talk(ours).hear(near).trace.winners == ("ship",)


def test_a_rule_without_questions_takes_its_keywords_at_their_word() -> None:
    """Nothing is held against a keyword where there is no question to compare with."""
    ours = rule("ship", when={"any": [{"mode": "all", "text": "今天 发"}]})

    assert Talk(ours).hear("今天客服说的那件事情我还没发现的").trace.winners == ("ship",)


def test_a_stray_keyword_gives_way_to_one_that_is_meant() -> None:
    """Of two rules the one whose keyword stands firmly answers, though the other's is longer."""
    stray = like("a", "多久能到货", any_=(("all", "今天 能不能 到"),))
    meant = like("b", "能上门自提吗", any_=(("contains", "自提"),))

    decision = Talk(stray, meant).hear("今天实在走不开呢我自己过来自提能不能行，几点能到")

    assert decision.trace.winners == ("b",)


def test_a_rule_that_calls_people_takes_its_keywords_at_their_word() -> None:
    """A complaint is a statement: it is handed on, not asked about."""
    said, asks = "你们再不处理这件事情我就投诉了", (("contains", "投诉"),)

    assert Talk(like("a", "怎么投诉你们", any_=asks, then={"hand_off": True})).hear(said).trace.winners == ("a",)
    assert Talk(like("a", "怎么投诉你们", any_=asks)).hear(said).trace.winners == ()


def test_an_exact_pattern_is_never_stray() -> None:
    """Who writes the very words means them, however long they are."""
    ours = like("ship", "什么时候发货", any_=(("exact", "刚才那个包裹驿站说是早就发货的"),))

    assert Talk(ours).hear("刚才那个包裹驿站说是早就发货的").trace.winners == ("ship",)
