"""Word lists against text that hides its words: one index over all lists, with the span that was written.

A word is compared in one of three ways, chosen by its list. *plain*: its normal form stands in the normal form of the message.
*form*: its skeleton stands in the skeleton (`intents.disguise`), so width, look-alike letters, digits and signs in between do not hide it.
*sound*: so does its sound, if at least three characters of it are Chinese: shorter sounds are in every other sentence. Shorter words are
compared by kin, in which only what is customarily written for a character stands for it.

By form, kin and sound a word holds where, besides,

- no more than `GAP` characters of the normal form stand between two of its characters;
- a letter at its end is not followed, nor one at its beginning preceded, by another letter at once, and a digit not by a digit: vx is not in tvxq;
- a word of one character has neither letter nor digit nor Chinese character beside it: alone it means little, so it must stand alone.

A word that is nothing but marks or emoji is compared plainly whatever its list says. An allowed word passes every match that lies
within it: 国家威望 frees the 家威 in it. Allowed words are compared by form. Every list is one Aho-Corasick automaton with the others of its way
(Aho and Corasick, 1975, by ahocorasick-rs), so the cost of a message hardly depends on the number of words.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import accumulate

import ahocorasick_rs
import msgspec

from intents.disguise import Reading, is_chinese, kin, skeleton, sound
from intents.faults import PlacedFault
from intents.regexes import RegexIndex, fault_of
from intents.text import normal

WORDS_LIMIT = 50_000
"""Words of all lists of one index."""

WORD_LIMIT = 64
"""Characters of a word as its author wrote it."""

PATTERNS_LIMIT = 200
"""Regular expressions of all lists of one index."""

GAP = 4
"""Characters that may stand between two characters of a word."""

_PATTERN = re.compile(r"\\[dwsbDWSBpPx]|\.[*+?]|\[[^\]]*\w-\w[^\]]*\]|\[[^\]]+\][*+?{]|\(\?[:=!<iP]|\([^()]*\|[^()]*\)|\{\d+(?:,\d*)?\}")

MATCH_LIMIT = 5_000
"""Matches of one message that are looked at, by each way: what bounds the work that a message can make."""

Span = tuple[int, int]
"""Half-open, in code points of the original."""


class Way(StrEnum):
    """How the words of a list are compared; each finds all that the one before it finds."""

    PLAIN = "plain"
    FORM = "form"
    SOUND = "sound"


class _Index(StrEnum):
    """The text that a word is sought in."""

    NORMAL = "normal"
    SKELETON = "skeleton"
    KIN = "kin"
    SOUND = "sound"


class Words(msgspec.Struct, frozen=True):
    """The words of one list: as text, as declared regular expressions, and those that are allowed, here and in every list beside it."""

    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    way: Way = Way.SOUND


class Match(msgspec.Struct, frozen=True):
    """A word of a list in a message: the number of the list, the word or expression as its author wrote it, and where it stands."""

    list: int
    word: str
    span: Span


class LexiconFault(PlacedFault):
    """Lists that cannot be compiled. `path` names the member, as in `[2].words[17]`."""


def _form(word: str, way: Way) -> tuple[_Index, str]:
    """The text in which a word of a list with this way is sought, and its form there."""
    bones = skeleton(word)
    if way is Way.PLAIN or not bones:
        return _Index.NORMAL, normal(word)
    if way is Way.FORM:
        return _Index.SKELETON, bones
    return (_Index.SOUND, sound(bones)) if sum(map(is_chinese, bones)) > 2 else (_Index.KIN, kin(bones))


def check(lists: Sequence[Words]) -> None:
    """See that lists can be compiled.

    Raises:
        LexiconFault: with the first hundred faults: too many words or patterns, an empty or overlong word, a pattern RE2 does not take.
    """
    for kind, most in (("words", WORDS_LIMIT), ("patterns", PATTERNS_LIMIT)):
        count = sum(len(one.patterns) if kind == "patterns" else len(one.words) + len(one.allow) for one in lists)
        if count > most:
            zh = {"words": f"词太多:共 {count} 个,最多 {most} 个", "patterns": f"正则太多:共 {count} 个,最多 {most} 个"}[kind]
            raise LexiconFault("", zh, f"too many {kind}: {count}, at most {most}")
    faults = [fault for fault, _ in zip(_faults(lists), range(100), strict=False)]
    if faults:
        first = faults[0]
        raise LexiconFault(first.path, first.zh, first.en, tuple(faults[1:]))


def _faults(lists: Sequence[Words]) -> Iterator[LexiconFault]:
    for number, one in enumerate(lists):
        for kind, words in (("words", one.words), ("allow", one.allow)):
            for place, word in enumerate(words):
                if len(word) > WORD_LIMIT:
                    yield LexiconFault(f"[{number}].{kind}[{place}]", f"词太长,最多 {WORD_LIMIT} 个字", f"longer than {WORD_LIMIT} characters")
                elif not normal(word):
                    yield LexiconFault(f"[{number}].{kind}[{place}]", "空词:没有可见的字符", "an empty word: nothing of it can be seen")
        for place, pattern in enumerate(one.patterns):
            if fault := fault_of(pattern):
                yield LexiconFault(f"[{number}].patterns[{place}]", f"正则表达式有误:{fault}", f"not a regular expression we take: {fault}")


def looks_like_pattern(word: str) -> bool:
    r"""Whether a word is written as only regular expressions are: `\d`, `.*`, `[a-z]`, `(a|b)`, `{2,}`. C++, (笑) and 100$ are not."""
    return _PATTERN.search(word) is not None


class _Automaton:
    """The words of one way, each with the lists that have it."""

    def __init__(self, owners: dict[str, list[tuple[int, str]]]) -> None:
        self.forms = list(owners)
        self.owners = list(owners.values())
        self._automaton = ahocorasick_rs.AhoCorasick(self.forms) if owners else None

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """Number of the form, start and end, wherever it stands."""
        return self._automaton.find_matches_as_indexes(text, overlapping=True) if self._automaton else []


class Lexicon:
    """Lists compiled together; the same lists in the same order give the same index."""

    def __init__(self, lists: Sequence[Words]) -> None:
        """Compile.

        Raises:
            LexiconFault: see `check`.
        """
        check(lists)
        owners: dict[_Index, dict[str, list[tuple[int, str]]]] = {index: {} for index in _Index}
        for number, one in enumerate(lists):
            for word in one.words:
                index, form = _form(word, one.way)
                owners[index].setdefault(form, []).append((number, word))
        self._automata = [(index, _Automaton(words)) for index, words in owners.items() if words]
        self._allowed = _Automaton({form: [] for one in lists for word in one.allow if (form := skeleton(word))})
        self._patterns = [(number, pattern) for number, one in enumerate(lists) for pattern in one.patterns]
        self._regexes = RegexIndex(dict(enumerate(pattern for _, pattern in self._patterns)))

    def find(self, reading: Reading) -> list[Match]:
        """Every word of every list, by span; of each pattern the first place. Empty for a message with nothing to see."""
        found: list[Match] = []
        for index, automaton in self._automata:
            if matches := automaton.find(_text(reading, index)):
                found += _told(reading, index, automaton, matches)
        if self._patterns:
            found += self._by_pattern(reading)
        if not found:
            return found
        free = [reading.original_span(start, end) for _, start, end in standing(reading, self._allowed.find(reading.skeleton), self._allowed.forms)]
        free.sort()
        starts = [start for start, _ in free]
        reach = list(accumulate((end for _, end in free), max))
        kept = {one for one in found if not ((before := bisect_right(starts, one.span[0])) and one.span[1] <= reach[before - 1])}
        return sorted(kept, key=lambda one: (one.span, one.list, one.word))

    def _by_pattern(self, reading: Reading) -> Iterable[Match]:
        for place, start, end in self._regexes.find(reading.normal.text):
            number, pattern = self._patterns[place]
            yield Match(number, pattern, reading.normal.span(start, end))


def _text(reading: Reading, index: _Index) -> str:
    """The text of a message that an index is about."""
    if index is _Index.NORMAL:
        return reading.normal.text
    if index is _Index.SKELETON:
        return reading.skeleton
    return reading.kin if index is _Index.KIN else reading.sound


def _told(reading: Reading, index: _Index, automaton: _Automaton, matches: Sequence[tuple[int, int, int]]) -> Iterator[Match]:
    """What an index found, as the lists wrote it and the message has it."""
    plain = index is _Index.NORMAL
    for form, start, end in matches[:MATCH_LIMIT] if plain else standing(reading, matches, automaton.forms):
        span = reading.normal.span(start, end) if plain else reading.original_span(start, end)
        yield from (Match(number, word, span) for number, word in automaton.owners[form])


def standing(reading: Reading, matches: Sequence[tuple[int, int, int]], forms: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    """Of matches in skeleton or sound those that hold by the rules on gaps and neighbours."""
    for form, start, end in matches[:MATCH_LIMIT]:
        if _holds(reading, start, end, alone=len(forms[form]) == 1):
            yield form, start, end


def _holds(reading: Reading, start: int, end: int, *, alone: bool) -> bool:
    places, bones = reading.places, reading.skeleton
    if places[end - 1] - places[start] >= end - start and any(places[at + 1] - places[at] > GAP + 1 for at in range(start, end - 1)):
        return False
    before = bones[start - 1] if start and places[start - 1] == places[start] - 1 else ""
    after = bones[end] if end < len(bones) and places[end] == places[end - 1] + 1 else ""
    if alone:
        return not before and not after
    return not (_joined(before, bones[start]) or _joined(bones[end - 1], after))


def _joined(left: str, right: str) -> bool:
    """Whether two neighbours belong to one run of letters or of digits."""
    return (left.isdigit() and right.isdigit()) or (left.isascii() and right.isascii() and left.isalpha() and right.isalpha())
