"""Which of many questions a message asks: candidates from an inverted index, re-ranked, with a score that can be trusted.

Two texts are compared in the form of `intents.synonyms`, by overlapping single characters and pairs: for short colloquial
Chinese they beat segmented words (Kwok, Comparing Representations in Chinese Information Retrieval, SIGIR 1997). A gram counts
by how few rules know it (inverse document frequency; Sparck Jones, 1972) and less when it is made of function characters.
The resemblance is a fixed blend of four measures, each in 0..1, no one of which is good alone:

- the Dice coefficient of the weighted grams (Dice, 1945);
- the share of the question's weight that the message has, which forgives a long message;
- indel similarity of the texts as they were written, which minds order (rapidfuzz);
- the best indel similarity of one clause of the message, which forgives what is said before and after.

A rule's typed keywords speak too: where it has some and none holds, its questions must resemble the more, the less of them stands
in the message. A bare 什么时候 asks nothing
yet, unless a question says just that. The more rules there are, the likelier one resembles by chance: the resemblance that is asked for grows with the
logarithm of their number, and the score is the logistic of what is had beyond it, so 0.5 means the same in every set.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec
from rapidfuzz import fuzz

from intents.moods import asks, tells
from intents.synonyms import is_bare, synonyms, weight_of
from intents.text import normal
from intents.vocabulary import NOTHING, Vocabulary
from intents.words import Segmenter, denied

SURE = 0.5
"""From this score on a message is answered."""

DOUBT = 0.3
"""From this score on it is worth asking back."""

MARGIN = 0.015
"""Two sure rules whose resemblance is this close are both named instead of guessing."""

MESSAGE_LIMIT = 300
"""Characters of a message that are compared: nobody asks a question in more."""

_GRAMS, _COVER, _WRITTEN, _CLAUSE = 0.45, 0.15, 0.25, 0.15
"""How much each measure counts; together 1."""

_BASE, _GROWTH = 0.38, 0.09
"""The resemblance that makes sure in thirty rules, and what e times as many add."""

_FEW, _MANY = 30, 1_000
"""Between these numbers of rules it grows."""

_UNTYPED, _PARTLY = 0.2, 0.1
"""What no typed keyword holding takes away, and what the best share of one gives back."""

_DENIED, _CONTRARY = 0.05, 1.0
"""What is taken away where only one of the two negates anything, and where a statement contradicts the whole question."""

_TOLD = 0.15
"""What is taken away where the message tells, and the question does not."""

_VERBATIM = 0.1
"""What the very words of a question add, so that a tapped choice is never asked back."""

_STEEPNESS = 12.0
_SLACK = math.log((1 - DOUBT) / DOUBT) / _STEEPNESS
"""How far below sure the resemblance is still doubtful."""

_LEAST = 0.12
"""What the shared grams must add before the texts are compared at all."""

_VISITS = 96
"""Entries of the index that one message may visit, rare grams first."""

_RERANKED = 5
_CLAUSES = re.compile(r"[,.!?;:~ …]+")


class Subject(msgspec.Struct, frozen=True):
    """What one rule listens for: its questions, and its typed keywords, each by the parts that must all stand. In any form."""

    questions: tuple[str, ...]
    typed: tuple[tuple[str, ...], ...] = ()


class Likeness(msgspec.Struct, frozen=True, gc=False):
    """That a message resembles a rule's question: the rule and question by number, the score in 0..1, the resemblance to spare."""

    subject: int
    question: int
    score: float
    spare: float


class _Question(msgspec.Struct, frozen=True, gc=False):
    """A question made ready: whose it is, its two forms, its grams and their weight together."""

    subject: int
    number: int
    written: str
    said: str
    weight: float
    denied: frozenset[str]
    told: bool


