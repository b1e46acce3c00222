"""What a message says under its disguise: skeleton and sound, with a way back to the very characters.

The *skeleton* of a text is its normal form (`intents.text`: NFKC, small letters, simplified characters) with letters that merely look
alike brought to ASCII (а, ᴀ, 🅰, á are a), digits of every script and the Chinese ones brought to 0-9 (②, ❷, 二, 贰 are 2), and all
dropped that is neither letter nor digit: spaces, marks, emoji. The *sound* is the skeleton with every Chinese character replaced by
one that stands for its syllable. Between the two, *kin* is the skeleton with characters that are customarily written for another, for a part
they share or for their sound, brought to that one (薇, 徽, 威 are 微); the sound is that of the kin.
Look-alikes follow Unicode's names, which tell the letter that a letter is drawn from, and for Greek, Cyrillic and others a table by hand.
"""

import re
import unicodedata
from functools import cache
from itertools import count

from intents.sounds import syllable
from intents.text import Normal, normalise

READ_LIMIT = 4_000
"""Characters of a message that are looked at, and no more of its normal form."""

_SOUNDS = 0xF0000
"""Where the characters that stand for syllables begin: a private plane, in which nobody writes."""

_TABLE_LIMIT = 65_536

_DIGITS = dict(zip("零〇○一二三四五六七八九壹贰叁肆伍陆柒捌玖弌弍弎", "000123456789123456789123", strict=True))

_SHAPES = """
aаαɑ∂Ꭺꓮ bвьъβɓᏏꓐ cсϲᏟꓚ¢ dԁɗꓓ eеєεҽꓰ€ fϝꙞꓝƒ gցԌꓖ hнһհᏂꓧ iіιӏⵊ! jјʝꓙ kкκҟꓗ lӏꓡ| mмꓟ nηռпꓠ oоοօσθ૦ꓳ pрρթꓑ qԛզ🐧 rгяꓣ sѕʂꓢ$
tтτꓔ uυսꓴ vѵνꓦ√∨ wшщωԝꓪ₩ xхχ×✕✖╳ꓫ yуүγꓬ¥ zꓜ
"""
"""By hand: a letter, and what is drawn like it."""

_STROKES = "丨丶丿亅乚〡ー"
"""Single strokes, which are letters to Unicode and signs in between to whoever writes them."""

_MARKS = "!|¢€$√∨₩×✕✖╳¥∂"
"""Those of the drawn that are marks in honest writing: they are letters only between letters, so not in a skeleton of prices."""

_KIN = """
微薇徽嶶溦癓威维卫喂围危唯惟魏葳巍崴嵬媙煨 信芯心新馨薪鑫昕欣辛亻 加佳家嘉伽迦珈茄咖架笳枷 扣口寇筘叩冦囗蔻 群裙 片篇偏翩爿沜 卖麦迈売荬脉
号昊 女籹 日曰 看観 钱銭 色铯涩瑟 情晴 聊撩嘹辽 裸祼 赌堵睹 博搏 炮泡 黄皇煌 彩采 票漂 刷唰 贷袋 骚搔 胸匈 逼屄比笔 傻煞沙 操肏艹草曹 妈马 你尼妮泥拟 贱溅 婊表 鹅峨鵝俄
"""
"""The first of a row, and what is customarily written for it: what shares a part with it, or sounds like it."""

_NAMED = re.compile(
    r"(?:(?:NEGATIVE|SQUARED|CIRCLED|CROSSED|TURNED|REVERSED|MODIFIER|OUTLINED) )*"
    r"(?:LATIN (?:SMALL |CAPITAL )?LETTER (?:SMALL CAPITAL |SCRIPT |DOTLESS |LONG |OPEN )*|REGIONAL INDICATOR SYMBOL LETTER )([A-Z])(?: WITH .*)?"
)

_SYLLABLE = re.compile(r"\{([a-z]+)\}")


