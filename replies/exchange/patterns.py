"""Keywords as lines of a cell: `发货`, `全匹配：在吗`, `正则：订单[0-9]+`; one mode for all of them in a column of its own."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from intents.keywords import Mode
from replies.exchange.cells import lines, plain, quoted, unquoted

Pair = dict[str, str]
"""A pattern as its JSON."""

NAMES: dict[Mode, str] = {
    Mode.EXACT: "全匹配",
    Mode.WORDS: "词匹配",
    Mode.ALL: "同时包含",
    Mode.CONTAINS: "半匹配",
    Mode.REGEX: "正则",
    Mode.TYPO: "容错",
    Mode.PINYIN: "拼音",
}
"""What each mode is called in a sheet."""

_OTHER_NAMES: dict[str, Mode] = {
    "完全匹配": Mode.EXACT,
    "精确匹配": Mode.EXACT,
    "精确": Mode.EXACT,
    "完全": Mode.EXACT,
    "equal": Mode.EXACT,
    "按词": Mode.WORDS,
    "分词": Mode.WORDS,
    "全部包含": Mode.ALL,
    "包含": Mode.CONTAINS,
    "模糊": Mode.CONTAINS,
    "模糊匹配": Mode.CONTAINS,
    "部分匹配": Mode.CONTAINS,
    "contain": Mode.CONTAINS,
    "正则表达式": Mode.REGEX,
    "正则匹配": Mode.REGEX,
    "容错匹配": Mode.TYPO,
    "错别字": Mode.TYPO,
    "拼音匹配": Mode.PINYIN,
    "同音": Mode.PINYIN,
    "谐音": Mode.PINYIN,
}
_MODES: dict[str, Mode] = {**{name: mode for mode, name in NAMES.items()}, **{str(mode): mode for mode in NAMES}, **_OTHER_NAMES}
_PREFIX = re.compile(r"([^\s:：\"]{1,10})\s*[:：]\s*(.+)", re.DOTALL)
_APART = re.compile(r"[,，、;；|｜]")


def mode_of(text: str) -> Mode | None:
    """The mode of a name, in Chinese or English; None for anything else."""
    return _MODES.get(unicodedata.normalize("NFKC", text).strip().casefold())


def read_patterns(text: str, default: Mode) -> list[Pair]:
    """Patterns, one a line or several between commas; a mode holds from where it is named to the end of its line.

    A text in double quotes is JSON, and an expression is never taken apart; both take the rest of their line.
    """
    return [pattern for line in lines(text) for pattern in _read_line(line, default)]


def _read_line(line: str, mode: Mode) -> Iterator[Pair]:
    mode, rest = _named(line, mode)
    value = unquoted(rest) if rest.startswith('"') else None
    if isinstance(value, str) or mode is Mode.REGEX:
        yield {"mode": mode, "text": value if isinstance(value, str) else rest}
        return
    for part in _APART.split(rest):
        mode, text = _named(part.strip(), mode)
        if text:
            yield {"mode": mode, "text": text}


def _named(text: str, mode: Mode) -> tuple[Mode, str]:
    """The mode that a text begins with, if it begins with one, and what follows."""
    head = _PREFIX.fullmatch(text)
    named = None if head is None else mode_of(head[1])
    return (mode, text) if head is None or named is None else (named, head[2].strip())


def write_patterns(patterns: Sequence[Pair], default: Mode | None = None) -> str:
    """Patterns, one a line, such that `read_patterns` gives them back by the same default; without one each line begins with its mode."""
    return "\n".join(_line(pattern, default) for pattern in patterns)


def _line(pattern: Pair, default: Mode | None) -> str:
    text, mode = pattern["text"], Mode(pattern["mode"])
    prefix = "" if mode is default else f"{NAMES[mode]}："
    line = f"{prefix}{text}"
    same = plain(text) and read_patterns(line, default or Mode.CONTAINS) == [pattern]
    return line if same else prefix + quoted(text)


def common_mode(patterns: Sequence[Pair]) -> Mode | None:
    """The mode of all patterns; None if there are several, or none."""
    modes = {pattern["mode"] for pattern in patterns}
    return Mode(modes.pop()) if len(modes) == 1 else None
