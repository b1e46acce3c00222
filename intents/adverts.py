"""How much a message looks like an advert: a logistic regression over character n-grams of three readings of it.

The grams are the characters of the *skeleton*, pairs of neighbours in the *sound* (`intents.disguise`), and one to three neighbouring
kinds of character of the *original*, the only place where a disguise shows. In the first two a run of letters and digits is one character
that tells its kind and length, so that any number of nine digits is the same gram. Words of Latin letters count by themselves too. Each
distinct gram counts once. Character n-grams suit short colloquial Chinese better than words do, and survive spelling that no
dictionary has (both are measured in docs/filters.md).

A model is text, one gram and its weight in hundredths a line; `bench/train_filters.py` writes it. Scoring is a sum over a dictionary.
"""

import math
import re
import unicodedata
from bisect import bisect_left
from collections.abc import Mapping
from functools import cache
from itertools import repeat
from operator import add

from intents.disguise import Reading, is_chinese, unspelled

READ_LIMIT = 200
"""Characters of skeleton and original that are looked at: an advert has said what it wants by then."""

GRAMS_LIMIT = 100_000
"""Grams a model may have."""

_RUN = re.compile(r"[a-z0-9]+")
_WORD = re.compile(r"[a-z]{2,8}")
_LINE = re.compile(r"([^\t]+)\t(-?\d{1,6})")

_DIGITS, _LETTERS, _NAMES, _MIXED = (1, 2, 3, 4, 6, 8, 10), (1, 2, 3, 4, 8), (4, 6, 9, 14), (4, 6, 9, 14)
"""The lengths by which runs are told apart: of digits, of letters, of letters and then digits, of both in any order."""

_MARKS = frozenset("，。！？、：；“”‘’（）《》【】…—～·")
_OWN_MARKS = frozenset("@/.:+-=_#")
_REMEMBERED = 20_000
_PAIRS = tuple(kind * 2 for kind in "hdau ,itrkwznle@/.:+-=_#")


class Model:
    """A trained classifier."""

    def __init__(self, bias: float, weights: Mapping[str, float]) -> None:
        self.bias = bias
        self.weights = dict(weights)
        self._by_kinds: dict[str, float] = {}

    @classmethod
    def parse(cls, text: str) -> "Model":
        """Read a model: lines of a gram, a tab and hundredths; the gram `bias` is the bias; lines without a tab that begin with `# ` are remarks.

        Raises:
            ValueError: a line that is neither, told with its number; no bias; or more than `GRAMS_LIMIT` grams.
        """
        weights: dict[str, float] = {}
        for number, line in enumerate(text.split("\n"), 1):
            if line and ("\t" in line or not line.startswith("# ")):
                if not (found := _LINE.fullmatch(line)):
                    raise ValueError(f"line {number} is not a gram, a tab and a whole number")
                weights[unspelled(found[1])] = int(found[2]) / 100
        if "bias" not in weights or len(weights) > GRAMS_LIMIT:
            raise ValueError(f"{len(weights)} grams, at most {GRAMS_LIMIT}" if "bias" in weights else "no line tells the bias")
        return cls(weights.pop("bias"), weights)

    def probability(self, reading: Reading) -> float:
        """In 0..1; 0 for a message with nothing to see."""
        if not reading.normal.text:
            return 0.0
        kinds = kinds_of(reading)
        told = self._by_kinds.get(kinds)
        if told is None:
            told = self._sum(kind_grams(kinds))
            if len(self._by_kinds) < _REMEMBERED:
                self._by_kinds[kinds] = told
        total = self.bias + told + self._sum(text_grams(reading))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, total))))

    def reasons(self, reading: Reading, most: int = 5) -> list[tuple[str, float]]:
        """The grams that spoke most for an advert, with their weights."""
        spoke = ((gram, self.weights.get(gram, 0.0)) for gram in grams(reading))
        return sorted(((gram, weight) for gram, weight in spoke if weight > 0), key=lambda one: (-one[1], one[0]))[:most]

    def _sum(self, found: set[str]) -> float:
        return sum(map(self.weights.get, found, repeat(0.0)))


def grams(reading: Reading) -> set[str]:
    """The distinct grams of a message. Each reading has an alphabet of its own, so a gram is always of one of them."""
    return text_grams(reading) | kind_grams(kinds_of(reading))


def text_grams(reading: Reading) -> set[str]:
    """Those of what is said: of skeleton and sound, and the words of Latin letters."""
    bones = "^" + _RUN.sub(_kind_of_run, reading.skeleton[:READ_LIMIT]) + "$"
    heard = "^" + _RUN.sub(_kind_of_run, reading.sound[:READ_LIMIT]) + "$"
    found = {*bones, *map(add, heard, heard[1:])}
    found.update("=" + word for word in _WORD.findall(reading.normal.text[:READ_LIMIT]))
    return found


def kinds_of(reading: Reading) -> str:
    """The kinds of the characters of the original, runs as one. Most messages have one of a few thousand such strings."""
    kinds = reading.original[:READ_LIMIT].translate(_kinds())
    for pair in _PAIRS:
        # Halving runs by `replace` takes a third of the time of a regular expression.
        while pair in kinds:
            kinds = kinds.replace(pair, pair[0])
    return "<" + kinds + ">"


def kind_grams(kinds: str) -> set[str]:
    """Those of how it is written."""
    pairs = list(map(add, kinds, kinds[1:]))
    return {*kinds, *pairs, *map(add, pairs, kinds[2:])}


def _kind_of_run(match: re.Match[str]) -> str:
    """One digit or capital letter for a run: a skeleton has no others when this is done."""
    run = match[0]
    if run.isdigit():
        return "01234567"[bisect_left(_DIGITS, len(run))]
    if run.isalpha():
        return "ABCDEF"[bisect_left(_LETTERS, len(run))]
    if run.rstrip("0123456789").isalpha():
        return "GHIJK"[bisect_left(_NAMES, len(run))]
    return "LMNOP"[bisect_left(_MIXED, len(run))]


class _Kinds(dict[int, str]):
    """A translation table that fills itself: the kind of a character as a small letter or a mark."""

    def __missing__(self, code: int) -> str:
        kind = _kind(chr(code))
        if len(self) < 65_536:
            self[code] = kind
        return kind


@cache
def _kinds() -> _Kinds:
    return _Kinds()


def _kind(char: str) -> str:
    if char.isascii():
        return _kind_of_ascii(char)
    if is_chinese(char):
        return _kind_of_chinese(char)
    if char in _MARKS:
        return ","
    if "\uff01" <= char <= "\uff5e":
        return "w"
    if "\u3040" <= char <= "\u30ff" or "\uff66" <= char <= "\uff9f":
        return "k"
    category = unicodedata.category(char)
    return {"M": "z", "C": "z", "P": ",", "N": "n", "L": "l", "S": "e", "Z": " "}[category[0]]


def _kind_of_ascii(char: str) -> str:
    if char.isdigit():
        return "d"
    if char.isalpha():
        return "a" if char.islower() else "u"
    if char.isspace():
        return " "
    return char if char in _OWN_MARKS else "," if char.isprintable() else "z"


def _kind_of_chinese(char: str) -> str:
    """Common, less common (the two levels of GB 2312), traditional or rare (in GBK beside it), or rarer than that."""
    for encoding in ("gb2312", "gbk"):
        try:
            code = char.encode(encoding)
        except UnicodeEncodeError:
            continue
        return "t" if encoding == "gbk" else "h" if code < b"\xd8" else "i"
    return "r"
