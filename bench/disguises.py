"""How writers of adverts hide what they write, so that the classifier meets it in training: sound, shape, signs in between."""

import random
from collections.abc import Callable
from functools import cache

import opencc
from pypinyin import Style, lazy_pinyin

_STYLES = [0x1D400, 0x1D434, 0x1D468, 0x1D49C, 0x1D4D0, 0x1D504, 0x1D538, 0x1D56C, 0x1D5A0, 0x1D5D4, 0x1D608, 0x1D63C, 0x1D670]
"""Where the mathematical alphabets begin."""

_DRAWN = {
    "A": "АΑᴀ",
    "B": "ВΒʙ",
    "C": "СϹᴄ",
    "E": "ЕΕᴇ",
    "H": "НΗʜ",
    "I": "ІΙɪ",
    "K": "КΚᴋ",
    "M": "МΜᴍ",
    "N": "Νɴ",
    "O": "ОΟᴏ",
    "P": "РΡᴘ",
    "T": "ТΤᴛ",
    "X": "ХΧ",
    "Y": "УΥʏ",
    "V": "ᴠѴ",
    "Q": "ԚǪ",
    "W": "ԜᴡŴ",
    "S": "Ѕ",
    "J": "Јᴊ",
    "Z": "Ζᴢ",
    "L": "ʟŁ",
    "D": "ᴅĐ",
    "G": "ɢĢ",
    "U": "ᴜŨ",
    "R": "ʀŘ",
    "F": "ғƑ",
}  # fmt: skip - a table
_SIGNS = "-+~.·*/|_,丨、 ♥★☆❤💗🔥✨➕☀▲●◆#^=…»﹏"
_HIDDEN = "\u200b\u200d\ufeff\u2060\u200c\u00ad\u202f\u035f\u0332"
_RARE = [chr(code) for code in [*range(0x3400, 0x4DB0), *range(0x9F00, 0x9FA0)]]
_KANA = "のほぃルスァホアィゥェォカキクケコシセソタテトナニヌネハヒフヘマミムメヤユヨラリレロワンぅビヲョ"
_TAILS = "ᚠᛀᛁᛦ҈༄࿐ღஐ꧁꧂᭄✿❀✈☎☀💋👄🐧🔞💰💵📞🎉😘￥€"


@cache
def _by_sound() -> dict[str, list[str]]:
    """Characters of everyday use by their syllable, and beside them some of less use."""
    found: dict[str, list[str]] = {}
    for code in range(0x4E00, 0x9FA5):
        char = chr(code)
        try:
            char.encode("gb2312")
        except UnicodeEncodeError:
            continue
        found.setdefault(lazy_pinyin(char, style=Style.NORMAL)[0], []).append(char)
    return found


@cache
def _script() -> Callable[[str], str]:
    convert: Callable[[str], str] = opencc.OpenCC("s2t").convert
    return convert


def disguised(text: str, chance: random.Random) -> str:
    """The text with no, one or several disguises, as often as one meets them."""
    for way in chance.sample(_WAYS, chance.choices((0, 1, 2, 3), (5, 5, 3, 1))[0]):
        text = way(text, chance)
    return text


def roughened(text: str, chance: random.Random) -> str:
    """The text as honest people write it: now and then a slip by sound, another script, another width, a sign."""
    for way, often in ((_slip, 0.06), (_traditional, 0.05), (_width, 0.02), (_smiled, 0.08), (_spaced, 0.03)):
        if chance.random() < often:
            text = way(text, chance)
    return text


def _each(text: str, often: float, chance: random.Random, change: Callable[[str], str]) -> str:
    return "".join(change(char) if chance.random() < often else char for char in text)


def _alike(char: str, chance: random.Random) -> str:
    return chance.choice(_by_sound().get(lazy_pinyin(char, style=Style.NORMAL)[0], [char])) if "\u4e00" <= char <= "\u9fa5" else char


def _sounded(text: str, chance: random.Random) -> str:
    return _each(text, chance.choice((0.15, 0.3, 0.6)), chance, lambda char: _alike(char, chance))


def _slip(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text))
    return text[:place] + _alike(text[place], chance) + text[place + 1 :]


def _parted(text: str, chance: random.Random) -> str:
    sign = chance.choice(_SIGNS)
    often = chance.choice((0.2, 0.5, 1.0))
    return _each(text, often, chance, lambda char: char + sign)


def _hidden(text: str, chance: random.Random) -> str:
    sign = chance.choice(_HIDDEN)
    return chance.choice((sign, "")) + _each(text, chance.choice((0.05, 0.3)), chance, lambda char: char + sign)


def _lettered(text: str, chance: random.Random) -> str:
    style = chance.choice(_STYLES)
    drawn = chance.random() < 0.4

    def letter(char: str) -> str:
        if not (char.isascii() and char.isalpha()):
            return char
        if drawn:
            return chance.choice(_DRAWN[char.upper()])
        made = chr(style + ord(char.upper()) - 65 + (26 if char.islower() else 0))
        return made if made.isprintable() else char

    return _each(text, chance.choice((0.4, 1.0)), chance, letter)


def _numbered(text: str, chance: random.Random) -> str:
    rows = ("０１２３４５６７８９", "⓪①②③④⑤⑥⑦⑧⑨", "零一二三四五六七八九", "⓿❶❷❸❹❺❻❼❽❾", "零壹贰叁肆伍陆柒捌玖", "⒐⒈⒉⒊⒋⒌⒍⒎⒏⒐", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗")
    row = chance.choice(rows)
    return _each(text, chance.choice((0.3, 1.0)), chance, lambda char: row[int(char)] if char in "0123456789" else char)


def _width(text: str, _: random.Random) -> str:
    return "".join(chr(ord(char) + 0xFEE0) if char.isascii() and char.isalnum() else char for char in text)


def _traditional(text: str, _: random.Random) -> str:
    return _script()(text)


def _rare(text: str, chance: random.Random) -> str:
    signs = chance.choice((_RARE, list(_KANA)))
    return _each(text, chance.choice((0.1, 0.25)), chance, lambda char: chance.choice((chance.choice(signs), char + chance.choice(signs))))


def _ended(text: str, chance: random.Random) -> str:
    tail = chance.choice(_TAILS) * chance.choice((1, 1, 2))
    return chance.choice((text + tail, text + " " + tail, tail + " " + text, tail + text + tail, text + chance.choice("。.~！ ") * 2))


def _smiled(text: str, chance: random.Random) -> str:
    return text + chance.choice("😂😀🤣😭😘👍🙏❤🌹☀★♥~～!！。.？ᚠᚰᛀ✿❀♪☎✈")


def _spaced(text: str, chance: random.Random) -> str:
    place = chance.randrange(len(text) + 1)
    return text[:place] + " " + text[place:]


DISGUISES: dict[str, Callable[[str, random.Random], str]] = {
    "homophones": _sounded,
    "signs in between": _parted,
    "look-alike and mathematical letters": _lettered,
    "hidden characters": _hidden,
    "traditional characters": _traditional,
    "rare or foreign characters put in or instead": _rare,
    "ornaments around": _ended,
    "full width": _width,
    "digits in circles, Chinese or otherwise": _numbered,
}
_WAYS = [_sounded, *DISGUISES.values(), _ended]
"""Homophones and ornaments are met more often than the rest."""
