"""Values as text in a cell: plain where plain text comes back as it was, else quoted as JSON, so that nothing is lost on a round trip."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import msgspec

CELL_LIMIT = 32_767
"""Characters of a cell, as spreadsheet programs have it."""

PIECE = 16_000
"""Characters written to one cell: below the limit also where each counts twice, as those outside the BMP do."""

_LIST = re.compile(r"[,，、;；]")
_ODD = "\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff"
_UNPLAIN = re.compile(rf"[\x00-\x08\x0b-\x1f{_ODD}]|_x[0-9A-Fa-f]{{4}}_|x005F_")
_ESCAPED = re.compile(f"[{_ODD}]")

_DANGER = r"(?:\s*[=+\-@＝＋－＠]|[\t\r\n])"
_RUNS = re.compile(f"'*{_DANGER}")
_RAN = re.compile(f"'+{_DANGER}")

YES = frozenset({"是", "对", "开", "开启", "启用", "有", "y", "yes", "true", "1", "on", "√", "✓", "✔"})
NO = frozenset({"否", "不", "关", "关闭", "停用", "禁用", "无", "n", "no", "false", "0", "off", "×", "✗", "✘"})


def plain(text: str) -> bool:
    """Whether a text may stand in a cell as it is: no space around it, and nothing that a file format would change."""
    return text == text.strip() and _UNPLAIN.search(text) is None


def quoted(value: object) -> str:
    """A value as JSON in one line, of characters that every format keeps.

    An underscore may begin what the XML of a workbook takes for an escape (`_x0041_`); all of JSON's stand in strings, where they can be escaped.
    """
    text = _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", msgspec.json.encode(value).decode())
    return text.replace("_", "\\u005f") if "_x" in text or "x005F_" in text else text


def unquoted(text: str) -> Any:
    """The value of JSON text; None where it is none."""
    try:
        return msgspec.json.decode(text.encode())
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return None


def lines(text: str) -> list[str]:
    """The lines of a cell that hold anything, without the space around them."""
    return [line for line in (part.strip() for part in text.split("\n")) if line]


def read_list(text: str, *, split: bool = True) -> list[str]:
    """Texts, one a line or, with `split`, between commas too; a line in double quotes is JSON."""
    found: list[str] = []
    for line in lines(text):
        value = unquoted(line) if line.startswith('"') else None
        if isinstance(value, str):
            found.append(value)
        else:
            found += [part for part in map(str.strip, _LIST.split(line) if split else [line]) if part]
    return found


def write_lines(items: Iterable[str], read: Callable[[str], list[str]]) -> str:
    """Texts, one a line, such that `read` gives them back."""
    return "\n".join(item if plain(item) and "\n" not in item and read(item) == [item] else quoted(item) for item in items)


def yes_or_no(text: str) -> bool | None:
    """What a person means by 是, 否, yes, 1 or a tick; None for anything else."""
    word = text.strip().casefold()
    return True if word in YES else False if word in NO else None


def harmless(text: str) -> str:
    """A text that no spreadsheet program takes for a formula when it opens a file of separated values: an apostrophe before it says so."""
    return f"'{text}" if _RUNS.match(text) else text


def marked(text: str) -> str:
    """A text for a workbook, where text cannot run, but an apostrophe that was put before a formula is taken off again."""
    return f"'{text}" if _RAN.match(text) else text


def bare(text: str) -> str:
    """A text read, without the apostrophe of `harmless` or `marked`."""
    return text[1:] if _RAN.match(text) else text
