"""SQLite's own thread for whole transactions: one hop to the thread and back, however many statements."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

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
