"""A verdict: which action, which score, which spans, and every sign that spoke."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intents.adverts import Model
from intents.filters import NOTHING, Action, Contact, Filter, FilterList, On, Thresholds, Verdict, masked
from intents.lexicon import LexiconFault, Words

MODEL = Model(-4.0, {"片": 5.0, "看": 1.0, "卖": 9.0})
CONTACTS = [Contact("wechat", On.SOUND, "{wei}(?:{xin})?[0-9]{5,}"), Contact("link", On.NORMAL, r"https?://\S+")]


def held(action: Action, *words: str, name: str = "l") -> FilterList:
    """A list."""
    return FilterList(name, action, Words(words))


def test_the_strictest_list_decides() -> None:
    """Mask is less than review, review less than block."""
    lists = [held(Action.BLOCK, "红色"), held(Action.MASK, "蓝色"), held(Action.REVIEW, "绿色")]
    scan = Filter(lists).scan

    assert [scan(text).action for text in ("蓝色", "蓝色绿色", "绿色蓝色红色", "黄色")] == [Action.MASK, Action.REVIEW, Action.BLOCK, Action.PASS]
    assert scan("绿色").score < scan("红色").score


def test_shadow_is_told_and_changes_nothing() -> None:
    """The moderators see what it would have found; action and score are as without it."""
    verdict = Filter([held(Action.SHADOW, "红色", name="trial")]).scan("大红-色的")

    assert (verdict.action, verdict.score, verdict.spans) == (Action.PASS, 0.0, ())
    assert [(sign.kind, sign.name, sign.word, sign.action, sign.span) for sign in verdict.signals] == [
        ("list", "trial", "红色", Action.SHADOW, (1, 4))
    ]


def test_masked_is_what_was_written() -> None:
    """Every character of the span is hidden, signs in between too; words that touch become one; words of other lists stay."""
    verdict = Filter([held(Action.MASK, "红色", "色彩", "蓝"), held(Action.SHADOW, "绿色")]).scan("大红-色彩，绿色 蓝!")

    assert verdict.spans == ((1, 5), (9, 10))
    assert masked("大红-色彩，绿色 蓝!", verdict) == "大****，绿色 *!"
    assert masked("大红-色彩，绿色 蓝!", verdict, "█") == "大████，绿色 █!"


def test_an_advert_is_reviewed_and_never_blocked_alone() -> None:
    """However sure the classifier is."""
    scan = Filter(model=MODEL, contacts=CONTACTS).scan

    assert scan("看看").action is Action.PASS
    assert scan("片").action is Action.REVIEW
    assert scan("卖片").action is Action.REVIEW
    assert scan("卖片").score > 0.99
    assert [sign.kind for sign in scan("卖片").signals] == ["advert"]


def test_a_contact_alone_is_nothing() -> None:
    """Buyers give theirs; beside an advert it weighs, beside a sure one it blocks."""
    scan = Filter(model=MODEL, contacts=CONTACTS).scan
    alone, beside, sure = scan("微信12345"), scan("片薇❶2345"), scan("卖片 家徽-1 23 45")

    assert [one.action for one in (alone, beside, sure)] == [Action.PASS, Action.REVIEW, Action.BLOCK]
    assert [sign.span for one in (alone, beside, sure) for sign in one.signals if sign.name == "wechat"] == [(0, 7), (1, 7), (4, 13)]
    assert scan("片").score < beside.score
    assert Filter(contacts=CONTACTS).scan("微信12345").score == 0.0


def test_thresholds_are_those_given() -> None:
    """Lower ones review and block more."""
    loose = Filter(model=MODEL, contacts=CONTACTS, thresholds=Thresholds(review=0.01, block=0.5, contact=0.0))

    assert [loose.scan(text).action for text in ("看看", "片薇12345", "片")] == [Action.REVIEW, Action.BLOCK, Action.REVIEW]


@pytest.mark.parametrize("text", ["", "\u200b\u200c\ufeff", " \n\t "])
def test_nothing_to_see_passes(text: str) -> None:
    """With no sign at all."""
    assert Filter([held(Action.BLOCK, "红色")], CONTACTS, Model(9.0, {})).scan(text) == NOTHING


@given(st.text(max_size=80) | st.lists(st.sampled_from([*"红色卖片微1２③ \u200b.h", "https://", "\ud800"]), max_size=40).map("".join))
@settings(max_examples=300, deadline=None)
def test_any_text_has_a_verdict(text: str) -> None:
    """In bounds, with spans within the text and apart, the same twice, and its mask as long as the text."""
    filters = Filter([held(Action.MASK, "红色"), held(Action.REVIEW, "卖片")], CONTACTS, MODEL)
    verdict = filters.scan(text)

    assert 0 <= verdict.score <= 1
    assert verdict.action is not Action.SHADOW
    assert all(0 <= start < end <= len(text) for sign in verdict.signals for start, end in [sign.span or (0, len(text))])
    assert all(one[1] < other[0] for one, other in zip(verdict.spans, verdict.spans[1:], strict=False))
    assert len(masked(text, verdict)) == len(text)
    assert filters.scan(text) == verdict


def test_a_faulty_part_is_told_with_its_place() -> None:
    """A contact by its number, lists by theirs, too many lists at once."""
    with pytest.raises(LexiconFault) as contact:
        Filter(contacts=[CONTACTS[1], Contact("bad", On.SOUND, "{wei}(")])
    assert contact.value.path == "contacts[1].pattern"
    with pytest.raises(LexiconFault, match="too many lists: 101"):
        Filter([held(Action.MASK, "红")] * 101)


def test_more_lists_stand_beside_the_setup() -> None:
    """A group's own lists after those of the house; the house's filter is as it was, and a fault is numbered after its lists."""
    house = Filter([held(Action.REVIEW, "红色", name="house")], CONTACTS, MODEL)
    group = house.beside([FilterList("group", Action.BLOCK, Words(("蓝色",), allow=("红色的花",)))])

    assert [house.scan(text).action for text in ("红色的花", "蓝色", "卖片")] == [Action.REVIEW, Action.PASS, Action.REVIEW]
    assert [group.scan(text).action for text in ("红色的花", "蓝色", "卖片")] == [Action.PASS, Action.BLOCK, Action.REVIEW]
    with pytest.raises(LexiconFault) as caught:
        house.beside([held(Action.MASK, "")])
    assert caught.value.path == "[1].words[0]"


def test_a_verdict_tells_so_many_hits_and_masks_them_all() -> None:
    """A message written to be full of hits is bounded in what it tells."""
    verdict = Filter([held(Action.MASK, "红色")]).scan("红色 " * 500)

    assert len(verdict.signals) == 100
    assert masked("红色 " * 500, verdict) == "** " * 500


def test_reasons_name_grams() -> None:
    """For whoever wonders; without a model there are none."""
    assert Filter(model=MODEL).reasons("卖片") == [("卖", 9.0), ("片", 5.0)]
    assert Filter().reasons("卖片") == []


def test_the_empty_filter_passes_all() -> None:
    """No lists, no contacts, no model."""
    assert Filter().scan("卖片微信12345") == Verdict(Action.PASS, 0.0, (), ())
