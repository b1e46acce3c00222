"""Which of many sets lie wholly inside a given one: a set-trie (Savnik, Index Data Structure for Fast Subset and Superset Queries, 2013).

Each set is a path of its members, rarest first, so that a query leaves a branch as soon as one member is missing: thousands
of patterns that share a common word cost nothing until their rare word is there too.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Mapping, Sequence
from typing import Any, Generic, TypeVar

T = TypeVar("T", bound=Hashable)


_ENDS = -1
"""Under this, a branch keeps the numbers of the sets that end at it."""


class SubsetIndex(Generic[T]):
    """Numbered sets, all known when it is built.

    A branch is a dict by rank. Where only one set is left on a way, its number and its remaining ranks stand together in a leaf.
    """

    def __init__(self, sets: Mapping[int, Collection[T]]) -> None:
        counts = Counter(member for members in sets.values() for member in members)
        by_rarity = sorted(counts, key=lambda member: (counts[member], repr(member)))
        self._ranks = {member: rank for rank, member in enumerate(by_rarity)}
        self._root = _branch([(number, sorted(self._ranks[member] for member in members)) for number, members in sets.items()], 0)
        self.rarest = frozenset(by_rarity[rank] for rank in self._root if rank != _ENDS)
        """Of every set its rarest member: without one of these, no set but the empty one is inside."""

    def __bool__(self) -> bool:
        return bool(self._root)

    def inside(self, present: Collection[T]) -> list[int]:
        """The numbers of all sets whose every member is present, in no particular order."""
        if self.rarest.isdisjoint(present):
            return []
        known = self._ranks
        ranks = {known[member] for member in present if member in known}
        found: list[int] = []
        _walk(self._root, sorted(ranks), ranks, 0, found)
        return found


def _branch(sets: Sequence[tuple[int, Sequence[int]]], depth: int) -> dict[int, Any]:
    """The sets that share their first `depth` ranks, by the next one: a leaf, or another branch."""
    branch: dict[int, Any] = {}
    ways: dict[int, list[tuple[int, Sequence[int]]]] = {}
    for number, ranks in sets:
        if depth == len(ranks):
            branch.setdefault(_ENDS, []).append(number)
        else:
            ways.setdefault(ranks[depth], []).append((number, ranks))
    for rank, some in ways.items():
        branch[rank] = (some[0][0], *some[0][1][depth + 1 :]) if len(some) == 1 else _branch(some, depth + 1)
    return branch


def _walk(branch: Mapping[int, Any], ranks: Sequence[int], present: set[int], start: int, found: list[int]) -> None:
    for place in range(start, len(ranks)):
        way = branch.get(ranks[place])
        if way is None:
            continue
        if isinstance(way, tuple):
            if present.issuperset(way[1:]):
                found.append(way[0])
        else:
            found += way.get(_ENDS, ())
            _walk(way, ranks, present, place + 1, found)
