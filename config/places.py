"""Where the parts of a hub lie, worked out from its settings."""

import os
import re
from pathlib import Path

from bot.model.basics import HubError
from config.settings import Settings
from config.sources import SettingsFault


def data_directory(settings: Settings) -> Path:
    """The data directory, made if it is absent and closed to others.

    Raises:
        SettingsFault: it cannot be made or written to.
    """
    path = Path(settings.server.data).absolute()
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise SettingsFault(f"The data directory cannot be used: {fault}") from None
    if not os.access(path, os.W_OK | os.X_OK):
        raise SettingsFault(f"The data directory {path} cannot be written to by this user.")
    return path


def database_url(settings: Settings) -> str:
    """The configured database, or the SQLite file of the data directory."""
    return settings.store.database or f"sqlite:///{Path(settings.server.data).absolute() / 'hub.db'}"


def without_password(url: str) -> str:
    """An address that may be shown."""
    return re.sub(r"(://[^:/@]*:)[^@]*@", r"\1***@", url)


def reason(fault: HubError) -> str:
    """What the database or its driver said of an outage, in one line; empty where it said nothing."""
    cause = fault.__cause__
    text = str(getattr(cause, "orig", None) or cause or "").partition("\n")[0]
    return re.sub(r"^<class '[^']*'>: ", "", text)


def media_directory(settings: Settings) -> Path:
    """Where pictures and voice are kept."""
    return Path(settings.server.data).absolute()


def pages_directory(settings: Settings) -> Path:
    """Where the built pages lie: what the settings name, or `web/dist` beside the program."""
    return Path(settings.server.pages).absolute() if settings.server.pages else Path(__file__).parents[1] / "web" / "dist"


def own_url(settings: Settings) -> str:
    """Where a client on this machine reaches the hub."""
    host = settings.server.host
    if host in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared with, not bound to
        host = "127.0.0.1"
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.server.port}"
