"""SQLite's own thread for whole transactions: one hop to the thread and back, however many statements."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa

T = TypeVar("T")


class WriterThread:
    """Runs synchronous transactions, one at a time, on one connection that never leaves its thread."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._closed = False
        self._thread = ThreadPoolExecutor(1, "weihub-writer")

    async def run(self, work: Callable[[sa.Connection], T]) -> T:
        """Run `work` in one transaction. When cancelled, wait for its end first: a commit cannot be called back."""
        future = asyncio.get_running_loop().run_in_executor(self._thread, self._transaction, work)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait([future])
            raise

    def _transaction(self, work: Callable[[sa.Connection], T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)

    async def close(self) -> None:
        """Close the connection, in its thread, and end the thread. Doing it again does nothing."""
        if self._closed:
            return
        self._closed = True
        await asyncio.get_running_loop().run_in_executor(self._thread, self._engine.dispose)
        self._thread.shutdown()


class Straight:
    """A connection in its own thread, as much of an `AsyncConnection` as this room's functions use: nothing it does has to be waited for."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    @property
    def dialect(self) -> sa.Dialect:
        """As that of the engine."""
        return self._connection.dialect

    async def execute(self, statement: sa.Executable, parameters: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None) -> sa.Result[Any]:
        """Run a statement."""
        return self._connection.execute(statement, parameters)

    async def run_sync(self, work: Callable[..., T], *arguments: Any) -> T:
        """Run a function with the connection."""
        return work(self._connection, *arguments)


def driven(work: Coroutine[Any, Any, T]) -> T:
    """What a coroutine comes to that waits for nothing but a `Straight` connection.

    Raises:
        RuntimeError: it waits for something else.
    """
    try:
        work.send(None)
    except StopIteration as done:
        result: T = done.value
        return result
    work.close()
    raise RuntimeError("a transaction at once waits for nothing but its statements")
