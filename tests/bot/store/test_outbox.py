"""Work after a commit: once, by one process, again after a failure, and never lost from sight."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
import sqlalchemy as sa

from bot.model.basics import Invalid
from bot.store import outbox
from bot.store.outbox import MAX_ATTEMPTS, PARKED_AT, Backlog, Job, Note, Work, backoff_ms
from bot.store.tables import OUTBOX
from bot.store.unit import Database

NOW = 1_700_000_000_000
LEASE = 30_000


def work(token: str, kind: str = "answer", subject: str = "c1", due_at: int = 0) -> Work:
    """A piece of work."""
    return Work(kind=kind, subject=subject, token=token, due_at=due_at)


async def add(db: Database, works: Sequence[Work], now: int = NOW) -> None:
    """Record work in a transaction of its own."""
    async with db.write() as conn:
        await outbox.add(conn, works, now)


async def claim(db: Database, now: int = NOW, kinds: Sequence[str] = ("answer",), limit: int = 10) -> list[Job]:
    """Claim what is due."""
    return await outbox.claim(db, kinds=kinds, now=now, lease_ms=LEASE, limit=limit)


def tokens(jobs: Sequence[Job]) -> list[str]:
    """The names of jobs."""
    return [job.token for job in jobs]


async def test_work_is_claimed_once_in_the_order_it_was_made(db: Database) -> None:
    """A claim hides work from everybody until its lease ends; the same token is the same work."""
    await add(db, [work("a"), work("b"), work("c")])
    await add(db, [work("b"), work("d")])

    assert tokens(await claim(db, limit=3)) == ["a", "b", "c"]
    assert tokens(await claim(db)) == ["d"]
    assert await claim(db) == []


async def test_a_job_carries_what_was_recorded(db: Database) -> None:
    """Payload, subject, when it was made, and that this is the first attempt."""
    await add(db, [Work(kind="answer", subject="c9", token="t", payload='{"seq":7}')])

    (job,) = await claim(db, now=NOW + 5)

    assert (job.kind, job.subject, job.payload, job.attempts, job.created_at) == ("answer", "c9", '{"seq":7}', 1, NOW)


async def test_work_of_a_dead_process_comes_back(db: Database) -> None:
    """Nobody settles it, so it is due again when the lease ends, and not before."""
    await add(db, [work("a")])
    await claim(db)

    assert await claim(db, now=NOW + LEASE - 1) == []
    (again,) = await claim(db, now=NOW + LEASE)
    assert again.attempts == 2


async def test_settled_work_is_gone_and_may_be_made_again(db: Database) -> None:
    """Done work leaves no row behind."""
    await add(db, [work("a"), work("b")])
    jobs = await claim(db)
    async with db.write() as conn:
        await outbox.settle(conn, [jobs[0].id])
        await outbox.settle(conn, [])

    assert tokens(await claim(db, now=NOW + LEASE)) == ["b"]


async def test_settling_rolls_back_with_its_transaction(db: Database) -> None:
    """What a job does and that it is done are one."""
    await add(db, [work("a")])
    (job,) = await claim(db)

    async def fail() -> None:
        async with db.write() as conn:
            await outbox.settle(conn, [job.id])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert tokens(await claim(db, now=NOW + LEASE)) == ["a"]


async def test_an_id_is_never_used_again(db: Database) -> None:
    """A worker that wakes up late and settles by id cannot delete somebody else's work."""
    await add(db, [work("a")])
    (late,) = await claim(db)
    async with db.write() as conn:
        await outbox.settle(conn, [late.id])
    await add(db, [work("b")])
    async with db.write() as conn:
        await outbox.settle(conn, [late.id])

    assert tokens(await claim(db)) == ["b"]


async def test_a_timer_is_work_that_is_due_later(db: Database) -> None:
    """It is not claimed before its time."""
    await add(db, [work("t", due_at=NOW + 60_000)])

    assert await claim(db, now=NOW + 59_999) == []
    assert tokens(await claim(db, now=NOW + 60_000)) == ["t"]


async def test_kinds_are_claimed_apart_and_in_the_given_order(db: Database) -> None:
    """A worker is given only its kinds; a full first kind leaves nothing for the second."""
    await add(db, [work("x", kind="plugin"), work("a"), work("b"), work("f", kind="follow")])

    assert tokens(await claim(db, kinds=["follow", "answer"], limit=2)) == ["a", "f"]
    assert tokens(await claim(db, kinds=["follow", "answer"])) == ["b"]
    assert tokens(await claim(db, kinds=["plugin"])) == ["x"]


