"""Which of many questions a message asks: candidates from an inverted index, re-ranked, with a score that can be trusted.

Two texts are compared in the form of `intents.synonyms`, by overlapping single characters and pairs, as `intents.grams` weighs
them: for short colloquial Chinese they beat segmented words (Kwok, Comparing Representations in Chinese Information Retrieval, SIGIR 1997).
The resemblance is a fixed blend of four measures, each in 0..1, no one of which is good alone:

- the Dice coefficient of the weighted grams (Dice, 1945);
- the share of the question's weight that the message has, which forgives a long message;
- indel similarity of the texts as they were written, which minds order (rapidfuzz);
- the best indel similarity of one clause of the message, which forgives what is said before and after.

A rule's typed keywords speak too: where it has some and none holds, its questions must resemble the more, the less of them stands
in the message. A bare 什么时候 asks nothing yet, unless a question says just that. The more rules there are, the likelier one
resembles by chance: the resemblance that is asked for grows with the logarithm of their number, and the score is the logistic of what
is had beyond it, so 0.5 means the same in every set.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec
from rapidfuzz import fuzz

from intents.grams import LONGEST, GramIndex, Reach, Text
from intents.moods import asks, tells
from intents.synonyms import is_bare, synonyms
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

_WRITTEN, _CLAUSE = 0.25, 0.15
"""How much the third and the fourth measure count; together with those of the grams 1."""

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

_HAIR = 1e-9
"""More than sums of the same numbers in another order differ by."""

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
    """A question made ready: whose it is, its two forms, what it negates, whether it tells; and its rule's keywords, if it has any."""

    subject: int
    number: int
    written: str
    said: str
    denied: frozenset[str]
    told: bool
    typed: tuple[tuple[str, ...], ...]


class _Message(msgspec.Struct, frozen=True, gc=False):
    """A message made ready: as written, as said, whole and by clauses; what it negates, whether it tells, whether it names no matter."""

    text: str
    clauses: list[str]
    denies: frozenset[str]
    told: bool
    bare: bool


class SimilarIndex:
    """The questions of all rules, compiled once."""

    def __init__(self, subjects: Mapping[int, Subject], segmenter: Segmenter | None = None, vocabulary: Vocabulary = NOTHING) -> None:
        self._segmenter = segmenter or Segmenter(vocabulary.words)
        self._canonical = synonyms(vocabulary).canonical
        self._needed = _BASE + _GROWTH * math.log(max(_FEW, min(len(subjects), _MANY)) / _FEW)
        self._questions = [*self._made_ready(subjects)]
        self._grams = GramIndex([Text(one.said, one.subject, len(one.written)) for one in self._questions])
        self._asked, self._told = (self._needs(told=told) for told in (False, True))
        self._shortest = min([len(one.written) for one in self._questions], default=0)

    def __bool__(self) -> bool:
        return bool(self._questions)

    def rank(self, text: str, words: Sequence[str] | None = None) -> list[Likeness]:
        """The rules a message in normal form resembles at least doubtfully, the likeliest first, each by its best question."""
        text = text[:MESSAGE_LIMIT]
        said = self._canonical(text) or text
        told = tells(text)
        needs, least = self._told if told else self._asked
        candidates = self._grams.likest(said, needs, least, self._reach(text, said))
        if not candidates:
            return []
        denies = denied(self._segmenter.cut(text) if words is None else words)
        message = _Message(text, self._clauses(text, said), denies, told, is_bare(said))
        best: dict[int, Likeness] = {}
        for grams, number in candidates:
            question = self._questions[number]
            likeness = self._likeness(message, question, grams)
            if likeness is not None and (question.subject not in best or best[question.subject].spare < likeness.spare):
                best[question.subject] = likeness
        return sorted(best.values(), key=lambda one: (-one.spare, one.subject)) if best else []

    def _likeness(self, message: _Message, question: _Question, grams: float) -> Likeness | None:
        """One question in full; None where it is not even doubtful. What costs more is asked only where the rest would be enough."""
        if message.bare and message.clauses[0] != question.said:
            return None
        spare = grams + _WRITTEN * fuzz.ratio(message.text, question.written) / 100 - self._least(question, told=message.told)
        if spare + _CLAUSE < -_SLACK:
            return None
        spare += _CLAUSE * max([fuzz.ratio(one, question.said) for one in message.clauses]) / 100
        if spare < -_SLACK - _VERBATIM:
            return None
        if question.typed:
            spare -= _PARTLY * (1 - _share(question.typed, message.text))
        if message.denies or question.denied:
            spare -= _against(question, message.text, message.denies)
        if message.text == question.written:
            spare += _VERBATIM
        if spare < -_SLACK:
            return None
        return Likeness(question.subject, question.number, round(1 / (1 + math.exp(-_STEEPNESS * spare)), 4), spare)

    def _least(self, question: _Question, *, told: bool) -> float:
        """The resemblance that makes sure where all else speaks for a question: its rule's keywords stand, and nothing is negated."""
        return self._needed + (_UNTYPED - _PARTLY if question.typed else 0.0) + (_TOLD if told and not question.told else 0.0)

    def _needs(self, *, told: bool) -> tuple[list[float], float]:
        """By question, the resemblance with which it is just doubtful where all else speaks for it; and the least of them."""
        same: dict[float, float] = {}
        needs = [same.setdefault(need, need) for need in (self._least(one, told=told) - _SLACK - _HAIR for one in self._questions)]
        return needs, min(needs, default=0.0)

    def _reach(self, text: str, said: str) -> Reach:
        """How much likeness to questions of every length can add, of the whole message and of the nearest clause; and to any question."""
        written = _row(len(text), _WRITTEN)
        clause = _row(len(said), _CLAUSE) if text.isalnum() else _row(0, _CLAUSE)
        return Reach(written, clause, _nearest(written, len(text), self._shortest) + clause[0])

    def _clauses(self, text: str, said: str) -> list[str]:
        """The message as said, whole and clause by clause."""
        if text.isalnum():
            return [said]
        pieces = _CLAUSES.split(text, maxsplit=10)
        if len(pieces) < 2:
            return [said]
        return [said, *(form for form in map(self._canonical, pieces) if len(form) > 1)]

    def _made_ready(self, subjects: Mapping[int, Subject]) -> Iterator[_Question]:
        """All questions; equal parts of keywords are one object. Of mere politeness a question stands for itself."""
        same: dict[str, str] = {}
        for one, subject in subjects.items():
            typed = tuple(tuple(same.setdefault(part, part) for part in map(normal, parts)) for parts in subject.typed)
            for number, text in enumerate(subject.questions):
                written = normal(text)
                said = self._canonical(written) or written
                yield _Question(one, number, written, said, denied(self._segmenter.cut(written)), tells(written), typed)


@lru_cache(maxsize=2 * MESSAGE_LIMIT)
def _row(length: int, weight: float) -> tuple[float, ...]:
    """What indel similarity can add at most between a text of this length and others of every length; at 0, and for no length, to any."""
    return (weight, *(weight * (2 * min(length, other) / (length + other) if length else 1.0) for other in range(1, LONGEST + 1)))


def _nearest(row: Sequence[float], length: int, shortest: int) -> float:
    """The most of a row, where no text is shorter than the shortest."""
    return row[shortest] if length < shortest <= LONGEST else row[0]


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