class Reading:
    """A message read once for every comparison. What only a match needs is worked out when it is asked for."""

    __slots__ = ("_places", "normal", "original", "skeleton", "sound")

    def __init__(self, text: str) -> None:
        self.original = text[:READ_LIMIT]
        self.normal: Normal = normalise(self.original, READ_LIMIT)
        self.skeleton: str = self.normal.text.translate(_skeletons())
        self.sound: str = self.skeleton.translate(_sounds())
        self._places: list[int] | None = None

    @property
    def kin(self) -> str:
        """The skeleton with what is customarily written for another character brought to that one."""
        return kin(self.skeleton)

    @property
    def places(self) -> list[int]:
        """For each character of skeleton, kin and sound its place in the normal form."""
        if self._places is None:
            table = _skeletons()
            self._places = [place for place, char in enumerate(self.normal.text) if table[ord(char)]]
        return self._places

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """The half-open span of the original, in code points, behind a non-empty span of skeleton or sound."""
        return self.normal.span(self.places[start], self.places[end - 1] + 1)


def skeleton(text: str) -> str:
    """The skeleton of a word; "" where it is nothing but marks."""
    return normalise(text).text.translate(_skeletons())


def kin(text: str) -> str:
    """The kin of a skeleton, character by character."""
    return text.translate(_kin())


def sound(text: str) -> str:
    """The sound of a skeleton, character by character."""
    return text.translate(_sounds())


def spelled(text: str) -> str:
    """A sound, or part of one, that can be read: `{jia}{wei}`. What `unspelled` reads."""
    names = _sounds().names()
    return "".join(f"{{{names[char]}}}" if char in names else char for char in text)


def unspelled(text: str) -> str:
    """The sound behind a text that names syllables, such as a pattern for RE2 over sounds; everything but `{letters}` is left as it is."""
    return _SYLLABLE.sub(lambda name: _sounds().voiced(name[1]), text)


def is_chinese(char: str) -> bool:
    """Whether a character of a normal form is a Chinese one."""
    return "\u3400" <= char <= "\u9fff" or "\U00020000" <= char <= "\U0003ffff"


class _Skeletons(dict[int, str]):
    """A translation table of normal forms that fills itself: one character, or "" for what is dropped."""

    def __missing__(self, code: int) -> str:
        char = _bare(chr(code))
        if len(self) < _TABLE_LIMIT:
            self[code] = char
        return char


class _Sounds(dict[int, str]):
    """A translation table of skeletons: a character for each syllable, everything else itself."""

    def __init__(self) -> None:
        super().__init__()
        self._syllables: dict[str, str] = {}
        self._numbers = count(_SOUNDS)

    def voiced(self, heard: str) -> str:
        known = self._syllables.get(heard)
        # Two threads that meet a syllable at once both take a number; only one of the two is kept.
        return known or self._syllables.setdefault(heard, chr(next(self._numbers)))

    def names(self) -> dict[str, str]:
        """Syllables by the characters that stand for them."""
        return {char: name for name, char in self._syllables.items()}

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if is_chinese(char) and (heard := syllable(_kin().get(code, char))):
            char = self.voiced(heard)
        if len(self) < _TABLE_LIMIT:
            self[code] = char
        return char


@cache
def _skeletons() -> _Skeletons:
    return _Skeletons()


@cache
def _sounds() -> _Sounds:
    return _Sounds()


@cache
def _kin() -> dict[int, str]:
    return {ord(other): row[0] for row in _KIN.split() for other in row[1:]}


@cache
def _shapes() -> dict[str, str]:
    rows = [(row[0], drawn) for row in _SHAPES.split() for drawn in row if drawn not in _MARKS]
    return {form: letter for letter, drawn in rows for form in (drawn.lower(), drawn)}


def _bare(char: str) -> str:
    """What one character of a normal form is under its disguise."""
    if char in _STROKES:
        return ""
    if is_chinese(char) or char in _DIGITS:
        return _DIGITS.get(char, char)
    if char.isascii():
        return char if char.isalnum() else ""
    shape = _shapes().get(char)
    if shape:
        return shape
    if (digit := unicodedata.digit(char, None)) is not None:
        return str(digit)
    plain = unicodedata.normalize("NFD", char)[0]
    if plain.isascii() and plain.isalpha():
        return plain
    if named := _NAMED.fullmatch(unicodedata.name(char, "")):
        return named[1].lower()
    return char if char.isalnum() else ""
