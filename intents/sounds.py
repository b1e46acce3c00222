"""Keywords by their sound: 发火时间 is 发货时间, and so is fahuo shijian. Tones are not heard. The only home of pypinyin.

Every Chinese character is read by its commonest reading, the same alone as in any sentence; a pattern is also tried by the
reading its words suggest (银行 is yinhang). Letters stand for themselves, so whoever types pinyin is understood, as long as the
letters fall into whole syllables: fahuo is in woyaofahuo, and an is not in want.

A pattern of two syllables or more is heard loosely too, without the differences that many speakers do not make: z and zh, c and
ch, s and sh, l and n, an and ang, en and eng, in and ing. 地子 is 地址, and 来茶 is 奶茶.
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
        loose: dict[str, list[int]] = {}
        for number, pattern in patterns.items():
            variants = sounds(pattern)
            if not variants:
                raise ValueError(f"pattern {number} makes no sound: {pattern!r}")
            for variant in variants:
                keys.setdefault(variant, []).append(number)
            for variant in loose_sounds(pattern):
                loose.setdefault(variant, []).append(number)
        self._exact, self._loose = _Heard(keys), _Heard(loose)
        if keys:
            _syllables()

    def __bool__(self) -> bool:
        return bool(self._exact)

    def find(self, text: str) -> list[tuple[int, int, int]]:
        """The patterns heard in a text in normal form: number, start and end of the first place."""
        if not self._exact:
            return []
        text = text[:READ_LIMIT]
        first = self._exact.first(*heard(text))
        if self._loose:
            first = self._loose.first(*heard(text, loosely=True)) | first
        return [(number, start, end) for number, (start, end) in first.items()]


class _Heard:
    """Numbered patterns by what they sound like."""

    def __init__(self, keys: Mapping[str, list[int]]) -> None:
        self._owners = list(keys.values())
        self._automaton = ahocorasick_rs.AhoCorasick(list(keys)) if keys else None

    def __bool__(self) -> bool:
        return self._automaton is not None

    def first(self, sound: str, starts: Mapping[int, int], ends: Mapping[int, int]) -> dict[int, tuple[int, int]]:
        """By number, the first place in the text where a pattern is heard whole."""
        found: dict[int, tuple[int, int]] = {}
        if self._automaton is not None:
            for key, start, end in self._automaton.find_matches_as_indexes(sound, overlapping=True):
                if start in starts and end in ends:
                    for number in self._owners[key]:
                        found.setdefault(number, (starts[start], ends[end]))
        return found


def sounds(pattern: str) -> list[str]:
    """How a pattern may sound: character by character, and as its words suggest. Nothing where nothing of it is spoken."""
    spoken = "".join(syllable(char) for char in pattern)
    suggested = "".join(lazy_pinyin("".join(char for char in pattern if syllable(char)), style=Style.NORMAL))
    return list(dict.fromkeys(variant for variant in (spoken, suggested.lower()) if variant))


def loose_sounds(pattern: str) -> list[str]:
    """How a pattern of two syllables or more sounds loosely, read by its characters and by its words; nothing for a shorter one."""
    sound, starts, _ = heard(pattern, loosely=True)
    words = lazy_pinyin("".join(char for char in pattern if syllable(char)), style=Style.NORMAL)
    suggested = heard(" ".join(words).lower(), loosely=True)[0].replace(" ", "")
    return list(dict.fromkeys((sound, suggested))) if len(starts) > 1 else []


def _loosely(sound: str) -> str:
    """A syllable without the differences that many do not make."""
    if sound not in _syllables():
        return sound
    if sound[1:2] == "h":
        sound = sound[0] + sound[2:]
    elif sound[0] == "n" and len(sound) > 1:
        sound = "l" + sound[1:]
    return sound[:-1] if sound.endswith(("ang", "eng", "ing")) else sound


def heard(text: str, *, loosely: bool = False) -> tuple[str, dict[int, int], dict[int, int]]:
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
            piece, borders = _spelt(text[at:stop]) if loosely else (text[at:stop], [(border, border) for border in _borders(text[at:stop])])
            for border, letter in borders:
                starts[done + border] = at + letter
                ends.setdefault(done + border, at + letter)
        else:
            stop = at + 1
            piece = _loosely(syllable(char)) if loosely else syllable(char)
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


def _spelt(letters: str) -> tuple[str, list[tuple[int, int]]]:
    """A run of letters as it sounds loosely, and its borders: each in the sound and in the run. Where it may be cut in several ways, long syllables first."""
    known = _borders(letters)
    borders, pieces, at, length = [(0, 0)], [], 0, 0
    while at < len(letters):
        end = next((border for border in reversed(known) if border > at and letters[at:border] in _syllables()), len(letters))
        pieces.append(_loosely(letters[at:end]))
        length, at = length + len(pieces[-1]), end
        borders.append((length, end))
    return "".join(pieces), borders


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
