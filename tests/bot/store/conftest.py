"""Store tests run on SQLite and on PostgreSQL alike; migrating is done once a session, emptying after each test."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from bot.store.migrate import upgrade
from bot.store.schema import METADATA
from bot.store.unit import Database
from tests.servers import PostgresServer

_EMPTY = f"DO $$ BEGIN {' '.join(f'DELETE FROM {name};' for name in METADATA.tables)} END $$"


def migrate(url: str) -> None:
    """Migrate from outside of any event loop, or inside one."""

    async def run() -> None:
        async with Database.at(url) as db:
            await upgrade(db)

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> Iterator[str]:
    """A migrated PostgreSQL database, emptied after each test."""
    postgres_server.ensure()
    url = postgres_server.create_database()
    migrate(url)
    yield url
    postgres_server.ensure()
    postgres_server.drop_database(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, data_dir: Path) -> str:
    """The address of an empty database of each kind, with the present schema."""
    if request.param == "sqlite":
        path = data_dir / "hub.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        return f"sqlite:///{path}"
    request.getfixturevalue("postgres_server").ensure()
    return str(request.getfixturevalue("migrated_postgres"))


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    """An empty database with the present schema, open."""
    async with Database.at(database_url) as database:
        yield database
        if database.dialect == "postgresql":
            async with database.write() as connection:
                await connection.exec_driver_sql(_EMPTY)


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
