"""Rules that another one always beats, and questions that another rule answers: told by the engine itself."""

from collections.abc import Iterator, Sequence
from itertools import islice

from intents.keywords import Mode
from intents.similar import SURE, SimilarIndex, Subject
from intents.text import normal
from replies.compiled import ReadyRule
from replies.decision import Candidate, Reason
from replies.finding import Code, Finding, Severity
from replies.probes import BEFORE, Asked, Asking, bare, texts_of

_ESCAPES = 8
"""How many ways around what keeps a stronger rule silent are tried."""

_NEIGHBOURS = 20
"""Questions of a rule that one question is compared with."""

_EACH = 5
"""What comparing with one of them costs, in the measure of `Asking`."""


def of_winners(asking: Asking) -> Iterator[Finding]:
    """Every enabled rule is asked with its own patterns and questions, as far as the budget goes."""
    for place, ready in enumerate(asking.rules.rules):
        if asking.spent:
            left = len(asking.rules.rules) - place
            yield Finding(
                code=Code.NOT_ALL_CHECKED,
                severity="hint",
                path=f"rules[{place}]",
                zh=f"规则太多、太像，从这里起的 {left} 条没有检查是否会被别的规则压住。",
                en=f"The rules are too many and too alike: the {left} from here on were not checked for being beaten by others.",
            )
            return
        if ready.rule.enabled:
            yield from _of_rule(asking, ready, f"rules[{place}]")


def _of_rule(asking: Asking, ready: ReadyRule, path: str) -> Iterator[Finding]:
    """Its questions are all asked, for what else they tell; the rest only until the rule has won once."""
    wins = any(pattern.mode is Mode.REGEX for pattern in ready.rule.when.any)
    beaten_by: ReadyRule | None = None
    for number, question in enumerate(ready.rule.when.similar):
        asked = asking.ask(ready, question)
        if asked is None or asking.spent:
            return
        yield from _of_question(asking, ready, asked, question, f"{path}.when.similar[{number}]")
        if not wins:
            wins, by = _fate(asking, ready, asked, question)
            beaten_by = beaten_by or by
    for text in _probes(ready):
        asked = None if wins else asking.ask(ready, text)
        if asked is None or asking.spent:
            return
        wins, by = _fate(asking, ready, asked, text)
        beaten_by = beaten_by or by
    if beaten_by is not None and not wins:
        yield _never_wins(ready, beaten_by, path)


def _probes(ready: ReadyRule) -> Iterator[str]:
    """What a rule is asked with beside its questions."""
    when = ready.rule.when
    if not when.any and not when.similar:
        yield BEFORE
    for pattern in when.any:
        yield from texts_of(pattern)


def _fate(asking: Asking, ready: ReadyRule, asked: Asked, text: str) -> tuple[bool, ReadyRule | None]:
    """Whether a text, or it and something more, shows that the rule can win; and else what beats it. A rule that silences itself shows neither."""
    if _speaks(ready, asked):
        return True, None
    if _is_refused(ready, asked):
        return False, None
    beaters = asking.beaters(ready, asked)
    if not beaters:
        return True, None
    for extra in _escapes(beaters):
        again = asking.ask(ready, f"{text} {extra}")
        if again is not None and (_speaks(ready, again) or not (asking.beaters(ready, again) or _is_refused(ready, again))):
            return True, None
    return False, beaters[0]


def _speaks(ready: ReadyRule, asked: Asked) -> bool:
    return ready.rule.id in asked.winners or ready.rule.id in asked.choices


def _is_refused(ready: ReadyRule, asked: Asked) -> bool:
    return any(one.rule == ready.rule.id and one.blocked is not None for one in asked.candidates)


def _escapes(beaters: Sequence[ReadyRule]) -> Iterator[str]:
    """What may be said besides to silence all of these rules at once by their own `none`; nothing where one of them has none."""
    silencers = [[pattern.text for pattern in one.rule.when.none if pattern.mode is not Mode.REGEX] for one in beaters]
    if all(silencers):
        longest = max(map(len, silencers))
        for number in range(min(longest, _ESCAPES)):
            yield " ".join(dict.fromkeys(texts[number % len(texts)] for texts in silencers))


