"""Which of many sets lie wholly inside a given one: a set-trie (Savnik, Index Data Structure for Fast Subset and Superset Queries, 2013).

Each set is a path of its members, rarest first, so that a query leaves a branch as soon as one member is missing: thousands
of patterns that share a common word cost nothing until their rare word is there too.
"""

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class _Node:
    """A member of the sets that pass through here, and the numbers of those that end here."""

    __slots__ = ("children", "ends")

    def __init__(self) -> None:
        self.children: dict[int, _Node] = {}
        self.ends: list[int] = []


class SubsetIndex(Generic[T]):
    """Numbered sets, all known when it is built."""

    def __init__(self, sets: Mapping[int, Collection[T]]) -> None:
        counts = Counter(member for members in sets.values() for member in members)
        by_rarity = sorted(counts, key=lambda member: (counts[member], repr(member)))
        self._ranks = {member: rank for rank, member in enumerate(by_rarity)}
        self._root = _Node()
        for number, members in sets.items():
            node = self._root
            for rank in sorted(self._ranks[member] for member in members):
                node = node.children.setdefault(rank, _Node())
            node.ends.append(number)

    def __bool__(self) -> bool:
        return bool(self._root.children)

    def inside(self, present: Iterable[T]) -> list[int]:
        """The numbers of all sets whose every member is present, in no particular order."""
        known = self._ranks
        ranks = sorted({known[member] for member in present if member in known})
        found: list[int] = []
        if ranks:
            _walk(self._root, ranks, 0, found)
        return found


def _walk(node: _Node, ranks: Sequence[int], start: int, found: list[int]) -> None:
    children = node.children
    for place in range(start, len(ranks)):
        child = children.get(ranks[place])
        if child is not None:
            found += child.ends
            if child.children:
                _walk(child, ranks, place + 1, found)
