"""A database of each kind for tests: migrating is done once a session, and PostgreSQL's is emptied after each test."""

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
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
    with postgres_server.database() as url:
        migrate(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, data_dir: Path) -> Iterator[str]:
    """The address of an empty database of each kind, with the present schema."""
    if request.param == "sqlite":
        path = data_dir / "hub.db"
        shutil.copyfile(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    server.ensure()
    url: str = request.getfixturevalue("migrated_postgres")
    yield url
    server.ensure()
    server.execute(_EMPTY, url)
