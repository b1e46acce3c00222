"""What people read about settings is what the code does."""

import tomllib
from pathlib import Path

import pytest

from config import manual
from config.settings import Settings
from config.sources import fields, load


def _shown(tmp_path: Path, environ: dict[str, str]) -> str:
    return manual.shown(load(flags={"server.data": str(tmp_path)}, config=None, environ=environ))


@pytest.mark.parametrize("path", [field.path for field in fields() if field.secret])
def test_show_masks_every_secret(tmp_path: Path, path: str) -> None:
    """A secret setting is printed as stars, with its origin."""
    variable = "WEIHUB_" + path.replace(".", "__").upper()
    text = _shown(tmp_path, {variable: "s3cret-value"})

    assert "s3cret-value" not in text
    assert f'"********"  # {variable}' in text


def test_show_is_toml_with_the_values_in_force(tmp_path: Path) -> None:
    """The output can be kept as a file."""
    values = tomllib.loads(_shown(tmp_path, {"WEIHUB_SERVER__PORT": "81"}))

    assert values["server"]["port"] == 81
    assert values["server"]["data"] == str(tmp_path)
    assert values["logs"] == {"level": "info", "format": "auto"}


def test_the_example_with_its_comments_taken_away_is_the_defaults(tmp_path: Path) -> None:
    """Every line of the example is valid and says the default."""
    keys = {field.key for field in fields()}
    lines = [line[2:] if line.startswith("# ") and line[2:].split(" =")[0] in keys else line for line in manual.example().splitlines()]
    file = tmp_path / "all.toml"
    file.write_text("\n".join(lines), encoding="utf-8")

    loaded = load(flags={}, config=file, environ={})
    assert loaded.settings == Settings()
    assert set(loaded.origins) == {field.path for field in fields()}
