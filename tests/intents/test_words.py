"""Words: segmentation with an account's own, what politeness is worth, and what a negation reaches."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.text import normal
from intents.words import CLOSERS, OPENERS, Segmenter, core, denied, places, standing

PLAIN = Segmenter()


def words(text: str) -> list[str]:
    return PLAIN.cut(normal(text))


@given(st.text(max_size=80), st.lists(st.text(max_size=6), max_size=5))
@settings(deadline=None)
def test_words_joined_are_the_text_again(text: str, own: list[str]) -> None:
    """Nothing is lost or added, with or without an account's own words."""
    form = normal(text)
    cut = Segmenter(own).cut(form)

    assert "".join(cut) == form
    assert [form[start:end] for start, end in zip(places(cut), places(cut)[1:], strict=False)] == cut


def test_an_accounts_own_word_stays_whole_there_and_only_there() -> None:
    """A product name is one word for its account; another account never hears of it."""
    mine, theirs = Segmenter(["小白鞋", "ＸＹ礼盒"]), Segmenter()

    assert mine.cut("这双小白鞋好看") == ["这", "双", "小白鞋", "好看"]
    assert "xy礼盒" in mine.cut("买个xy礼盒吧")
    assert "小白鞋" not in theirs.cut("这双小白鞋好看")


def test_the_longest_own_word_wins() -> None:
    """Where own words overlap, the longer one is meant."""
    assert "小白鞋垫" in Segmenter(["小白鞋", "小白鞋垫"]).cut("有小白鞋垫吗")


def test_an_own_word_of_the_dictionary_does_not_break_other_words() -> None:
    """Whoever sells 和服 still reads 产品和服务 as products and services."""
    assert Segmenter(["和服"]).cut("产品和服务") == ["产品", "和", "服务"]


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("在吗", "在"),
        ("亲，在吗？？", "在"),
        ("你好，在么", "在"),
        ("请问怎么退货啊", "怎么退货"),
        ("我想问一下怎么开发票呢，谢谢", "怎么开发票"),
        ("亲爱的请问一下包邮吗", "包邮"),
        ("亲子装有吗", "亲子装有"),
        ("你好啊", "你好"),
        ("你好亲", "你好"),
        ("亲，你好呀！", "你好"),
        ("谢谢啦", "谢谢"),
        ("好的谢谢", "好的"),
        ("吗", "吗"),
        ("???", "???"),
        ("怎么 退货", "怎么退货"),
        ("3.5折", "3.5折"),
        ("退货，运费？", "退货运费"),
        ("谢谢👍", "谢谢👍"),
        ("", ""),
    ],
)
def test_the_core_of(message: str, expected: str) -> None:
    """Punctuation and politeness go, by whole words, as long as something is left."""
    assert core(words(message))[2] == expected


@given(st.text(alphabet=st.sampled_from("亲你好请问在吗呢啊谢,. 退货?1"), max_size=20))
@settings(deadline=None)
def test_the_core_says_where_it_stands(text: str) -> None:
    """The words it names hold exactly its characters, punctuation aside; and it is empty for empty text alone."""
    cut = words(text)
    first, last, essence = core(cut)

    assert bool(essence) == bool(cut)
    assert [char for char in essence if char.isalnum()] == [char for word in cut[first:last] for char in word if char.isalnum()]


def test_every_phrase_of_politeness_is_recognised_at_its_end() -> None:
    """No phrase in the lists is longer, or cut otherwise, than the stripping looks."""
    for phrase in OPENERS:
        assert core([*PLAIN.cut(phrase), "退货"])[2] == "退货", phrase
    for phrase in CLOSERS:
        assert core(["退货", *PLAIN.cut(phrase)])[2] == "退货", phrase


@pytest.mark.parametrize(
    ("message", "word", "negated"),
    [
        ("包邮吗", "邮", False),
        ("不退货", "退货", True),
        ("不能退货吗", "退货", True),
        ("不给我退货", "退货", True),
        ("没发货", "发货", True),
        ("还没给我发货", "发货", True),
        ("能不能退货", "退货", False),
        ("退不退货", "退货", False),
        ("退货不退货", "退货", False),
        ("支不支持退货", "退货", False),
        ("发没发货", "发货", False),
        ("有没有优惠", "优惠", False),
        ("要不要运费", "运费", False),
        ("是不是正品", "正品", False),
        ("不是正品", "正品", True),
        ("没有，退货", "退货", False),
        ("不 退货", "退货", True),
        ("退货不行", "退货", False),
        ("取消不了", "取消", True),
        ("怎么取消不了订单", "订单", False),
    ],
)
def test_what_a_negation_reaches(message: str, word: str, negated: bool) -> None:
    """The next word and on over auxiliaries and pronouns, not past punctuation, and not in A-not-A questions."""
    plainly, denied = standing(words(message))

    assert (word in denied) is negated
    assert (word in plainly) is not negated


def test_a_word_may_stand_both_ways() -> None:
    """不要退货要换货，能退货吗 says 退货 once each way."""
    plainly, denied = standing(words("不要退货，能退货吗"))

    assert "退货" in plainly
    assert "退货" in denied


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("不包邮", {"包邮"}),
        ("取消不了", {"取消"}),
        ("我不想退货", {"退货"}),
        ("包不包邮", set()),
        ("可以退货", set()),
        ("不，谢谢", set()),
        ("不了", set()),
    ],
)
def test_what_a_text_denies(text: str, expected: set[str]) -> None:
    """Words of substance alone: no auxiliaries, no marks, and nothing in an A-not-A question."""
    assert denied(Segmenter(["包邮"]).cut(text)) == expected
