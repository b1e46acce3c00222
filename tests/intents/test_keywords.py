"""The compiled index against the contract read naively, pattern by pattern."""

import re
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import lazy_pinyin

from intents.keywords import MATCHED, STRENGTH, Hit, Keyword, KeywordIndex, Mode, comparable
from intents.sounds import heard, loose_sounds
from intents.text import normal
from intents.vocabulary import Vocabulary
from intents.words import NEGATORS, Segmenter, core, is_mark, standing

ALPHABET = "发货退运费不没包邮吗亲,。 ？!１a發😀什么时候"
FRAGMENTS = [
    "发货",
    "退货",
    "运费",
    "不",
    "没",
    "不能",
    "包邮",
    "吗",
    "亲",
    "什么时候",
    " ",
    "，",
    "能不能",
    "發貨",
    "AA",
    "a",
    "😀",
    "给我",
    "的",
    "1",
    "12",
]
PATTERNS = st.builds(
    Keyword,
    mode=st.sampled_from(sorted(MATCHED)),
    text=st.one_of(
        st.text(st.sampled_from(ALPHABET), min_size=1, max_size=6), st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=4).map("".join)
    ),
).filter(comparable)
MESSAGES = st.one_of(
    st.text(st.sampled_from(ALPHABET), max_size=20), st.lists(st.sampled_from(FRAGMENTS), max_size=10).map("".join), st.text(max_size=20)
)


def holds(keyword: Keyword, message: str, segmenter: Segmenter) -> bool:
    """The contract, read literally."""
    pattern, text = normal(keyword.text), normal(message)
    if keyword.mode is Mode.CONTAINS:
        return pattern in text
    if keyword.mode is Mode.ALL:
        return all(part in text for part in pattern.split(" "))
    if keyword.mode is Mode.REGEX:
        found = re.search(keyword.text, text, re.IGNORECASE)
        return found is not None and found[0] != ""
    if keyword.mode is Mode.TYPO:
        return _stands_with_slips(pattern, text)
    if keyword.mode is Mode.PINYIN:
        return _is_heard(pattern, text)
    if keyword.mode is Mode.EXACT:
        return bool(text) and core(segmenter.cut(pattern))[2] == core(segmenter.cut(text))[2]
    return _words_hold(pattern, text, segmenter)


