"""The database as one value: transactions to read and to write, on SQLite and PostgreSQL alike."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, nullcontext
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.model.basics import Invalid, Unavailable
from bot.store.engines import BUSY_MS, READERS, is_bad_value, is_outage, postgres_engines, sqlite_engines
from bot.store.reader import ReaderThreads
from bot.store.writer import Straight, WriterThread, driven

T = TypeVar("T")
Dialect = Literal["sqlite", "postgresql"]

Connection = AsyncConnection
"""What `read` and `write` give, and the functions of this room take; the floors above need no other name for it."""
POOL = 10


class Database:
    """An asynchronous context manager around the engines; leaving it closes every connection.

    SQLite: one writer at a time in this process, first come first served, and four readers that never wait for it.
    PostgreSQL: one pool of connections.
    """

    def __init__(
        self,
        dialect: Dialect,
        writer: AsyncEngine,
        *,
        reader: AsyncEngine | None = None,
        threads: sa.Engine | None = None,
        batcher: sa.Engine | None = None,
        patient: AsyncEngine | None = None,
    ) -> None:
        self.dialect = dialect
        self._writer = writer
        self._reader = reader or writer
        self._threads = None if threads is None else ReaderThreads(threads, READERS)
        self._patient = patient or writer
        self._thread = None if batcher is None else WriterThread(batcher)
        self._closed = False
        # Over a network a broken line shows as a bare OSError; beside SQLite one would be the caller's own.
        self._outages = (sa.exc.DBAPIError, sa.exc.TimeoutError, *(() if batcher else (OSError,)))
        self._turn = asyncio.Lock() if dialect == "sqlite" else None
        self._readers = asyncio.Semaphore(READERS) if dialect == "sqlite" else None

    @classmethod
    def at(cls, url: str, *, pool: int = POOL) -> Self:
        """The database of an address: `sqlite:///path/hub.db` or `postgresql://user:pw@host/db`. Nothing is opened yet.

        `pool` is how many connections to hold to PostgreSQL at most.

        Raises:
            Invalid: the address is malformed, of another kind of database, or names a folder that does not exist.
        """
        try:
            parsed = sa.make_url(url)
        except (sa.exc.ArgumentError, ValueError) as error:
            raise Invalid("数据库地址写错了。", "The database address is malformed.", path="database") from error
        kind = parsed.drivername.partition("+")[0]
        if kind == "sqlite":
            writer, threads, batcher = sqlite_engines(parsed)
            return cls("sqlite", writer, threads=threads, batcher=batcher)
        if kind in {"postgresql", "postgres"}:
            writer, reader, patient = postgres_engines(parsed, pool)
            return cls("postgresql", writer, reader=reader, patient=patient)
        raise Invalid(f"不支持这种数据库：{kind}", f"Not a kind of database we support: {kind}", path="database")

    async def __aenter__(self) -> Self:
        """Open nothing: connections are made when they are first needed, so a hub can start while its database is away."""
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close every connection."""
        await self.close()

    async def close(self) -> None:
        """Close every connection that is not in use; those in use close when they are given back."""
        self._closed = True
        if self._threads is not None:
            await self._threads.close()
        await self._reader.dispose()
        if self._thread is not None:
            await self._thread.close()
        await self._patient.dispose()
        await self._writer.dispose()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A read-only transaction on one snapshot; on SQLite first come, first served.

        Raises:
            Unavailable: the database cannot be reached, is no database, or is too busy; the cause says which.
            Invalid: a value is none a database can hold.
        """
        if self._threads is None:
            async with self._transaction(self._reader) as connection:
                yield connection
            return
        if self._closed:
            raise _unavailable()
        with self._outages_told(), _bad_values_told():
            async with self._wait(self._readers), self._threads.reading() as reading:
                yield cast("AsyncConnection", reading)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncConnection]:
        """One transaction, committed when the block ends and rolled back when it raises or is cancelled.

        Raises:
            Unavailable: the database cannot be reached, is locked, or its disk is full. Nothing was kept, unless the
                connection broke during the commit itself: then it may have been kept.
            Invalid: a value is none a database can hold (a NUL character, half a surrogate pair, a number beyond 64 bits).
            sqlalchemy.exc.IntegrityError: a constraint refused a row.
        """
        async with self._wait(self._turn), self._transaction(self._writer) as connection:
            yield connection

    @asynccontextmanager
    async def overhaul(self) -> AsyncIterator[AsyncConnection]:
        """One transaction without limits of time, for migrations; on a connection of its own in PostgreSQL."""
        async with self._wait(self._turn), self._transaction(self._patient) as connection:
            yield connection

    async def batch(self, work: Callable[[sa.Connection], T]) -> T:
        """One transaction as one synchronous function, for work of many statements: on SQLite it costs one thread hop.

        When cancelled, it is committed or rolled back as a whole.

        Raises:
            Unavailable, sqlalchemy.exc.IntegrityError: as for `write`.
            sqlalchemy.exc.DBAPIError, ValueError, OverflowError: a bad value, left for the caller to find among its rows.
        """
        with self._outages_told():
            if self._thread is None:
                async with self._connection(self._writer) as connection:
                    return await connection.run_sync(work)
            async with self._wait(self._turn):
                return await self._thread.run(work)

    async def at_once(self, work: Callable[[AsyncConnection], Coroutine[Any, Any, T]]) -> T:
        """One transaction as one function that waits for nothing but its own statements: on SQLite one thread hop, however many there are.

        Everybody else who writes waits meanwhile, and a hop for each statement is most of that. When cancelled, as `batch`.

        Raises:
            Unavailable, Invalid, sqlalchemy.exc.IntegrityError: as for `write`.
        """
        if self._thread is None:
            async with self.write() as connection:
                return await work(connection)
        with self._outages_told(), _bad_values_told():
            async with self._wait(self._turn):
                return await self._thread.run(lambda plain: driven(work(cast("AsyncConnection", Straight(plain)))))

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        with self._outages_told(), _bad_values_told():
            async with self._connection(engine) as connection:
                yield connection

    @asynccontextmanager
    async def _connection(self, engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
        async with engine.connect() as connection:
            try:
                async with connection.begin():
                    yield connection
            finally:
                if self._closed:
                    await connection.invalidate()

    @contextmanager
    def _outages_told(self) -> Iterator[None]:
        try:
            yield
        except self._outages as error:
            if is_outage(error):
                raise _unavailable() from error
            raise

    @staticmethod
    def _wait(turn: asyncio.Lock | asyncio.Semaphore | None) -> AbstractAsyncContextManager[None]:
        return nullcontext() if turn is None else _within(turn)


@asynccontextmanager
async def _within(turn: asyncio.Lock | asyncio.Semaphore) -> AsyncIterator[None]:
    """Hold a place, waiting no longer for it than for the database file itself."""
    try:
        async with asyncio.timeout(2 * BUSY_MS / 1000):
            await turn.acquire()
    except TimeoutError as error:
        raise _unavailable() from error
    try:
        yield
    finally:
        turn.release()


@contextmanager
def _bad_values_told() -> Iterator[None]:
    try:
        yield
    except (sa.exc.DBAPIError, UnicodeEncodeError, OverflowError) as error:
        if is_bad_value(error):
            raise Invalid("有的内容无法保存或查找。", "A value cannot be stored or looked up.") from error
        raise


def _unavailable() -> Unavailable:
    return Unavailable("数据库暂时不可用，请稍后再试。", "The database is not available right now; try again shortly.", retry_after=1)
