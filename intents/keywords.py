"""Many keywords in one pass: which of thousands of patterns hold in one message.

`contains` and `all` share one Aho-Corasick automaton over every distinct part of every pattern (Aho and Corasick, 1975, by
ahocorasick-rs); `exact` is looked up by the whole message; of `all` and `words` those hold whose parts, or words, were all
found (`intents.subsets`). `regex`, `typo` and `pinyin` have an index each, in rooms of their own. The cost of a message depends on what is found in it, hardly on how many patterns there are.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import ahocorasick_rs
import msgspec

from intents.nearness import NEAR, Span, apart, closest
from intents.regexes import RegexIndex, fault_of
from intents.sounds import SoundIndex, sounds
from intents.subsets import SubsetIndex
from intents.text import Normal, normal, normalise
from intents.typos import TYPO_LIMIT, TypoIndex
from intents.vocabulary import NOTHING, Vocabulary
from intents.words import NEGATORS, Segmenter, core, is_mark, places, standing

_Term = tuple[str, bool | None]
"""A word a `words` pattern asks for: standing plainly (False), negated (True), or either way (None)."""


READ_LIMIT = 4_000
"""Characters that are compared. No message is longer, nor its normal form, unless it was written to cost us time."""


class Mode(StrEnum):
    """How a pattern is compared with a message; the order is that of strength."""

    EXACT = "exact"
    WORDS = "words"
    ALL = "all"
    CONTAINS = "contains"
    REGEX = "regex"
    TYPO = "typo"
    PINYIN = "pinyin"
    SIMILAR = "similar"


STRENGTH = {mode: rank for rank, mode in enumerate(Mode)}
"""Lower is stronger."""

MATCHED = frozenset(Mode) - {Mode.SIMILAR}
"""The modes this index finds."""


class Keyword(msgspec.Struct, frozen=True):
    """One pattern as its author wrote it."""

    mode: Mode
    text: str


class Reading(msgspec.Struct, frozen=True):
    """A message made ready once for every comparison: its normal form and its words."""

    normal: Normal
    words: list[str]


class Hit(msgspec.Struct, frozen=True):
    """A pattern that holds: its number, the characters of normal form it matched, and where in the normal form."""

    keyword: int
    mode: Mode
    length: int
    spans: tuple[Span, ...]


def comparable(keyword: Keyword) -> bool:
    """Whether anything is left of a pattern in normal form; a pattern of which nothing is left would hold everywhere or nowhere."""
    if keyword.mode is Mode.REGEX:
        return fault_of(keyword.text) is None
    text = normal(keyword.text)
    if keyword.mode is Mode.WORDS:
        return any(not is_mark(char) for char in text)
    if keyword.mode is Mode.PINYIN:
        return bool(sounds(text))
    return bool(text) and (keyword.mode is not Mode.TYPO or len(text) <= TYPO_LIMIT)


def _loose(patterns: Mapping[Mode, Mapping[int, str]]) -> list[tuple[Mode, RegexIndex | TypoIndex | SoundIndex]]:
    """The indexes of those looser modes that are used."""
    indexes: list[tuple[Mode, RegexIndex | TypoIndex | SoundIndex]] = [
        (Mode.REGEX, RegexIndex(patterns[Mode.REGEX])),
        (Mode.TYPO, TypoIndex(patterns[Mode.TYPO])),
        (Mode.PINYIN, SoundIndex(patterns[Mode.PINYIN])),
    ]
    return [(mode, index) for mode, index in indexes if index]


class KeywordIndex:
    """Patterns compiled together; the same patterns in the same order give the same index."""

    def __init__(self, keywords: Sequence[Keyword], vocabulary: Vocabulary = NOTHING) -> None:
        """Compile; patterns are known by their place in `keywords`.

        Raises:
            ValueError: a mode outside `MATCHED`, or a pattern that is not `comparable`.
        """
        phrases = [[phrase for phrase in map(normal, group) if phrase] for group in vocabulary.synonyms]
        self.segmenter = Segmenter([*vocabulary.words, *(phrase for group in phrases for phrase in group)])
        self._same = {phrase: group[0] for group in phrases for phrase in group}
        self._exact: dict[str, list[int]] = {}
        self._contains: dict[str, list[int]] = {}
        self._all: dict[int, tuple[str, ...]] = {}
        self._words: dict[int, tuple[_Term, ...]] = {}
        loose: dict[Mode, dict[int, str]] = {Mode.REGEX: {}, Mode.TYPO: {}, Mode.PINYIN: {}}
        for number, keyword in enumerate(keywords):
            if keyword.mode not in MATCHED or not comparable(keyword):
                raise ValueError(f"pattern {number} cannot be indexed: {keyword.mode} {keyword.text!r}")
            if keyword.mode in loose:
                loose[keyword.mode][number] = keyword.text if keyword.mode is Mode.REGEX else normal(keyword.text)
            else:
                self._add(number, keyword.mode, normal(keyword.text))
        self._loose = _loose(loose)
        self._parts = list(dict.fromkeys([*self._contains, *(part for parts in self._all.values() for part in parts)]))
        self._automaton = ahocorasick_rs.AhoCorasick(self._parts) if self._parts else None
        self._alls = SubsetIndex(self._all)
        self._terms = SubsetIndex(self._words)
        self._asked = frozenset(word for word, _ in self._terms.rarest)

    def read(self, text: str) -> Reading:
        """The message made ready for `find`: its first `READ_LIMIT` characters, and no more of their normal form."""
        form = normalise(text[:READ_LIMIT], READ_LIMIT)
        return Reading(form, self.segmenter.cut(form.text))

    def find(self, reading: Reading) -> list[Hit]:
        """Every pattern that holds, in no particular order."""
        hits = self._find_parts(self._automaton, reading.normal.text) if self._automaton else []
        if self._exact:
            hits += self._find_exact(reading.words)
        if self._terms and not self._asked.isdisjoint(told := self._told(reading.words)):
            hits += self._find_words(told, reading.words)
        for mode, index in self._loose:
            hits += [Hit(number, mode, end - start, ((start, end),)) for number, start, end in index.find(reading.normal.text)]
        return hits

    def _add(self, number: int, mode: Mode, text: str) -> None:
        if mode is Mode.EXACT:
            self._exact.setdefault(core(self.segmenter.cut(text))[2], []).append(number)
        elif mode is Mode.CONTAINS:
            self._contains.setdefault(text, []).append(number)
        elif mode is Mode.ALL:
            self._all[number] = tuple(sorted(set(text.split(" "))))
        else:
            self._words[number] = tuple(sorted(self._terms_of(text), key=repr))

    def _terms_of(self, text: str) -> set[_Term]:
        """The words a pattern asks for. A negator is told by what it negates; one that stands alone frees the others from polarity."""
        terms: set[_Term] = set()
        free = False
        for part in text.split(" "):
            words = self._told([word for word in self.segmenter.cut(part) if not is_mark(word)])
            plain, negated = standing(words)
            terms |= {(word, True) for word in negated}
            terms |= {(word, False) for word in plain if not (negated and word in NEGATORS)}
            free = free or (not negated and any(word in NEGATORS for word in words))
        return {(word, None) for word, _ in terms} if free else terms

    def _told(self, words: list[str]) -> list[str]:
        """The words, each told by the first of the account's synonyms for it."""
        return [self._same.get(word, word) for word in words] if self._same else words

    def _find_parts(self, automaton: ahocorasick_rs.AhoCorasick, text: str) -> list[Hit]:
        """`contains` and `all`: the first place of every part in one pass, then the patterns whose parts all stand.

        Where the first places of the parts lie far apart, those count that lie closest.
        """
        first: dict[str, Span] = {}
        matches = automaton.find_matches_as_indexes(text, overlapping=True)
        if not matches:
            return []
        for number, start, end in matches:
            part = self._parts[number]
            if part not in first:
                first[part] = (start, end)
        hits = [Hit(number, Mode.CONTAINS, len(part), (span,)) for part, span in first.items() for number in self._contains.get(part, ())]
        for number in self._alls.inside(first):
            parts = self._all[number]
            spans = tuple(sorted(first[part] for part in parts))
            if apart(spans) > NEAR:
                spans = closest(parts, text)
            hits.append(Hit(number, Mode.ALL, sum(map(len, parts)), spans))
        return hits

    def _find_exact(self, words: list[str]) -> list[Hit]:
        first, last, text = core(words)
        numbers = self._exact.get(text)
        if numbers is None:
            return []
        borders = places(words)
        return [Hit(number, Mode.EXACT, len(text), ((borders[first], borders[last]),)) for number in numbers]

    def _find_words(self, told: list[str], words: list[str]) -> list[Hit]:
        """`words`, by the words as they are told and, for the places, as they are written."""
        plain, negated = standing(told)
        met: dict[_Term, int] = {(word, False): place for word, place in plain.items()}
        met |= {(word, True): place for word, place in negated.items()}
        met |= {(word, None): place for word, place in (negated | plain).items()}
        found = self._terms.inside(met)
        borders = places(words) if found else []
        hits: list[Hit] = []
        for number in found:
            terms = self._words[number]
            spans = tuple(sorted((borders[met[term]], borders[met[term] + 1]) for term in terms))
            hits.append(Hit(number, Mode.WORDS, sum(end - start for start, end in spans), spans))
        return hits
