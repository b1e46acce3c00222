"""What one decision adds to the statistics: which rules were heard, spoke, and what the buyer did next.

Pure, and made of nothing but the decision and what was remembered before it, so that carrying out one decision twice counts
the same. `docs/rules.md` tells sellers what each figure means.
"""

import re
from datetime import datetime, tzinfo
from functools import lru_cache

import msgspec

from intents.synonyms import canonical
from replies.compiled import RuleSet
from replies.decision import Decision, Heard, Memory, Reason
from replies.shapes import Layer

FOLLOW_UP_MS = 300_000
"""For so long after an answer what the buyer writes next says whether it helped."""

_QUARTER_MS = 900_000
"""Every zone's days begin at a multiple of this."""

_HEARD = frozenset({None, Reason.COOLDOWN})
"""A rule whose condition held and that was only beaten, or spoke just now."""

_NODS = re.compile("(?:好|好滴|好吧|好哒|行|可以|收到|知道|明白|了解|懂|对|是|在|ok|没事|没问题|没关系|不用|不客气|再见|拜拜|88)+")
"""What only takes an answer in, as `canonical` leaves it."""

QUESTION, TEXT = 60, 100
"""Characters that are kept of a question nobody answered: as it is compared, and as it was written."""

_UNKNOWN = frozenset({Reason.NO_ANSWER, Reason.DEFAULT_LIMIT, Reason.UNANSWERED, Reason.NO_RULES})


class RuleCount(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of one rule on one day, `2026-11-23`."""

    rule: str
    day: str
    heard: int = 0
    answered: int = 0
    handed_off: int = 0
    asked_again: int = 0


class Tally(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one decision adds: to the account's day, if it was about a message, and to rules.

    `outcome`: `answered`, `choices`, `handed_off` or `silent`; None where nobody had written. `unanswered`: no rule knew the answer;
    then `question` is what was asked, as questions are compared, and `text` as it was written; "" where nothing was asked.
    """

    account: str
    day: str
    outcome: str | None = None
    unanswered: bool = False
    rules: tuple[RuleCount, ...] = ()
    question: str = ""
    text: str = ""


def tally(account: str, zone: tzinfo, rules: RuleSet, heard: Heard, decision: Decision, before: Memory, now: int) -> tuple[Tally, Memory]:
    """What a decision adds, and the decision's memory with what must be known to judge the next message.

    `before` is the memory the decision was made with, `now` its moment in milliseconds UTC.
    """
    trace, day = decision.trace, day_of(zone, now)
    spoke = tuple(dict.fromkeys(said.rule for said in decision.says if said.rule in trace.winners))
    counts = _of_now(decision, spoke, day)
    if heard.event != "message" or heard.recalled:
        return Tally(account, day, rules=counts), decision.memory
    earlier, asks = _earlier(before, now), _asks(decision, before)
    unknown = _unknown(rules, decision, spoke)
    if earlier:
        counts += _of_earlier(decision, earlier, () if unknown else spoke, day_of(zone, before.answered_at), asks=asks)
    named = "answered" if decision.outcome == "answer" else "handed_off" if decision.hand_off else decision.outcome
    question = _question(decision) if unknown else ""
    told = Tally(account, day, named, unknown, counts, question, " ".join(heard.text.split())[:TEXT] if question else "")
    return told, _remembering(decision, before, spoke if asks or not earlier else (), now, asks=asks)


@lru_cache(maxsize=1_000)
def _day(zone: tzinfo, quarter: int) -> str:
    return datetime.fromtimestamp(quarter * _QUARTER_MS / 1_000, zone).date().isoformat()


def day_of(zone: tzinfo, at: int) -> str:
    """The day of a moment in milliseconds UTC, as `2026-11-23`."""
    return _day(zone, at // _QUARTER_MS)


def _of_now(decision: Decision, spoke: tuple[str, ...], day: str) -> tuple[RuleCount, ...]:
    heard = [candidate.rule for candidate in decision.trace.candidates if candidate.blocked in _HEARD]
    won = decision.trace.winners if decision.hand_off else ()
    return tuple(RuleCount(rule, day, 1, int(rule in spoke), int(rule in won)) for rule in dict.fromkeys(heard))


def _earlier(before: Memory, now: int) -> tuple[str, ...]:
    return before.answered if now - before.answered_at < FOLLOW_UP_MS else ()


def _asks(decision: Decision, before: Memory) -> bool:
    """Whether anything but politeness and a nod was said. Looked at only where it makes a difference."""
    if not before.answered:
        return False
    return bool(_question(decision))


def _question(decision: Decision) -> str:
    """What was said besides politeness, as questions are compared; "" where that is nothing, or a nod."""
    said = "".join(char for char in canonical(decision.trace.normal) if char.isalnum())
    return "" if _NODS.fullmatch(said) else said[:QUESTION]


def _of_earlier(decision: Decision, earlier: tuple[str, ...], knew: tuple[str, ...], day: str, *, asks: bool) -> tuple[RuleCount, ...]:
    """What the buyer's next message says of the answer before it; `knew`: the rules that answered it, other than a mere `default`."""
    known = {*knew, *decision.trace.choices}
    again = [asks and (not known or rule in known) for rule in earlier]
    counts = [RuleCount(rule, day, handed_off=int(decision.hand_off), asked_again=int(once)) for rule, once in zip(earlier, again, strict=True)]
    return tuple(count for count in counts if count.handed_off or count.asked_again)


def _unknown(rules: RuleSet, decision: Decision, spoke: tuple[str, ...]) -> bool:
    """Whether no rule knew what was asked. Who is only greeted, as whoever writes for the first time, has no answer yet."""
    if decision.reason in _UNKNOWN:
        return True
    if not spoke or not _of_layers(rules, "default", "first").issuperset(spoke):
        return False
    return _of_layers(rules, "default").issuperset(spoke) or bool(_question(decision))


def _of_layers(rules: RuleSet, *layers: Layer) -> set[str]:
    return {ready.rule.id for layer in layers for ready in rules.layers.get(layer, ())}


def _remembering(decision: Decision, before: Memory, spoke: tuple[str, ...], now: int, *, asks: bool) -> Memory:
    """An answer opens the question whether it helped; the next message that asks something, or calls people, closes it."""
    memory = decision.memory
    if spoke:
        return msgspec.structs.replace(memory, answered=spoke, answered_at=now)
    closed = before.answered and (asks or decision.hand_off)
    return msgspec.structs.replace(memory, answered=(), answered_at=0) if closed else memory
