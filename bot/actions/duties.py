"""What an account does by itself, as rows of the outbox: kinds, tokens, payloads, and the plan of a duty half done."""

from collections.abc import Sequence

import msgspec

from bot.model.basics import new_id
from bot.model.talk import Auto
from bot.store.outbox import Work
from bot.store.tags import Tagging
from replies.decision import Decision, Memory, Outgoing
from replies.tally import Tally

ANSWER, FOLLOW, WAITING = "answer", "follow", "waiting"
KINDS = (ANSWER, FOLLOW, WAITING)


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


class Line(msgspec.Struct, frozen=True):
    """One message to be said, and for which rule."""

    rule: str
    rule_name: str
    message: Outgoing


class Plan(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A decision as it is carried out. `cause`: the seq it answers, 0 for what nobody wrote; `memory` and `trace`: JSON it leaves
    behind; `tally`: what it counts for; `tags`: what the buyer is tagged with, and by which rule.
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

    def auto(self, line: Line) -> Auto:
        """The mark of an automatic message."""
        return Auto(line.rule, line.rule_name, self.cause, self.version)


class _Planned(msgspec.Struct, frozen=True):
    plan: Plan | None = None


_PLANNED = msgspec.json.Decoder(_Planned)


def following(account: str, person: str, now: int) -> Work:
    """Greet a new follower."""
    payload = msgspec.json.encode(Following(account, person)).decode()
    return Work(kind=FOLLOW, subject=account, token=f"{FOLLOW}:{new_id()}", payload=payload, due_at=now)


def waiting(conversation: str, since: int, after_s: int) -> Work:
    """Speak to a buyer who still waits then; the same place in the queue makes it once."""
    payload = msgspec.json.encode(StillWaiting(since, after_s)).decode()
    token = f"{WAITING}:{conversation}:{since}:{after_s}"
    return Work(kind=WAITING, subject=conversation, token=token, payload=payload, due_at=since + after_s * 1_000)


def plan_of(conversation: str, cause: int, decision: Decision, *, memory: Memory | None, tally: Tally, tags: Sequence[Tagging] = ()) -> Plan:
    """What a decision means for the log; `memory` is what to remember from now on where that differs from what is stored."""
    return Plan(
        conversation=conversation,
        cause=cause,
        version=decision.trace.version,
        outcome=decision.outcome,
        lines=tuple(Line(said.rule, said.rule_name, message) for said in decision.says for message in said.messages),
        hand_off=str(decision.reason or "asked") if decision.hand_off else None,
        team=decision.team,
        memory=None if memory is None else msgspec.json.encode(memory).decode(),
        trace=msgspec.json.encode(decision.trace).decode(),
        tally=tally,
        tags=tuple(tags),
    )


def planned(payload: str) -> Plan | None:
    """The plan that somebody has begun to carry out."""
    return _PLANNED.decode(payload).plan


def with_plan(payload: str, plan: Plan) -> str:
    """The payload with a plan in it."""
    members: dict[str, object] = msgspec.json.decode(payload)
    return msgspec.json.encode({**members, "plan": plan}).decode()
