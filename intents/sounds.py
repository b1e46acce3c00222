"""Keywords by their sound: 发火时间 is 发货时间, and so is fahuo shijian. Tones are not heard. The only home of pypinyin.

Every Chinese character is read by its commonest reading, the same alone as in any sentence; a pattern is also tried by the
reading its words suggest (银行 is yinhang). Letters stand for themselves, so whoever types pinyin is understood, as long as the
letters fall into whole syllables: fahuo is in woyaofahuo, and an is not in want.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import ahocorasick_rs
from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PINYIN_DICT

READ_LIMIT = 300
"""Characters of a message that are listened to."""

_LONGEST_SYLLABLE = 6


class SoundIndex:
    """Numbered patterns in normal form."""

    def __init__(self, patterns: Mapping[int, str]) -> None:
        """Compile.

        Raises:
            ValueError: a pattern that makes no `sounds`.
        """
        keys: dict[str, list[int]] = {}
        for number, pattern in patterns.items():
            variants = sounds(pattern)
            if not variants:
                raise ValueError(f"pattern {number} makes no sound: {pattern!r}")
            for variant in variants:
                keys.setdefault(variant, []).append(number)
        self._owners = list(keys.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(keys)) if keys else None
        if keys:
            _syllables()

    def __bool__(self) -> bool:
        return self._automaton is not None

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """The patterns heard in a text in normal form: number, start and end of the first place."""
        if self._automaton is None:
            return []
        sound, starts, ends = heard(text[:READ_LIMIT])
        first: dict[int, tuple[int, int]] = {}
        for key, start, end in self._automaton.find_matches_as_indexes(sound, overlapping=True):
            if start in starts and end in ends:
                for number in self._owners[key]:
                    first.setdefault(number, (starts[start], ends[end]))
        return [(number, start, end) for number, (start, end) in first.items()]


def sounds(pattern: str) -> list[str]:
    """How a pattern may sound: character by character, and as its words suggest. Nothing where nothing of it is spoken."""
    spoken = "".join(syllable(char) for char in pattern)
    suggested = "".join(lazy_pinyin("".join(char for char in pattern if syllable(char)), style=Style.NORMAL))
    return list(dict.fromkeys(variant for variant in (spoken, suggested.lower()) if variant))


def heard(text: str) -> tuple[str, dict[int, int], dict[int, int]]:
    """The sound of a text, and the places in it where a word may start and end, each with its place in the text."""
    pieces: list[str] = []
    starts: dict[int, int] = {}
    ends: dict[int, int] = {}
    done = at = 0
    while at < len(text):
        char = text[at]
        if _is_letter(char):
            stop = at + 1
            while stop < len(text) and _is_letter(text[stop]):
                stop += 1
            for border in _borders(text[at:stop]):
                starts[done + border] = at + border
                ends.setdefault(done + border, at + border)
            piece = text[at:stop]
        else:
            stop = at + 1
            piece = syllable(char)
            if piece:
                starts[done] = at
                ends[done + len(piece)] = stop
        pieces.append(piece)
        done += len(piece)
        at = stop
    return "".join(pieces), starts, ends


def _borders(letters: str) -> Sequence[int]:
    """Where words may meet in a run of letters: at its ends, and between syllables where it is nothing but syllables."""
    size = len(letters)
    syllables = _syllables()
    ahead = [True] + [False] * size
    for end in range(1, size + 1):
        ahead[end] = any(ahead[start] and letters[start:end] in syllables for start in range(max(0, end - _LONGEST_SYLLABLE), end))
    if not ahead[size]:
        return 0, size
    behind = [False] * size + [True]
    for start in range(size - 1, -1, -1):
        behind[start] = any(behind[end] and letters[start:end] in syllables for end in range(start + 1, min(size, start + _LONGEST_SYLLABLE) + 1))
    return [border for border in range(size + 1) if ahead[border] and behind[border]]


def _is_letter(char: str) -> bool:
    return "a" <= char <= "z"


class _Syllables(dict[str, str]):
    """Character to syllable, filled as it is asked: digits stand for themselves, marks and rare signs make no sound."""

    def __missing__(self, char: str) -> str:
        unread = char if char.isalnum() else ""
        sound = lazy_pinyin(char, style=Style.NORMAL)[0] if ord(char) in PINYIN_DICT else unread
        if len(self) < 65_536:
            self[char] = sound
        return sound


_KNOWN = _Syllables()


def syllable(char: str) -> str:
    """How one character sounds, without its tone; "" where it makes no sound."""
    return _KNOWN[char]


@cache
def _syllables() -> frozenset[str]:
    """All syllables of common characters, without tones."""
    return frozenset(lazy_pinyin("".join(map(chr, range(0x4E00, 0x9FA6))), style=Style.NORMAL))
