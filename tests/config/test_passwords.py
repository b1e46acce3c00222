"""Password files are private, and a login's password is found where it was said to be."""

from pathlib import Path

import pytest

from config import passwords
from config.sources import SettingsFault


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """By login, from a file only its owner may read."""
    file = tmp_path / "demo.txt"
    passwords.write(file, {"owner": "pw-1", "xiaolin": "pw-2"})

    assert passwords.read(file) == {"owner": "pw-1", "xiaolin": "pw-2"}
    assert file.stat().st_mode & 0o777 == 0o600
    passwords.write(file, {"owner": "pw-3"})
    assert passwords.read(file) == {"owner": "pw-3"}
    assert [path.name for path in tmp_path.iterdir()] == ["demo.txt"]


def test_a_password_may_stand_alone(tmp_path: Path) -> None:
    """Then it is that of whoever signs in."""
    file = tmp_path / "password"
    file.touch(mode=0o600)
    file.write_text("# mine\npw-1\n", encoding="utf-8")

    assert passwords.password_of("anyone", file=file, data=tmp_path) == "pw-1"


def test_the_demo_file_is_asked_when_none_is_named(tmp_path: Path) -> None:
    """The start of the demo left it in the data directory."""
    passwords.write(tmp_path / "demo.txt", {"owner": "pw-1"})

    assert passwords.password_of("owner", file=None, data=tmp_path) == "pw-1"


def test_a_login_that_is_not_in_the_file_is_told(tmp_path: Path) -> None:
    """No other one's password is tried."""
    passwords.write(tmp_path / "file", {"owner": "pw-1"})

    with pytest.raises(SettingsFault, match="no password of stranger"):
        passwords.password_of("stranger", file=tmp_path / "file", data=tmp_path)


def test_a_password_file_open_to_others_is_refused(tmp_path: Path) -> None:
    """As with private keys."""
    passwords.write(tmp_path / "file", {"owner": "pw-1"})
    (tmp_path / "file").chmod(0o640)

    with pytest.raises(SettingsFault, match="chmod 600"):
        passwords.read(tmp_path / "file")


def test_an_absent_file_is_told(tmp_path: Path) -> None:
    """With its name."""
    with pytest.raises(SettingsFault, match="absent"):
        passwords.read(tmp_path / "absent")
