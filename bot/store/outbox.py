"""Work to be done after a commit, each piece by exactly one process: the transactional outbox with leases.

A claim is a lease: it moves `due_at` to when somebody else may try. Work that is done is deleted; work that failed is
tried again later; work that failed too often is parked: it stays, is counted, and waits for a person.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.tables import OUTBOX
from bot.store.unit import Database

MAX_ATTEMPTS = 8
PARKED_AT = 253_370_764_800_000
"""The `due_at` of parked work, the first moment of the year 9999: nothing is claimed there."""

GAUGE_LIMIT = 10_000
FIRST_RETRY_MS = 1_000
LAST_RETRY_MS = 600_000
_ERROR_LIMIT = 300
_LOST = "gave up: the process ended each time before it was done"


class Work(msgspec.Struct, frozen=True, kw_only=True):
    """A row to be. `token` names the work: the same token is work once. `due_at` 0 is at once; later makes it a timer."""

    kind: str
    subject: str
    token: str
    payload: str = "{}"
    due_at: int = 0


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """Work that this process has claimed; `attempts` counts this claim too."""

    id: int
    kind: str
    subject: str
    token: str
    payload: str
    attempts: int
    created_at: int


class Parked(msgspec.Struct, frozen=True, kw_only=True):
    """Work that was given up, with its last error."""

    id: int
    kind: str
    subject: str
    token: str
    attempts: int
    created_at: int
    error: str | None


class Backlog(msgspec.Struct, frozen=True):
    """What is due now, for how long the oldest of it has been, and what was parked. Counts stop at 10,000 a kind."""

    waiting: int
    oldest_age_ms: int
    failed: int


_O = OUTBOX.c
_JOB = (_O.id, _O.kind, _O.subject, _O.token, _O.payload, _O.attempts, _O.created_at)
_ADD = both(lambda insert: insert(OUTBOX).on_conflict_do_nothing(index_elements=["token"]))
_DUE = (
    sa.select(_O.id).where(_O.kind == sa.bindparam("sort"), _O.due_at <= sa.bindparam("now")).order_by(_O.due_at, _O.id).limit(sa.bindparam("count"))
)


def _claim_from(due: sa.Select[tuple[int]]) -> sa.UpdateBase:
    chosen = due.cte("due")
    return sa.update(OUTBOX).where(_O.id.in_(sa.select(chosen.c.id))).values(due_at=sa.bindparam("until"), attempts=_O.attempts + 1).returning(*_JOB)


_CLAIM = {"sqlite": _claim_from(_DUE), "postgresql": _claim_from(_DUE.with_for_update(skip_locked=True))}
_SETTLE = sa.delete(OUTBOX).where(_O.id.in_(sa.bindparam("ids", expanding=True)))
_CANCEL = sa.delete(OUTBOX).where(_O.subject == sa.bindparam("of"), _O.kind == sa.bindparam("type"))
_RETRY = (
    sa.update(OUTBOX)
    .where(_O.id == sa.bindparam("job"))
    .values(due_at=sa.case((_O.attempts >= MAX_ATTEMPTS, PARKED_AT), else_=sa.bindparam("again", type_=sa.BigInteger)), error=sa.bindparam("why"))
)
_PARK = sa.update(OUTBOX).where(_O.id.in_(sa.bindparam("ids", expanding=True))).values(due_at=PARKED_AT, error=sa.bindparam("why"))
_KEEP = (
    sa.update(OUTBOX)
    .where(_O.token == sa.bindparam("of"), _O.payload.in_([sa.bindparam("before"), sa.bindparam("text")]))
    .values(payload=sa.bindparam("text"))
)
_IN_HAND = sa.select(_O.id).where(_O.token.in_(sa.bindparam("tokens", expanding=True))).with_for_update(skip_locked=True)
_RENEW = (
    sa.update(OUTBOX)
    .where(_O.id.in_(_IN_HAND.where(_O.due_at < sa.bindparam("until", type_=sa.BigInteger))))
    .values(due_at=sa.bindparam("until", type_=sa.BigInteger))
)
_LET_GO = sa.update(OUTBOX).where(_O.id.in_(_IN_HAND.where(_O.due_at < PARKED_AT))).values(due_at=sa.bindparam("now"))
"""Both leave out what is being settled at this moment: to wait for it could make two transactions wait for each other."""

_TAKE_BACK = (
    sa.update(OUTBOX)
    .where(_O.kind.in_(sa.bindparam("kinds", expanding=True)), _O.due_at > sa.bindparam("now"), _O.due_at <= sa.bindparam("until"))
    .values(due_at=sa.bindparam("now"))
)
_FAIL = (
    sa.update(OUTBOX)
    .where(_O.token == sa.bindparam("of"))
    .values(attempts=sa.bindparam("tries"), due_at=sa.bindparam("again"), error=sa.bindparam("why"))
)
_UNPARK = sa.update(OUTBOX).where(_O.id == sa.bindparam("job"), _O.due_at == PARKED_AT).values(due_at=sa.bindparam("now"), attempts=0)
_PARKED = (
    sa.select(_O.id, _O.kind, _O.subject, _O.token, _O.attempts, _O.created_at, _O.error)
    .where(_O.kind == sa.bindparam("kind"), _O.due_at == PARKED_AT, _O.id > sa.bindparam("after"))
    .order_by(_O.id)
    .limit(sa.bindparam("count"))
)
_GAUGE = sa.text(f"""
WITH RECURSIVE kinds(kind) AS (
  SELECT min(kind) FROM outbox
  UNION ALL
  SELECT (SELECT min(kind) FROM outbox WHERE outbox.kind > kinds.kind) FROM kinds WHERE kinds.kind IS NOT NULL
)
SELECT (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE outbox.kind = kinds.kind AND due_at <= :now LIMIT {GAUGE_LIMIT}) AS due) AS waiting,
       (SELECT min(due_at) FROM outbox WHERE outbox.kind = kinds.kind) AS oldest,
       (SELECT count(*) FROM (SELECT 1 FROM outbox WHERE outbox.kind = kinds.kind AND due_at = {PARKED_AT} LIMIT {GAUGE_LIMIT}) AS parked) AS failed
  FROM kinds WHERE kinds.kind IS NOT NULL
