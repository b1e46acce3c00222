"""Fixtures of the actions' tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.live.redis import RedisLimiter, RedisLink


@pytest.fixture
def url(data_dir: Path) -> str:
    """The address of a SQLite database to be."""
    return f"sqlite:///{data_dir}/hub.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def each_url(request: pytest.FixtureRequest, url: str) -> str:
    """The address of an empty database of each kind."""
    found: str = url if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return found


@pytest.fixture
async def shared_limiters(redis_url: str) -> AsyncIterator[tuple[RedisLimiter, RedisLimiter]]:
    """The limiters of two processes, which count over one Redis."""
    async with RedisLink(redis_url) as near, RedisLink(redis_url) as far:
        yield RedisLimiter(near), RedisLimiter(far)