async def test_failed_work_is_tried_again_when_it_said(db: Database) -> None:
    """A retry sets the next moment, never in the past, and keeps the reason."""
    await add(db, [work("a"), work("b")])
    first, second = await claim(db)
    await outbox.retry(db, first.id, now=NOW, due_at=NOW + 2_000, error="x" * 400)
    await outbox.retry(db, second.id, now=NOW, due_at=0, error="at once")

    assert tokens(await claim(db, now=NOW + 1)) == ["b"]
    assert tokens(await claim(db, now=NOW + 2_000)) == ["a"]
    async with db.read() as conn:
        assert [len(row[0]) for row in await conn.execute(sa.select(OUTBOX.c.error).order_by(OUTBOX.c.id))] == [300, 7]


async def test_work_that_fails_too_often_is_parked_in_sight(db: Database) -> None:
    """After the last attempt a retry parks it: counted, listed with its error, not claimed, until somebody says so."""
    await add(db, [work("a")])
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        (job,) = await claim(db, now=now)
        await outbox.retry(db, job.id, now=now, due_at=now, error="refused")

    assert await claim(db, now=PARKED_AT - 1) == []
    assert (await outbox.gauge(db, now)).failed == 1
    async with db.write() as conn:
        (given_up,) = (await outbox.parked(conn, "answer", None, 10)).items
        assert (given_up.token, given_up.attempts, given_up.error) == ("a", MAX_ATTEMPTS, "refused")
        assert await outbox.unpark(conn, given_up.id, now)
        assert not await outbox.unpark(conn, given_up.id, now)
    assert [job.attempts for job in await claim(db, now=now)] == [1]


async def test_work_that_kills_its_process_is_parked_too(db: Database) -> None:
    """Nobody lived to record the failures, but the claims were counted."""
    await add(db, [work("bomb")])
    now = NOW
    for _ in range(MAX_ATTEMPTS):
        assert tokens(await claim(db, now=now)) == ["bomb"]
        now += LEASE

    assert await claim(db, now=now) == []
    assert await outbox.gauge(db, now) == Backlog(waiting=0, oldest_age_ms=0, failed=1)


async def test_parked_work_is_paged(db: Database) -> None:
    """Oldest first, with a cursor, and garbage for a cursor is refused."""
    await add(db, [work(f"t{number}") for number in range(5)])
    for job in await claim(db):
        await outbox.park(db, job.id, "no")
    async with db.read() as conn:
        seen: list[str] = []
        cursor: str | None = None
        while True:
            part = await outbox.parked(conn, "answer", cursor, 2)
            seen += [given_up.token for given_up in part.items]
            cursor = part.cursor
            if cursor is None:
                break
        assert seen == ["t0", "t1", "t2", "t3", "t4"]
        with pytest.raises(Invalid):
            await outbox.parked(conn, "answer", "nonsense", 2)


async def test_cancelled_work_is_gone_claimed_or_not(db: Database) -> None:
    """Only this kind about this subject."""
    await add(db, [work("a"), work("b"), work("c", subject="c2"), work("d", kind="waiting")])
    await claim(db, limit=1)
    async with db.write() as conn:
        await outbox.cancel(conn, kind="answer", subject="c1")

    assert tokens(await claim(db, now=NOW + LEASE, kinds=["answer", "waiting"])) == ["c", "d"]


async def test_work_in_hand_keeps_what_it_got_to_and_its_lease(db: Database) -> None:
    """By its token: a new payload, a longer lease that never shortens, for nobody else's work."""
    await add(db, [work("a"), work("b")])
    await claim(db)
    async with db.write() as conn:
        assert await outbox.keep(conn, "a", '{"said":2}', expect="{}")
        assert not await outbox.keep(conn, "a", '{"said":3}', expect="{}")
        assert not await outbox.keep(conn, "none", "{}", expect="{}")
    await outbox.renew(db, ["a"], NOW + 3 * LEASE)
    await outbox.renew(db, ["a"], NOW + 2 * LEASE)

    assert tokens(await claim(db, now=NOW + LEASE)) == ["b"]
    assert await claim(db, now=NOW + 3 * LEASE - 1, kinds=["follow"]) == []
    (again,) = [job for job in await claim(db, now=NOW + 3 * LEASE) if job.token == "a"]
    assert again.payload == '{"said":2}'


