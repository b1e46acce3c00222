"""Transactions to read and to write, outages, cancellation, and what is left behind."""

import asyncio
import contextlib
import gc
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.model.basics import Invalid, NotFound, Unavailable
from bot.store import engines
from bot.store.tables import PEOPLE
from bot.store.unit import Connection, Database
from tests.bot.store.rows import names, put

SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000000) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(20)",
}


async def test_a_block_that_ends_is_committed_and_one_that_raises_is_not(db: Database) -> None:
    """The transaction is the block."""
    await put(db, "kept")

    async def fail() -> None:
        async with db.write() as conn:
            await conn.execute(sa.insert(PEOPLE).values(id="lost", name="x", created_at=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert await names(db) == ["kept"]


async def test_an_error_tells_nothing_of_the_values(db: Database) -> None:
    """Errors are logged; values are what people wrote."""
    await put(db, "known")
    with pytest.raises(sa.exc.IntegrityError) as clash:
        async with db.write() as conn:
            await conn.execute(sa.insert(PEOPLE).values(id="known", name="只说给你听", created_at=1))
    with pytest.raises(sa.exc.IntegrityError) as batched:
        await db.batch(lambda conn: conn.execute(sa.insert(PEOPLE).values(id="known", name="只说给你听", created_at=1)))

    assert "只说给你听" not in f"{clash.value}{batched.value}"


async def test_a_file_that_is_no_database_is_unavailable(data_dir: Path) -> None:
    """To read, to write and in batches; what the cause says is for whoever runs the hub."""
    (data_dir / "hub.db").write_text("Dear diary, " * 100)
    async with Database.at(f"sqlite:///{data_dir}/hub.db") as db:
        with pytest.raises(Unavailable) as refused:
            await names(db)
        with pytest.raises(Unavailable):
            await put(db, "x")
        with pytest.raises(Unavailable):
            await db.batch(lambda conn: conn.execute(sa.select(1)))

    assert "file is not a database" in str(refused.value.__cause__)


async def test_a_reader_sees_one_snapshot(db: Database) -> None:
    """What is committed while a reader reads, it does not see before its next transaction."""
    async with db.read() as conn:
        before = (await conn.execute(sa.select(sa.func.count()).select_from(PEOPLE))).scalar_one()
        await put(db, "new")
        after = (await conn.execute(sa.select(sa.func.count()).select_from(PEOPLE))).scalar_one()

    assert (before, after) == (0, 0)
    assert await names(db) == ["new"]


async def test_a_reader_cannot_write(db: Database) -> None:
    """Readers are read-only by the database's own guard."""
    with pytest.raises(sa.exc.DBAPIError, match=r"readonly|read-only"):
        async with db.read() as conn:
            await conn.execute(sa.insert(PEOPLE).values(id="x", name="x", created_at=1))


async def test_readers_do_not_wait_for_a_writer(db: Database) -> None:
    """A transaction that is still open holds up nobody who reads."""
    async with db.write() as conn:
        await conn.execute(sa.insert(PEOPLE).values(id="x", name="x", created_at=1))

        assert await asyncio.wait_for(names(db), 2) == []


async def test_writers_take_turns_in_the_order_they_came(db: Database) -> None:
    """On SQLite writers of a process queue up; nobody overtakes and nobody is refused."""
    order: list[int] = []

    async def write(number: int) -> None:
        async with db.write() as conn:
            await conn.execute(sa.insert(PEOPLE).values(id=f"p{number:02}", name="x", created_at=1))
            order.append(number)

    await asyncio.gather(*(write(number) for number in range(20)))

    assert len(await names(db)) == 20
    if db.dialect == "sqlite":
        assert order == list(range(20))


async def test_a_batch_is_one_transaction_with_a_result(db: Database) -> None:
    """The function's value is returned after the commit; an error undoes everything."""

    def good(conn: sa.Connection) -> str:
        conn.execute(sa.insert(PEOPLE).values(id="kept", name="x", created_at=1))
        return "done"

    def bad(conn: sa.Connection) -> None:
        conn.execute(sa.insert(PEOPLE).values(id="lost", name="x", created_at=1))
        raise ZeroDivisionError

    assert await db.batch(good) == "done"
    with pytest.raises(ZeroDivisionError):
        await db.batch(bad)
    assert await names(db) == ["kept"]


async def test_a_transaction_at_once_is_one_of_whatever_functions_it_calls(db: Database) -> None:
    """Its value is returned after the commit, an error undoes everything; it may not wait for anything but its statements where that would stop others."""

    async def good(conn: Connection) -> str:
        await conn.execute(sa.insert(PEOPLE).values(id="kept", name="x", created_at=1))
        found = (await conn.execute(sa.select(PEOPLE.c.id))).scalars().all()
        count = await conn.run_sync(lambda plain: plain.execute(sa.select(sa.func.count()).select_from(PEOPLE)).scalar_one())
        return f"{found} {count} {conn.dialect.name}"

    async def bad(conn: Connection) -> None:
        await conn.execute(sa.insert(PEOPLE).values(id="lost", name="x", created_at=1))
        raise NotFound("没有", "None.")

    async def idle(conn: Connection) -> None:
        await conn.execute(sa.insert(PEOPLE).values(id="idle", name="x", created_at=1))
        await asyncio.sleep(0)

    assert await db.at_once(good) == f"['kept'] 1 {db.dialect}"
    with pytest.raises(NotFound):
        await db.at_once(bad)
    with pytest.raises(Invalid):
        await db.at_once(lambda conn: conn.execute(sa.insert(PEOPLE).values(id="x", name="half \ud83d", created_at=1)))
    if db.dialect == "sqlite":
        with pytest.raises(RuntimeError, match="waits for nothing"):
            await db.at_once(idle)
    assert await names(db) == ["kept"]


async def hurry(db: Database) -> None:
    """Let SQLite's own wait for a lock be so short that waiting for each other must be done by us."""
    if db.dialect == "sqlite":
        await db.batch(lambda conn: conn.exec_driver_sql("PRAGMA busy_timeout = 1"))
        async with db.write() as conn:
            await conn.exec_driver_sql("PRAGMA busy_timeout = 1")


async def test_batches_and_writers_do_not_meet(db: Database) -> None:
    """Both kinds of writing at once, a hundred times, without one being refused."""
    await hurry(db)

    def add(name: str) -> Any:
        return lambda conn: conn.execute(sa.insert(PEOPLE).values(id=name, name="x", created_at=1))

    await asyncio.gather(*(db.batch(add(f"b{number}")) if number % 2 else put(db, f"w{number}") for number in range(100)))

    assert len(await names(db)) == 100


async def test_a_constraint_is_told_as_it_is(db: Database) -> None:
    """A refused row is the caller's to understand, not an outage."""
    await put(db, "twice")
    with pytest.raises(sa.exc.IntegrityError):
        await put(db, "twice")


@pytest.mark.parametrize("value", ["nul\0", "half \ud83d"])
async def test_text_no_database_can_hold_is_invalid(db: Database, value: str) -> None:
    """Where a database refuses a text, the caller is told that it is theirs; never an internal error."""
    async with db.read() as conn:
        holds = db.dialect == "sqlite" and value.isascii()
        if holds:
            assert (await conn.execute(sa.select(PEOPLE.c.id).where(PEOPLE.c.id == value))).first() is None
    if not holds:
        with pytest.raises(Invalid):
            async with db.read() as conn:
                await conn.execute(sa.select(PEOPLE.c.id).where(PEOPLE.c.id == value))
        with pytest.raises(Invalid):
            await put(db, value)


async def test_a_number_beyond_64_bits_is_invalid(db: Database) -> None:
    """The same for numbers."""
    with pytest.raises(Invalid):
        async with db.read() as conn:
            await conn.execute(sa.select(PEOPLE.c.id).where(PEOPLE.c.created_at == 2**70))


async def test_a_bad_value_in_a_batch_is_left_to_the_caller(db: Database) -> None:
    """The log looks for the one bad draft of a batch itself, so it is told the error as it is."""
    with pytest.raises((sa.exc.StatementError, ValueError, OverflowError)):
        await db.batch(lambda conn: conn.execute(sa.insert(PEOPLE).values(id="x", name="half \ud83d", created_at=1)))


async def cancel_after(delay: float, task: asyncio.Task[None]) -> float:
    """Cancel a task after some seconds; how long it then took to end."""
    await asyncio.sleep(delay)
    started = time.monotonic()
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    return time.monotonic() - started


async def test_a_writer_cancelled_in_a_statement_rolls_back(db: Database) -> None:
    """Its rows are gone and the next writer finds a connection that works, with no lock left behind."""

    async def write() -> None:
        async with db.write() as conn:
            await conn.execute(sa.insert(PEOPLE).values(id="lost", name="x", created_at=1))
            await conn.execute(sa.text(SLOW[db.dialect]))

    assert await cancel_after(0.3, asyncio.create_task(write())) < 3
    await asyncio.wait_for(put(db, "next"), 4)
    assert await names(db) == ["next"]


async def test_a_statement_that_was_begun_when_its_writer_was_cancelled_holds_no_lock(tmp_path: Path) -> None:
    """The worst moment: the first row is there, nobody will fetch the others, and the task with its traceback lives on."""
    async with Database.at(f"sqlite:///{tmp_path}/hub.db") as db:

        async def write() -> None:
            async with db.write() as conn:
                await conn.run_sync(PEOPLE.create)
                driver = (await conn.get_raw_connection()).driver_connection
                assert driver is not None
                await driver.create_function("cancelled", 0, lambda: bool(loop.call_soon_threadsafe(task.cancel)))
                await conn.exec_driver_sql("SELECT cancelled() UNION ALL SELECT 2 UNION ALL SELECT 3")

        loop = asyncio.get_running_loop()
        task = asyncio.create_task(write())
        with pytest.raises(asyncio.CancelledError):
            await task
        async with asyncio.timeout(3), db.write() as conn:
            await conn.run_sync(PEOPLE.create)
        assert task.cancelled()


async def test_a_writer_cancelled_between_statements_rolls_back(db: Database) -> None:
    """The same when it was waiting for something else."""

    async def write() -> None:
        async with db.write() as conn:
            await conn.execute(sa.insert(PEOPLE).values(id="lost", name="x", created_at=1))
            await asyncio.sleep(20)

    assert await cancel_after(0.1, asyncio.create_task(write())) < 2
    await asyncio.wait_for(put(db, "next"), 2)
    assert await names(db) == ["next"]


async def test_cancelling_at_any_moment_leaves_a_database_that_works(db: Database) -> None:
    """Two hundred writers cancelled at arbitrary moments: each wrote both its rows or none, and nobody waits for ever."""

    async def write(number: int) -> None:
        async with db.write() as conn:
            await conn.execute(sa.insert(PEOPLE).values(id=f"a{number}", name="x", created_at=1))
            await conn.execute(sa.select(PEOPLE.c.id))
            await conn.execute(sa.insert(PEOPLE).values(id=f"b{number}", name="x", created_at=1))

    def write_both(number: int) -> Any:
        rows = [{"id": f"{letter}{number}", "name": "x", "created_at": 1} for letter in "ab"]
        return lambda conn: conn.execute(sa.insert(PEOPLE), rows)

    await db.batch(lambda conn: conn.execute(sa.insert(PEOPLE), [{"id": f"x{number}", "name": "x", "created_at": 1} for number in range(300)]))
    ended = []
    for number in range(200):
        task = asyncio.ensure_future(write(number) if number % 3 else db.batch(write_both(number)))
        await asyncio.sleep((number % 23) * 0.0003)
        task.cancel()
        if number % 5 == 0:
            await asyncio.sleep(0)
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        ended.append(task)  # with its traceback, and all that this still refers to
    await asyncio.wait_for(put(db, "end"), 5)

    found = await names(db)
    assert sorted(name[1:] for name in found if name.startswith("a")) == sorted(name[1:] for name in found if name.startswith("b"))


async def test_a_cancelled_batch_is_whole(db: Database) -> None:
    """A batch that is cancelled in the middle is there as a whole or not at all, and over before the next writer begins."""
    await hurry(db)

    def slow(conn: sa.Connection) -> None:
        conn.execute(sa.insert(PEOPLE).values(id="a", name="x", created_at=1))
        time.sleep(0.2)
        conn.execute(sa.insert(PEOPLE).values(id="b", name="x", created_at=1))

    task = asyncio.create_task(db.batch(slow))
    await asyncio.sleep(0.05)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task

    await put(db, "c")
    assert await names(db) in (["c"], ["a", "b", "c"])


async def test_a_lock_held_by_another_process_is_unavailable(db: Database, database_url: str) -> None:
    """Who cannot get the lock in time is told to come back, and later succeeds."""
    if db.dialect == "sqlite":
        async with db.write() as conn:
            await conn.exec_driver_sql("PRAGMA busy_timeout = 50")
        with contextlib.closing(sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)) as rival:
            rival.execute("BEGIN IMMEDIATE")
            with pytest.raises(Unavailable) as refused:
                await put(db, "x")
    else:
        async with Database.at(database_url) as rival_db, rival_db.write() as rival_conn:
            await rival_conn.exec_driver_sql("LOCK TABLE people")
            async with db.write() as conn:
                await conn.exec_driver_sql("SET lock_timeout = 50")
            with pytest.raises(Unavailable) as refused:
                await put(db, "x")

    assert refused.value.data == {"retry_after": 1}
    await put(db, "x")


async def test_a_full_disk_is_unavailable_and_heals(tmp_path: Path) -> None:
    """SQLite's own "full" undoes the transaction; when there is room again, writing goes on, in writers and batches."""
    async with Database.at(f"sqlite:///{tmp_path}/small.db") as db:
        async with db.write() as conn:
            await conn.run_sync(PEOPLE.create)
            await conn.exec_driver_sql("PRAGMA max_page_count = 20")
        await db.batch(lambda sync: sync.exec_driver_sql("PRAGMA max_page_count = 20"))
        rows = [{"id": f"p{number}", "name": "x" * 60, "avatar": "y" * 1000, "created_at": 1} for number in range(200)]

        with pytest.raises(Unavailable):
            async with db.write() as conn:
                await conn.execute(sa.insert(PEOPLE), rows)
        with pytest.raises(Unavailable):
            await db.batch(lambda sync: sync.execute(sa.insert(PEOPLE), rows))
        assert await names(db) == []

        async with db.write() as conn:
            await conn.exec_driver_sql("PRAGMA max_page_count = 4000")
        await put(db, "room")
        assert await names(db) == ["room"]


async def test_a_file_that_cannot_be_opened_is_unavailable(tmp_path: Path) -> None:
    """A folder where the file should be: a clear refusal, and no hanging thread."""
    (tmp_path / "hub.db").mkdir()
    async with Database.at(f"sqlite:///{tmp_path}/hub.db") as db:
        with pytest.raises(Unavailable):
            await put(db, "x")
        with pytest.raises(Unavailable):
            await names(db)


async def test_sqlite_is_set_up_to_be_durable(tmp_path: Path) -> None:
    """Every connection that writes uses the write-ahead log and waits for the disk at each commit."""
    async with Database.at(f"sqlite:///{tmp_path}/hub.db") as db:

        def read(conn: sa.Connection) -> list[Any]:
            pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout", "query_only")
            return [conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in pragmas]

        async with db.write() as writer:
            assert await writer.run_sync(read) == ["wal", 2, 1, engines.BUSY_MS, 0]
        assert await db.batch(read) == ["wal", 2, 1, engines.BUSY_MS, 0]
        async with db.read() as reader:
            assert await reader.run_sync(read) == ["wal", 2, 1, engines.BUSY_MS, 1]


async def test_nothing_is_left_behind(database_url: str) -> None:
    """After the block no thread and no connection is left; an unclosed one would be a warning, and warnings are errors."""
    before = {thread.ident for thread in threading.enumerate()}
    async with Database.at(database_url) as db:
        await asyncio.gather(*(names(db) for _ in range(8)))
        await db.batch(lambda conn: conn.execute(sa.select(1)))
    gc.collect()

    left = [thread.name for thread in threading.enumerate() if thread.ident not in before]
    assert [name for name in left if not name.startswith("asyncio")] == []


_ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"


async def test_a_cancelled_read_stops_at_once(data_dir: Path) -> None:
    """Its statement is interrupted, and its connection serves the next reader; all of them are cancelled here."""
    async with Database.at(f"sqlite:///{data_dir}/hub.db") as db:

        async def endless() -> None:
            async with db.read() as conn:
                await conn.exec_driver_sql(_ENDLESS)

        readers = [asyncio.create_task(endless()) for _ in range(engines.READERS)]
        await asyncio.sleep(0.1)
        for reader in readers:
            reader.cancel()
        async with asyncio.timeout(5):
            await asyncio.wait(readers)
            assert all(reader.cancelled() for reader in readers)
            async with db.read() as conn:
                assert (await conn.execute(sa.select(1))).scalar() == 1


async def test_a_reader_cancelled_twice_gives_its_connection_back(data_dir: Path) -> None:
    """While it still is given one: a time-out and a shutdown may meet. It does not end before its thread has done with it."""
    given, held = threading.Semaphore(0), threading.Semaphore(0)

    def hold(*_: object) -> None:
        given.release()
        held.acquire(timeout=10)

    async with Database.at(f"sqlite:///{data_dir}/hub.db") as db:

        async def reading() -> None:
            async with db.read() as conn:
                await conn.execute(sa.select(1))

        sa.event.listen(sa.Pool, "checkout", hold)
        try:
            readers = [asyncio.create_task(reading()) for _ in range(engines.READERS)]
            for _ in readers:
                await asyncio.to_thread(given.acquire, timeout=10)
            for _ in range(2):
                for reader in readers:
                    reader.cancel()
                await asyncio.sleep(0.01)
            assert not any(reader.done() for reader in readers)
            held.release(len(readers))
            await asyncio.wait(readers)
        finally:
            sa.event.remove(sa.Pool, "checkout", hold)
        assert all(reader.cancelled() for reader in readers)
        await reading()


async def test_a_closed_database_is_not_read(data_dir: Path) -> None:
    """It says so, and opens nothing again."""
    db = Database.at(f"sqlite:///{data_dir}/hub.db")
    await db.close()
    with pytest.raises(Unavailable):
        async with db.read() as conn:
            await conn.execute(sa.select(1))


async def test_a_database_closes_while_somebody_uses_it(database_url: str) -> None:
    """A connection in use when the hub closes is closed when it is given back."""
    db = Database.at(database_url)
    async with db.read() as conn:
        await db.close()
        assert (await conn.execute(sa.select(1))).scalar() == 1
    await db.close()
    gc.collect()


@pytest.mark.parametrize(
    ("url", "wrong"),
    [
        ("not a url", "malformed"),
        ("postgresql://host:port/db", "malformed"),
        ("postgresql://host/db?timeout=3", "timeout"),
        ("postgresql://host/db?sslmode=maybe", "sslmode"),
        ("mysql://host/db", "mysql"),
        ("sqlite://", "must name a file"),
        ("sqlite:///:memory:", "must name a file"),
        ("sqlite:////nowhere/at/all/hub.db", "/nowhere/at/all"),
    ],
)
def test_a_bad_address_is_told(url: str, wrong: str) -> None:
    """An address is judged before anything is opened."""
    with pytest.raises(Invalid, match=wrong) as refused:
        Database.at(url)

    assert refused.value.data == {"path": "database"}


async def test_an_address_may_ask_for_tls_as_libpq_does() -> None:
    """`sslmode`, which everybody writes, is handed to the driver under its own name for it."""
    async with Database.at("postgresql://u@h/db?sslmode=require") as db:
        assert dict(db._writer.url.query) == {"ssl": "require"}


async def test_many_readers_at_once_are_served_in_their_turn(db: Database) -> None:
    """Many more readers than connections, each with several statements: none is turned away."""

    async def read() -> None:
        async with db.read() as conn:
            for _ in range(5):
                await conn.execute(sa.text("SELECT 1"))

    # Each waits for a connection no longer than `POOL_WAIT_S`, also on a machine that does much else.
    await asyncio.gather(*(read() for _ in range(100)))
