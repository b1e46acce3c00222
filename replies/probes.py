"""Asking the engine on behalf of one rule: would it ever be that rule that speaks?

A rule is asked with its own patterns and questions, alone and between characters that mean nothing, in a place and at a moment
where it may speak. What speaks instead beats it for good only where it may speak everywhere the rule may.
"""

from collections.abc import Iterator

import msgspec

from intents.keywords import KeywordIndex, Mode
from intents.words import core
from replies.compiled import ReadyRule, RuleSet
from replies.decision import Candidate, Context, Event, Heard
from replies.engine import decide
from replies.shapes import Layer, Pattern

BEFORE, AFTER = "㐀", "㐁"
"""Two characters that nobody writes."""

BUDGET = 2_000_000
"""What may be spent on one set: each question costs `_EACH`, and `_CONCERNED` for each rule it concerns. Ten seconds or so at most."""

_EACH, _CONCERNED = 20, 3
_REMEMBERED = 10_000
_LAST: frozenset[Layer] = frozenset({"offhours", "default"})
"""The layers that speak only where none before them does."""

_EVENTS: dict[Layer, Event] = {"follow": "follow", "waiting": "waiting"}
"""The layers that hear no message."""


class _Stage(msgspec.Struct, frozen=True):
    """Where a rule is asked: what it needs to be allowed to speak, and no more."""

    layer: Layer
    group: bool
    channel: str
    tag: str
    now: int
    after_s: int


class Asked(msgspec.Struct, frozen=True):
    """What came of asking: who speaks, who is offered, and who was considered, the strongest first, as far as traced."""

    winners: tuple[str, ...]
    choices: tuple[str, ...]
    candidates: tuple[Candidate, ...]


class Asking:
    """Asks one rule set about its own rules, until the budget is spent. `now` in milliseconds UTC."""

    def __init__(self, rules: RuleSet, now: int) -> None:
        self.rules = rules
        self.left = BUDGET
        self._by_id = {ready.rule.id: ready for ready in rules.rules}
        self._now = now
        self._known: dict[tuple[str, _Stage], Asked] = {}

    @property
    def spent(self) -> bool:
        """Whether nothing more can be asked."""
        return self.left <= 0

    def charge(self, concerned: int) -> None:
        """Count one look at the set, which concerned so many patterns or rules."""
        self.left -= _EACH + _CONCERNED * concerned

    def ask(self, ready: ReadyRule, text: str) -> Asked | None:
        """What a text would come to where this rule may speak; None where it never may."""
        now = self._now if ready.opening is None else ready.opening.next_open(self._now)
        if now is None:
            return None
        stage = _stage(ready, now)
        known = self._known.get((text, stage))
        if known is None:
            trace = decide(self.rules, *_on(stage, text), now).trace
            self.charge(len(trace.candidates) + trace.more)
            known = Asked(trace.winners, trace.choices, trace.candidates)
            if len(self._known) < _REMEMBERED:
                self._known[text, stage] = known
        return known

    def beaters(self, ready: ReadyRule, asked: Asked) -> list[ReadyRule]:
        """The rules that were stronger, and may speak wherever this one may."""
        found: list[ReadyRule] = []
        for candidate in asked.candidates:
            if candidate.rule == ready.rule.id:
                break
            other = self._by_id[candidate.rule]
            if candidate.blocked is None and _competes(other, ready) and covers(other, ready):
                found.append(other)
        return found


def texts_of(pattern: Pattern) -> Iterator[str]:
    """Messages in which a pattern holds: itself, and itself among other things; nothing for an expression, which is no text."""
    if pattern.mode is Mode.REGEX:
        return
    yield pattern.text
    if pattern.mode is not Mode.EXACT:
        yield f"{BEFORE} {pattern.text} {AFTER}"


def bare(index: KeywordIndex, question: str) -> str:
    """A question without its marks and politeness: two that come to the same are the same question."""
    return core(index.read(question).words)[2]


def covers(other: ReadyRule, ready: ReadyRule) -> bool:
    """Whether a rule may speak wherever and whenever another one may. Cooldowns are left out."""
    wide, narrow = other.rule, ready.rule
    return (
        set(narrow.where) <= set(wide.where)
        and (wide.unaddressed or not narrow.unaddressed or "group" not in narrow.where)
        and _within(narrow.channels, wide.channels)
        and _within(narrow.audience.tags, wide.audience.tags)
        and (wide.hours is None or wide.hours == narrow.hours)
    )


def _within(narrow: tuple[str, ...], wide: tuple[str, ...]) -> bool:
    """Whether one condition lets nothing in that the other keeps out; an empty one lets everything in."""
    return not wide or (bool(narrow) and set(narrow) <= set(wide))


def _competes(other: ReadyRule, ready: ReadyRule) -> bool:
    """Whether only one of the two can speak: not a greeting beside an answer, nor reminders of different moments."""
    if other.rule.layer != ready.rule.layer:
        return ready.rule.layer in _LAST
    return other.rule.after_s == ready.rule.after_s


def _stage(ready: ReadyRule, now: int) -> _Stage:
    rule = ready.rule
    return _Stage(
        layer=rule.layer,
        group="direct" not in rule.where,
        channel=rule.channels[0] if rule.channels else "",
        tag=rule.audience.tags[0] if rule.audience.tags else "",
        now=now,
        after_s=rule.after_s or 0,
    )


def _on(stage: _Stage, text: str) -> tuple[Heard, Context]:
    heard = Heard(
        text=text,
        event=_EVENTS.get(stage.layer, "message"),
        place="group" if stage.group else "direct",
        addressed=stage.group,
        first=stage.layer == "first",
        message_id="lint",
    )
    context = Context(
        desk="waiting" if stage.layer == "waiting" else "bot",
        waiting_since=stage.now - stage.after_s * 1_000,
        account_open=stage.layer != "offhours",
        channel=stage.channel,
        buyer_tags=frozenset({stage.tag} if stage.tag else ()),
    )
    return heard, context
