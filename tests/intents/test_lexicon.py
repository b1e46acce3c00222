"""Word lists: what holds and where, against a scan that follows the definition word by word, and what is refused."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intents.disguise import Reading, is_chinese, kin, skeleton, sound
from intents.lexicon import GAP, WORD_LIMIT, WORDS_LIMIT, Lexicon, LexiconFault, Match, Way, Words
from intents.text import normal, normalise

PIECES = st.sampled_from([*"加家微薇威信芯vxVｘ𝓥12①二-. 😀\u200b，我国望éßab", "微信", "加微信", "vx", "家我v", "ﷺ", "国家威望", "....", "\u0301"])
TEXTS = st.lists(PIECES, max_size=14).map("".join)
WORDS = st.lists(PIECES, min_size=1, max_size=4).map("".join).filter(lambda word: 0 < len(word) <= WORD_LIMIT and bool(normal(word)))
LISTS = st.builds(Words, words=st.lists(WORDS, max_size=5).map(tuple), way=st.sampled_from(Way), allow=st.lists(WORDS, max_size=2).map(tuple))


def spans(text: str, *words: str, way: Way = Way.SOUND, allow: tuple[str, ...] = ()) -> list[str]:
    """What of a text the words of one list are found in, as it was written."""
    return [text[slice(*match.span)] for match in Lexicon([Words(words, allow=allow, way=way)]).find(Reading(text))]


def naive(lists: list[Words], text: str) -> list[Match]:
    """The definition, word by word and place by place."""
    found = set()
    free = [span for one in lists for word in one.allow if skeleton(word) for span in _places(text, skeleton(word), lambda bones: bones)]
    for number, one in enumerate(lists):
        for word in one.words:
            bones = skeleton(word)
            if one.way is Way.PLAIN or not bones:
                held = _plainly(text, normal(word))
            elif one.way is Way.FORM:
                held = _places(text, bones, lambda bones: bones)
            elif sum(is_chinese(char) for char in bones) >= 3:
                held = _places(text, sound(bones), sound)
            else:
                held = _places(text, kin(bones), kin)
            found |= {Match(number, word, span) for span in held}
    kept = [one for one in found if not any(start <= one.span[0] and one.span[1] <= end for start, end in free)]
    return sorted(kept, key=lambda one: (one.span, one.list, one.word))


def _plainly(text: str, word: str) -> list[tuple[int, int]]:
    form = normalise(text)
    return [form.span(at, at + len(word)) for at in range(len(form.text)) if form.text.startswith(word, at)]


def _places(text: str, word: str, told: Callable[[str], str]) -> list[tuple[int, int]]:
    form = normalise(text)
    chars = [(place, bone) for place, char in enumerate(form.text) for bone in [Reading(char).skeleton] if bone]
    shown = told("".join(bone for _, bone in chars))
    held = []
    for at in range(len(chars) - len(word) + 1):
        if shown[at : at + len(word)] == word:
            piece = chars[at : at + len(word)]
            beside = [_beside(chars, at - 1, piece[0][0] - 1), _beside(chars, at + len(word), piece[-1][0] + 1)]
            near = all(second[0] - first[0] - 1 <= GAP for first, second in pairwise(piece))
            joined = any(beside) if len(word) == 1 else _run(beside[0], piece[0][1]) or _run(piece[-1][1], beside[1])
            if near and not joined:
                held.append((form.span(piece[0][0], piece[0][0] + 1)[0], form.span(piece[-1][0], piece[-1][0] + 1)[1]))
    return held


def _beside(chars: list[tuple[int, str]], at: int, place: int) -> str:
    return chars[at][1] if 0 <= at < len(chars) and chars[at][0] == place else ""


def _run(left: str, right: str) -> bool:
    both = left + right
    return bool(left and right) and both.isascii() and (both.isdigit() or both.isalpha())


@given(st.lists(LISTS, max_size=3), TEXTS)
@example([Words(("加微",), allow=("国家威望",))], "国家威望家威")
@example([Words(("ab",), way=Way.FORM)], "xab ab a-b ab1")
@example([Words(("v",), way=Way.FORM)], "v xv v微 v")
@example([Words(("微信",))], "微.....信微....信")
@settings(max_examples=600, deadline=None)
def test_the_index_is_a_naive_scan(lists: list[Words], text: str) -> None:
    """Whatever lists and text: the same words at the same spans as the definition gives."""
    assert Lexicon(lists).find(Reading(text)) == naive(lists, text)


@pytest.mark.parametrize(
    "text",
    ["加微信", "加-微-信", "加 微 信", "加😀微😀信", "加薇信", "家威芯", "佳徽心", "＋加微信", "加\u200b微信", "加薇伈", "嘉嶶信"],
)
def test_a_word_of_three_is_found_in_every_disguise(text: str) -> None:
    """Signs in between, width, hidden marks, homophones and characters that share a part."""
    assert len(spans(text, "加微信")) == 1


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [
        ("请加 薇-信 聊", "微信", ["薇-信"]),
        ("加我ＶＸ：abc", "vx", ["ＶＸ"]),
        ("tvxq", "vx", []),
        ("vx123", "vx", ["vx"]),
        ("一①0 110", "110", ["一①0", "110"]),
        ("21101", "110", []),
        ("家我v", "加我v", ["家我v"]),
        ("口口群", "扣扣", ["口口"]),
        ("滚", "滚", ["滚"]),
        ("翻滚", "滚", []),
        ("你 滚!", "滚", ["滚"]),
        ("微.....信", "微信", []),
        ("来💊吗", "💊", ["💊"]),
        ("加微心", "加微信", ["加微心"]),
        ("才进行", "彩金", []),
    ],
)
def test_where_a_word_holds(text: str, word: str, found: list[str]) -> None:
    """The span is what was written, signs in between included; runs of letters and digits are not cut; one character stands alone."""
    assert spans(text, word) == found


def test_the_ways_differ() -> None:
    """Plain takes what is written, form takes signs and shapes off, sound hears besides."""
    texts = ["微信号", "微-信号", "微新昊"]
    assert [[bool(spans(text, "微信号", way=way)) for text in texts] for way in Way] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]


def test_an_allowed_word_frees_what_lies_within_it() -> None:
    """A longer allowed word around a match lets that match pass, and no other."""
    assert spans("国家威望，家威", "加微", allow=("国家威望",)) == ["家威"]
    assert spans("国-家-威-望", "加微", allow=("国家威望",)) == []


def test_words_are_text_unless_declared() -> None:
    """A regular expression among the words is matched as it stands; one among the patterns is one."""
    assert spans("a.*b", "a.*b", way=Way.PLAIN) == ["a.*b"]
    assert spans("axxb", "a.*b", way=Way.PLAIN) == []
    found = Lexicon([Words(patterns=(r"尾号\d{4}",))]).find(Reading("请转尾号１２３４"))
    assert [(match.word, match.span) for match in found] == [(r"尾号\d{4}", (2, 8))]


@pytest.mark.parametrize("text", ["", "\u200b\u200b\ufeff", "   ", "！！！", "\ud800"])
def test_nothing_to_see_holds_nothing(text: str) -> None:
    """Also a text of hidden characters alone."""
    assert spans(text, "微信", "😀") == []


@pytest.mark.parametrize(
    ("words", "path", "zh", "en"),
    [
        (Words(("好", "")), "[1].words[1]", "空词", "empty word"),
        (Words(("\u200b\ufeff",)), "[1].words[0]", "空词", "empty word"),
        (Words(("好" * 65,)), "[1].words[0]", "64", "64"),
        (Words(allow=(" ",)), "[1].allow[0]", "空词", "empty word"),
        (Words(patterns=("(",)), "[1].patterns[0]", "正则", "regular expression"),
        (Words(patterns=("a*",)), "[1].patterns[0]", "正则", "every message"),
    ],
)
def test_a_faulty_word_is_told_with_its_place(words: Words, path: str, zh: str, en: str) -> None:
    """By the path of the member, in both languages."""
    with pytest.raises(LexiconFault) as caught:
        Lexicon([Words(("好人",)), words])

    assert caught.value.path == path
    assert zh in caught.value.zh
    assert en in caught.value.en


def test_every_fault_is_told_up_to_a_hundred() -> None:
    """All at once, so that nobody mends a list word by word."""
    with pytest.raises(LexiconFault) as caught:
        Lexicon([Words(("",) * 300)])

    assert [fault.path for fault in caught.value.every] == [f"[0].words[{place}]" for place in range(100)]


def test_a_list_of_a_hundred_thousand_words_is_refused() -> None:
    """Before anything of it is compiled, with how many there may be."""
    with pytest.raises(LexiconFault, match=f"too many words: 100001, at most {WORDS_LIMIT}"):
        Lexicon([Words(tuple(f"词{number}" for number in range(100_000))), Words(("词",))])
    with pytest.raises(LexiconFault, match="too many patterns: 201, at most 200"):
        Lexicon([Words(patterns=("ab",) * 201)])


def test_a_message_full_of_matches_is_bounded() -> None:
    """Four thousand characters that all begin words come to an end."""
    found = Lexicon([Words(tuple("微信" * size for size in range(1, 30)))]).find(Reading("微信" * 5_000))

    assert 0 < len(found) <= 5_000 * 3
