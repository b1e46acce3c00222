"""SQLite's threads for reading: one hop to a thread and back for each statement, and none to begin or to end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")


class Reading:
    """One read-only transaction, begun with its first statement: as much of an `AsyncConnection` as this room's functions use.

    Statements are not repeated by two at once: one connection does one thing at a time. Their rows are fetched in the
    thread, so a result never goes back to the database.
    """

    def __init__(self, engine: sa.Engine, threads: ThreadPoolExecutor) -> None:
        self._engine = engine
        self._threads = threads
        self._connection: sa.Connection | None = None

    @property
    def dialect(self) -> sa.Dialect:
        """As that of the engine."""
        return self._engine.dialect

    async def execute(self, statement: sa.Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> sa.Result[Any]:
        """Run a statement; its rows are all there."""
        return await self._in_thread(lambda connection: _fetched(connection.execute(statement, parameters)))

    async def exec_driver_sql(self, statement: str, parameters: Any = None) -> sa.Result[Any]:
        """Run a statement in the driver's own words."""
        return await self._in_thread(lambda connection: _fetched(connection.exec_driver_sql(statement, parameters)))

    async def run_sync(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run a function with the connection, in the thread."""
        return await self._in_thread(lambda connection: work(connection, *arguments))

    async def _in_thread(self, work: Callable[[sa.Connection], T]) -> T:
        """When cancelled, the statement is interrupted and waited for, however often, so that nobody else gets a busy connection and none is lost."""
        future = asyncio.get_running_loop().run_in_executor(self._threads, self._do, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            while not future.done():
                self._interrupt()
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([future])
            if not future.cancelled():
                future.exception()  # it has been looked at
            raise

    def _do(self, work: Callable[[sa.Connection], T]) -> T:
        if self._connection is None:
            self._connection = self._engine.connect()
        return work(self._connection)

    def _interrupt(self) -> None:
        connection = self._connection
        if connection is not None:
            driver: Any = connection.connection.dbapi_connection
            driver.interrupt()

    def close(self) -> None:
        """Give the connection back, behind whatever its thread still does; nobody needs to wait for that."""
        if self._connection is not None:
            self._threads.submit(self._connection.close)


class ReaderThreads:
    """As many threads as connections; who reads holds one of each for a statement, and a connection until the end."""

    def __init__(self, engine: sa.Engine, count: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(count, "weihub-reader")
        self._open = 0
        self._closing = False

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Reading]:
        """A transaction on one snapshot.

        Raises:
            ConnectionError: they are closed.
        """
        if self._closing:
            raise ConnectionError("the readers are closed")
        self._open += 1
        reading = Reading(self._engine, self._threads)
        try:
            yield reading
        finally:
            reading.close()
            self._open -= 1
            if self._closing and not self._open:
                self._end()

    async def close(self) -> None:
        """Close every connection; those in use when they are given back. Doing it again does nothing."""
        if not self._closing:
            self._closing = True
            if not self._open:
                self._end()
                await asyncio.to_thread(self._threads.shutdown)

    def _end(self) -> None:
        self._threads.submit(self._engine.dispose)
        self._threads.shutdown(wait=False)


def _fetched(result: sa.CursorResult[Any]) -> sa.Result[Any]:
    return result.freeze()() if result.returns_rows else result
