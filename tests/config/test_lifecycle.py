"""What was started is stopped in reverse, in stages with budgets; a fault or a slow stage does not stop the stop."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from config.lifecycle import Lifecycle, until_told


@asynccontextmanager
async def _part(name: str, told: list[str], *, slow_s: float = 0.0, breaks: bool = False) -> AsyncIterator[str]:
    told.append(f"start {name}")
    yield name
    try:
        await asyncio.sleep(slow_s)
    except asyncio.CancelledError:
        told.append(f"cut {name}")
        raise
    if breaks:
        raise RuntimeError(name)
    told.append(f"stop {name}")


@asynccontextmanager
async def _taken() -> AsyncIterator[None]:
    if time.monotonic() > 0:
        raise OSError("the port is taken")
    yield


async def test_stages_stop_in_reverse() -> None:
    """Also those that only act at the stop."""
    told: list[str] = []

    async def drain() -> None:
        told.append("drain")

    async with Lifecycle(5) as lifecycle:
        assert await lifecycle.start("database", _part("database", told), 1) == "database"
        await lifecycle.start("log", _part("log", told), 1)
        lifecycle.at_stop("drain", drain, 1)

    assert told == ["start database", "start log", "drain", "stop log", "stop database"]


async def test_a_stage_beyond_its_budget_is_cut_and_the_next_ones_still_run() -> None:
    """Its coroutine is cancelled; the database below it is still closed."""
    told: list[str] = []
    async with Lifecycle(5) as lifecycle:
        await lifecycle.start("database", _part("database", told), 1)
        await lifecycle.start("slow", _part("slow", told, slow_s=30), 0.05)

    assert told[2:] == ["cut slow", "stop database"]


async def test_a_stage_that_fails_does_not_keep_the_others_from_stopping() -> None:
    """It is logged, and the stop goes on."""
    told: list[str] = []
    async with Lifecycle(5) as lifecycle:
        await lifecycle.start("database", _part("database", told), 1)
        await lifecycle.start("broken", _part("broken", told, breaks=True), 1)

    assert told[2:] == ["stop database"]


async def test_all_stages_together_keep_the_whole_budget() -> None:
    """Ten slow stages of a second each do not take ten seconds."""
    told: list[str] = []
    lifecycle = Lifecycle(0.1)
    async with lifecycle:
        for number in range(3):
            await lifecycle.start(str(number), _part(str(number), told, slow_s=30), 10)
        began = time.monotonic()

    assert time.monotonic() - began < 2
    assert told[3:] == ["cut 2", "cut 1", "cut 0"]


async def test_a_start_that_fails_stops_what_was_started_before() -> None:
    """A hub whose port is taken closes its database."""
    told: list[str] = []
    async with Lifecycle(5) as lifecycle:
        await lifecycle.start("database", _part("database", told), 1)
        with pytest.raises(OSError, match="taken"):
            await lifecycle.start("port", _taken(), 1)

    assert told == ["start database", "stop database"]


async def test_the_second_signal_makes_the_stop_quick() -> None:
    """The first asks for a clean stop, the second cuts what takes long."""
    told: list[str] = []
    async with Lifecycle(60) as lifecycle:
        await lifecycle.start("slow", _part("slow", told, slow_s=30), 30)
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGTERM)
        await until_told(lifecycle)
        asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGINT)
        began = time.monotonic()

    assert told == ["start slow", "cut slow"]
    assert time.monotonic() - began < 5
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(number)
