"""Fixtures of the whole suite: real servers once a session, a fresh database and data directory a test."""

import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.js import nodejs
from tests.js.driver import HERE, JsClient
from tests.servers import PostgresServer, RedisServer


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """One Redis for the session; a test that kills it starts it again."""
    with RedisServer() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL for the session; a test that kills it starts it again."""
    with PostgresServer() as server:
        yield server


@pytest.fixture
def redis_url(redis_server: RedisServer) -> str:
    """An empty Redis."""
    redis_server.ensure()
    redis_server.flush()
    return redis_server.url


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """A fresh, empty database."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty data directory, closed to others."""
    path = tmp_path / "data"
    path.mkdir(mode=0o700)
    return path


@pytest.fixture(scope="session")
def packages(request: pytest.FixtureRequest) -> None:
    """The official JavaScript client, installed from its lock file."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled() if capture else contextlib.nullcontext():
        if not nodejs.installed(HERE):
            print("\ninstalling socket.io-client from tests/js/package-lock.json …", flush=True)  # noqa: T201  # progress for a person
        nodejs.modules(HERE)


@pytest.fixture
async def js(packages: None) -> AsyncIterator[JsClient]:
    """A node process with the official client."""
    async with JsClient() as client:
        yield client
