"""The kinds of work an account does by itself, as rows of the outbox: their tokens and payloads."""

import msgspec

from bot.model.basics import new_id
from bot.store.batch import Draft, work_token
from bot.store.outbox import Work

ANSWER, FOLLOW, WAITING = "answer", "follow", "waiting"
KINDS = (ANSWER, FOLLOW, WAITING)


class Following(msgspec.Struct, frozen=True):
    """Who began to follow which account."""

    account: str
    person: str


class StillWaiting(msgspec.Struct, frozen=True):
    """Since when a conversation waits (milliseconds), and after how many seconds the account says something."""

    since: int
    after_s: int


def following(account: str, person: str, now: int) -> Work:
    """Greet a new follower."""
    payload = msgspec.json.encode(Following(account, person)).decode()
    return Work(kind=FOLLOW, subject=account, token=f"{FOLLOW}:{new_id()}", payload=payload, due_at=now)


def waiting(conversation: str, since: int, after_s: int) -> Work:
    """Speak to a buyer who still waits then; the same place in the queue makes it once."""
    payload = msgspec.json.encode(StillWaiting(since, after_s)).decode()
    token = f"{WAITING}:{conversation}:{since}:{after_s}"
    return Work(kind=WAITING, subject=conversation, token=token, payload=payload, due_at=since + after_s * 1_000)


def answer_token(draft: Draft, seq: int) -> str:
    """The token of the work that storing a buyer's message made."""
    return work_token(ANSWER, draft.conversation, seq)
