"""The live services under contract: each within the process and on the real Redis, on both event loops the hub runs on."""

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import uvloop

from bot.live.bus import RedisBus
from bot.live.local import LocalBus, LocalLimiter, LocalPresence
from bot.live.metrics import Metrics
from bot.live.ports import Bus, Limiter, Presence
from bot.live.redis import RedisLimiter, RedisLink, RedisPresence

BOTH_LOOPS = {"test_bus", "test_presence", "test_limiter"}
UVLOOP = {"test_redis_away"}


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Contracts of live services run on both loops, the slow tests of outages on the one that production has; others on the plain one."""
    loops: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop, "uvloop": uvloop.new_event_loop}
    module = inspect.getmodulename(str(item.path))
    if module in BOTH_LOOPS:
        return loops
    name = "uvloop" if module in UVLOOP else "asyncio"
    return {name: loops[name]}


@pytest.fixture(params=["local", "redis"])
def kind(request: pytest.FixtureRequest) -> str:
    """Which implementation is under contract."""
    return str(request.param)


@pytest.fixture
async def links(kind: str, request: pytest.FixtureRequest) -> AsyncIterator[tuple[RedisLink, RedisLink] | None]:
    """Two processes' ways to one Redis, or None."""
    if kind == "local":
        yield None
        return
    url = request.getfixturevalue("redis_url")
    async with RedisLink(url) as near, RedisLink(url) as far:
        yield near, far


@pytest.fixture
async def buses(links: tuple[RedisLink, RedisLink] | None) -> AsyncIterator[tuple[Bus, Bus]]:
    """The bus of this process and that of another, which within one process are the same."""
    if links is None:
        async with LocalBus() as bus:
            yield bus, bus
        return
    async with RedisBus(links[0], Metrics()) as near, RedisBus(links[1], Metrics()) as far:
        yield near, far


@pytest.fixture
def presences(links: tuple[RedisLink, RedisLink] | None) -> tuple[Presence, Presence]:
    """As `buses`, for presence."""
    if links is None:
        local = LocalPresence()
        return local, local
    return RedisPresence(links[0]), RedisPresence(links[1])


@pytest.fixture
def limiters(links: tuple[RedisLink, RedisLink] | None) -> tuple[Limiter, Limiter]:
    """As `buses`, for the limiter."""
    if links is None:
        local = LocalLimiter()
        return local, local
    return RedisLimiter(links[0]), RedisLimiter(links[1])
