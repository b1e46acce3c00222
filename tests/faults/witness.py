"""The two witnesses after a fault: the store itself, and fresh clients who were never there."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from bot.store.tables import CONVERSATIONS, MESSAGES, OUTBOX
from bot.store.unit import Database
from channels.client import Heard
from tests.faults.crowd import LINES, Buyer, answer_to, client_of, until

ANSWERED_S = 15.0
"""Within this time of a recovery, every answer that the fault held up has come."""


async def check(url: str, urls: Sequence[str], secret: str, buyers: Sequence[Buyer]) -> None:
    """Both witnesses, of the database at `url` and the hub at `urls`: 0 acknowledged lost, 0 doubled, order kept, all answered exactly once."""
    async with Database.at(url) as db:
        await _answered(db)
        await _check_store(db, buyers)
    gate = asyncio.Semaphore(8)

    async def look(buyer: Buyer) -> None:
        async with gate, client_of(urls, secret, buyer.person) as fresh:
            _check_log(buyer, await fresh.pull(buyer.room), in_order=url.startswith("sqlite"))

    async with asyncio.TaskGroup() as group:
        for buyer in buyers:
            group.create_task(look(buyer))


async def _answered(db: Database) -> None:
    """Wait until no answer is owed any more."""

    async def none_left() -> bool:
        async with db.read() as conn:
            return not (await conn.execute(sa.select(OUTBOX.c.token).where(OUTBOX.c.kind == "answer"))).all()

    await until(none_left, ANSWERED_S, "the answers that are owed")


async def _check_store(db: Database, buyers: Sequence[Buyer]) -> None:
    """Heads equal counts, so each log is dense; of every buyer there is what was acknowledged, where it was, and nothing else."""
    async with db.read() as conn:
        counted = sa.select(MESSAGES.c.conversation, sa.func.count(), sa.func.max(MESSAGES.c.seq)).group_by(MESSAGES.c.conversation)
        counts = {row[0]: (row[1], row[2]) for row in await conn.execute(counted)}
        heads = {row[0]: row[1] for row in await conn.execute(sa.select(CONVERSATIONS.c.id, CONVERSATIONS.c.head))}
        for buyer in buyers:
            assert counts[buyer.room] == (heads[buyer.room],) * 2, f"{buyer.person}: (count, last) {counts[buyer.room]}, head {heads[buyer.room]}"
            found = sa.select(MESSAGES.c.key, MESSAGES.c.seq).where(MESSAGES.c.author == buyer.person).order_by(MESSAGES.c.seq)
            stored = [tuple(row) for row in await conn.execute(found)]
            assert stored == [(one.key, one.seq) for one in buyer.acked], buyer.person


def _check_log(buyer: Buyer, messages: Sequence[Heard], *, in_order: bool) -> None:
    """One conversation as a fresh client sees it: dense, the acknowledged once and in order, each question answered once, and no push was wrong.

    `in_order`: a hub that is alone on its database also answers in the order of the questions.
    """
    assert [message.seq for message in messages] == list(range(1, len(messages) + 1)), buyer.person
    own = [message for message in messages if message.author.id == buyer.person]
    assert [(message.key, message.body["text"], message.seq) for message in own] == buyer.acked, buyer.person
    answers: dict[int, list[str]] = {}
    for message in messages:
        if message.auto is not None:
            answers.setdefault(message.auto.cause, []).append(message.body["text"])
    assert answers == {one.seq: answer_to(one.text) for one in buyer.acked if one.text in LINES}, buyer.person
    assert not in_order or list(answers) == sorted(answers), f"{buyer.person} was answered in the order {list(answers)}"
    assert [message for message in buyer.heard.values() if message != messages[message.seq - 1]] == [], buyer.person


def sqlite_of(data: Path) -> str:
    """The database of a data directory."""
    return f"sqlite:///{data / 'hub.db'}"
