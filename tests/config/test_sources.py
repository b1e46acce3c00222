"""Settings are merged in order, checked where they were said, and refused with the place and the nearest name."""

from pathlib import Path

import pytest

from config.settings import Settings
from config.sources import Loaded, SettingsFault, fields, load


def _file(tmp_path: Path, text: str) -> Path:
    file = tmp_path / "some.toml"
    file.write_text(text, encoding="utf-8")
    return file


def _loaded(config: Path | None = None, environ: dict[str, str] | None = None, **flags: object) -> Loaded:
    return load(flags={key.replace("__", "."): value for key, value in flags.items()}, config=config, environ=environ or {})


def _faults(config: Path | None = None, environ: dict[str, str] | None = None, **flags: object) -> tuple[str, ...]:
    with pytest.raises(SettingsFault) as caught:
        _loaded(config, environ, **flags)
    return caught.value.lines


def test_defaults_hold_when_nothing_is_said(tmp_path: Path) -> None:
    """An empty world gives the defaults, with no file and no origins."""
    loaded = _loaded(server__data=str(tmp_path / "none"))

    assert Settings().server.port == loaded.settings.server.port
    assert loaded.file is None
    assert loaded.origins == {"server.data": "--data"}


def test_the_later_source_wins(tmp_path: Path) -> None:
    """A flag beats the environment, which beats the file, which beats the default; each origin is remembered."""
    file = _file(tmp_path, '[server]\nhost = "10.0.0.1"\nport = 1\ndrain_s = 1\n')
    loaded = _loaded(file, {"WEIHUB_SERVER__PORT": "2", "WEIHUB_SERVER__HOST": "10.0.0.2"}, server__port=3)

    assert (loaded.settings.server.port, loaded.settings.server.host, loaded.settings.server.drain_s) == (3, "10.0.0.2", 1.0)
    assert loaded.origins == {
        "server.host": "WEIHUB_SERVER__HOST",
        "server.port": "--port",
        "server.drain_s": f"{file}: server.drain_s",
    }


def test_a_flag_that_was_not_given_says_nothing() -> None:
    """None is the absence of a flag, not a value."""
    assert Settings().server.port == _loaded(server__port=None).settings.server.port


def test_the_data_directory_may_hold_the_file(tmp_path: Path) -> None:
    """`weihub.toml` of the data directory is read without being named, whoever named the directory."""
    (tmp_path / "weihub.toml").write_text("[server]\nport = 4321\n", encoding="utf-8")

    assert _loaded(server__data=str(tmp_path)).settings.server.port == 4321
    assert _loaded(environ={"WEIHUB_SERVER__DATA": str(tmp_path)}).file == tmp_path / "weihub.toml"


def test_a_file_inside_the_data_directory_cannot_move_it(tmp_path: Path) -> None:
    """Otherwise the file that was read would not be the one of the directory in force."""
    (tmp_path / "weihub.toml").write_text('[server]\ndata = "/elsewhere"\n', encoding="utf-8")

    assert "cannot move it" in _faults(server__data=str(tmp_path))[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[server]\nprot = 1\n", "there is no setting `server.prot`. Did you mean `server.port`?"),
        ("[servr]\nport = 1\n", "there is no section `servr`. Did you mean `server`?"),
        ("server = 1\n", "`server` must be a table"),
        ("[server]\nport = 'x'\n", "server.port: Expected `int`, got `str` ('x' was given)."),
        ("[server]\nport = 70000\n", "server.port: Expected `int` <= 65535 (70000 was given)."),
        ("[server]\nport = '80'\n", "Expected `int`, got `str`"),
        ("[logs]\nlevel = 'loud'\n", "logs.level: Invalid enum value 'loud'"),
        ("[server\n", "line 1"),
    ],
)
def test_a_fault_in_the_file_names_file_key_and_expectation(tmp_path: Path, text: str, expected: str) -> None:
    """Each line begins with the file and says what was expected or which name is near."""
    file = _file(tmp_path, text)
    (line,) = _faults(file)

    assert line.startswith(str(file))
    assert expected in line


def test_a_missing_file_that_was_named_is_a_fault(tmp_path: Path) -> None:
    """`--config` never falls back to something else."""
    assert "there is no such file" in _faults(tmp_path / "absent.toml")[0]


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("WEIHUB_SERVER__PROT", "1", "`server.prot`. Did you mean `server.port`?"),
        ("WEIHUB_SERVER__PORT", "many", "WEIHUB_SERVER__PORT: Expected `int`"),
        ("WEIHUB_SERVER_PORT", "1", "write"),
        ("WEIHUB_NOWHERE__PORT", "1", "there is no section `nowhere`"),
    ],
)
def test_a_fault_in_the_environment_names_the_variable(name: str, value: str, expected: str) -> None:
    """A variable with one underscore that surely meant a setting is told how it is written."""
    (line,) = _faults(environ={name: value})

    assert line.startswith(name)
    assert expected.replace("write", "WEIHUB_SERVER__PORT") in line


def test_variables_of_others_are_not_ours() -> None:
    """Names without a section of ours are left alone."""
    loaded = _loaded(environ={"WEIHUB_DATA": "/some/where", "PATH": "/bin"})

    assert loaded.origins == {}


def test_the_environment_reads_numbers_switches_and_lists() -> None:
    """Texts become the type of the setting; lists are separated by commas."""
    environ = {
        "WEIHUB_SERVER__PORT": "0",
        "WEIHUB_SERVER__PRODUCTION": "true",
        "WEIHUB_SERVER__DRAIN_S": "0.5",
        "WEIHUB_SERVER__ORIGINS": "https://a.example, https://b.example",
    }
    server = _loaded(environ=environ).settings.server

    assert (server.port, server.production, server.drain_s, server.origins) == (0, True, 0.5, ("https://a.example", "https://b.example"))


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    """Nobody has to mend a file one fault a run."""
    lines = _faults(_file(tmp_path, "[server]\nport = -1\nhots = 1\n[nope]\n"), {"WEIHUB_LOGS__LEVEL": "loud"})

    assert len(lines) == 4


def test_a_wrong_secret_is_not_repeated_in_the_fault(tmp_path: Path) -> None:
    """What was given for a secret setting never appears, even when it is of the wrong type."""
    (line,) = _faults(_file(tmp_path, "[identity]\nsecret = 12345678\n"))

    assert "12345678" not in line


def test_every_setting_has_a_meaning() -> None:
    """A setting without a description could not be documented."""
    assert [field.path for field in fields() if not field.meaning.endswith(".")] == []
