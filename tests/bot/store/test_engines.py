"""PostgreSQL that is away, full, frozen or back again, and what counts as an outage."""

import asyncio
import os
import signal
import time
from typing import Any

import pytest
import sqlalchemy as sa

from bot.model.basics import Unavailable
from bot.store import engines
from bot.store.engines import is_bad_value, is_outage
from bot.store.tables import PEOPLE
from bot.store.unit import Database
from tests.bot.store.rows import names, put
from tests.servers import PostgresServer


async def test_a_pool_that_is_used_up_is_unavailable(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who waits too long for a connection is told to come back."""
    monkeypatch.setattr(engines, "POOL_WAIT_S", 0.1)
    async with Database.at(postgres_url, pool=1) as db, db.read():
        with pytest.raises(Unavailable):
            async with db.read():
                pass


async def test_a_server_without_room_for_more_is_unavailable(postgres_url: str, postgres_server: PostgresServer) -> None:
    """PostgreSQL's "too many connections" is an outage like any other."""
    postgres_server.execute("CREATE ROLE guest LOGIN CONNECTION LIMIT 2")
    try:
        async with Database.at(postgres_url.replace("//weihub:", "//guest:"), pool=3) as db, db.read() as one, db.read() as two:
            assert [(await conn.execute(sa.select(1))).scalar() for conn in (one, two)] == [1, 1]
            with pytest.raises(Unavailable):
                await names(db)
    finally:
        postgres_server.execute("DROP ROLE guest")


async def test_an_idle_pool_survives_a_restart_of_postgresql(postgres_url: str, postgres_server: PostgresServer) -> None:
    """Connections that died meanwhile are replaced without anybody noticing."""
    async with Database.at(postgres_url, pool=3) as db:
        async with db.read(), db.read(), db.read():
            pass
        await asyncio.to_thread(postgres_server.restart)

        for _ in range(5):
            async with db.read() as conn:
                assert (await conn.execute(sa.select(1))).scalar() == 1


@pytest.mark.parametrize("ending", ["stop", "kill"])
async def test_writing_while_postgresql_is_away_is_refused_quickly(postgres_url: str, postgres_server: PostgresServer, ending: str) -> None:
    """A transaction that was open is told at once, new ones too while it is away, and afterwards all is well."""
    async with Database.at(postgres_url, pool=3) as db:
        async with db.write() as conn:
            await conn.run_sync(PEOPLE.create)

        async def interrupted() -> None:
            async with db.write() as conn:
                await conn.execute(sa.insert(PEOPLE).values(id="lost", name="x", created_at=1))
                getattr(postgres_server, ending)()
                await conn.execute(sa.insert(PEOPLE).values(id="too", name="x", created_at=1))

        with pytest.raises(Unavailable):
            await interrupted()
        started = time.monotonic()
        for _ in range(5):
            with pytest.raises(Unavailable):
                await put(db, "x")
        assert time.monotonic() - started < 3

        postgres_server.start()
        await put(db, "back")
        assert await names(db) == ["back"]


async def backend(db: Database) -> int:
    """The shortest question, answered by the process that is asked."""
    async with db.read() as conn:
        return int((await conn.execute(sa.text("SELECT pg_backend_pid()"))).scalar_one())


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that make a test short."""
    monkeypatch.setattr(engines, "CONNECT_S", 1.0)
    monkeypatch.setattr(engines, "STATEMENT_MS", 500)


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_accepts_and_never_answers_is_given_up(postgres_url: str, postgres_server: PostgresServer) -> None:
    """Connecting has a limit of its own."""
    async with Database.at(postgres_url, pool=1) as db:
        postgres_server.pause()
        try:
            started = time.monotonic()
            with pytest.raises(Unavailable):
                await backend(db)
            assert time.monotonic() - started < 4
        finally:
            postgres_server.resume()
        assert await backend(db) > 0


@pytest.mark.usefixtures("impatient")
async def test_a_server_that_freezes_in_a_transaction_is_given_up(postgres_url: str) -> None:
    """The statement waits as long as a server may take, and then the connection is dropped."""
    async with Database.at(postgres_url, pool=1) as db:
        started = 0.0
        frozen = 0

        async def freeze() -> None:
            nonlocal started, frozen
            async with db.write() as conn:
                frozen = int((await conn.execute(sa.text("SELECT pg_backend_pid()"))).scalar_one())
                os.kill(frozen, signal.SIGSTOP)
                started = time.monotonic()
                await conn.execute(sa.text("SELECT 1"))

        try:
            with pytest.raises(Unavailable):
                await freeze()
            assert time.monotonic() - started < 6
        finally:
            os.kill(frozen, signal.SIGCONT)
        assert await backend(db) != frozen


def refused(**values: Any) -> sa.exc.DBAPIError:
    """A driver's error as the store meets it."""
    cause = type("Refused", (Exception,), values)("refused")
    return sa.exc.DBAPIError("SELECT 1", None, cause)


@pytest.mark.parametrize(
    ("state", "outage", "bad"),
    [
        ("08006", True, False),
        ("28P01", True, False),
        ("3D000", True, False),
        ("42501", True, False),
        ("53100", True, False),
        ("53300", True, False),
        ("57P01", True, False),
        ("57014", True, False),
        ("40001", True, False),
        ("40P01", True, False),
        ("55P03", True, False),
        ("22021", False, True),
        ("22003", False, True),
        ("23505", False, False),
        ("42601", False, False),
        ("42P01", False, False),
        ("25006", False, False),
        (None, False, False),
    ],
)
def test_what_counts_as_an_outage(state: str | None, *, outage: bool, bad: bool) -> None:
    """Lost lines, shutdowns, full disks, locks, limits and missing rights are not the statement's fault; wrong statements and broken rules are."""
    error = refused(sqlstate=state)

    assert (is_outage(error), is_bad_value(error)) == (outage, bad)
