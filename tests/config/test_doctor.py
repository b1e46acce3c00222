"""The doctor finds what is wrong, says what to do, and changes nothing."""

import os
import socket
import time
from pathlib import Path

import pytest

from bot.store.migrate import upgrade
from bot.store.unit import Database
from config import doctor
from config.doctor import Finding
from config.secret import write_private
from config.settings import Identity, Live, Server, Settings, Store
from config.sources import Loaded
from tests.servers import RedisServer


def _settings(data: Path, **more: object) -> Settings:
    return Settings(server=Server(data=str(data), port=0), **more)  # type: ignore[arg-type]  # sections by name


async def _found(settings: Settings) -> dict[str, Finding]:
    return {finding.name: finding for finding in await doctor.examine(Loaded(settings, None, {}), "en")}


async def test_a_fresh_machine_is_well_and_stays_untouched(tmp_path: Path) -> None:
    """Nothing is there yet: everything will be made at the first start, by the start and not by the doctor."""
    data = tmp_path / "data"
    found = await _found(_settings(data))

    assert {name: finding.says for name, finding in found.items() if not finding.ok and name != "open files"} == {}
    assert not data.exists()


async def test_a_port_that_is_taken_is_told(tmp_path: Path) -> None:
    """With the question that is most often the answer."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        finding = doctor.look_port(Settings(server=Server(data=str(tmp_path), port=other.getsockname()[1])))

    assert not finding.ok
    assert "Does another program use it?" in finding.says


def test_a_data_directory_that_others_may_write_is_told(tmp_path: Path) -> None:
    """The way to close it is in the finding."""
    tmp_path.chmod(0o777)
    finding = doctor.look_directory(_settings(tmp_path))

    assert not finding.ok
    assert f"chmod go-w {tmp_path}" in finding.says


def test_a_file_in_the_place_of_the_data_directory_is_told(tmp_path: Path) -> None:
    """It could not be made."""
    (tmp_path / "data").touch()

    assert not doctor.look_directory(_settings(tmp_path / "data")).ok


def test_a_clock_that_went_back_is_told(tmp_path: Path) -> None:
    """Files from the future show it."""
    tmp_path.chmod(0o700)
    (tmp_path / "hub.db").touch()
    os.utime(tmp_path / "hub.db", (time.time() + 3600,) * 2)

    assert "went back" in doctor.look_directory(_settings(tmp_path)).says


@pytest.mark.parametrize(
    ("secret", "mode", "expected"),
    [("kJ3nQv8ZpX1rT6wYbC4mH9sL2dF7gA0e", 0o644, "chmod 600"), ("short", 0o600, "too weak"), ("kJ3nQv8ZpX1rT6wYbC4mH9sL2dF7gA0e", 0o600, "")],
)
def test_a_secret_file_is_judged(tmp_path: Path, secret: str, mode: int, expected: str) -> None:
    """Open to others, weak, or good."""
    write_private(tmp_path / "secret", secret)
    (tmp_path / "secret").chmod(mode)
    finding = doctor.look_secret(_settings(tmp_path))

    assert finding.ok == (not expected)
    assert expected in finding.says
    assert secret not in finding.says


def test_a_secret_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    """It could not be read at the start."""
    write_private(tmp_path / "secret", "")
    (tmp_path / "secret").write_bytes(b"\xff" * 40)

    assert "does not hold text" in doctor.look_secret(_settings(tmp_path)).says


@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (Identity(), "none of its own"),
        (Identity(shop_secret="kJ3nQv8ZpX1rT6wYbC4mH9sL2dF7gA0e"), "configured"),
        (Identity(shop_secret="short"), "too weak"),
        (Identity(jwks_file="absent.json"), "identity.jwks_file: "),
    ],
)
def test_the_shops_key_is_judged(tmp_path: Path, identity: Identity, expected: str) -> None:
    """Where the shop app signs with one of its own."""
    finding = doctor.look_shop(_settings(tmp_path, identity=identity))

    assert expected in finding.says
    assert finding.ok == (expected in {"none of its own", "configured"})


async def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    """In the words of SQLite, without a traceback."""
    (tmp_path / "hub.db").write_text("Dear diary, " * 100, encoding="utf-8")
    found = (await _found(_settings(tmp_path)))["database"]

    assert (found.ok, found.says) == (False, "file is not a database")


async def test_a_database_that_is_not_there_is_told(tmp_path: Path, postgres_url: str) -> None:
    """In the words of PostgreSQL."""
    found = (await _found(_settings(tmp_path, store=Store(database=f"{postgres_url}_nowhere"))))["database"]

    assert not found.ok
    assert found.says.endswith('_nowhere" does not exist')


def test_production_without_a_secret_is_told(tmp_path: Path) -> None:
    """The start would refuse it."""
    settings = Settings(server=Server(data=str(tmp_path), production=True))

    assert not doctor.look_secret(settings).ok
    assert doctor.look_secret(Settings(server=settings.server, identity=Identity(secret="kJ3nQv8ZpX1rT6wYbC4mH9sL2dF7gA0e"))).ok


async def test_a_database_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    """Without the password of its address."""
    found = await _found(_settings(tmp_path, store=Store(database="postgresql://hub:pa55word@127.0.0.1:9/hub")))

    assert not found["database"].ok
    assert "pa55word" not in found["database"].says


async def test_an_old_schema_is_told_with_the_command_that_mends_it(tmp_path: Path, postgres_url: str) -> None:
    """PostgreSQL is shared, so a start does not migrate it."""
    settings = _settings(tmp_path, store=Store(database=postgres_url))
    before = (await _found(settings))["database"]
    async with Database.at(postgres_url) as db:
        await upgrade(db)
    after = (await _found(settings))["database"]

    assert not before.ok
    assert "weihub migrate" in before.says
    assert after.ok


async def test_redis_is_asked(tmp_path: Path, redis_server: RedisServer) -> None:
    """One that answers is well, one that does not is told."""
    redis_server.ensure()
    assert (await _found(_settings(tmp_path, live=Live(redis=redis_server.url))))["redis"].ok
    assert not (await _found(_settings(tmp_path, live=Live(redis="redis://127.0.0.1:9/0"))))["redis"].ok
