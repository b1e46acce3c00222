"""The signing secret is made once, kept private, and must be strong in production."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from config.secret import readable_by_others, signing_secret, strength, write_private
from config.settings import Identity, Server, Settings
from config.sources import SettingsFault

STRONG = "kJ3nQv8ZpX1rT6wYbC4mH9sL2dF7gA0e"


def _settings(tmp_path: Path, *, secret: str = "", production: bool = False) -> Settings:
    return Settings(server=Server(data=str(tmp_path / "data"), production=production), identity=Identity(secret=secret))


def test_the_first_run_makes_a_secret_that_later_runs_keep(tmp_path: Path) -> None:
    """One secret per data directory, in a file that only its owner may read."""
    made = signing_secret(_settings(tmp_path))
    file = tmp_path / "data" / "secret"

    assert strength(made) is None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert signing_secret(_settings(tmp_path)) == made


def test_processes_that_start_together_agree_on_one_secret(tmp_path: Path) -> None:
    """Whoever comes second reads what the first wrote, and no draft is left behind."""
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _: signing_secret(_settings(tmp_path)), range(32)))

    assert len(made) == 1
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret"]


def test_a_configured_secret_is_used_as_it_is(tmp_path: Path) -> None:
    """Nothing is written when a secret was given."""
    assert signing_secret(_settings(tmp_path, secret=STRONG)) == STRONG
    assert not (tmp_path / "data").exists()


def test_production_refuses_to_make_a_secret(tmp_path: Path) -> None:
    """A secret that several machines share cannot be invented by one of them."""
    with pytest.raises(SettingsFault, match="is not set"):
        signing_secret(_settings(tmp_path, production=True))

    assert not (tmp_path / "data").exists()


def test_production_takes_a_strong_secret_from_the_file(tmp_path: Path) -> None:
    """A file put there by the operator of the machine counts as configured."""
    write_private(tmp_path / "data" / "secret", STRONG)

    assert signing_secret(_settings(tmp_path, production=True)) == STRONG


@pytest.mark.parametrize("weak", ["short", "x" * 31, "ab" * 32])
def test_production_refuses_a_weak_secret_without_repeating_it(tmp_path: Path, weak: str) -> None:
    """Too short, or long but made of a few characters."""
    with pytest.raises(SettingsFault, match="too weak") as caught:
        signing_secret(_settings(tmp_path, secret=weak, production=True))

    assert weak not in str(caught.value)


def test_a_secret_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    """The fault says how to close it."""
    signing_secret(_settings(tmp_path))
    file = tmp_path / "data" / "secret"
    file.chmod(0o644)

    assert readable_by_others(file)
    with pytest.raises(SettingsFault, match="chmod 600"):
        signing_secret(_settings(tmp_path))


def test_an_empty_secret_file_is_refused(tmp_path: Path) -> None:
    """An empty file would sign everything with nothing."""
    write_private(tmp_path / "data" / "secret", "")

    with pytest.raises(SettingsFault, match="does not hold a usable secret"):
        signing_secret(_settings(tmp_path))


def test_a_private_file_is_never_overwritten(tmp_path: Path) -> None:
    """The second writer is told that it was too late."""
    path = tmp_path / "one"

    assert write_private(path, "first")
    assert not write_private(path, "second")
    assert path.read_text(encoding="utf-8") == "first"
