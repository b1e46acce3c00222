"""Which of many short texts share most with a message: an inverted index over single characters and pairs of neighbours.

A gram counts by how few owners of texts know it (inverse document frequency; Sparck Jones, 1972) and less when it is made of function
characters. Rare grams are visited first, and no more than are needed: as soon as those that are left cannot by themselves make a text
likely, they are only counted for the texts found so far that can still come up to what is asked of them (MaxScore; Turtle and Flood,
Query Evaluation: Strategies and Optimizations, 1995). What other measures can add is bounded by the lengths of text and message.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

import msgspec

DICE, COVER = 0.45, 0.15
"""How much the Dice coefficient of the grams counts, and the share of the text that the message has (`intents.similar`)."""

LEAST = 0.12
"""What the shared grams must add before a text is looked at at all."""

_VISITS = 64
"""Entries of the index that one message may visit."""

_COUNTED = 6
"""Texts for which the grams that were not visited are counted."""

_KEPT = 5
"""Texts that are found."""

LONGEST = 200
"""Of longer texts the length tells nothing: to `Reach` it is 0."""

_HAIR = 1e-9
"""More than sums of the same numbers in another order differ by."""

_FUNCTION = frozenset("的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年什么怎样多少哪里没")
"""Characters that stand in every sentence, and say little of what it is about."""

_LIGHT = dict.fromkeys(_FUNCTION, 0.3)


def weight_of(gram: str) -> float:
    """How much a character or a pair says, in 0..1, by what it is made of."""
    return (_LIGHT.get(gram[0], 1.0) + _LIGHT.get(gram[-1], 1.0)) / 2


class Text(msgspec.Struct, frozen=True):
    """A text as it is compared, whose it is, and its length as it is written."""

    said: str
    owner: int
    written: int


class Reach(msgspec.Struct, frozen=True, gc=False):
    """What other measures can add for a message at most: by the length of a text as it is written, by its length as said, and of all texts.

    At 0 stands what they can add for a text longer than `LONGEST`.
    """

    written: Sequence[float]
    said: Sequence[float]
    most: float


class _Asked(msgspec.Struct, frozen=True, gc=False):
    """What is asked about a message: the weight of its grams, what the shared ones must add, what each text needs, and the reach of the rest."""

    total: float
    least: float
    enough: float
    needs: Sequence[float]
    reach: Reach


class GramIndex:
    """Texts, known by their place. Grams are numbered in the order in which they are visited."""

    def __init__(self, texts: Sequence[Text]) -> None:
        found = list(_grams_of(text.said for text in texts))
        known: dict[int, set[str]] = {}
        for text, grams in zip(texts, found, strict=True):
            known.setdefault(text.owner, set()).update(grams)
        weights = _weights(Counter(gram for grams in known.values() for gram in grams), len(known))
        self._texts = [text.said for text in texts]
        self._loads = [sum([weights[gram] for gram in grams]) for grams in found]
        self._written = [_length(text.written) for text in texts]
        self._said = [_length(len(text.said)) for text in texts]
        postings: dict[str, list[int]] = {}
        # The lightest first: where there are too many to visit, a short message is likest to those.
        for number in sorted(range(len(texts)), key=self._loads.__getitem__):
            for gram in found[number]:
                postings.setdefault(gram, []).append(number)
        self._grams = sorted(postings, key=lambda gram: (len(postings[gram]), gram))
        self._numbers = {gram: number for number, gram in enumerate(self._grams)}
        self._postings = [tuple(postings[gram]) for gram in self._grams]
        self._weights = [weights[gram] for gram in self._grams]

    def likest(self, said: str, needs: Sequence[float], least: float, reach: Reach) -> list[tuple[float, int]]:
        """The few texts whose shared grams add most, with what they add, the most first.

        Only those that can come up to what is needed of each; `least` is the least of the needs.
        """
        order, total = self._read(said)
        left = sum([self._weights[number] for number in order])
        total += left
        bar = max(LEAST, least - reach.most)
        enough = _enough(total, bar)
        if not order or left < enough:
            return []
        asked = _Asked(total, bar, enough, needs, reach)
        shared, rest = self._visit(order, left, enough)
        if rest:
            doubtful = self._doubtful(shared, rest, asked) if shared else self._common(order)
            shared = self._count(shared, doubtful, rest)
        found = self._likely(shared, asked)
        found.sort(reverse=True)
        return found[:_KEPT]

    def _read(self, said: str) -> tuple[list[int], float]:
        """The grams of a message that some text has, in order, and the weight of the others."""
        known = self._numbers.get
        numbers: set[int] = set()
        strange = last = 0.0
        before = ""
        for char in said:
            kind = _LIGHT.get(char, 1.0)
            number = known(char)
            if number is None:
                strange += kind
            else:
                numbers.add(number)
            if before:
                number = known(before + char)
                if number is None:
                    strange += (last + kind) / 2
                else:
                    numbers.add(number)
            before, last = char, kind
        return sorted(numbers), strange

    def _visit(self, order: Sequence[int], left: float, enough: float) -> tuple[dict[int, float], Sequence[int]]:
        """The weight that texts share with a message, as far as its grams are visited, and the grams that are not."""
        shared: dict[int, float] = {}
        visits = _VISITS
        for place, number in enumerate(order):
            posting = self._postings[number]
            visits -= len(posting)
            if left < enough or visits < 0:
                return shared, order[place:]
            weight = self._weights[number]
            left -= weight
            if shared:
                for text in posting:
                    shared[text] = shared.get(text, 0.0) + weight
            else:
                shared = dict.fromkeys(posting, weight)
        return shared, ()

    def _doubtful(self, shared: Mapping[int, float], rest: Sequence[int], asked: _Asked) -> list[int]:
        """The texts that may come up to what is needed with the grams that were not visited, the likeliest first, as far as they are counted."""
        total, needs, loads, written, said = asked.total, asked.needs, self._loads, self._written, self._said
        by_written, by_said = asked.reach.written, asked.reach.said
        more = sum([self._weights[number] for number in rest]) + _HAIR
        lightest, heaviest = asked.enough, _heaviest(max(shared.values()) + more, total, asked.least)
        found: list[tuple[float, int]] = []
        for text, weight in shared.items():
            load = loads[text]
            if lightest <= load <= heaviest:
                unit = 2 * DICE / (total + load) + COVER / load
                # Written out, for this is the innermost loop: a text shares no more than it weighs.
                most = min(load, weight + more)
                if most * unit + by_written[written[text]] + by_said[said[text]] >= needs[text]:
                    found.append((weight * unit, text))
        found.sort(reverse=True)
        return [text for _, text in found[:_COUNTED]]

    def _common(self, order: Sequence[int]) -> list[int]:
        """Some texts that have the rarest grams of a message, none of which is rare: the lightest, which a short message is likest."""
        few, *more = [self._postings[number][:_VISITS] for number in order[:2]]
        both = set(few).intersection(*more)
        return [text for text in few if text in both][:_COUNTED] if both else list(few[:_COUNTED])

    def _count(self, shared: Mapping[int, float], texts: Sequence[int], rest: Sequence[int]) -> dict[int, float]:
        """The weight that some texts share with a message, with that of the grams that were not visited."""
        grams = [(self._grams[number], self._weights[number]) for number in rest]
        return {text: shared.get(text, 0.0) + sum([weight for gram, weight in grams if gram in self._texts[text]]) for text in texts}

    def _likely(self, shared: Mapping[int, float], asked: _Asked) -> list[tuple[float, int]]:
        """The texts that can come up to what is needed, with what their grams add."""
        total, needs, loads = asked.total, asked.needs, self._loads
        by_written, by_said = asked.reach.written, asked.reach.said
        found: list[tuple[float, int]] = []
        for text, weight in shared.items():
            if weight >= asked.enough:
                load = loads[text]
                grams = weight * (2 * DICE / (total + load) + COVER / load)
                if grams >= LEAST and grams + by_written[self._written[text]] + by_said[self._said[text]] >= needs[text]:
                    found.append((grams, text))
        return found


def _length(number: int) -> int:
    """A length as reach tells it."""
    return number if number <= LONGEST else 0


def _enough(total: float, least: float) -> float:
    """The weight that a text shares at least whose grams add so much, with a message of this weight: a text weighs no less than it shares."""
    most = least - COVER
    return total * most / (2 * DICE - most) - _HAIR if most < DICE else math.inf


def _heaviest(weight: float, total: float, least: float) -> float:
    """The weight of the heaviest text whose grams add so much, of which it shares so much with a message of this weight: where both sides of
    weight · (2 DICE / (total + text) + COVER / text) = least are equal.
    """
    half = (weight * (2 * DICE + COVER) - least * total) / (2 * least)
    return half + math.sqrt(half * half + weight * COVER * total / least) + _HAIR


def _grams_of(texts: Iterable[str]) -> Iterator[list[str]]:
    """The different characters and pairs of neighbours of each text; equal ones are one object."""
    same: dict[str, str] = {}
    for text in texts:
        yield list(dict.fromkeys([same.setdefault(gram, gram) for gram in (*text, *map("".join, pairwise(text)))]))


def _weights(spread: Mapping[str, int], owners: int) -> dict[str, float]:
    """In 0..1, by how many owners know a gram and what it is made of. Equal ones are one object."""
    kinds: dict[tuple[int, float], float] = {}
    most = math.log1p(owners / 0.5) if owners else 1.0
    weights: dict[str, float] = {}
    for gram, number in spread.items():
        kind = weight_of(gram)
        weights[gram] = kinds.setdefault((number, kind), math.log1p(owners / (number + 0.5)) / most * kind)
    return weights
