"""One member of a rule as the text of its cell, and back."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

from intents.keywords import Mode
from replies.exchange.cells import plain, quoted, read_list, unquoted, write_lines, yes_or_no
from replies.exchange.patterns import NAMES, common_mode, mode_of, read_patterns, write_patterns
from replies.exchange.periods import read_hours, write_hours

LAYERS = {"follow": "关注", "first": "首次", "keyword": "关键词", "offhours": "非营业", "waiting": "排队", "default": "默认"}
CHOICES = {"all": "全部", "random": "随机", "rotate": "轮流"}
PLACES = {"direct": "私聊", "group": "小组"}

_OTHER_WORDS = {
    "被关注回复": "follow",
    "关注回复": "follow",
    "欢迎语": "follow",
    "首次回复": "first",
    "关键字": "keyword",
    "关键词回复": "keyword",
    "非营业时间": "offhours",
    "离线": "offhours",
    "等待": "waiting",
    "默认回复": "default",
    "收到消息回复": "default",
    "兜底": "default",
    "全部回复": "all",
    "随机回复": "random",
    "随机一条": "random",
    "轮换": "rotate",
    "依次": "rotate",
    "会话": "direct",
    "群": "group",
}
_WHOLE = re.compile(r"[+-]?\d{1,9}(?:\.0+)?", re.ASCII)


class CellFault(Exception):
    """A cell that cannot be understood."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


def _words(names: Mapping[str, str]) -> Callable[[str], str]:
    known = {**{chinese: word for word, chinese in names.items()}, **{word: word for word in names}}
    known |= {other: word for other, word in _OTHER_WORDS.items() if word in names}

    def read(text: str) -> str:
        form = unicodedata.normalize("NFKC", text).strip().casefold()
        if form not in known:
            choice = "、".join(names.values())
            raise CellFault(f"没有“{text[:40]}”这种取值，可写：{choice}。", f"{text[:40]!r} is not one of: {choice}.")
        return known[form]

    return read


def _whole(text: str) -> int:
    form = unicodedata.normalize("NFKC", text).strip()
    if not _WHOLE.fullmatch(form):
        raise CellFault(f"“{text[:40]}”不是整数。", f"{text[:40]!r} is not a whole number.")
    return int(form.partition(".")[0])


def _truth(text: str) -> bool:
    found = yes_or_no(text)
    if found is None:
        raise CellFault(f"“{text[:40]}”应为 是 或 否。", f"{text[:40]!r} should be 是 or 否, yes or no.")
    return found


def _hours(text: str) -> dict[str, Any]:
    told = read_hours(text)
    if told is None:
        zh = "看不懂这个时段，例如“周一至周五 09:00-18:00”，每行一条。"
        raise CellFault(zh, "These hours cannot be read; an example is 周一至周五 09:00-18:00 (or mon-fri 09:00-18:00), one a line.")
    return told


def read_mode(text: str) -> Mode:
    """The mode of the column 匹配方式.

    Raises:
        CellFault: there is no such mode.
    """
    mode = mode_of(text)
    if mode is None:
        choice = "、".join(NAMES.values())
        raise CellFault(f"没有“{text[:40]}”这种匹配方式，可写：{choice}。", f"{text[:40]!r} is not a mode; the modes are {choice}.")
    return mode


def read_message(text: str) -> dict[str, Any]:
    """A message: text as it stands, other kinds as JSON."""
    value = unquoted(text) if text.startswith("{") else None
    return value if isinstance(value, dict) and "kind" in value else {"kind": "text", "text": text}


def write_message(message: dict[str, Any]) -> str:
    """A message such that `read_message` gives it back."""
    text = message["text"] if set(message) == {"kind", "text"} else ""
    return text if text and plain(text) and read_message(text) == message else quoted(message)


def read_more(text: str) -> dict[str, Any]:
    """The rare members of a rule: a JSON object.

    Raises:
        CellFault: it is none.
    """
    value = unquoted(text)
    if not isinstance(value, dict):
        raise CellFault("这一栏应是一个 JSON 对象。", "This column takes a JSON object.")
    return value


Read = Callable[[str], Any]
Write = Callable[[Any], str | int]


def _questions(text: str) -> list[str]:
    return read_list(text, split=False)


def _places(text: str) -> list[str]:
    return [_words(PLACES)(item) for item in read_list(text)]


SIMPLE: dict[str, tuple[Read, Write]] = {
    "id": (str, str),
    "name": (str, str),
    "enabled": (_truth, lambda value: "是" if value else "否"),
    "layer": (_words(LAYERS), lambda value: LAYERS.get(value, "")),
    "priority": (_whole, int),
    "similar": (_questions, lambda value: write_lines(value, _questions)),
    "choose": (_words(CHOICES), lambda value: CHOICES.get(value, "")),
    "hours": (_hours, write_hours),
    "cooldown": (_whole, int),
    "hand_off": (_truth, lambda value: "是" if value else "否"),
    "team": (str, str),
    "after": (_whole, int),
    "where": (_places, lambda value: "、".join(PLACES.get(item, item) for item in value)),
    "channels": (read_list, lambda value: write_lines(value, read_list)),
    "audience": (read_list, lambda value: write_lines(value, read_list)),
    "tag": (read_list, lambda value: write_lines(value, read_list)),
}
"""How the columns that stand for one member each are read and written."""


def read_none(text: str) -> list[dict[str, str]]:
    """Patterns that keep a rule silent; they are contained unless a line says otherwise."""
    return read_patterns(text, Mode.CONTAINS)


def write_none(patterns: list[dict[str, str]]) -> str:
    """Such that `read_none` gives them back."""
    return write_patterns(patterns, Mode.CONTAINS)


def write_any(patterns: list[dict[str, str]]) -> tuple[str, str]:
    """The columns 匹配方式 and 关键词."""
    mode = common_mode(patterns)
    return ("" if mode is None else NAMES.get(mode, str(mode))), write_patterns(patterns, mode)
