"""Files that hold the passwords of staff: one `LOGIN PASSWORD` a line, or the password alone."""

import getpass
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from config.secret import readable_by_others, write_private
from config.sources import SettingsFault

DEMO_FILE = "demo.txt"


def read(path: Path) -> dict[str, str]:
    """Passwords by login; a password that stands alone is under the empty login.

    Raises:
        SettingsFault: the file cannot be read, or others can read it.
    """
    try:
        if readable_by_others(path):
            raise SettingsFault(f"{path} can be read by others on this machine. Close it with: chmod 600 {path}")
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as fault:
        raise SettingsFault(f"The password file cannot be read: {fault}") from None
    words = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return {line[0] if len(line) > 1 else "": line[-1] for line in words}


def write(path: Path, passwords: Mapping[str, str]) -> None:
    """Write a file that only its owner may read, in the place of one that is there already.

    Raises:
        SettingsFault: it cannot be written.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        write_private(draft, "".join(f"{login} {password}\n" for login, password in passwords.items()))
        draft.replace(path)
    except OSError as fault:
        raise SettingsFault(f"The password file cannot be written: {fault}") from None


def password_of(login: str, *, file: Path | None, data: Path) -> str:
    """The password of a login: from the file if one is named, else the demo's, else typed at the terminal.

    Raises:
        SettingsFault: it is nowhere to be found.
    """
    demo = data / DEMO_FILE
    if file is not None:
        known = read(file)
        if login not in known and "" not in known:
            raise SettingsFault(f"{file} holds no password of {login}.")
        return known.get(login) or known[""]
    if demo.exists() and login in (known := read(demo)):
        return known[login]
    if not sys.stdin.isatty():
        raise SettingsFault(f"There is no password for {login}: name a file with --password-file.")
    return getpass.getpass(f"Password of {login}: ")
