"""Faults that only the use of a setting would show are told before anything is used."""

from pathlib import Path

import pytest

from config.checks import faults
from config.secret import write_private
from config.settings import Identity, Live, Server, Settings, Store
from config.sources import SettingsFault, load

GOOD = "kJ3nQv8ZpX1rT6wYbC4mH9sL2dF7gA0e"
OTHER = "b0e7Jq2TzLxW5vRk9NfYc3HdPs8Ga1Mu"


@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({"server": Server(proxies=("10.0.0.1/8",))}, "server.proxies: 10.0.0.1/8 has host bits set"),
        ({"server": Server(production=True)}, "server.production is on, but identity.secret is not set"),
        ({"identity": Identity(secret="hunter2")}, "identity.secret is too weak"),
        ({"identity": Identity(shop_secret="hunter2")}, "identity.shop_secret is too weak"),
        ({"identity": Identity(public_key_file="absent.pem")}, "identity.public_key_file: "),
        ({"identity": Identity(shop_secret=GOOD, jwks_file="absent.json")}, "exclude each other"),
        ({"store": Store(database="mysql://hub:hunter2@host/hub")}, "store.database: Not a kind of database we support: mysql"),
        ({"store": Store(database="postgresql://hub:hunter2@host/hub?retries=3")}, "store.database: The database address has a parameter"),
        ({"live": Live(redis="host:6379")}, "live.redis: Redis URL must specify"),
    ],
)
def test_a_fault_is_told_by_its_setting(tmp_path: Path, sections: dict[str, object], expected: str) -> None:
    """One sentence, without the secret, and nothing is made in the data directory."""
    found = faults(_settings(tmp_path, **sections))

    assert len(found) == 1
    assert found[0].startswith(expected) or expected in found[0]
    assert "hunter2" not in found[0]
    assert list(tmp_path.iterdir()) == []


def test_all_of_them_are_told_at_once(tmp_path: Path) -> None:
    """Not only the first."""
    found = faults(_settings(tmp_path, store=Store(database="mysql://x/y"), live=Live(redis="x"), identity=Identity(secret="short")))

    assert [line.partition(" ")[0].rstrip(":") for line in found] == ["identity.secret", "store.database", "live.redis"]


def test_a_secret_file_is_looked_at_where_there_is_one(tmp_path: Path) -> None:
    """As the start would: one that is no text, or that others can read, stops it."""
    write_private(tmp_path / "secret", GOOD)
    assert faults(_settings(tmp_path)) == []
    (tmp_path / "secret").write_bytes(b"\xff" * 40)
    assert "cannot be used" in faults(_settings(tmp_path))[0]
    (tmp_path / "secret").chmod(0o644)
    assert "can be read by others" in faults(_settings(tmp_path))[0]


def test_sound_settings_have_no_fault(tmp_path: Path) -> None:
    """Nothing of what they name needs to be there or to answer."""
    sections = {
        "server": Server(production=True, proxies=("10.0.0.0/8", "::1"), origins=("https://shop.example",)),
        "identity": Identity(secret=GOOD, shop_secret=OTHER),
        "store": Store(database="postgresql://hub:x@nowhere.invalid/hub?sslmode=require"),
        "live": Live(redis="redis://nowhere.invalid:6379/0"),
    }

    assert faults(_settings(tmp_path, **sections)) == []


def _settings(data: Path, **sections: object) -> Settings:
    server = sections.pop("server", Server())
    assert isinstance(server, Server)
    moved = Server(**{**{name: getattr(server, name) for name in server.__struct_fields__}, "data": str(data)})
    return Settings(server=moved, **sections)  # type: ignore[arg-type]  # sections by name


@pytest.mark.parametrize("origin", ["https://shop.example/", "shop.example", "*", "https://shop.example/chat"])
def test_an_origin_that_no_browser_sends_is_refused(tmp_path: Path, origin: str) -> None:
    """It would never match, and nobody would be told why."""
    with pytest.raises(SettingsFault, match=r"WEIHUB_SERVER__ORIGINS: "):
        load(flags={"server.data": str(tmp_path)}, config=None, environ={"WEIHUB_SERVER__ORIGINS": f"https://good.example,{origin}"})
