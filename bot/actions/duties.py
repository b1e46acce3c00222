"""What an account does by itself, as rows of the outbox: kinds, tokens, payloads, and the plan of a duty half done."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from bot.model.basics import new_id
from bot.model.talk import Auto
from bot.store.outbox import Work
from bot.store.tags import Tagging
from replies.decision import Decision, Memory, Outgoing
from replies.tally import Tally

ANSWER, GROUP, FOLLOW, WAITING = "answer", "group", "follow", "waiting"
KINDS = (ANSWER, GROUP, FOLLOW, WAITING)
HEARING = (ANSWER, GROUP)
"""Duties about a message: one to the account, and one in a group."""


class Answering(msgspec.Struct, frozen=True):
    """Which message of a conversation is to be answered."""

    seq: int


class Following(msgspec.Struct, frozen=True):
    """Who began to follow which account."""

    account: str
    person: str


class StillWaiting(msgspec.Struct, frozen=True):
    """Since when a conversation waits (milliseconds), and after how many seconds the account says something."""

    since: int
    after_s: int


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One message to be said, and for which rule; `aside`: not in the group, but to whoever asked there alone."""

    rule: str
    rule_name: str
    message: Outgoing
    aside: bool = False


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A decision as it is carried out. `cause`: the seq it answers, 0 for what nobody wrote; `memory` and `trace`: JSON it leaves
    behind; `tally`: what it counts for; `tags`: what the buyer is tagged with, and by which rule. `aside`: of somebody who asked in
    a group, their direct conversation, where something is said to them alone, or which people are called into.
    """

    conversation: str
    cause: int
    version: int
    outcome: str
    lines: tuple[Line, ...] = ()
    hand_off: str | None = None
    team: str | None = None
    memory: str | None = None
    trace: str
    tally: Tally | None = None
    tags: tuple[Tagging, ...] = ()
    aside: str | None = None

    def auto(self, line: Line) -> Auto:
        """The mark of an automatic message. What is said aside answers nothing that was written there."""
        return Auto(line.rule, line.rule_name, 0 if line.aside else self.cause, self.version)

    def place(self, line: Line) -> str:
        """The conversation in which a line is said."""
        return self.aside if line.aside and self.aside is not None else self.conversation


class _Planned(msgspec.Struct, frozen=True):
    plan: Plan | None = None


_PLANNED = msgspec.json.Decoder(_Planned)


@dataclass(frozen=True, slots=True)
class Message:
    """As much of a buyer's message as is needed to answer it; `at` in milliseconds. `recalled`: taken back before anybody answered it."""

    author: str
    author_name: str
    kind: str
    body: str
    at: int
    reply_to: int | None = None
    recalled: bool = False


@dataclass(slots=True, kw_only=True)
class Duty:
    """One piece of work in hand.

    `lane`: what must be done in order with it, a conversation where one is known; `message`: known when it was stored
    here; `sure`: the plan will be followed even if this process dies; `refusals`: how often the store was away.
    """

    kind: str
    token: str
    lane: str
    payload: str
    created_at: int
    attempts: int = 0
    refusals: int = 0
    message: Message | None = None
    plan: Plan | None = None
    sure: bool = False
    leased_at: int = 0


def following(account: str, person: str, now: int) -> Work:
    """Greet a new follower."""
    payload = msgspec.json.encode(Following(account, person)).decode()
    return Work(kind=FOLLOW, subject=account, token=f"{FOLLOW}:{new_id()}", payload=payload, due_at=now)


def waiting(conversation: str, since: int, after_s: int) -> Work:
    """Speak to a buyer who still waits then; the same place in the queue makes it once."""
    payload = msgspec.json.encode(StillWaiting(since, after_s)).decode()
    token = f"{WAITING}:{conversation}:{since}:{after_s}"
    return Work(kind=WAITING, subject=conversation, token=token, payload=payload, due_at=since + after_s * 1_000)


def lines_of(decision: Decision, *, aside: bool = False) -> tuple[Line, ...]:
    """What a decision says, message by message."""
    return tuple(Line(said.rule, said.rule_name, message, aside) for said in decision.says for message in said.messages)


def plan_of(
    conversation: str,
    cause: int,
    decision: Decision,
    *,
    memory: Memory | None,
    tally: Tally | None,
    tags: Sequence[Tagging] = (),
    lines: Sequence[Line] | None = None,
    aside: str | None = None,
) -> Plan:
    """What a decision means for the log; `memory` is what to remember from now on where that differs from what is stored.

    `lines`: what is said, where that is more than the decision says.
    """
    return Plan(
        conversation=conversation,
        cause=cause,
        version=decision.trace.version,
        outcome=decision.outcome,
        lines=lines_of(decision) if lines is None else tuple(lines),
        hand_off=str(decision.reason or "asked") if decision.hand_off else None,
        team=decision.team,
        memory=None if memory is None else msgspec.json.encode(memory).decode(),
        trace=msgspec.json.encode(decision.trace).decode(),
        tally=tally,
        tags=tuple(tags),
        aside=aside,
    )


def taggings(account: str, person: str, decision: Decision, now: int) -> list[Tagging]:
    """What a decision tags somebody with."""
    return [Tagging(account=account, person=person, tag=tag, author=f"rule:{rule}", at=now) for tag, rule in decision.tags.items()]


def planned(payload: str) -> Plan | None:
    """The plan that somebody has begun to carry out."""
    return _PLANNED.decode(payload).plan


def with_plan(payload: str, plan: Plan) -> str:
    """The payload with a plan in it."""
    members: dict[str, object] = msgspec.json.decode(payload)
    return msgspec.json.encode({**members, "plan": plan}).decode()
