"""Hubs for fault tests, and what they say about themselves."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from bot.store.migrate import upgrade
from bot.store.unit import Database
from tests.journeys.hub import HubProcess


@asynccontextmanager
async def running(*hubs: HubProcess) -> AsyncIterator[tuple[HubProcess, ...]]:
    """Start them side by side, and stop them at the end."""
    with ExitStack() as stack:
        for hub in hubs:
            stack.callback(hub.close)
        await asyncio.gather(*(asyncio.to_thread(hub.start) for hub in hubs))
        yield hubs


@asynccontextmanager
async def two_hubs(database: str, redis: str, folder: Path, env: Mapping[str, str] | None = None) -> AsyncIterator[tuple[HubProcess, HubProcess]]:
    """Two processes on one PostgreSQL, one Redis and one data directory; the first has made the demo shop."""
    async with Database.at(database) as db:
        await upgrade(db)
    first, second = (HubProcess(data=folder, database=database, redis=redis, demo=demo, env=env) for demo in (True, False))
    async with running(first, second):
        yield first, second


def pid_of(hub: HubProcess) -> int:
    """The process that runs now."""
    assert hub.process is not None
    return hub.process.pid


async def readiness(hub: HubProcess) -> tuple[int, dict[str, Any]]:
    """The status of `/readyz`, and its answer."""
    async with aiohttp.ClientSession() as session, session.get(f"{hub.url}/readyz") as answer:
        return answer.status, await answer.json()


async def metric(hub: HubProcess, name: str) -> float:
    """A metric, summed over its labels; with labels in the name, that one alone."""
    async with aiohttp.ClientSession() as session, session.get(f"{hub.url}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if name in {line.rpartition(" ")[0], line.partition("{")[0]})
