"""A real hub process for journeys, fault tests and benchmarks.

with HubProcess(demo=True) as hub:
    hub.url, hub.data, hub.kill(), hub.restart()
"""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from config.passwords import DEMO_FILE, read
from config.secret import FILE_NAME
from tests.servers import HOST, Server

ROOT = Path(__file__).parents[2]
WEIHUB = str(Path(sys.executable).with_name("weihub"))
"""The command as it is installed beside this Python."""


class HubProcess(Server):
    """`weihub serve` on a free port, with a data directory of its own unless one is given; ready when `/readyz` says so.

    Args:
        data: the data directory; a given one is not removed at the end.
        database: url of a PostgreSQL database that is migrated; SQLite in the data directory without it.
        redis: url of the Redis that several hubs share.
        demo: make the demo account.
        env: more environment, such as `{"WEIHUB_LOGS__LEVEL": "debug"}`.
        prefix: a command to run it under, such as `("taskset", "-c", "0")`.
    """

    name = "hub"

    def __init__(
        self,
        *,
        data: Path | None = None,
        database: str | None = None,
        redis: str | None = None,
        demo: bool = False,
        env: Mapping[str, str] | None = None,
        prefix: tuple[str, ...] = (),
    ) -> None:
        super().__init__()
        self.data = data or self.directory / "data"
        self._flags = [word for flag, value in (("--database", database), ("--redis", redis)) if value for word in (flag, value)]
        self._flags += ["--demo"] if demo else []
        self._env = {"PYTHONUNBUFFERED": "1", "WEIHUB_LOGS__FORMAT": "json", **(env or {})}
        self._prefix = prefix
        self._written = 0

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self.port}"

    @property
    def log(self) -> Path:
        """What it wrote to standard output and error, of all its starts."""
        return self.directory / "server.log"

    @property
    def secret(self) -> str:
        """The secret of its data directory, to sign buyers' tokens with."""
        return (self.data / FILE_NAME).read_text(encoding="utf-8").strip()

    @property
    def passwords(self) -> dict[str, str]:
        """Passwords of the demo's staff by login."""
        return read(self.data / DEMO_FILE)

    def command(self) -> list[str]:
        """In the foreground, under `env`, which execs it: the process is the hub itself."""
        environment = [f"{name}={value}" for name, value in self._env.items()]
        serve = [WEIHUB, "serve", "--port", str(self.port), "--host", HOST, "--data", str(self.data)]
        return ["env", *environment, *self._prefix, *serve, *self._flags]

    def start(self) -> None:
        """Start and wait until it says that it runs and `/readyz` answers 200."""
        self._written = self.log.stat().st_size if self.log.exists() else 0
        super().start()

    def ready(self) -> bool:
        """Whether it said so and `/readyz` answers 200."""
        said = self.log.read_bytes()[self._written :]
        return b"is running on" in said and self.status("/readyz") == 200

    def status(self, path: str) -> int | None:
        """The status of a GET; None while nobody answers."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return None
        finally:
            connection.close()

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels, as `/metrics` tells it."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=5)
        try:
            connection.request("GET", "/metrics")
            lines = connection.getresponse().read().decode().splitlines()
        finally:
            connection.close()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.partition(" ")[0].partition("{")[0] == name)

    def wait_for(self, name: str, least: float, patience_s: float = 20) -> None:
        """Wait until a metric has reached a value.

        Raises:
            TimeoutError: it does not.
        """
        deadline = time.monotonic() + patience_s
        while self.metric(name) < least:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{name} is at {self.metric(name)}, not at {least}.")
            time.sleep(0.02)

    def weihub(self, *arguments: str, stdin: str = "", timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Run another command of the command line on this hub's data directory, to its end."""
        command = [WEIHUB, *arguments, "--data", str(self.data)]
        environment = {**os.environ, **self._env, "WEIHUB_SERVER__PORT": str(self.port)}
        return subprocess.run(command, input=stdin, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=timeout_s, check=False)
