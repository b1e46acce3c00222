"""The one owner of background tasks: names them, restarts what crashes, and leaves none behind."""

import asyncio
import random
import traceback
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Self

import structlog

_log = structlog.get_logger()

Work = Callable[[], Awaitable[None]]

CANCEL_BUDGET_S = 2.0
STEADY_S = 60.0
"""A job that ran this long before it crashed begins its back-off anew."""


class Backoff:
    """Waiting times that double from `first` to `most` seconds, each shortened by chance up to half so that processes spread."""

    def __init__(self, first: float = 0.1, most: float = 30.0) -> None:
        self._first = first
        self._most = most
        self._next = first

    def next(self) -> float:
        """Seconds to wait now."""
        wait = self._next
        self._next = min(self._most, wait * 2)
        return wait * random.uniform(0.5, 1.0)  # noqa: S311 - spreading load is no secret

    def reset(self) -> None:
        """Begin again: it worked."""
        self._next = self._first


class Jobs:
    """Owns background tasks, as an async context manager; leaving it stops them all.

    Attributes:
        stopping: set when the end begins; a job with `drains=True` watches it and finishes by itself.
    """

    def __init__(self, *, budget_s: float = 5.0) -> None:
        self.stopping = asyncio.Event()
        self._budget_s = budget_s
        self._tasks: dict[asyncio.Task[None], bool] = {}

    @property
    def names(self) -> list[str]:
        """Names of the jobs that are running, sorted."""
        return sorted(task.get_name() for task in self._tasks)

    def start(self, name: str, work: Work, *, drains: bool = False) -> None:
        """Run `work` until it returns; a crash is logged and it is run again after a back-off.

        At the stop it is cancelled at once, so it must stand that at any await; with `drains` it has the budget of
        the stop to see `stopping` and return.
        """
        self._own(name, self._supervise(name, work), drains=drains)

    def every(self, name: str, seconds: float, work: Work) -> None:
        """Run `work` again and again with `seconds` between the end of one round and the next, give or take a tenth.

        The first round comes after one such wait. A round that runs at the stop may finish within the budget.
        """
        self._own(name, self._repeat(name, seconds, work), drains=True)

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Run one coroutine to its end; a crash is logged. At the stop it may finish within the budget."""
        self._own(name, _once(name, work), drains=True, inner=work)

    async def stop(self, budget_s: float | None = None) -> None:
        """End every job: `stopping` is set, those that drain have `budget_s` seconds, then all are cancelled and awaited."""
        self.stopping.set()
        for task, drains in list(self._tasks.items()):
            if not drains:
                task.cancel()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=self._budget_s if budget_s is None else budget_s)
        for _ in range(3):
            if not self._tasks:
                return
            for task in list(self._tasks):
                _log.warning("job_cancelled", job=task.get_name())
                task.cancel()
            await asyncio.wait(list(self._tasks), timeout=CANCEL_BUDGET_S)
        if self._tasks:
            _log.error("jobs_will_not_stop", jobs=self.names)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _own(self, name: str, runner: Coroutine[Any, Any, None], *, drains: bool, inner: Coroutine[Any, Any, None] | None = None) -> None:
        if self.stopping.is_set():
            runner.close()
            if inner is not None:
                inner.close()
            raise RuntimeError(f"Job {name!r} was started after the stop.")
        task = asyncio.get_running_loop().create_task(runner, name=name)
        self._tasks[task] = drains
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)

    async def _supervise(self, name: str, work: Work) -> None:
        backoff = Backoff()
        clock = asyncio.get_running_loop().time
        while True:
            began = clock()
            if await _attempt(name, work()):
                return
            if clock() - began > STEADY_S:
                backoff.reset()
            if await self._rest(backoff.next()):
                return

    async def _repeat(self, name: str, seconds: float, work: Work) -> None:
        while not await self._rest(seconds * random.uniform(0.9, 1.1)):  # noqa: S311 - spreading load is no secret
            await _attempt(name, work())

    async def _rest(self, seconds: float) -> bool:
        """Sleep; True when the stop came meanwhile."""
        try:
            async with asyncio.timeout(seconds):
                await self.stopping.wait()
        except TimeoutError:
            return False
        return True


async def _attempt(name: str, work: Awaitable[None]) -> bool:
    """Await it; a crash is reported and gives False. Only our own cancellation passes: one from within is a crash too."""
    try:
        await work
    except asyncio.CancelledError as error:
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise
        _report(name, error)
    except Exception as error:
        _report(name, error)
    else:
        return True
    return False


async def _once(name: str, work: Coroutine[Any, Any, None]) -> None:
    await _attempt(name, work)


def _report(name: str, error: BaseException) -> None:
    """Log a crash by its type and places only: an error's text can carry what people wrote."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    where = [f"{frame.filename.rpartition('/')[2]}:{frame.lineno}:{frame.name}" for frame in frames]
    _log.error("job_crashed", job=name, error=type(error).__name__, where=where)