""")  # noqa: S608 # only our own numbers are put in
"""One index seek a kind (a loose index scan), so the price does not grow with timers that wait."""


async def add(conn: AsyncConnection, works: Sequence[Work], now: int) -> None:
    """Record work inside the transaction that causes it. Work whose token is there already is left as it is."""
    if works:
        rows = [{**msgspec.structs.asdict(work), "created_at": now, "due_at": work.due_at or now, "attempts": 0} for work in works]
        await conn.execute(_ADD[conn.dialect.name], rows)


async def claim(db: Database, *, kinds: Sequence[str], now: int, lease_ms: int, limit: int) -> list[Job]:
    """Up to `limit` pieces of due work, in the order of their ids, that nobody else is given until the lease ends.

    The kinds are taken in the given order, within a kind what was due first. Work that was claimed too often without an
    end is parked here, so that work which kills its process cannot kill for ever.

    Raises:
        Unavailable: the database cannot be reached.
    """
    if not await _anything(db, kinds, now):
        return []

    def take(conn: sa.Connection) -> list[Job]:
        jobs: list[Job] = []
        for kind in kinds:
            if len(jobs) < limit:
                values = {"sort": kind, "now": now, "until": now + lease_ms, "count": limit - len(jobs)}
                jobs += [Job(**row) for row in conn.execute(_CLAIM[conn.dialect.name], values).mappings()]
        lost = [job.id for job in jobs if job.attempts > MAX_ATTEMPTS]
        if lost:
            conn.execute(_PARK, {"ids": lost, "why": _LOST})
        return sorted((job for job in jobs if job.attempts <= MAX_ATTEMPTS), key=lambda job: job.id)

    return await db.batch(take)


async def _anything(db: Database, kinds: Sequence[str], now: int) -> bool:
    """Looked up by a reader first, so that an idle process never makes writers wait."""
    async with db.read() as conn:
        for kind in kinds:
            if (await conn.execute(_DUE, {"sort": kind, "now": now, "count": 1})).first() is not None:
                return True
    return False


async def settle(conn: AsyncConnection, ids: Sequence[int]) -> None:
    """The work is done: it is deleted, inside the transaction that did it."""
    if ids:
        await conn.execute(_SETTLE, {"ids": list(ids)})


async def retry(db: Database, id: int, *, now: int, due_at: int, error: str) -> None:  # noqa: A002 # the column's name
    """The work failed: it is due again at `due_at` (never before `now`), or parked after its last attempt."""
    async with db.write() as conn:
        await conn.execute(_RETRY, {"job": id, "again": max(now, due_at), "why": error[:_ERROR_LIMIT]})


async def park(db: Database, id: int, error: str) -> None:  # noqa: A002 # the column's name
    """Give work up: it stays, counted as failed, until a person looks at it."""
    async with db.write() as conn:
        await conn.execute(_PARK, {"ids": [id], "why": error[:_ERROR_LIMIT]})


async def keep(conn: AsyncConnection, token: str, payload: str, *, expect: str) -> bool:
    """Replace the payload of work, so that whoever takes it up again goes on from there; False if it is done or was replaced by somebody else."""
    return (await conn.execute(_KEEP, {"of": token, "text": payload, "before": expect})).rowcount == 1


class Note(msgspec.Struct, frozen=True):
    """A payload to be kept with work in hand, in the place of another."""

    token: str
    payload: str
    expect: str


async def keep_all(db: Database, notes: Sequence[Note]) -> dict[Note, bool]:
    """Several `keep` in one transaction of their own."""

    def write(conn: sa.Connection) -> dict[Note, bool]:
        return {note: conn.execute(_KEEP, {"of": note.token, "text": note.payload, "before": note.expect}).rowcount == 1 for note in ordered}

    ordered = sorted(notes, key=lambda note: note.token)
    return await db.batch(write)


async def renew(db: Database, tokens: Sequence[str], until: int) -> None:
    """Prolong the lease on work that is in hand; work that was settled or parked meanwhile is left as it is."""
    async with db.write() as conn:
        await conn.execute(_RENEW, {"tokens": sorted(tokens), "until": until})


async def let_go(db: Database, tokens: Sequence[str], now: int) -> None:
    """End the lease on work that is in hand: somebody else may claim it at once."""
    async with db.write() as conn:
        await conn.execute(_LET_GO, {"tokens": sorted(tokens), "now": now})


async def take_back(db: Database, *, kinds: Sequence[str], now: int, lease_ms: int) -> None:
    """End every lease on work of these kinds: for who knows that whoever held one is gone. Of no use to timers, which it would fire."""
    async with db.write() as conn:
        await conn.execute(_TAKE_BACK, {"kinds": list(kinds), "now": now, "until": now + lease_ms})


async def fail(db: Database, token: str, *, attempts: int, due_at: int, error: str) -> None:
    """Note a failure of work that was never claimed by its id: how often it was tried, when next; parked after its last attempt."""
    again = PARKED_AT if attempts >= MAX_ATTEMPTS else due_at
    async with db.write() as conn:
        await conn.execute(_FAIL, {"of": token, "tries": attempts, "again": again, "why": error[:_ERROR_LIMIT]})


async def unpark(conn: AsyncConnection, id: int, now: int) -> bool:  # noqa: A002 # the column's name
    """Try parked work again, as if for the first time; whether there was any."""
    return (await conn.execute(_UNPARK, {"job": id, "now": now})).rowcount == 1


async def parked(conn: AsyncConnection, kind: str, cursor: str | None, limit: int) -> Page[Parked]:
    """A page of the parked work of a kind, oldest first.

    Raises:
        Invalid: a bad cursor.
    """
    after = decode(cursor, int)[0] if cursor else 0
    rows = await conn.execute(_PARKED, {"kind": kind, "after": after, "count": bounded(limit) + 1})
    return page([Parked(**row) for row in rows.mappings()], bounded(limit), lambda work: (work.id,))


async def cancel(conn: AsyncConnection, *, kind: str, subject: str) -> None:
    """Work of this kind about this subject is no longer wanted, claimed or not."""
    await conn.execute(_CANCEL, {"type": kind, "of": subject})


async def gauge(db: Database, now: int) -> Backlog:
    """How much is due and how late the oldest of it is, over every kind."""
    async with db.read() as conn:
        rows: Sequence[Any] = (await conn.execute(_GAUGE, {"now": now})).all()
    late = [now - row.oldest for row in rows if row.oldest <= now]
    return Backlog(sum(row.waiting for row in rows), max(late, default=0), sum(row.failed for row in rows))


def backoff_ms(attempts: int) -> int:
    """How long to wait after so many failed attempts: 1 s, 2 s, 4 s, … at most 10 minutes."""
    return min(LAST_RETRY_MS, FIRST_RETRY_MS << max(0, min(attempts, 20) - 1))
