"""Our own JSON: an array of rules, or an object that holds one under `rules`, as REST gives it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from replies.exchange.grid import FILE_LIMIT
from replies.exchange.report import Contents, Entry, Outcome, Row, refusal
from replies.shapes import RULES_LIMIT, Rule

_KNOWN = frozenset(Rule.__struct_encode_fields__)


def read_rules(value: object) -> Contents:
    """The rules of a JSON file, numbered from 1.

    Raises:
        RuleFault: it is no array of rules, or a longer one than an account may have.
    """
    found = value.get("rules") if isinstance(value, dict) else value
    if not isinstance(found, list):
        raise refusal("规则文件应是一个列表。", "A file of rules is an array.")
    if len(found) > RULES_LIMIT:
        raise refusal(f"规则有 {len(found)} 条，最多 {RULES_LIMIT} 条。", f"There are {len(found)} rules; at most {RULES_LIMIT}.")
    return Contents(tuple(_entry(number, one) for number, one in enumerate(found, 1)))


def _entry(number: int, value: Any) -> Entry:
    if not isinstance(value, dict):
        fault = Row(number, "", Outcome.FAULT, "规则应是一个对象。", "A rule is an object.", path="")
        return Entry(number, "", None, (fault,))
    name = value.get("name")
    told = name[:80] if isinstance(name, str) else ""
    strange = [str(key)[:40] for key in value if key not in _KNOWN]
    if not strange:
        return Entry(number, told, value)
    zh, en = f"不认识的成员没有导入：{'、'.join(strange[:8])}。", f"Members that are not known are left out: {', '.join(strange[:8])}."
    return Entry(number, told, value, (Row(number, told, Outcome.CHANGED, zh, en, path=strange[0]),))


def write_rules(rules: Sequence[Rule]) -> bytes:
    """An array of rules, a member a line; of a set so large that it could not be read again like this, a rule a line."""
    spread = msgspec.json.format(msgspec.json.encode(rules), indent=2) + b"\n"
    return spread if len(spread) <= FILE_LIMIT else b"[\n" + b",\n".join(map(msgspec.json.encode, rules)) + b"\n]\n"
