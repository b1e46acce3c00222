"""Store tests run on SQLite and on PostgreSQL alike."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from bot.store.unit import Database


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """An empty database with the present schema, open."""
    async with Database.at(database_url) as database:
        yield database


@pytest.fixture
async def second(db: Database, database_url: str) -> AsyncIterator[Callable[[], Database]]:
    """Makes another `Database` on the same data, as another process would have."""
    assert db is not None
    async with AsyncExitStack() as stack:

        def make() -> Database:
            other = Database.at(database_url)
            stack.push_async_callback(other.close)
            return other

        yield make
