"""The index of grams: against comparing a message with every text, and what it may leave out."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intents import grams
from intents.grams import COVER, DICE, LEAST, LONGEST, GramIndex, Reach, Text, weight_of

CHARS = "发货退运费券的不"
WORDS = st.text(CHARS + "甲", min_size=1, max_size=9)
TEXTS = st.lists(st.tuples(st.text(CHARS, min_size=1, max_size=9), st.integers(0, 5), st.integers(1, 12)), min_size=1, max_size=30)


def reaching(most: float) -> Reach:
    """Other measures that add so much for the shortest texts, and less for each character more."""
    row = (most, *(most / length for length in range(1, LONGEST + 1)))
    return Reach(row, row, 2 * most)


def pieces(text: str) -> list[str]:
    """Characters and pairs, as often as they stand."""
    return [*text, *(text[at : at + 2] for at in range(len(text) - 1))]


def compared(texts: list[Text], said: str, needs: list[float], reach: Reach) -> dict[int, float]:
    """What the shared grams add, of each text that can come up to what it needs; every text looked at."""
    knows: dict[str, set[int]] = {}
    for text in texts:
        for gram in pieces(text.said):
            knows.setdefault(gram, set()).add(text.owner)
    owners = len({text.owner for text in texts})
    weights = {gram: math.log1p(owners / (len(some) + 0.5)) / math.log1p(owners / 0.5) * weight_of(gram) for gram, some in knows.items()}
    total = sum(weights[gram] for gram in set(pieces(said)) & set(weights)) + sum(weight_of(gram) for gram in pieces(said) if gram not in weights)
    found = {}
    for number, text in enumerate(texts):
        load = sum(weights[gram] for gram in set(pieces(text.said)))
        shared = sum(weights[gram] for gram in set(pieces(text.said)) & set(pieces(said)))
        added = shared * (2 * DICE / (total + load) + COVER / load)
        if added >= LEAST and added + reach.written[text.written] + reach.said[len(text.said)] >= needs[number]:
            found[number] = added
    return found


@given(TEXTS, WORDS, st.data())
def test_it_finds_what_a_comparison_with_every_text_finds(some: list[tuple[str, int, int]], said: str, data: st.DataObject) -> None:
    """As long as the entries it may visit suffice, whatever is needed of each text and whatever the other measures may add."""
    texts = [Text(text, owner, written) for text, owner, written in some]
    needs = data.draw(st.lists(st.floats(0.1, 0.9), min_size=len(texts), max_size=len(texts)))
    reach = reaching(data.draw(st.sampled_from([0.0, 0.1, 0.3])))
    everything = compared(texts, said, needs, reach)

    with pytest.MonkeyPatch.context() as patch:
        for limit in ("_VISITS", "_COUNTED", "_KEPT"):
            patch.setattr(grams, limit, 10_000)
        found = GramIndex(texts).likest(said, needs, min(needs), reach)

    near = {number for number, added in everything.items() if _on_the_edge(added, needs[number], texts[number], reach)}
    assert {number for _, number in found} | near == set(everything) | near
    assert [added for added, _ in found] == sorted((added for added, _ in found), reverse=True)
    assert all(added == pytest.approx(everything[number]) for added, number in found if number in everything)


def _on_the_edge(added: float, need: float, text: Text, reach: Reach) -> bool:
    """Whether the order of a sum decides."""
    return min(abs(added - LEAST), abs(added + reach.written[text.written] + reach.said[len(text.said)] - need)) < 1e-9


def test_it_keeps_the_few_that_share_most() -> None:
    """Of texts that are all likely."""
    texts = [Text("发货" + "退运费券"[:more], 0, 2 + more) for more in range(5)] * 4
    found = GramIndex(texts).likest("发货", [0.1] * len(texts), 0.1, reaching(0.3))

    assert len(found) == 5
    assert {texts[number].said for _, number in found} == {"发货", "发货退"}


@pytest.mark.parametrize("said", ["退货运费", "不退货运费的", "退货"])
def test_where_there_are_more_texts_than_it_may_visit_the_lightest_are_found(said: str) -> None:
    """Thousands that share every gram, and one that is just what the message says."""
    others = [Text(f"退货运费{chr(0x5000 + number)}{chr(0x6000 + number)}", number, 6) for number in range(2_000)]
    texts = [*others, Text("退货运费", 2_000, 4)]

    first, *_ = GramIndex(texts).likest(said, [0.1] * len(texts), 0.1, reaching(0.3))

    assert first[1] == 2_000


def test_what_is_needed_of_a_text_is_asked_of_that_text() -> None:
    """Two alike, of one of which more is needed than anything could add."""
    texts = [Text("什么颜色", 0, 4), Text("什么颜色", 1, 4)]

    assert [number for _, number in GramIndex(texts).likest("什么颜色", [1.3, 0.7], 0.7, reaching(0.3))] == [1]


def test_a_message_without_a_known_character_shares_nothing() -> None:
    """And so does one without any character."""
    index = GramIndex([Text("发货", 0, 2)])

    assert index.likest("甲乙", [0.0], 0.0, reaching(0.3)) == []
    assert index.likest("", [0.0], 0.0, reaching(0.3)) == []


def test_no_texts_share_nothing() -> None:
    """An empty index."""
    assert GramIndex([]).likest("发货", [], 0.0, reaching(0.3)) == []


def test_function_characters_weigh_little() -> None:
    """的 says less than 货, and a pair what its two characters say."""
    assert weight_of("的") < weight_of("货") == 1.0
    assert weight_of("的货") == (weight_of("的") + weight_of("货")) / 2
