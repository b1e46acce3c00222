"""Store tests run on SQLite and on PostgreSQL alike."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.store.migrate import upgrade
from bot.store.unit import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, data_dir: Path) -> str:
    """The address of an empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{data_dir}/hub.db"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """A database with the present schema."""
    async with Database.at(database_url) as db:
        await upgrade(db)
        yield db


@pytest.fixture
async def second(db: Database, database_url: str) -> AsyncIterator[Callable[[], Database]]:
    """Makes another `Database` on the same data, as another process would have."""
    async with AsyncExitStack() as stack:

        def make() -> Database:
            other = Database.at(database_url)
            stack.push_async_callback(other.close)
            return other

        yield make