class SimilarIndex:
    """The questions of all rules, compiled once."""

    def __init__(self, subjects: Mapping[int, Subject], segmenter: Segmenter | None = None, vocabulary: Vocabulary = NOTHING) -> None:
        self._segmenter = segmenter or Segmenter(vocabulary.words)
        self._canonical = synonyms(vocabulary).canonical
        forms = [(one, number, *self._said(text)) for one, subject in subjects.items() for number, text in enumerate(subject.questions)]
        known = {one: set[str]() for one in subjects}
        self._same: dict[str, str] = {}
        for one, _, _, said in forms:
            known[one].update(self._grams_of(said))
        self._count = len(subjects)
        self._kinds: dict[tuple[int, float], float] = {}
        spread = Counter(gram for grams in known.values() for gram in grams)
        self._weights = {gram: self._weight(gram, number) for gram, number in spread.items()}
        self._questions = [self._question(*form) for form in forms]
        self._typed = {one: self._parts(subject.typed) for one, subject in subjects.items() if subject.typed}
        self._loads = [question.weight for question in self._questions]
        self._postings = self._invert()
        self._same.clear()
        self._needed = _BASE + _GROWTH * math.log(max(_FEW, min(self._count, _MANY)) / _FEW)

    def __bool__(self) -> bool:
        return bool(self._questions)

    def rank(self, text: str, words: Sequence[str] | None = None) -> list[Likeness]:
        """The rules a message in normal form resembles at least doubtfully, the likeliest first, each by its best question."""
        text = text[:MESSAGE_LIMIT]
        said = self._canonical(text) or text
        known, total = self._weigh(said)
        candidates = self._candidates(known, total) if known else []
        if not candidates:
            return []
        clauses = self._clauses(text, said)
        bare = is_bare(said)
        denies = denied(self._segmenter.cut(text) if words is None else words)
        told = tells(text)
        best: dict[int, Likeness] = {}
        for grams, number in candidates:
            question = self._questions[number]
            likeness = self._likeness(question, grams, clauses, text, denies, told=told, bare=bare)
            if likeness is not None and (question.subject not in best or best[question.subject].spare < likeness.spare):
                best[question.subject] = likeness
        return sorted(best.values(), key=lambda one: (-one.spare, one.subject))

    def _weigh(self, said: str) -> tuple[dict[str, float], float]:
        """The grams of a message that some rule knows, with their weights, and the weight of all of them."""
        weights = self._weights
        known: dict[str, float] = {}
        total = 0.0
        before = ""
        for char in said:
            for gram in (char, before + char) if before else (char,):
                weight = weights.get(gram)
                if weight is None:
                    total += weight_of(gram)
                elif gram not in known:
                    known[gram] = weight
                    total += weight
            before = char
        return known, total

    def _likeness(
        self, question: _Question, grams: float, clauses: Sequence[str], text: str, denies: frozenset[str], *, told: bool, bare: bool
    ) -> Likeness | None:
        """One question in full; None where it is not even doubtful."""
        needed = self._needed
        typed = self._typed.get(question.subject)
        if typed is not None:
            needed += _UNTYPED - _PARTLY
            if grams + _WRITTEN + _CLAUSE < needed - _SLACK:
                return None
            needed += _PARTLY * (1 - _share(typed, text))
        if told and not question.told:
            needed += _TOLD
        if denies or question.denied:
            needed += _against(question, text, denies)
        if grams + _WRITTEN + _CLAUSE < needed - _SLACK or (bare and clauses[0] != question.said):
            return None
        clause = max([fuzz.ratio(one, question.said) for one in clauses])
        spare = grams + (_WRITTEN * fuzz.ratio(text, question.written) + _CLAUSE * clause) / 100 - needed
        if text == question.written:
            spare += _VERBATIM
        if spare < -_SLACK:
            return None
        return Likeness(question.subject, question.number, round(1 / (1 + math.exp(-_STEEPNESS * spare)), 4), spare)

    def _candidates(self, weights: Mapping[str, float], total: float) -> list[tuple[float, int]]:
        """The questions that may be resembled, by what their shared grams add, the likeliest first.

        Rare grams first, as far as the visits go; what was not visited is then counted for the few that are kept.
        """
        shared: dict[int, float] = {}
        postings = self._postings
        visits = _VISITS
        rest = sum(weights.values())
        order = sorted([(len(postings[gram]), gram) for gram in weights])
        for length, gram in order:
            weight = weights[gram]
            if length > visits:
                break
            for number in postings[gram]:
                shared[number] = shared.get(number, 0.0) + weight
            visits -= length
            rest -= weight
        else:
            rest = 0.0
        if rest:
            first = _heaviest(shared) or self._common([gram for _, gram in order[:2]])
            shared = {number: self._shared(weights, self._questions[number].said) for number in first}
        return self._promising(shared, total)

    @staticmethod
    def _shared(weights: Mapping[str, float], said: str) -> float:
        """The weight of the grams that stand in a question."""
        return sum([weight for gram, weight in weights.items() if gram in said])

    def _common(self, rarest: Sequence[str]) -> list[int]:
        """Some questions that have the rarest grams of a message, none of which is rare: the lightest, which a short message is likest."""
        few, *more = [self._postings[gram][:_VISITS] for gram in rarest]
        both = set(few).intersection(*more)
        return sorted(both)[:_RERANKED] if both else list(few[:_RERANKED])

    def _promising(self, shared: Mapping[int, float], total: float) -> list[tuple[float, int]]:
        """By what the shared grams add, the questions for which that is enough to go on."""
        loads = self._loads
        least = max(_LEAST, self._needed - _SLACK - _WRITTEN - _CLAUSE)
        most = least - _COVER
        enough = total * most / (2 * _GRAMS - most)
        found: list[tuple[float, int]] = []
        for number, weight in shared.items():
            if weight < enough:
                continue
            load = loads[number]
            grams = weight * (2 * _GRAMS / (total + load) + _COVER / load)
            if grams >= least:
                found.append((grams, number))
        found.sort(reverse=True)
        return found[:_RERANKED]

    def _invert(self) -> dict[str, tuple[int, ...]]:
        """By gram, the questions that have it, the lightest first: where there are too many to visit, those are likest."""
        postings: dict[str, list[int]] = {}
        for number in sorted(range(len(self._questions)), key=lambda number: self._questions[number].weight):
            for gram in dict.fromkeys(self._grams_of(self._questions[number].said)):
                postings.setdefault(gram, []).append(number)
        return {gram: tuple(numbers) for gram, numbers in postings.items()}

    def _said(self, text: str) -> tuple[str, str]:
        """A question as it is written and as it is said; mere politeness stands for itself."""
        written = normal(text)
        return written, self._canonical(written) or written

    def _clauses(self, text: str, said: str) -> list[str]:
        """The message as said, whole and clause by clause."""
        pieces = _CLAUSES.split(text, maxsplit=10)
        if len(pieces) < 2:
            return [said]
        return [said, *(form for form in map(self._canonical, pieces) if len(form) > 1)]

    def _question(self, subject: int, number: int, written: str, said: str) -> _Question:
        weight = sum(self._weights[gram] for gram in dict.fromkeys(_grams(said)))
        return _Question(subject, number, written, said, weight, denied(self._segmenter.cut(written)), tells(written))

    def _grams_of(self, said: str) -> Iterator[str]:
        """The grams of a question, each the one object that all questions share."""
        return (self._same.setdefault(gram, gram) for gram in _grams(said))

    def _parts(self, typed: Iterable[Iterable[str]]) -> tuple[tuple[str, ...], ...]:
        return tuple(tuple(self._same.setdefault(part, part) for part in map(normal, parts)) for parts in typed)

    def _weight(self, gram: str, rules: int) -> float:
        """In 0..1, by how many rules know the gram and what it is made of."""
        known = self._kinds.get((rules, kind := weight_of(gram)))
        if known is None:
            rarity = math.log1p(self._count / (rules + 0.5)) / math.log1p(self._count / 0.5)
            known = self._kinds[rules, kind] = rarity * kind
        return known


