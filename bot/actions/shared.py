"""One transaction for all who ask at the same time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

from bot.model.basics import Unavailable

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class _Batch(Generic[K, V]):
    """Questions that are asked together, and their answers; None until they are there."""

    def __init__(self) -> None:
        self.keys: dict[K, None] = {}
        self.answers: Mapping[K, V] | None = None
        self.over = asyncio.Event()


class Shared(Generic[K, V]):
    """Asks `work` for many keys at once.

    Whoever comes while it is at work is served by its next call, together with all who come meanwhile. Every answer is
    therefore of the moment of asking or later. No task of its own: the first of a batch does the work for the others.
    """

    def __init__(self, work: Callable[[Sequence[K]], Awaitable[Mapping[K, V]]], limit: int = 200) -> None:
        self._work = work
        self._limit = limit
        self._turn = asyncio.Lock()
        self._open: _Batch[K, V] | None = None

    async def ask(self, key: K) -> V | None:
        """The answer to one key, None where the work has none.

        Raises:
            Unavailable: whoever asked for this batch could not be answered.
            Exception: whatever the work raises, to the one who asks first.
        """
        batch = self._open
        if batch is not None and len(batch.keys) < self._limit:
            batch.keys[key] = None
            await batch.over.wait()
        else:
            batch = self._open = _Batch()
            batch.keys[key] = None
            await self._lead(batch)
        if batch.answers is None:
            raise Unavailable("系统繁忙，请稍后再试。", "The hub is busy; try again shortly.", retry_after=1)
        return batch.answers.get(key)

    async def _lead(self, batch: _Batch[K, V]) -> None:
        """Wait for one's turn, close the batch to newcomers, do the work, and let the others go on."""
        try:
            async with self._turn:
                await asyncio.sleep(0)  # whoever asks in this very turn of the loop comes along
                self._close(batch)
                batch.answers = await self._work(list(batch.keys))
        finally:
            self._close(batch)
            batch.over.set()

    def _close(self, batch: _Batch[K, V]) -> None:
        if self._open is batch:
            self._open = None