def _stands_with_slips(pattern: str, text: str) -> bool:
    """Every way to read the pattern from every place of the text, spending a slip for what is wrong, missing or doubled."""

    @cache
    def reads(at: int, to: int, slips: int) -> bool:
        if slips < 0:
            return False
        if at == len(pattern):
            return True
        if reads(at + 1, to, slips - 1):
            return True
        if to == len(text):
            return False
        doubled = at > 0 and to > 0 and text[to] == text[to - 1]
        return reads(at + 1, to + 1, slips - (text[to] != pattern[at])) or (doubled and reads(at, to + 1, slips - 1))

    return any(reads(0, start, len(pattern) // 4) for start in range(len(text) + 1))


def _is_heard(pattern: str, text: str) -> bool:
    """Every piece of the text that starts and ends where a word may, spoken."""
    spoken = {"".join(lazy_pinyin(char)[0] if char > "\u2fff" else char for char in pattern if char.isalnum())}
    spoken.add("".join(lazy_pinyin("".join(char for char in pattern if char.isalnum()))))
    sound, starts, ends = heard(text)
    if any(sound[start:end] in spoken for start in starts for end in ends if start < end):
        return True
    sound, starts, ends = heard(text, loosely=True)
    return any(sound[start:end] in loose_sounds(pattern) for start in starts for end in ends if start < end)


def _words_hold(pattern: str, text: str, segmenter: Segmenter) -> bool:
    plain, negated = standing(segmenter.cut(text))
    parts = [[word for word in segmenter.cut(part) if not is_mark(word)] for part in pattern.split(" ")]
    read = [standing(words) for words in parts]
    if any(not denied and NEGATORS & set(words) for words, (_, denied) in zip(parts, read, strict=True)):
        return all(word in plain or word in negated for told in read for word in _asked(told))
    return all(_stands(word, told, plain, negated) for told in read for word in _asked(told))


def _asked(told: tuple[dict[str, int], dict[str, int]]) -> set[str]:
    plain, negated = told
    return set(negated) | {word for word in plain if not (negated and word in NEGATORS)}


def _stands(word: str, told: tuple[dict[str, int], dict[str, int]], plain: dict[str, int], negated: dict[str, int]) -> bool:
    asked_plain, asked_negated = told
    return (word not in asked_negated or word in negated) and (word not in asked_plain or (word in NEGATORS and bool(asked_negated)) or word in plain)


@given(st.lists(PATTERNS, max_size=12), MESSAGES, st.lists(st.sampled_from(["包邮", "货退", "么时"]), max_size=2))
@settings(max_examples=600, deadline=None)
def test_the_index_finds_exactly_what_a_naive_scan_finds(patterns: list[Keyword], message: str, own: list[str]) -> None:
    """Every pattern that the contract says holds is found once, and no other."""
    segmenter = Segmenter(own)
    index = KeywordIndex(patterns, Vocabulary(words=tuple(own)))

    found = sorted(hit.keyword for hit in index.find(index.read(message)))

    assert found == [number for number, pattern in enumerate(patterns) if holds(pattern, message, segmenter)]


@given(st.lists(PATTERNS, max_size=6), MESSAGES)
@settings(deadline=None)
def test_a_hit_says_what_it_matched_and_where(patterns: list[Keyword], message: str) -> None:
    """Spans lie in the normal form, in order, and hold the text of the pattern; the length counts its characters."""
    index = KeywordIndex(patterns)
    reading = index.read(message)
    for hit in index.find(reading):
        text = reading.normal.text
        marked = [text[start:end] for start, end in hit.spans]

        assert hit.mode is patterns[hit.keyword].mode
        assert list(hit.spans) == sorted(hit.spans)
        if hit.mode is Mode.EXACT:
            assert hit.length == len(core(reading.words)[2])
        elif hit.mode is Mode.CONTAINS:
            assert marked == [normal(patterns[hit.keyword].text)]
            assert hit.length == len(marked[0])
        elif hit.mode is Mode.ALL:
            assert sorted(marked) == sorted(set(normal(patterns[hit.keyword].text).split(" ")))
        if hit.mode is not Mode.EXACT:
            assert hit.length == sum(map(len, marked))


def test_the_first_place_is_told() -> None:
    """A keyword that stands twice is marked where it stands first."""
    index = KeywordIndex([Keyword(Mode.CONTAINS, "发货")])

    assert index.find(index.read("快发货，发货！")) == [Hit(0, Mode.CONTAINS, 2, ((1, 3),))]


def test_characters_beyond_the_basic_plane_count_as_one() -> None:
    """Places are code points, not bytes and not UTF-16 units."""
    index = KeywordIndex([Keyword(Mode.CONTAINS, "发货"), Keyword(Mode.CONTAINS, "\U00020000")])

    assert {hit.spans for hit in index.find(index.read("😀\U00020000发货"))} == {((2, 4),), ((1, 2),)}


@pytest.mark.parametrize("mode", sorted(set(Mode) - MATCHED))
def test_a_mode_it_does_not_match_is_refused(mode: Mode) -> None:
    """The index never takes a pattern that it would silently ignore."""
    with pytest.raises(ValueError, match=f"pattern 1 cannot be indexed: {mode}"):
        KeywordIndex([Keyword(Mode.CONTAINS, "发货"), Keyword(mode, "发货")])


@pytest.mark.parametrize(
    "keyword", [Keyword(Mode.CONTAINS, "\u200b"), Keyword(Mode.ALL, "  "), Keyword(Mode.EXACT, "\ufe0f"), Keyword(Mode.WORDS, "？！")]
)
def test_a_pattern_without_anything_to_compare_is_refused(keyword: Keyword) -> None:
    """Of hidden marks nothing is left, and punctuation has no words."""
    assert not comparable(keyword)
    with pytest.raises(ValueError, match="pattern 0 cannot be indexed"):
        KeywordIndex([keyword])


def test_an_empty_index_finds_nothing() -> None:
    """No patterns, no hits, for any text."""
    index = KeywordIndex([])

    assert index.find(index.read("什么时候发货")) == []


def test_strength_goes_from_exact_to_similar() -> None:
    """The order of the contract, for the modes of this release and those to come."""
    assert sorted(STRENGTH, key=STRENGTH.__getitem__) == ["exact", "words", "all", "contains", "regex", "typo", "pinyin", "similar"]


@pytest.mark.parametrize("text", ["发货" * 2_000, "\ud83d" * 4_000, "不" * 4_000, "亲" * 4_000, "？" * 4_000])
def test_the_longest_messages_are_read(text: str) -> None:
    """Four thousand characters of the same thing are found like any other."""
    index = KeywordIndex([Keyword(mode, text[:2]) for mode in sorted(MATCHED) if comparable(Keyword(mode, text[:2]))])

    assert {hit.mode for hit in index.find(index.read(text))} >= {Mode.CONTAINS, Mode.ALL}