def _grams(text: str) -> list[str]:
    """Characters and pairs of neighbours."""
    return [*text, *map("".join, pairwise(text))]


def _heaviest(shared: Mapping[int, float]) -> list[int]:
    """The few that have most; of equal ones those that were visited first."""
    if len(shared) <= _RERANKED:
        return list(shared)
    bar = sorted(shared.values())[-_RERANKED]
    most = [number for number, weight in shared.items() if weight > bar]
    return most + [number for number, weight in shared.items() if weight == bar][: _RERANKED - len(most)]


def _share(typed: Sequence[Sequence[str]], text: str) -> float:
    """The greatest share, by characters, of one typed keyword that stands in the message."""
    best = 0.0
    for parts in typed:
        there = length = 0
        for part in parts:
            length += len(part)
            if part in text:
                there += len(part)
        if there > best * length:
            best = there / length
    return best


def _against(question: _Question, text: str, denies: frozenset[str]) -> float:
    """What the negations of a message and a question take away: a little, and the more, the more of the question is contradicted.

    Only who states something contradicts: 不包邮吗 asks what 包邮吗 asks.
    """
    against = _DENIED if bool(denies) != bool(question.denied) else 0.0
    if asks(text):
        return against
    contrary = sum(len(word) for word in denies if word in question.written and word not in question.denied)
    contrary += sum(len(word) for word in question.denied if word in text and word not in denies)
    return against + _CONTRARY * contrary / len(question.said)
