"""The classifier: its grams, its file, and that a sum is all there is to it."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.adverts import READ_LIMIT, Model, grams
from intents.disguise import Reading, sound, spelled

MODEL = "# remark\nbias\t-100\n片\t150\n{jia}{wei}\t200\n4\t50\n<hz\t75\n=vx\t25\n# \t5\n"


def test_a_run_is_one_gram_by_kind_and_length() -> None:
    """Any nine digits are alike, disguised or not; letters with digits after them are another kind."""
    told = [
        {gram for gram in grams(Reading(text)) if gram in set("01234567ABCDEFGHIJKLMNOP")}
        for text in ("加123456789", "加①2三 45-6789", "加abc123", "加123abc")
    ]

    assert told == [{"6"}, {"6"}, {"H"}, {"M"}]


def test_sounds_are_pairs_and_kinds_are_of_what_was_written() -> None:
    """Two disguises of one thing share the sound and differ in kind; a repeated gram is one gram."""
    plain, hidden = grams(Reading("加微信")), grams(Reading("佳\u200b薇芯"))

    assert {sound("加微"), sound("微信")} <= plain & hidden
    assert "hzi" in hidden - plain
    assert "=vx" in grams(Reading("ＶＸ号"))


def test_the_probability_is_the_logistic_of_a_sum() -> None:
    """Each gram that is there counts once, one that the model does not know not at all."""
    model = Model.parse(MODEL)

    assert model.probability(Reading("片片片")) == pytest.approx(1 / (1 + math.exp(1 - 1.5)))
    assert model.probability(Reading("嘉薇片123456")) == pytest.approx(1 / (1 + math.exp(1 - 1.5 - 2 - 0.5)))
    assert model.probability(Reading("你好")) == pytest.approx(1 / (1 + math.e))


@given(st.lists(st.sampled_from([*"加微信片vx12 \u200b，😀賣"]), max_size=300).map("".join))
@settings(max_examples=200, deadline=None)
def test_quick_is_what_it_should_be(text: str) -> None:
    """The remembered sums and the plain sum over the grams are one."""
    model = Model.parse(MODEL)
    reading = Reading(text)
    total = model.bias + sum(model.weights.get(gram, 0.0) for gram in grams(reading))

    for _ in range(2):
        assert model.probability(reading) == pytest.approx(1 / (1 + math.exp(-total)) if reading.normal.text else 0.0)


@pytest.mark.parametrize("text", ["", "\u200b\ufeff", "  "])
def test_nothing_to_see_is_no_advert(text: str) -> None:
    """Whatever the bias."""
    assert Model(9.0, {}).probability(Reading(text)) == 0.0


def test_the_reasons_are_the_strongest_grams() -> None:
    """First the strongest, none that spoke against."""
    model = Model.parse(MODEL + "信\t-300\n")

    assert [(spelled(gram), weight) for gram, weight in model.reasons(Reading("加微信片"), 2)] == [("{jia}{wei}", 2.0), ("片", 1.5)]
    assert model.reasons(Reading("你好")) == []


def test_only_the_beginning_is_read() -> None:
    """What stands after the limit changes nothing."""
    begun = "你好" * (READ_LIMIT // 2)

    assert Model.parse(MODEL).probability(Reading(begun + "片" * 500)) == Model.parse(MODEL).probability(Reading(begun + "好" * 500))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("片\t150\n", "bias"),
        ("bias\t1\n片 150\n", "line 2"),
        ("bias\t1\n\n片\tmany\n", "line 3"),
        ("bias\t1\n片\t1\t2\n", "line 2"),
        ("bias\t1\n" + "".join(f"片{n}\t1\n" for n in range(100_001)), "at most"),
    ],
)
def test_a_faulty_model_is_refused(text: str, words: str) -> None:
    """With the number of the line."""
    with pytest.raises(ValueError, match=words):
        Model.parse(text)
