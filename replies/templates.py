"""Text with names in it: `亲{{name|}}，付款后 24 小时内发货`. A closed list of names, each with what to say when it is unknown.

Whatever is faulty is found when a rule is saved, so no raw brace ever reaches a buyer; values are never read as templates.
"""

import re
from collections.abc import Mapping

import msgspec

from replies.faults import RuleFault

NAMES: dict[str, str] = {
    "name": "买家的昵称 · the buyer's name",
    "account": "账号的名字 · the account's name",
    "operator": "接待的客服 · the operator who holds the conversation",
    "team": "客服分组 · the team",
    "time": "现在几点，如 14:05 · the time of day",
    "date": "今天几号，如 10月1日 · today's date",
    "hours": "营业时间 · the account's opening hours",
    "position": "排队第几位 · the place in the queue",
    "expected_wait": "大约还要等多久 · the expected wait",
}
"""Every name a template may use, and what it stands for."""

VALUE_LIMIT = 64
"""Characters of a value that are said; the rest is cut."""

_SLOT = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


class Slot(msgspec.Struct, frozen=True):
    """A name to fill in, and what to say when nothing is known."""

    name: str
    default: str


Template = tuple[str | Slot, ...]


def compile_template(text: str) -> Template:
    """The pieces of a template.

    Raises:
        RuleFault: an unknown name, a missing default, braces that do not close, or nothing said when every name is
            unknown; the path is empty.
    """
    pieces: list[str | Slot] = []
    done = 0
    for match in _SLOT.finditer(text):
        pieces += [_plain(text[done : match.start()]), _slot(match[1])]
        done = match.end()
    pieces.append(_plain(text[done:]))
    bare = render(tuple(pieces), {})
    if has_braces(bare):
        raise _unpaired()
    if not bare.strip():
        raise RuleFault("", "名字都不知道时这句话是空的，请加上文字或默认值。", "When no name is known this says nothing; add words or a default.")
    return tuple(piece for piece in pieces if piece != "")


def render(template: Template, values: Mapping[str, str]) -> str:
    """The text with the values in place; a value that is absent or blank gives way to the default."""
    return "".join(piece if isinstance(piece, str) else _value(piece, values) for piece in template)


def longest(template: Template) -> int:
    """The most characters a template can come to."""
    return sum(len(piece) if isinstance(piece, str) else max(VALUE_LIMIT, len(piece.default)) for piece in template)


def has_braces(text: str) -> bool:
    """Whether a text would show template braces to people."""
    return "{{" in text or "}}" in text


def _value(slot: Slot, values: Mapping[str, str]) -> str:
    return values.get(slot.name, "").strip()[:VALUE_LIMIT] or slot.default


def _plain(text: str) -> str:
    if has_braces(text):
        raise _unpaired()
    return text


def _unpaired() -> RuleFault:
    return RuleFault("", "花括号没有配对，应写成 {{name|默认}}。", "The braces do not pair; write {{name|default}}.")


def _slot(inside: str) -> Slot:
    name, bar, default = inside.partition("|")
    name = name.strip()
    if name not in NAMES:
        known = ", ".join(NAMES)
        raise RuleFault("", f"没有“{name}”这个名字，可用的有：{known}。", f"There is no name {name!r}; the names are {known}.")
    if not bar:
        zh, en = f"“{name}”要写默认值：{{{{{name}|默认}}}}。", f"{name!r} needs a default: {{{{{name}|default}}}}."
        raise RuleFault("", zh, en)
    if "{" in default or "}" in default:
        raise RuleFault("", "默认值里不能有花括号。", "A default must not hold braces.")
    return Slot(name, default)
