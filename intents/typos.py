"""Keywords with slips of the finger: at most one wrong, missing or doubled character in four.

A pattern with room for k slips is cut in k + 1 pieces; whatever the slips, one piece stands untouched (the pigeonhole filter of
Wu and Manber, Fast Text Searching Allowing Errors, 1992). All pieces of all patterns are one Aho-Corasick automaton; only
where a piece stands is the pattern compared in full (Sellers, The Theory and Computation of Evolutionary Distances, 1980).
"""

from collections.abc import Mapping
from itertools import pairwise

import ahocorasick_rs

TYPO_LIMIT = 32
"""Characters of one pattern: a slip in a sentence is a matter for similar questions."""

READ_LIMIT = 300
"""Characters of a message that are read for slips."""

_PLACES = (1 << 20) - 1
_SLIP = 1 << 40
_DOUBLED, _WRONG, _MISSING = _SLIP, _SLIP + (1 << 20), _SLIP + (2 << 20)
"""Three numbers in one: slips, their unlikelihood, and places."""


def slips_allowed(pattern: str) -> int:
    """How many characters of a pattern may be wrong, missing or doubled."""
    return len(pattern) // 4


class TypoIndex:
    """Numbered patterns in normal form."""

    def __init__(self, patterns: Mapping[int, str]) -> None:
        self._patterns = dict(patterns)
        self._chars = {number: frozenset(pattern) for number, pattern in patterns.items()}
        pieces: dict[str, list[tuple[int, int]]] = {}
        for number, pattern in patterns.items():
            for start, piece in _pieces(pattern):
                pieces.setdefault(piece, []).append((number, start))
        self._owners = list(pieces.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(pieces)) if pieces else None

    def __bool__(self) -> bool:
        return self._automaton is not None

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """The patterns that hold in a text in normal form: number, start and end of the place with the fewest slips."""
        if self._automaton is None:
            return []
        text = text[:READ_LIMIT]
        windows: dict[int, tuple[int, int]] = {}
        for piece, at, _ in self._automaton.find_matches_as_indexes(text, overlapping=True):
            for number, start in self._owners[piece]:
                low, high = _window(len(self._patterns[number]), at - start)
                known = windows.get(number)
                windows[number] = (min(low, known[0]), max(high, known[1])) if known else (low, high)
        found: list[tuple[int, int, int]] = []
        chars = frozenset(text)
        for number, (first, high) in windows.items():
            # Each kind of character the whole text lacks is a slip: most patterns that share a piece with it end here.
            if len(self._chars[number] - chars) > slips_allowed(self._patterns[number]):
                continue
            low = max(0, first)
            span = place(self._patterns[number], text[low:high], text[low - 1 : low])
            if span is not None:
                found.append((number, low + span[0], low + span[1]))
        return found


def place(pattern: str, text: str, before: str = "") -> tuple[int, int] | None:
    """Where a pattern stands in a text with the fewest slips, the first such end, and the latest start for it.

    One row per character of text: the best way to have read that much of the pattern there. A doubled character is likelier than a
    wrong one and that than a missing one, so that of two ways with as many slips the likelier is told. A character of the text too many costs
    one where it repeats the character before it, and is not forgiven elsewhere. A way is one number, which compares quickly: slips,
    then how unlikely they are, then how far its start lies before the last place a text may have.
    """
    best = (slips_allowed(pattern) + 1) * _SLIP
    found: tuple[int, int] | None = None
    row = [read * _MISSING + _PLACES for read in range(len(pattern) + 1)]
    for end, char in enumerate(text, 1):
        above = row
        row = [_PLACES - end]
        doubled = char == before
        for read, wanted in enumerate(pattern, 1):
            way = above[read - 1] if char == wanted else above[read - 1] + _WRONG
            missed = row[-1] + _MISSING
            if missed < way:  # noqa: PLR1730 - a call of min here costs a third of the whole search
                way = missed
            row.append(min(way, above[read] + _DOUBLED) if doubled else way)
        before = char
        slips, start = row[-1] & ~_PLACES, _PLACES - (row[-1] & _PLACES)
        if slips < best and start < end:
            best, found = slips, (start, end)
            if not slips:
                break
    return found


def _pieces(pattern: str) -> list[tuple[int, str]]:
    """The pattern in as many pieces as it may have slips and one more, each with its start."""
    count = slips_allowed(pattern) + 1
    borders = [len(pattern) * piece // count for piece in range(count + 1)]
    return [(start, pattern[start:end]) for start, end in pairwise(borders)]


def _window(length: int, start: int) -> tuple[int, int]:
    """Where a pattern can lie that would start here if there were no slips."""
    slips = length // 4
    return start - slips, start + length + slips
