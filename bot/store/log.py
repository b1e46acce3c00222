"""The message log: one writer, one transaction for everything that waits, acknowledgement only after the commit.

Group commit (Hagmann, "Reimplementing the Cedar File System Using Logging and Group Commit", 1987): while one batch is
being made durable the next one gathers, so the cost of a flush to disk is shared by all who wait for it.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import msgspec
import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from bot.live.metrics import Metrics
from bot.model.basics import HubError, Invalid, Unavailable, now_ms
from bot.store.batch import Appended, Batch, Draft, Outcome, Settled
from bot.store.unit import Database

Done = Callable[[Outcome], None]
Committed = Callable[[Sequence[tuple[Draft, Appended]]], None]

CAREFUL_BATCHES = 50
"""For so many batches after a retry was met, keys are looked up first: retries come in swarms, after a cut."""

_log = structlog.get_logger(__name__)


class Entry(msgspec.Struct, frozen=True, gc=False):
    """One thing waiting for the next commit, and whom to tell."""

    item: Draft | Settled
    done: Done | None


class Log:
    """Appends messages durably and in order.

    Use as an async context manager: leaving it commits what waits. `on_committed` hears every batch right after its
    commit, before the acknowledgements, in the order of the log.
    """

    # The writer's task is owned here and not by `jobs`: the log must outlive every job that may still append.

    def __init__(self, db: Database, metrics: Metrics, *, queue_limit: int = 20_000, batch_limit: int = 512, lease_ms: int = 30_000) -> None:
        self._db = db
        self._metrics = metrics
        self._queue_limit = queue_limit
        self._batch_limit = batch_limit
        self._lease_ms = lease_ms
        self._waiting: deque[Entry] = deque()
        self._bell = asyncio.Event()
        self._open = False
        self._task: asyncio.Task[None] | None = None
        self._ears: list[Committed] = []
        self._careful_for = 0

    def on_committed(self, ear: Committed) -> None:
        """Call `ear` with each batch of newly stored messages, duplicates left out."""
        self._ears.append(ear)

    def submit(self, item: Draft | Settled, done: Done | None = None) -> None:
        """Queue something for the next commit; `done` is told how it ended.

        Raises:
            Unavailable: the queue is full or the log is closed.
        """
        if not self._open or len(self._waiting) >= self._queue_limit:
            raise Unavailable("系统繁忙，请稍后再试。", "The hub is busy; try again shortly.", retry_after=1)
        self._waiting.append(Entry(item, done))
        self._bell.set()

    async def append(self, draft: Draft) -> Appended:
        """Store one message and return its place, after the commit.

        Raises:
            Conflict: the key was used for another message.
            Invalid: the draft cannot be stored; `path` says why.
            NotFound: there is no such conversation.
            Unavailable: the store cannot take it now; a retry with the same key is safe.
        """
        outcome = await self._wait(draft)
        if not isinstance(outcome, Appended):
            raise TypeError("an append is answered by its place")
        return outcome

    async def settle(self, settled: Settled) -> None:
        """Store that work is done, with what it leaves behind, in the next commit."""
        await self._wait(settled)

    async def _wait(self, item: Draft | Settled) -> Appended | None:
        future: asyncio.Future[Appended | None] = asyncio.get_running_loop().create_future()

        def done(outcome: Outcome) -> None:
            if future.done():
                return
            if isinstance(outcome, HubError):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)

        self.submit(item, done)
        return await future

    @property
    def depth(self) -> int:
        """How many entries wait for a commit."""
        return len(self._waiting)

    async def __aenter__(self) -> Self:
        self._open = True
        self._task = asyncio.create_task(self._run(), name="log.writer")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._open = False
        self._bell.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._open or self._waiting:
            await self._bell.wait()
            self._bell.clear()
            while self._waiting:
                size = min(len(self._waiting), self._batch_limit)
                entries = [self._waiting.popleft() for _ in range(size)]
                self._metrics.log_queue.set(len(self._waiting))
                await self._write(entries)

    async def _write(self, entries: list[Entry]) -> None:
        started = time.perf_counter()
        outcomes = await self._commit(entries)
        self._careful_for = max(0, self._careful_for - 1)
        self._metrics.commit_batch.observe(len(entries))
        self._metrics.commit_seconds.observe(time.perf_counter() - started)
        fresh = [
            (entry.item, outcome)
            for entry, outcome in zip(entries, outcomes, strict=True)
            if isinstance(entry.item, Draft) and isinstance(outcome, Appended) and not outcome.duplicate
        ]
        if fresh:
            self._tell(fresh)
        for entry, outcome in zip(entries, outcomes, strict=True):
            if entry.done is not None:
                self._resolve(entry.done, outcome)

    def _tell(self, fresh: Sequence[tuple[Draft, Appended]]) -> None:
        for ear in self._ears:
            try:
                ear(fresh)
            except Exception:
                _log.exception("log.ear_failed")

    @staticmethod
    def _resolve(done: Done, outcome: Outcome) -> None:
        try:
            done(outcome)
        except Exception:
            _log.exception("log.ack_failed")

    async def _commit(self, entries: list[Entry], *, again: bool = False) -> list[Outcome]:
        """One transaction for all. A retry among them makes it careful, a race with another process makes it start again;
        where the database refuses a value, it halves, so that a poisoned draft fails alone.
        """
        careful = self._careful_for > 0
        try:
            return await self._attempt(entries, careful=careful)
        except HubError as error:
            return [error] * len(entries)
        except IntegrityError as error:
            self._careful_for = CAREFUL_BATCHES
            return await (self._halve(entries, error) if again else self._commit(entries, again=careful))
        except (StatementError, DBAPIError, ValueError, OverflowError, TypeError) as error:
            return await self._halve(entries, error)
        except Exception:  # the writer must outlive anything: whoever waits is told to retry, with the same key
            _log.exception("log.commit_failed", size=len(entries))
            return [_refused()] * len(entries)

    async def _attempt(self, entries: list[Entry], *, careful: bool) -> list[Outcome]:
        items = [entry.item for entry in entries]
        batch = Batch(items, now=now_ms(), lease_ms=self._lease_ms, dialect=self._db.dialect, careful=careful)
        await self._db.batch(batch.write)
        return batch.outcomes

    async def _halve(self, entries: list[Entry], error: Exception) -> list[Outcome]:
        if len(entries) == 1:
            _log.warning("log.poisoned", reason=type(error).__name__)
            return [Invalid("这条消息无法保存。", "This message cannot be stored.", path="body")]
        middle = len(entries) // 2
        return [*await self._commit(entries[:middle]), *await self._commit(entries[middle:])]


def _refused() -> Unavailable:
    return Unavailable("暂时无法保存，请稍后重试。", "The store cannot take it now; try again.", retry_after=1)
