"""How close together the parts of a pattern stand, and where they stand closest."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

Span = tuple[int, int]
"""Half-open, in characters."""

NEAR = 6
"""Characters between two neighbouring parts that still belong to one phrase."""

_PLACES = 64
"""Places of one part that are looked at; nobody means the sixty-fifth."""


def apart(spans: Sequence[Span]) -> int:
    """The widest gap between neighbouring parts, in characters; spans in order."""
    return max((after[0] - before[1] for before, after in pairwise(spans)), default=0)


def closest(parts: Iterable[str], text: str) -> tuple[Span, ...]:
    """Where the parts stand closest together, the first such place: the narrowest window over one place of each.

    All of them must stand in the text. The least place moves on until its part has no other (the smallest range over sorted lists).
    """
    places = [list(_places(part, text)) for part in parts]
    heap = [(spans[0], number, 0) for number, spans in enumerate(places)]
    heapq.heapify(heap)
    end = max(span[1] for span, _, _ in heap)
    best: tuple[int, tuple[Span, ...]] | None = None
    while True:
        (start, _), number, index = heap[0]
        if best is None or end - start < best[0]:
            best = end - start, tuple(sorted(span for span, _, _ in heap))
        if index + 1 == len(places[number]):
            return best[1]
        following = places[number][index + 1]
        end = max(end, following[1])
        heapq.heapreplace(heap, (following, number, index + 1))


def _places(part: str, text: str) -> Iterator[Span]:
    at = text.find(part)
    for _ in range(_PLACES):
        if at < 0:
            return
        yield at, at + len(part)
        at = text.find(part, at + 1)