async def test_several_payloads_are_kept_in_one_transaction(db: Database) -> None:
    """Each for itself: one that came too late does not hold up the others; the same again is no conflict."""
    await add(db, [work("a"), work("b")])
    first, late, other = Note("a", '{"said":1}', "{}"), Note("a", '{"said":9}', "{}"), Note("b", '{"said":2}', "{}")

    assert await outbox.keep_all(db, [other, first]) == {first: True, other: True}
    assert await outbox.keep_all(db, [late, first, Note("none", "{}", "{}")]) == {late: False, first: True, Note("none", "{}", "{}"): False}
    assert {job.token: job.payload for job in await claim(db)} == {"a": '{"said":1}', "b": '{"said":2}'}


async def test_work_that_is_let_go_may_be_claimed_at_once(db: Database) -> None:
    """A process that stops gives back what it holds; what was parked stays parked."""
    await add(db, [work("a"), work("b"), work("c")])
    jobs = await claim(db)
    await outbox.park(db, jobs[1].id, "no")
    await outbox.let_go(db, ["a", "b"], NOW + 1)

    assert tokens(await claim(db, now=NOW + 1)) == ["a"]


async def test_the_leases_of_a_dead_process_can_be_ended(db: Database) -> None:
    """What it held is due at once; other kinds, what is parked and what was to wait for longer than a lease stay as they are."""
    await add(db, [work("a"), work("b", kind="follow"), work("t", kind="timer", due_at=NOW + 5), work("far", due_at=NOW + 2 * LEASE), work("p")])
    jobs = await claim(db, kinds=["answer", "follow"])
    await outbox.park(db, jobs[-1].id, "no")
    await outbox.take_back(db, kinds=["answer", "follow"], now=NOW + 1, lease_ms=LEASE)

    assert tokens(await claim(db, now=NOW + 1, kinds=["answer", "follow", "timer"])) == ["a", "b"]


async def test_work_that_was_never_claimed_may_fail_too(db: Database) -> None:
    """The process that made it did it at once; its count of attempts is written down, and the last one parks it."""
    await add(db, [work("a"), work("b")])
    await outbox.fail(db, "a", attempts=3, due_at=NOW + 5, error="no")
    await outbox.fail(db, "b", attempts=MAX_ATTEMPTS, due_at=NOW + 5, error="no")

    assert await claim(db, now=NOW + 4) == []
    assert [(job.token, job.attempts) for job in await claim(db, now=NOW + 5)] == [("a", 4)]
    assert (await outbox.gauge(db, NOW)).failed == 1


async def test_the_gauge_tells_what_is_due_how_late_and_what_failed(db: Database) -> None:
    """Timers and claimed work do not wait; lateness counts from when it was due."""
    assert await outbox.gauge(db, NOW) == Backlog(0, 0, 0)
    await add(db, [work("a"), work("b", kind="follow"), work("t", kind="timer", due_at=NOW + 90_000), work("p", kind="plugin")])
    (parked,) = await claim(db, kinds=["plugin"])
    await outbox.park(db, parked.id, "no")

    assert await outbox.gauge(db, NOW + 5_000) == Backlog(waiting=2, oldest_age_ms=5_000, failed=1)
    await claim(db, now=NOW + 5_000)
    assert await outbox.gauge(db, NOW + 6_000) == Backlog(waiting=1, oldest_age_ms=6_000, failed=1)


async def test_processes_that_claim_at_once_never_share_a_job(db: Database, second: Callable[[], Database]) -> None:
    """Four claimers on two databases empty the outbox; every job is given exactly once."""
    await add(db, [work(f"t{number:03}") for number in range(300)])
    taken: list[str] = []

    async def worker(database: Database) -> None:
        while jobs := await claim(database, limit=7):
            taken.extend(tokens(jobs))

    other = second()
    await asyncio.gather(worker(db), worker(db), worker(other), worker(other))

    assert sorted(taken) == [f"t{number:03}" for number in range(300)]


async def test_looking_for_work_makes_no_writer_wait(db: Database) -> None:
    """An idle claim only reads, so it returns while a writer holds the database."""
    async with db.write():
        assert await asyncio.wait_for(claim(db), 2) == []


def test_waiting_between_attempts_doubles_to_ten_minutes() -> None:
    """1 s, 2 s, 4 s, … and an attempt number out of range is no danger."""
    assert [backoff_ms(attempt) for attempt in (0, 1, 2, 3, 9, 50, 10_000)] == [1_000, 1_000, 2_000, 4_000, 256_000, 600_000, 600_000]
