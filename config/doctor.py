"""`weihub doctor`: looks at everything a hub stands on, changes nothing, and says what to do about what is wrong."""

import http.client
import os
import shutil
import socket
import sqlite3
import stat
import sys
import time
import zoneinfo
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from bot.live.redis import ping
from bot.model.basics import HubError, Lang
from bot.store.migrate import current, head
from bot.store.unit import Database
from config.keys import buyer_tokens
from config.places import database_url, reason
from config.secret import FILE_NAME, readable_by_others, strength
from config.settings import Settings
from config.sources import Loaded, SettingsFault

MIN_PYTHON = (3, 11)
MIN_SQLITE = (3, 35, 0)
"""The first with RETURNING, which the store uses."""

MIN_FREE_BYTES = 512 * 2**20
EARLIEST_CLOCK_S = 1_767_225_600
"""The start of 2026: a clock before that was never set."""

SKEW_S = 5.0
PROBE_S = 2.0
MIN_OPEN_FILES = 4_096


class Finding(msgspec.Struct, frozen=True):
    """What one look found. `ok` False means that the hub will not work, or not safely."""

    name: str
    ok: bool
    says: str


async def examine(loaded: Loaded, lang: Lang) -> list[Finding]:
    """Every finding, in the order in which to mend them."""
    settings = loaded.settings
    looks: list[Callable[[], Finding | Awaitable[Finding]]] = [
        look_python,
        look_sqlite,
        look_clock,
        lambda: look_directory(settings),
        lambda: look_disk(settings),
        lambda: look_secret(settings),
        lambda: look_shop(settings),
        lambda: _look_database(settings, lang),
        lambda: _look_redis(settings),
        lambda: look_port(settings),
        look_open_files,
    ]
    findings = []
    for look in looks:
        found = look()
        findings.append(found if isinstance(found, Finding) else await found)
    return findings


def look_python() -> Finding:
    """The interpreter."""
    version = ".".join(map(str, sys.version_info[:3]))
    new = sys.version_info >= MIN_PYTHON
    return Finding("python", new, version if new else f"{version}, 3.11 or newer is needed")


def look_sqlite() -> Finding:
    """The SQLite inside the interpreter."""
    new = sqlite3.sqlite_version_info >= MIN_SQLITE
    return Finding("sqlite", new, sqlite3.sqlite_version if new else f"{sqlite3.sqlite_version}, 3.35 or newer is needed")


def look_clock() -> Finding:
    """The clock, and the time zones that opening hours need."""
    if time.time() < EARLIEST_CLOCK_S:
        return Finding("clock", False, f"it says {time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC: set it, messages carry its time")
    try:
        zoneinfo.ZoneInfo("Asia/Shanghai")
    except zoneinfo.ZoneInfoNotFoundError:
        return Finding("clock", False, "there are no time zones: install the package tzdata")
    return Finding("clock", True, time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime()))


def look_directory(settings: Settings) -> Finding:
    """The data directory: there or makeable, ours, closed to others, not written in the future."""
    path = Path(settings.server.data).absolute()
    if not path.exists():
        parent = next(folder for folder in path.parents if folder.exists())
        return Finding("data directory", os.access(parent, os.W_OK), f"{path} will be made at the first start")
    if not path.is_dir() or not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        return Finding("data directory", False, f"{path} is not a directory this user can read and write")
    if stat.S_IMODE(path.stat().st_mode) & 0o022:
        return Finding("data directory", False, f"others may write to {path}: chmod go-w {path}")
    newest = max((file.stat().st_mtime for file in path.iterdir()), default=0.0)
    if newest > time.time() + SKEW_S:
        return Finding("data directory", False, f"{path} was changed in the future: the clock of this machine went back")
    return Finding("data directory", True, str(path))


