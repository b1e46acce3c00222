"""Reading and checking a rule set: every fault of every rule, with its path, in one answer.

The values themselves are in `replies.shapes`; this is the door through which JSON becomes rules. What has not their shape is for `replies.misfits`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import msgspec

from intents.keywords import Mode, comparable
from intents.regexes import fault_of
from intents.text import normal
from intents.typos import TYPO_LIMIT
from replies.faults import FAULTS_LIMIT, RuleFault
from replies.hours import Hours, faults_of_hours
from replies.misfits import fitting, misfits
from replies.shapes import BYTES_LIMIT, PATTERN_CHARACTERS_LIMIT, RULES_LIMIT, TEMPLATED, Message, Pattern, Rule, Rules
from replies.templates import compile_template, has_braces, longest

__all__ = ["FAULTS_LIMIT", "Rule", "RuleFault", "Rules", "faults_of", "parse_rules"]


def parse_rules(source: bytes | str | Sequence[object]) -> Rules:
    """A rule set from JSON text or from JSON already decoded: an array of rules.

    Raises:
        RuleFault: the first fault of the set, with up to `FAULTS_LIMIT` in all; nothing of a faulty set is used.
    """
    entries = _entries(source)
    faults: list[RuleFault] = []
    rules: dict[int, Rule] = {}
    for place, entry in enumerate(entries):
        try:
            rules[place] = msgspec.convert(entry, Rule)
        except msgspec.ValidationError:
            found = _of_a_misfit(entry)
        else:
            found = faults_of(rules[place])
        faults += [fault.under(f"[{place}]") for fault in islice(found, FAULTS_LIMIT)]
        if len(faults) >= FAULTS_LIMIT:
            break
    faults += _of_the_set(rules)
    if faults:
        raise RuleFault.of(faults[:FAULTS_LIMIT])
    return tuple(rules.values())


def faults_of(rule: Rule) -> Iterator[RuleFault]:
    """What is wrong with one well-shaped rule."""
    yield from _of_when(rule)
    yield from _of_layer(rule)
    if rule.hours is not None:
        yield from (fault.under(".hours") for fault in faults_of_hours(rule.hours))
    for place, message in enumerate(rule.reply.messages):
        yield from (fault.under(f".reply.messages[{place}]") for fault in _of_message(message))
    yield from _of_acts(rule)


def _of_a_misfit(entry: object) -> Iterator[RuleFault]:
    """What is wrong with the shape of a rule, and with the contents of those of its parts that have theirs."""
    yield from misfits(entry, Rule)
    for path, part in fitting(entry, Rule, (Pattern, Hours, *TEMPLATED)):
        if isinstance(part, Pattern):
            found: Iterable[RuleFault] = [fault] if (fault := _of_pattern(part)) else []
        else:
            found = faults_of_hours(part) if isinstance(part, Hours) else _of_message(part)
        yield from (fault.under(path) for fault in found)


def _entries(source: bytes | str | Sequence[object]) -> list[Any]:
    """The rules, undecoded or not, as plain JSON values that are surely text people can be sent."""
    try:
        data = source.encode() if isinstance(source, str) else source if isinstance(source, bytes) else msgspec.json.encode(source)
        if len(data) > BYTES_LIMIT:
            size = BYTES_LIMIT // 1_048_576
            raise RuleFault("", f"规则文件超过 {size} MiB。", f"The rule set is larger than {size} MiB.")
        entries = msgspec.json.decode(data)
    except (UnicodeError, msgspec.MsgspecError, RecursionError, TypeError) as error:
        raise RuleFault("", f"不是有效的 JSON：{error}", f"Not valid JSON: {error}") from error
    if not isinstance(entries, list):
        raise RuleFault("", "规则应是一个列表。", "A rule set is an array of rules.")
    if len(entries) > RULES_LIMIT:
        raise RuleFault("", f"规则有 {len(entries)} 条，最多 {RULES_LIMIT} 条。", f"There are {len(entries)} rules; at most {RULES_LIMIT}.")
    return entries


def _of_when(rule: Rule) -> Iterator[RuleFault]:
    for group, patterns in (("any", rule.when.any), ("none", rule.when.none)):
        for place, pattern in enumerate(patterns):
            if fault := _of_pattern(pattern):
                yield fault.under(f".when.{group}[{place}]")
    for place, question in enumerate(rule.when.similar):
        if not normal(question):
            yield RuleFault(f".when.similar[{place}]", "这个问法没有可匹配的字。", "This question has no character to match.")


def _of_pattern(pattern: Pattern) -> RuleFault | None:
    if pattern.mode is Mode.SIMILAR:
        zh, en = "相似问法写在 when.similar 里，不是一种关键词。", "Similar questions stand in when.similar; they are not a keyword mode."
        return RuleFault(".mode", zh, en)
    if pattern.mode is Mode.REGEX and (wrong := fault_of(pattern.text)):
        return RuleFault(".text", f"这个正则表达式不能用（RE2）：{wrong}。", f"This expression cannot be used (RE2): {wrong}.")
    if pattern.mode is Mode.TYPO and len(normal(pattern.text)) > TYPO_LIMIT:
        zh, en = f"容错匹配的关键词最多 {TYPO_LIMIT} 字。", f"A pattern of the mode typo has at most {TYPO_LIMIT} characters."
        return RuleFault(".text", zh, en)
    if not comparable(pattern.keyword()):
        return RuleFault(".text", "这个关键词没有可匹配的字。", "This pattern has no character to match.")
    return None


def _of_layer(rule: Rule) -> Iterator[RuleFault]:
    """What each layer needs and what would make a rule of it never speak."""
    if rule.layer == "keyword" and not (rule.when.any or rule.when.similar):
        yield RuleFault(".when.any", "关键词规则至少要有一个关键词。", "A keyword rule needs at least one pattern.")
    if rule.layer in {"follow", "waiting"} and (rule.when.any or rule.when.none or rule.when.similar):
        zh, en = "这一层没有消息可以匹配，不能写关键词。", f"The layer {rule.layer} hears no message, so it takes no patterns."
        yield RuleFault(".when", zh, en)
    if rule.layer == "waiting" and rule.after_s is None:
        yield RuleFault(".after_s", "排队提醒要写等多少秒之后说。", "A waiting rule needs the seconds after which it speaks.")
    if rule.layer != "waiting" and rule.after_s is not None:
        yield RuleFault(".after_s", "只有排队提醒才有等待秒数。", "Only a waiting rule speaks after a while.")


def _of_acts(rule: Rule) -> Iterator[RuleFault]:
    if rule.then.invite is not None and "group" in rule.where and rule.reply.visible == "room":
        zh = "邀请只能私下给：去掉“小组”，或让回复只给提问的人看（reply.visible: asker）。"
        yield RuleFault(".then.invite", zh, "An invitation is for one person: not where group, unless reply.visible is asker.")
    if rule.then.team is not None and not rule.then.hand_off:
        yield RuleFault(".then.team", "指定了客服分组，就要同时转人工。", "A team only makes sense with hand_off.")
    if not rule.reply.messages and not rule.then.hand_off:
        yield RuleFault(".reply.messages", "这条规则什么也不说，也不转人工。", "This rule says nothing and hands nothing off.")


def _of_message(message: Message) -> Iterator[RuleFault]:
    limits = TEMPLATED[type(message)]
    for member in message.__struct_fields__:
        value = getattr(message, member)
        if not isinstance(value, str):
            continue
        if member in limits:
            yield from (fault.under(f".{member}") for fault in _of_template(value, limits[member]))
        elif has_braces(value):
            yield RuleFault(f".{member}", "这里不能用花括号模板。", "No template braces here.")
    for place, choice in enumerate(getattr(message, "choices", ())):
        if has_braces(choice.label) or has_braces(choice.send):
            yield RuleFault(f".choices[{place}]", "选项里不能用花括号模板。", "No template braces in choices.")


def _of_template(text: str, limit: int) -> Iterator[RuleFault]:
    try:
        template = compile_template(text)
    except RuleFault as fault:
        yield fault
        return
    if longest(template) > limit:
        zh, en = f"填上名字后可能超过 {limit} 字。", f"With the names filled in this may pass {limit} characters."
        yield RuleFault("", zh, en)


def _of_the_set(rules: Mapping[int, Rule]) -> Iterator[RuleFault]:
    """What is wrong with rules together, by their places; each of them has the shape of a rule."""
    seen: Counter[str] = Counter()
    characters = 0
    for place, rule in rules.items():
        seen[rule.id] += 1
        if seen[rule.id] == 2:
            yield RuleFault(f"[{place}].id", f"规则编号“{rule.id}”重复了。", f"The id {rule.id!r} is used twice.")
        characters += sum(len(pattern.text) for pattern in (*rule.when.any, *rule.when.none)) + sum(map(len, rule.when.similar))
    if characters > PATTERN_CHARACTERS_LIMIT:
        zh, en = f"关键词合计超过 {PATTERN_CHARACTERS_LIMIT} 字。", f"The patterns together pass {PATTERN_CHARACTERS_LIMIT} characters."
        yield RuleFault("", zh, en)
