"""What is wrong with patterns and questions as they stand: said twice, too short, cut up, matching everything, silencing themselves."""

from collections.abc import Iterator
from typing import NamedTuple

from intents.keywords import KeywordIndex, Mode
from intents.sounds import sounds
from intents.text import normal
from intents.words import BRIDGES, NEGATORS, PARTICLES, is_mark
from replies.compiled import ReadyRule, RuleSet
from replies.finding import Code, Finding, Severity
from replies.probes import Asking, bare, texts_of
from replies.shapes import Pattern

_SAMPLES = ("在吗", "嗯嗯", "谢谢老板", "衣服有没有大一点的尺码呀", "我昨天买的那个杯子今天可以寄出来么, 比较着急", "便宜点")
"""Messages with hardly a character in common, short and long: what holds in all of them holds in everything."""

_FILLERS = NEGATORS | PARTICLES | BRIDGES
_SEARCHED = frozenset({Mode.CONTAINS, Mode.ALL, Mode.TYPO, Mode.PINYIN})


class _Placed(NamedTuple):
    """A pattern, whose it is and where it stands."""

    ready: ReadyRule
    path: str
    pattern: Pattern


def of_patterns(asking: Asking) -> Iterator[Finding]:
    """Every pattern of every rule that is switched on."""
    index = asking.rules.index
    everything = _matching_everything(asking.rules)
    first: dict[tuple[str, Mode, str], ReadyRule] = {}
    told: set[str] = set()
    for place, ready in enumerate(asking.rules.rules):
        if not ready.rule.enabled:
            continue
        path = f"rules[{place}].when"
        heard = [_Placed(ready, f"{path}.any[{number}]", pattern) for number, pattern in enumerate(ready.rule.when.any)]
        refused = [_Placed(ready, f"{path}.none[{number}]", pattern) for number, pattern in enumerate(ready.rule.when.none)]
        yield from _alike(index, heard, first)
        for one in [*heard, *refused]:
            yield from _too_short(one)
            yield from _cut_up(index, one, told)
            if one.pattern.mode is Mode.REGEX and one.pattern.text in everything:
                zh, en = f"正则“{one.pattern.text}”几乎对每句话都成立。", f"The expression {one.pattern.text!r} holds in nearly every message."
                yield _finding(Code.MATCHES_EVERYTHING, "warning", one, zh, en)
        if refused:
            yield from _cancelled(asking, heard, path)


def of_questions(rules: RuleSet) -> Iterator[Finding]:
    """The same question in two rules."""
    first: dict[str, ReadyRule] = {}
    for place, ready in enumerate(rules.rules):
        if not ready.rule.enabled or ready.rule.layer != "keyword":
            continue
        for number, question in enumerate(ready.rule.when.similar):
            owner = first.setdefault(bare(rules.index, question), ready)
            if owner is not ready and _may_meet(owner, ready):
                yield Finding(
                    code=Code.SAME_QUESTION,
                    severity="warning",
                    path=f"rules[{place}].when.similar[{number}]",
                    rule=ready.rule.id,
                    other=owner.rule.id,
                    zh=f"问法“{question}”在规则“{owner.rule.name}”里也有。",
                    en=f"The question {question!r} stands in the rule {owner.rule.id!r} too.",
                )


def _alike(index: KeywordIndex, heard: list[_Placed], first: dict[tuple[str, Mode, str], ReadyRule]) -> Iterator[Finding]:
    """The same pattern again, in the same rule or in one before it."""
    own: set[tuple[Mode, str]] = set()
    for one in heard:
        ready, pattern = one.ready, one.pattern
        form = (pattern.mode, _form(index, pattern))
        owner = first.setdefault((ready.rule.layer, *form), ready)
        if form in own:
            yield _finding(Code.REPEATED, "hint", one, f"关键词“{pattern.text}”在本规则里写了两次。", f"The pattern {pattern.text!r} is given twice.")
        elif owner is not ready and _may_meet(owner, ready):
            severity: Severity = "warning" if owner.rule.hours == ready.rule.hours else "hint"
            zh = f"关键词“{pattern.text}”在规则“{owner.rule.name}”里也有（匹配方式相同）。"
            en = f"The pattern {pattern.text!r} stands in the rule {owner.rule.id!r} too, in the same mode."
            yield _finding(Code.SAME_PATTERN, severity, one, zh, en, other=owner.rule.id)
        own.add(form)


