"""Words of Chinese text: segmentation, politeness, negation. The only home of the segmenter.

Segmentation is rjieba (the jieba dictionary and its maximum-probability path). Its guesser of unknown words is off: it joins
neighbours it has never seen (发顺丰, 别发) differently in every sentence, and a keyword must come out the same everywhere.
All texts here are in the normal form of `intents.text`.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from itertools import accumulate

import ahocorasick_rs
import rjieba

from intents.text import normal

PARTICLES = frozenset("吗呢啊呀吧哦噢喔哈嘛么啦哇哟呐嗯诶欸哎唉咯喽")
"""What colours a sentence without changing what it asks."""

OPENERS = PARTICLES | {
    *("亲", "亲亲", "亲爱的", "你好", "您好", "你们好", "哈喽", "哈罗", "嗨", "hi", "hello", "额", "呃", "打扰了", "打扰一下", "不好意思"),
    *(
        "请问",
        "请问下",
        "请问一下",
        "问下",
        "问一下",
        "想问",
        "想问下",
        "想问一下",
        "我想问",
        "我想问下",
        "我想问一下",
        "麻烦",
        "麻烦问下",
        "麻烦问一下",
    ),
    *("咨询下", "咨询一下", "想咨询一下", "我想咨询一下"),
}
CLOSERS = PARTICLES | {"亲", "亲亲", "谢谢", "谢谢你", "谢谢您", "谢谢了", "多谢", "感谢", "谢了", "麻烦了", "辛苦了"}
"""Politeness at the two ends, dropped from what `exact` compares as long as something else is left."""

_LONGEST_PHRASE = 5
"""Words in the longest phrase above, as the segmenter cuts it."""

NEGATORS = frozenset(
    {
        *(
            "不",
            "没",
            "没有",
            "未",
            "无",
            "非",
            "别",
            "勿",
            "莫",
            "甭",
            "不要",
            "不能",
            "不用",
            "不会",
            "不是",
            "不想",
            "不给",
            "不让",
            "不可",
            "不可以",
        ),
        *(
            "不必",
            "不肯",
            "不再",
            "不敢",
            "不许",
            "不得",
            "不该",
            "不应该",
            "不需要",
            "并不",
            "并非",
            "从不",
            "从没",
            "无法",
            "无需",
            "毋须",
            "尚未",
            "还没",
        ),
        *("还没有", "未能", "绝不", "决不", "没法", "没能"),
    }
)
BRIDGES = frozenset(
    {
        *("能", "能够", "可以", "会", "想", "要", "给", "用", "是", "太", "再", "让", "肯", "需要", "敢", "应该", "打算", "帮"),
        *("我", "我们", "你", "你们", "您", "他", "她", "它"),
    }
)
"""Words that hand a negation on: in 不给我退货 the 退货 is refused too."""

AFTERWARDS = frozenset({"不了", "不到", "不上", "不下", "不出", "不开", "不动", "不成", "不起", "不掉", "不完", "不来", "不去"})
"""What negates the word before it: 取消不了, 绑定不上."""

_SIGNS = frozenset("~^`|")
_DENYING = NEGATORS | AFTERWARDS
_HOLLOW = NEGATORS | BRIDGES | PARTICLES | {"了", "的", "过"}
_NONE: frozenset[str] = frozenset()


class Segmenter:
    """Cuts text into words, one account's own words joined.

    A word the dictionary knows is left to the dictionary, which sees the sentence: an account that sells 和服 must not find it
    in 产品和服务. A word it does not know is cut out first, longest first. Accounts share the dictionary and nothing else.
    """

    def __init__(self, account_words: Iterable[str] = ()) -> None:
        own = new_words(account_words)
        self._own = ahocorasick_rs.AhoCorasick(own, matchkind=ahocorasick_rs.MatchKind.LeftmostLongest) if own else None

    def cut(self, text: str) -> list[str]:
        """The words in order; joined, they are the text again."""
        if self._own is None:
            return rjieba.cut(text, False)
        words: list[str] = []
        done = 0
        for _, start, end in self._own.find_matches_as_indexes(text):
            words += rjieba.cut(text[done:start], False)
            words.append(text[start:end])
            done = end
        return words + rjieba.cut(text[done:], False)


def new_words(account_words: Iterable[str]) -> list[str]:
    """Those words that the dictionary would cut, in normal form and order."""
    return sorted({word for word in map(normal, account_words) if len(rjieba.cut(word, False)) > 1})


def places(words: Sequence[str]) -> list[int]:
    """Where each word begins in the text, and, last, where the text ends."""
    return [0, *accumulate(map(len, words))]


def is_mark(word: str) -> bool:
    """Whether a word is punctuation of the normal form or a space."""
    return not word.isalnum() and len(word) == 1 and (word == " " or word in _SIGNS or unicodedata.category(word)[0] == "P")


def core(words: Sequence[str]) -> tuple[int, int, str]:
    """What `exact` compares: the words less punctuation, spaces, and the politeness at the two ends.

    What would leave nothing stays: 你好啊 comes to 你好, and ??? to itself. A mark between digits stays too (3.5 is not 35).
    Politeness goes by whole words, so 亲子装 keeps its 亲.

    Returns:
        The first and one past the last word that count, and the text itself.
    """
    text = "".join(words)
    kept: Sequence[int] = range(len(words))
    parts = words
    if not text.isalnum():
        kept = [place for place, word in enumerate(words) if word.isalnum() or not is_mark(word) or _inside_number(words, place)]
        parts = [words[place] for place in kept]
        if not kept:
            return 0, len(words), text
    first, last = 0, len(parts)
    heads, tails = _edges()
    while last - first > 1 and parts[last - 1] in tails and (step := _closer(parts, first, last)):
        last -= step
    while last - first > 1 and parts[first] in heads and (step := _opener(parts, first, last)):
        first += step
    return kept[first], kept[last - 1] + 1, text if last - first == len(words) else "".join(parts[first:last])


def _inside_number(words: Sequence[str], place: int) -> bool:
    return 0 < place < len(words) - 1 and words[place] != " " and words[place - 1][-1].isdecimal() and words[place + 1][0].isdecimal()


@cache
def _edges() -> tuple[frozenset[str], frozenset[str]]:
    """The words that begin a phrase of `OPENERS`, and those that end one of `CLOSERS`."""
    heads = frozenset(rjieba.cut(phrase, False)[0] for phrase in OPENERS)
    return heads, frozenset(rjieba.cut(phrase, False)[-1] for phrase in CLOSERS)


def _opener(parts: Sequence[str], first: int, last: int) -> int:
    """How many words at the head make up the longest phrase of politeness that leaves a word; 0 for none."""
    for size in range(min(_LONGEST_PHRASE, last - first - 1), 0, -1):
        if "".join(parts[first : first + size]) in OPENERS:
            return size
    return 0


def _closer(parts: Sequence[str], first: int, last: int) -> int:
    """The same at the tail."""
    for size in range(min(_LONGEST_PHRASE, last - first - 1), 0, -1):
        if "".join(parts[last - size : last]) in CLOSERS:
            return size
    return 0


def standing(words: Sequence[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Where each word first stands plainly, and where it first stands negated, by its number.

    A negator negates the next word, and passes over `BRIDGES`; punctuation ends it. A question of the form A-not-A
    (包不包邮, 能不能退) negates nothing. The negator itself stands plainly.
    """
    plain: dict[str, int] = {}
    negated: dict[str, int] = {}
    active = False
    before = ""
    for place, word in enumerate(words):
        if word == " ":
            continue
        if word in AFTERWARDS and before and not active:
            _turn(before, plain, negated)
        if active:
            negated.setdefault(word, place)
            active = word in BRIDGES
        else:
            plain.setdefault(word, place)
        if word in NEGATORS:
            active = not _is_question(before, word, words[place + 1] if place + 1 < len(words) else "")
        before = word
    return plain, negated


def _turn(word: str, plain: dict[str, int], negated: dict[str, int]) -> None:
    """Let a word that stood plainly stand negated."""
    if word in plain:
        negated.setdefault(word, plain.pop(word))


def denied(words: Sequence[str]) -> frozenset[str]:
    """The words of substance that a text negates."""
    if _DENYING.isdisjoint(words):
        return _NONE
    return frozenset(word for word in standing(words)[1] if word not in _HOLLOW and not is_mark(word))


def _is_question(before: str, negator: str, after: str) -> bool:
    """Whether before·negator·after is an A-not-A question: 包·不·包, 发·没·发货, 能·不能·退, 退货·不·退货."""
    if not before:
        return False
    return negator in {"不" + before, "没" + before} or (bool(after) and (after.startswith(before) or before.startswith(after)))