def look_disk(settings: Settings) -> Finding:
    """Room to write."""
    path = Path(settings.server.data).absolute()
    free = shutil.disk_usage(next(folder for folder in (path, *path.parents) if folder.exists())).free
    enough = free >= MIN_FREE_BYTES
    told = f"{free / 2**30:.1f} GiB free"
    return Finding("disk", enough, told if enough else f"{told}, at least {MIN_FREE_BYTES / 2**30:.1f} are needed")


def look_secret(settings: Settings) -> Finding:
    """The signing secret, without making one."""
    path = Path(settings.server.data) / FILE_NAME
    if settings.identity.secret:
        weakness = strength(settings.identity.secret)
        return Finding("secret", weakness is None, f"identity.secret is too weak: {weakness}" if weakness else "configured")
    if not path.exists():
        says = "none is configured: set identity.secret" if settings.server.production else f"{path} will be made at the first start"
        return Finding("secret", not settings.server.production, says)
    if not os.access(path, os.R_OK):
        return Finding("secret", False, f"{path} cannot be read by this user")
    if readable_by_others(path):
        return Finding("secret", False, f"others can read {path}: chmod 600 {path}")
    try:
        weakness = strength(path.read_text(encoding="utf-8").strip())
    except UnicodeDecodeError:
        return Finding("secret", False, f"{path} does not hold text")
    return Finding("secret", weakness is None, f"{path} is too weak: {weakness}" if weakness else str(path))


def look_shop(settings: Settings) -> Finding:
    """The key of the shop app, where it has one of its own."""
    identity = settings.identity
    if not (identity.shop_secret or identity.public_key_file or identity.jwks_file):
        return Finding("shop key", True, "none of its own: the shop app signs with the hub's secret")
    weakness = strength(identity.shop_secret) if identity.shop_secret else None
    if weakness:
        return Finding("shop key", False, f"identity.shop_secret is too weak: {weakness}")
    try:
        buyer_tokens(settings)
    except SettingsFault as fault:
        return Finding("shop key", False, str(fault))
    return Finding("shop key", True, "configured")


async def _look_database(settings: Settings, lang: Lang) -> Finding:
    """Reachable, and at the schema this program wants."""
    if not settings.store.database and not (Path(settings.server.data) / "hub.db").exists():
        return Finding("database", True, "hub.db will be made at the first start")
    try:
        async with Database.at(database_url(settings)) as db:
            revision = await current(db)
            dialect = db.dialect
    except HubError as fault:
        return Finding("database", False, reason(fault) or fault.message(lang))
    if revision == head():
        return Finding("database", True, f"{dialect}, schema {revision}")
    if dialect == "sqlite":
        return Finding("database", True, f"schema {revision or 'empty'}, brought to {head()} at the next start")
    return Finding("database", False, f"schema {revision or 'empty'}, this program needs {head()}: run `weihub migrate`")


async def _look_redis(settings: Settings) -> Finding:
    """Reachable, if there is one."""
    if not settings.live.redis:
        return Finding("redis", True, "not configured: this is the only process")
    fault = await ping(settings.live.redis)
    return Finding("redis", fault is None, fault or "answers")


def look_port(settings: Settings) -> Finding:
    """Nobody listens where the hub wants to."""
    host, port = settings.server.host, settings.server.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as fault:
        if _hub_answers(host, port):
            return Finding("port", True, f"a hub is running on {host}:{port}")
        return Finding("port", False, f"{host}:{port} cannot be taken: {fault.strerror or fault}. Does another program use it?")
    return Finding("port", True, f"{host}:{port} is free")


def _hub_answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=PROBE_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().getheader("Server") == "weihub"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def look_open_files() -> Finding:
    """How many sockets the process may hold."""
    limit = os.sysconf("SC_OPEN_MAX")
    enough = limit < 0 or limit >= MIN_OPEN_FILES
    return Finding("open files", enough, f"{limit} allowed" if enough else f"{limit} allowed, each socket needs one: raise it with ulimit -n")