def _form(index: KeywordIndex, pattern: Pattern) -> str:
    """What two patterns of one mode have in common when they hold in the same messages."""
    text = normal(pattern.text)
    if pattern.mode is Mode.REGEX:
        return pattern.text
    if pattern.mode is Mode.ALL:
        return " ".join(sorted(set(text.split(" "))))
    if pattern.mode is Mode.PINYIN:
        return "\n".join(sounds(text))
    if pattern.mode is Mode.EXACT:
        return bare(index, text)
    words = {word for word in index.read(text).words if not is_mark(word)} if pattern.mode is Mode.WORDS else NEGATORS
    return text if words & NEGATORS else " ".join(sorted(words))  # where something is negated, the order counts


def _too_short(one: _Placed) -> Iterator[Finding]:
    text = normal(one.pattern.text)
    if one.pattern.mode in _SEARCHED and len(text) == 1 and text.isalnum():
        zh = f"关键词“{one.pattern.text}”只有一个字，会在许多不相干的话里出现。"
        en = f"The pattern {one.pattern.text!r} is one character, which stands in many messages about something else."
        yield _finding(Code.ONE_CHARACTER, "warning", one, zh, en)


def _cut_up(index: KeywordIndex, one: _Placed, told: set[str]) -> Iterator[Finding]:
    """A word of a `words` pattern that the segmenter takes for several, told once for a set."""
    for part in normal(one.pattern.text).split(" ") if one.pattern.mode is Mode.WORDS else ():
        words = [word for word in index.read(part).words if not is_mark(word) and word not in _FILLERS]
        if len(words) > 1 and part not in told:
            told.add(part)
            zh = f"分词会把“{part}”拆成“{' / '.join(words)}”，各自匹配；如果它是一个词，可以加到账号词库。"
            en = f"The segmenter cuts {part!r} into {' / '.join(words)}, each compared on its own; if it is one word, add it to the account's words."
            yield _finding(Code.SPLIT_WORD, "hint", one, zh, en, words=(part,))


def _matching_everything(rules: RuleSet) -> frozenset[str]:
    """The expressions that hold in all samples."""
    held = [{hit.keyword for hit in rules.index.find(rules.index.read(sample)) if hit.mode is Mode.REGEX} for sample in _SAMPLES]
    return frozenset(rules.owners[number].pattern.text for number in set.intersection(*held))


def _cancelled(asking: Asking, heard: list[_Placed], path: str) -> Iterator[Finding]:
    """A pattern that stands in what its own rule refuses, wherever it stands."""
    for one in heard:
        if asking.spent:
            return
        refusals = [_refusing(asking, one.ready, text) for text in texts_of(one.pattern)]
        numbers = set.intersection(*refusals) if refusals else set()
        if numbers:
            none = one.ready.rule.when.none[min(numbers)]
            zh = f"“不包含”里的“{none.text}”让本规则的关键词“{one.pattern.text}”永远不起作用。"
            en = f"{none.text!r} in `none` cancels the rule's own pattern {one.pattern.text!r}."
            yield _finding(Code.NONE_CANCELS, "warning", one._replace(path=f"{path}.none[{min(numbers)}]"), zh, en)


def _refusing(asking: Asking, ready: ReadyRule, text: str) -> set[int]:
    """The patterns of a rule's `none` that hold in a text, by number."""
    hits = asking.rules.index.find(asking.rules.index.read(text))
    asking.charge(len(hits))
    owners = [asking.rules.owners[hit.keyword] for hit in hits]
    return {ready.rule.when.none.index(owner.pattern) for owner in owners if owner.negative and owner.ready is ready}


def _may_meet(one: ReadyRule, other: ReadyRule) -> bool:
    """Whether there is a place and a channel where both may speak."""
    if set(one.rule.where).isdisjoint(other.rule.where):
        return False
    return not one.rule.channels or not other.rule.channels or not set(one.rule.channels).isdisjoint(other.rule.channels)


def _finding(code: Code, severity: Severity, one: _Placed, zh: str, en: str, *, other: str | None = None, words: tuple[str, ...] = ()) -> Finding:
    return Finding(code=code, severity=severity, path=one.path, rule=one.ready.rule.id, other=other, zh=zh, en=en, words=words)