def _of_question(asking: Asking, ready: ReadyRule, asked: Asked, question: str, path: str) -> Iterator[Finding]:
    """Who answers a question of this rule, word for word, and who would if it were not there."""
    rule = ready.rule
    if any(one.rule == rule.id and one.blocked is Reason.NONE for one in asked.candidates):
        zh, en = f"问“{question}”时，本规则自己的“不包含”让它沉默。", f"Asked {question!r}, the rule is kept silent by its own `none`."
        yield Finding(code=Code.NONE_CANCELS, severity="warning", path=path, rule=rule.id, zh=zh, en=en)
        return
    others = [one for one in asked.candidates if one.rule != rule.id and one.layer == "keyword" and one.blocked is None]
    if rule.layer != "keyword" or not others:
        return
    if not _speaks(ready, asked):
        yield _taken(ready, others[0], question, path)
        return
    near = next((one for one in others if one.mode is Mode.SIMILAR and one.score >= SURE), None)
    if near is not None and bare(asking.rules.index, near.pattern) != bare(asking.rules.index, question):
        yield from _near(asking, ready, near, question, path)


def _near(asking: Asking, ready: ReadyRule, near: Candidate, question: str, path: str) -> Iterator[Finding]:
    """Whether a question resembles another rule's question more than the other ones of its own rule (leave one out)."""
    form = normal(question)
    ours = tuple(islice((one for one in ready.rule.when.similar if normal(one) != form), _NEIGHBOURS))
    if ours:
        asking.charge(_EACH * len(ours))
        ranked = SimilarIndex({0: Subject(ours), 1: Subject((near.pattern,))}, asking.rules.index.segmenter).rank(form)
        if ranked and ranked[0].subject == 1:
            zh = f"问法“{question}”更像规则“{near.name}”的“{near.pattern}”，而不像本规则的其他问法。"
            en = f"The question {question!r} is nearer to {near.pattern!r} of the rule {near.rule!r} than to the others of its own."
            yield _nearer(ready, near, path, "warning", zh, en)
    else:
        zh = f"问法“{question}”与规则“{near.name}”的“{near.pattern}”很像，请再写几个问法或关键词把它们分开。"
        en = f"The question {question!r} is close to {near.pattern!r} of the rule {near.rule!r}: more questions or a keyword would tell them apart."
        yield _nearer(ready, near, path, "hint", zh, en)


def _taken(ready: ReadyRule, by: Candidate, question: str, path: str) -> Finding:
    if by.mode is Mode.SIMILAR:
        zh = f"问“{question}”时，更像规则“{by.name}”的“{by.pattern}”，会由那条回答。"
        en = f"The question {question!r} is nearer to {by.pattern!r} of the rule {by.rule!r}, which answers it."
        return _nearer(ready, by, path, "warning", zh, en)
    return Finding(
        code=Code.ANSWERED_BY_OTHER,
        severity="warning",
        path=path,
        rule=ready.rule.id,
        other=by.rule,
        zh=f"问“{question}”时，回答的是规则“{by.name}”的关键词“{by.pattern}”。",
        en=f"The question {question!r} is answered by the rule {by.rule!r} and its pattern {by.pattern!r}.",
    )


def _nearer(ready: ReadyRule, to: Candidate, path: str, severity: Severity, zh: str, en: str) -> Finding:
    return Finding(code=Code.NEARER_TO_OTHER, severity=severity, path=path, rule=ready.rule.id, other=to.rule, zh=zh, en=en)


def _never_wins(ready: ReadyRule, by: ReadyRule, path: str) -> Finding:
    rest = by.rule.cooldown_s
    zh_rest, en_rest = (f"，除非那条刚说过（{rest} 秒内）", f", except within {rest} s after that one spoke") if rest else ("", "")
    return Finding(
        code=Code.NEVER_WINS,
        severity="warning",
        path=path,
        rule=ready.rule.id,
        other=by.rule.id,
        zh=f"这条规则永远轮不到：凡是它的关键词，规则“{by.rule.name}”都更优先{zh_rest}。",
        en=f"This rule can never win: whatever it listens for, the rule {by.rule.id!r} comes first{en_rest}.",
    )
