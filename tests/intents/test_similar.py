"""Similar questions: what resembles what, and that the index loses nothing that a full comparison finds."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents import grams, similar
from intents.grams import LONGEST, Reach
from intents.moods import tells
from intents.similar import SURE, Likeness, SimilarIndex, Subject
from intents.synonyms import canonical, is_bare
from intents.text import normal
from intents.words import denied

EVERYTHING = Reach((1.0,) * (LONGEST + 1), (1.0,) * (LONGEST + 1), 2.0)

SHOP = {
    0: Subject(("什么时候发货", "下单后几天寄出来")),
    1: Subject(("快递要多久能到", "几天可以送到")),
    2: Subject(("可以退货吗", "不喜欢能退回去吗")),
    3: Subject(("退货运费谁出",)),
    4: Subject(("有没有优惠券",)),
    5: Subject(("衣服会缩水吗", "洗了会不会褪色")),
}


def best(text: str, subjects: dict[int, Subject] | None = None) -> Likeness | None:
    """The likeliest rule for a message."""
    return next(iter(SimilarIndex(SHOP if subjects is None else subjects).rank(normal(text))), None)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("亲，请问啥时候发货呀", 0),
        ("什麼時候可以發貨", 0),
        ("何时能寄出", 0),
        ("请问快递多长时间送达", 1),
        ("几天能到", 1),
        ("你好，能不能退货", 2),
        ("退货的运费谁来出呢", 3),
        ("有木有优惠劵", 4),
        ("洗了之后会褪色吗", 5),
    ],
)
def test_other_words_for_the_same_question_are_sure(text: str, subject: int) -> None:
    """Synonyms, politeness, particles and script make no difference."""
    found = best(text)

    assert found is not None
    assert found.subject == subject
    assert found.score >= SURE


@pytest.mark.parametrize("text", ["好的，谢谢", "嗯嗯", "你好", "", "？？？", "今天天气真好", "我在外面吃饭呢", "哈哈哈哈", "👍", "12345"])
def test_what_asks_nothing_is_not_even_doubtful(text: str) -> None:
    """Nine of ten messages want no answer."""
    assert best(text) is None


@pytest.mark.parametrize("text", ["什么时候", "能吗", "怎么", "退？", "发"])
def test_a_bare_fragment_is_not_taken_for_a_question(text: str) -> None:
    """What names no matter asks nothing yet, unless a rule has just that for a question."""
    assert best(text) is None
    assert best(text, {0: Subject((text,))}) is not None


@pytest.mark.parametrize("subject", SHOP)
def test_a_question_itself_is_surest(subject: int) -> None:
    """What a tapped choice sends comes first, with room to the next."""
    for question in SHOP[subject].questions:
        first, *others = SimilarIndex(SHOP).rank(normal(question))

        assert first.subject == subject
        assert first.score > 0.9
        assert all(first.spare - other.spare > similar.MARGIN for other in others)


def test_keywords_and_questions_of_a_rule_help_each_other() -> None:
    """With a keyword wholly there the score is higher than with half of it, and that is higher than with nothing."""
    text, question = "几天可以寄出", "多久能寄出来呢"
    scores = [best(text, {0: Subject((question,), typed)}) for typed in [(("几天", "寄出"),), (("几天", "顺丰"),), (("顺丰",),)]]

    whole, half, nothing = [found.score if found is not None else 0.0 for found in scores]
    assert whole > half > nothing


@pytest.mark.parametrize(
    ("text", "question"), [("我不退货了", "我要退货"), ("不能用优惠券", "能用优惠券"), ("我不想取消订单", "取消订单"), ("衣服缩水了", "衣服没缩水")]
)
def test_a_statement_of_the_contrary_is_not_the_question(text: str, question: str) -> None:
    """Who says that they do not want it is not answered as if they did; without the negation they would be."""
    contrary, plain = best(text, {0: Subject((question,))}), best(question, {0: Subject((question,))})

    assert contrary is None or contrary.score < SURE
    assert plain is not None
    assert plain.score > 0.9


@pytest.mark.parametrize("text", ["能不能退货", "不能退货吗", "你们不支持退货吗", "怎么不能退货"])
def test_a_question_in_the_negative_asks_the_same(text: str) -> None:
    """不能退货吗 asks what 能退货吗 asks."""
    found = best(text, {0: Subject(("能退货吗", "支持退货吗"))})

    assert found is not None
    assert found.score >= SURE


@pytest.mark.parametrize("day", ["明天", "后天", "周三", "下周一", "礼拜天", "18号", "10月18日", "今晚", "下午"])
def test_one_day_is_as_good_as_another(day: str) -> None:
    """The question names today; a bare day asks nothing."""
    shop = {0: Subject(("今天能送到吗",))}
    found = best(f"{day}送得到吗", shop)

    assert found is not None
    assert found.score >= SURE
    assert best(day, shop) is None


def test_what_only_tells_is_less_than_what_asks() -> None:
    """A report resembles a question less than the same words as a question, and a question that itself reports no less."""
    told, asked, report = best("优惠券领了", SHOP), best("优惠券领了吗", SHOP), best("优惠券领了", {0: Subject(("优惠券领完了",))})

    assert asked is not None
    assert told is None or told.spare == pytest.approx(asked.spare - similar._TOLD, abs=0.05)
    assert report is not None
    assert report.score >= SURE


def test_more_rules_ask_for_more_resemblance() -> None:
    """The same halting resemblance counts for less among a thousand rules: there it is likelier chance."""
    text = "下单几天才寄到我这"
    others = {number: Subject((f"{chr(0x5000 + number)}{chr(0x6000 + number)}{chr(0x7000 + number)}",)) for number in range(10, 1_010)}
    few, many = best(text, SHOP), best(text, SHOP | others)

    assert few is not None
    assert many is None or many.spare < few.spare


def test_a_message_too_long_to_ask_is_read_as_far_as_it_goes() -> None:
    """Four thousand characters cost no more than three hundred."""
    index = SimilarIndex(SHOP)

    assert index.rank("什么时候发货" + "." * 4_000)[0].subject == 0
    assert index.rank("无" * similar.MESSAGE_LIMIT + "什么时候发货") == []


@given(
    st.lists(
        st.sampled_from(["发货", "退货", "什么时候", "运费", "能", "多久", "颜色", "到", "谁", "券", "的", ",", "x"]), min_size=1, max_size=6
    ).map("".join)
)
@settings(max_examples=300, deadline=None)
def test_the_index_leaves_out_nothing_that_is_likely(text: str) -> None:
    """Against comparing with every question alone, as long as the visits suffice: the same rule, the same score."""
    index = SimilarIndex(SHOP)
    everything = {
        likeness.subject: likeness
        for number in range(len(index._questions))
        if (likeness := _alone(index, number, normal(text))) is not None and likeness.score >= SURE
    }
    found = {likeness.subject: likeness for likeness in index.rank(normal(text)) if likeness.score >= SURE}

    assert set(found) <= set(everything) | {likeness.subject for likeness in index.rank(normal(text))}
    for subject in everything:
        assert subject in found


def _alone(index: SimilarIndex, number: int, text: str) -> Likeness | None:
    """One question in full, without candidates: whatever it needs and whatever else could add."""
    question = index._questions[number]
    said = canonical(text) or text
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grams, "_KEPT", len(index._questions))
        alone = {place: added for added, place in index._grams.likest(said, [0.0] * len(index._questions), 0.0, EVERYTHING)}
    if number not in alone:
        return None
    message = similar._Message(text, index._clauses(text, said), denied(index._segmenter.cut(text)), tells(text), is_bare(said))
    return index._likeness(message, question, alone[number])


def test_the_same_rules_score_the_same() -> None:
    """Whatever was asked before."""
    index = SimilarIndex(SHOP)
    index.rank(normal("退货运费"))

    assert index.rank(normal("什么时候能发货")) == SimilarIndex(SHOP).rank(normal("什么时候能发货"))


def test_no_questions_resemble_nothing() -> None:
    """An empty index is empty, and a question of which nothing is left in normal form is told apart from one."""
    assert not SimilarIndex({})
    assert SimilarIndex({0: Subject(("你好",))}).rank("你好")[0].score > SURE


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("亲,请问啥时候能发货呀", "什么时候能发货"),
        ("能不能退货", "能退货"),
        ("可以退货吗", "能退货"),
        ("不能退货", "不退货"),
        ("多长时间到货", "多久到货"),
        ("谢谢亲", ""),
    ],
)
def test_one_way_of_saying(text: str, form: str) -> None:
    """The longest phrase wins: 能不能 is a question and 不能 a refusal."""
    assert canonical(text) == form
