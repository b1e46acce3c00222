"""Starting in order and stopping in reverse, in named stages, each with a budget of time.

A clean stop ends every stage or its budget; a second signal makes the rest of it quick. Nothing acknowledged depends on
a stage ending well: the acknowledgement came after the commit.
"""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from types import TracebackType
from typing import Self, TypeVar

import structlog

T = TypeVar("T")

QUICK_S = 0.2
"""What a stage gets after a second signal."""

_log = structlog.get_logger(__name__)


class Lifecycle:
    """The stages of one process, as an async context manager: leaving it stops what was started, in reverse.

    Args:
        budget_s: What all stages of the stop may take together, in seconds.
    """

    def __init__(self, budget_s: float) -> None:
        self._budget_s = budget_s
        self._stack = AsyncExitStack()
        self._deadline: float | None = None
        self._hurry = asyncio.Event()

    async def start(self, name: str, thing: AbstractAsyncContextManager[T], budget_s: float) -> T:
        """Enter a context manager now; leave it, as a stage of this name, at the stop."""
        value = await thing.__aenter__()

        async def leave() -> None:
            await thing.__aexit__(None, None, None)

        self.at_stop(name, leave, budget_s)
        return value

    def at_stop(self, name: str, work: Callable[[], Awaitable[None]], budget_s: float) -> None:
        """Do something at the stop, before everything that was started before it is stopped."""
        self._stack.push_async_callback(self._stage, name, work, budget_s)

    def hurry(self) -> None:
        """Give no stage more than a moment from now on."""
        self._hurry.set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.__aexit__(None, None, None)

    async def _stage(self, name: str, work: Callable[[], Awaitable[None]], budget_s: float) -> None:
        began = time.monotonic()
        if self._deadline is None:
            self._deadline = began + self._budget_s
        budget = max(QUICK_S, min(budget_s, self._deadline - began))
        try:
            ended = await self._within(work, budget)
        except Exception:
            _log.exception("stop.stage_failed", stage=name)
            return
        tell = _log.debug if ended else _log.warning
        tell("stop.stage", stage=name, ended=ended, ms=round((time.monotonic() - began) * 1000))

    async def _within(self, work: Callable[[], Awaitable[None]], budget_s: float) -> bool:
        """Whether the work ended within its budget, or within a moment of the hurry."""
        task = asyncio.ensure_future(work())
        hurry = asyncio.ensure_future(self._hurry.wait())
        try:
            await asyncio.wait({task, hurry}, timeout=budget_s, return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and self._hurry.is_set():
                await asyncio.wait({task}, timeout=QUICK_S)
            if task.done():
                task.result()
                return True
            task.cancel()
            await asyncio.wait({task}, timeout=QUICK_S)
            return False
        finally:
            hurry.cancel()


async def until_told(lifecycle: Lifecycle) -> None:
    """Return at the first SIGTERM or SIGINT; a second one hurries the stop."""
    told = asyncio.Event()

    def hear(name: str) -> None:
        if told.is_set():
            _log.warning("stop.hurried", signal=name)
            lifecycle.hurry()
        else:
            _log.info("stop.asked", signal=name)
            told.set()

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, hear, number.name)
    await told.wait()
