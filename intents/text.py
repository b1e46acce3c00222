"""One normal form of what people write, for matching only, with a map back to the very characters they wrote.

The form, in order: control, zero-width and variation marks dropped · Unicode NFKC (UAX #15) · lower case · traditional
characters to simplified ones · punctuation to one form · runs of white space to one space, none at the ends · a letter
repeated more than twice to two. Emoji and digits are kept as they are: 1000 is not 100, and neither are the numerals 三三三.

Traditional characters are converted one by one, by a table drawn once from OpenCC. Its phrase tables (乾坤 keeps its 乾) make
better prose but worse matching: a pattern must come out the same alone as in the middle of any message, and context
would break that. Both sides of every comparison pass through here, so a wrong-looking character is wrong alike on both.
"""

import re
import unicodedata
from functools import cache, lru_cache

import msgspec
import opencc

_HARD = "\ud800"
"""Stands in a quick pass for a character that needs the careful one; no normal form contains it."""

_TABLE_LIMIT = 65_536
_REPLACEMENT = "\ufffd"
_IGNORABLE = frozenset(
    [0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180B, 0x180C, 0x180D, 0x180F, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10), *range(0xE0000, 0xE1000)]
)
"""What shows as nothing without being a format character: fillers, joiners, variation selectors (Default_Ignorable_Code_Point)."""

_LOOSE = re.compile(r"  |^ | $|([^\W\d_])\1\1")

_ONE_FORM = {
    ".": "。｡",
    ",": "、､",
    '"': "“”„‟〝〞〟«»「」『』",
    "'": "‘’‚‛`´",
    "-": "‐‑‒–—―−─",
    "[": "【〔〖",
    "]": "】〕〗",
    "<": "《〈‹",
    ">": "》〉›",
    "~": "〜∼˜",
    "·": "•‧・∙⋅",
}
_VARIANTS = {"着": "著", "了": "瞭", "你": "妳", "它": "牠祂", "什": "甚", "么": "麽"}
"""Characters OpenCC converts by phrase or not at all, folded because shoppers write them freely (甚麼, 著急, 瞭解)."""


class Normal(msgspec.Struct, frozen=True):
    """The normal form of one text. `starts` and `ends` name, per character of `text`, the piece of the original it came from.

    Both are None where every character came from the one at its own place.
    """

    text: str
    starts: tuple[int, ...] | None = None
    ends: tuple[int, ...] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original, in code points, behind a non-empty half-open span of `text`."""
        if self.starts is None or self.ends is None:
            return start, end
        return self.starts[start], self.ends[end - 1]


def normalise(text: str, limit: int | None = None) -> Normal:
    """The normal form of any string, lone surrogates included, or its first `limit` characters; never raises.

    A limit bounds the work too: one character may have a form of eighteen. Most messages map character by character and
    come back through one `str.translate`; the rest take the careful path.
    """
    quick = text.translate(_table())
    if _HARD not in quick and _LOOSE.search(quick) is None and (limit is None or len(quick) <= limit):
        return Normal(text if quick == text else quick)
    return _squeezed(text, limit)


def normal(text: str) -> str:
    """The normal form alone, for patterns and word lists, which need no way back."""
    return normalise(text).text


class _Table(dict[int, str]):
    """A translation table that fills itself, each entry one character: the form of an easy one, `_HARD` for the rest."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        form = _REPLACEMENT if _is_surrogate(char) else _form(char)
        if len(form) != 1 or _dropped(char) or _continues(char):
            form = _HARD
        if len(self) < _TABLE_LIMIT:
            self[code] = form
        return form


@cache
def _table() -> _Table:
    return _Table()


@cache
def _folds() -> dict[int, str]:
    """Code point to folded character, one step: traditional to simplified, and punctuation. A chain such as 薴 苧 苎 takes two."""
    candidates = [char for char in map(chr, range(0x3400, 0x33480)) if unicodedata.category(char) == "Lo" and not "가" <= char <= "힣"]
    converted = opencc.OpenCC("t2s").convert("\n".join(candidates)).split("\n")
    folds = {ord(old): new for old, new in zip(candidates, converted, strict=True) if old != new and len(new) == 1}
    for one, many in (_ONE_FORM | _VARIANTS).items():
        folds.update(dict.fromkeys(map(ord, many), one))
    return folds


def _form(cluster: str) -> str:
    """The form of one character and the marks that follow it; long piles of marks are not worth remembering."""
    return _short_form(cluster) if len(cluster) <= 8 else _folded(cluster)


@lru_cache(maxsize=8_192)
def _short_form(cluster: str) -> str:
    return _folded(cluster)


def _folded(cluster: str) -> str:
    """The form, carried to where another pass changes nothing."""
    if cluster.isspace():
        return " "
    for _ in range(4):
        folded = _fold(cluster)
        if folded == cluster:
            break
        cluster = folded
    return cluster


def _fold(cluster: str) -> str:
    """One pass. A spacing accent, whose compatibility form is a space and a mark, stays: it must not make white space."""
    cluster = cluster.translate(_folds())
    composed = unicodedata.normalize("NFKC", cluster)
    if composed[:1] == " ":
        return cluster
    return unicodedata.normalize("NFKC", composed.lower()).translate(_folds())


def _is_surrogate(char: str) -> bool:
    return "\ud800" <= char <= "\udfff"


def _dropped(char: str) -> bool:
    """Whether a character shows as nothing."""
    return ord(char) in _IGNORABLE or (unicodedata.category(char) in {"Cc", "Cf"} and not char.isspace())


def _continues(char: str) -> bool:
    """Whether NFKC may join a character to the one before it: a combining mark, or a vowel or final of a Hangul syllable."""
    first = unicodedata.normalize("NFKD", char)[0]
    return unicodedata.category(first)[0] == "M" or "\u1160" <= first <= "\u11ff"


def _clusters(text: str) -> list[tuple[str, int, int]]:
    """What shows, cut where NFKC never reaches across: the piece without hidden characters, its start and end in the original."""
    pieces: list[tuple[str, int, int]] = []
    for place, char in enumerate(text):
        if _dropped(char):
            continue
        if _is_surrogate(char):
            pieces.append((_REPLACEMENT, place, place + 1))
        elif pieces and not pieces[-1][0].isspace() and _continues(char):
            piece, start, _ = pieces[-1]
            pieces[-1] = (piece + char, start, place + 1)
        else:
            pieces.append((char, place, place + 1))
    return pieces


def _squeezed(text: str, limit: int | None) -> Normal:
    """The careful path: cluster by cluster, then white space and repeated letters."""
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for piece, start, end in _clusters(text):
        if limit is not None and len(chars) >= limit:
            break
        for char in _form(piece):
            if char == " " and not chars:
                continue
            if _repeats(char, chars):
                ends[-1] = end
                continue
            chars.append(char)
            starts.append(start)
            ends.append(end)
    if chars and chars[-1] == " ":
        chars.pop(), starts.pop(), ends.pop()
    return Normal("".join(chars[:limit]), tuple(starts[:limit]), tuple(ends[:limit]))


def _repeats(char: str, before: list[str]) -> bool:
    """Whether a character only lengthens what stands before it."""
    if char == " ":
        return before[-1] == " "
    return before[-2:] == [char, char] and char.isalpha() and not char.isnumeric()
