"""How the memory of a conversation moves on: what was heard, what was said, what stayed unanswered."""

import re
from collections.abc import Iterable, Sequence
from hashlib import blake2b

from msgspec.structs import replace

from replies.decision import Memory
from replies.guards import CAP_WINDOW_MS
from replies.shapes import Rule

REPEAT_WINDOW_MS = 3_600_000
"""How long the last answer counts as the one before."""

DEFAULT_EVERY_MS = 3_600_000
"""At most one `default` answer per conversation in this time."""

UNANSWERED_LIMIT = 2
"""Messages in a row without an answer before people are called."""

_HEARD_KEPT = 16
_HEARD_FOR_MS = 600_000
"""How many different messages, and for how long, count as heard before."""

_DIGITS = re.compile(r"\d+")


def fingerprint(normal: str) -> str:
    """A short name of a message for telling repetition; figures are left out, as a clock or a counter changes nothing."""
    return blake2b(_DIGITS.sub("0", normal).encode(), digest_size=6).hexdigest() if normal else ""


def hearing(memory: Memory, heard: str, now: int) -> Memory:
    """The memory with one more message heard, by its fingerprint; "" is a message without words.

    `pair` counts the turns since the other side last said anything new: a message heard before, after we spoke again.
    """
    stale = now - memory.heard_at >= _HEARD_FOR_MS
    known = () if stale else memory.heard
    pair = 0 if stale else memory.pair
    if heard and heard not in known:
        pair = 0
    elif heard and memory.last_at > memory.pair_at:
        pair += 1
    if heard:
        known = (heard, *(one for one in known if one != heard))[:_HEARD_KEPT]
    return replace(memory, heard=known, heard_at=now, pair=pair, pair_at=memory.last_at)


def answering(memory: Memory, rules: Sequence[Rule], said: str, now: int) -> Memory:
    """The memory after these rules spoke; `said` is the fingerprint of the answer. Only a `default` leaves the question open."""
    cooldowns = {rule: until for rule, until in memory.cooldowns.items() if until > now}
    turns = dict(memory.turns)
    for rule in rules:
        if rule.cooldown_s:
            cooldowns[rule.id] = now + rule.cooldown_s * 1_000
        if rule.reply.choose == "rotate":
            turns[rule.id] = turns.get(rule.id, 0) + 1
    by_default = any(rule.layer == "default" for rule in rules)
    return replace(
        memory,
        cooldowns=cooldowns,
        turns=turns,
        said_at=_recent(memory, len(rules), now),
        default_at=now if by_default else memory.default_at,
        unanswered=memory.unanswered + 1 if by_default else 0,
        last=said,
        last_at=now,
    )


def asking(memory: Memory, rules: Sequence[Rule], now: int) -> Memory:
    """The memory after asking which question is meant, and perhaps greeting by these rules; the question stays open, so it is not asked twice."""
    return replace(answering(memory, rules, "", now), said_at=_recent(memory, len(rules) + 1, now), unanswered=memory.unanswered + 1)


def _recent(memory: Memory, more: int, now: int) -> tuple[int, ...]:
    """When it was answered in the last minute, this moment `more` times."""
    return (*(at for at in memory.said_at if now - at < CAP_WINDOW_MS), *(now for _ in range(more)))


def missing(memory: Memory) -> Memory:
    """The memory after a message nobody answered."""
    return replace(memory, unanswered=memory.unanswered + 1)


def calling(memory: Memory) -> Memory:
    """The memory after people were called: what they settle starts afresh."""
    return replace(memory, unanswered=0, last="")


def waiting(memory: Memory, since: int) -> Memory:
    """The memory within one wait: another wait has heard no reminder yet."""
    return memory if memory.waiting_since == since else replace(memory, waiting_since=since, waited=())


def reminding(memory: Memory, reminded: Iterable[str]) -> Memory:
    """The memory after these reminders of the queue are done with."""
    return replace(memory, waited=(*memory.waited, *reminded))


def just_said(memory: Memory, said: str, now: int) -> bool:
    """Whether this would be the same answer twice running."""
    return bool(said) and memory.last == said and now - memory.last_at < REPEAT_WINDOW_MS


def default_is_recent(memory: Memory, now: int) -> bool:
    """Whether the `default` layer has had its turn for now."""
    return memory.default_at > 0 and now - memory.default_at < DEFAULT_EVERY_MS
