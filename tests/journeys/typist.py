"""A person at a terminal: a command of the command line that is typed into and read from while it runs."""

import os
import subprocess
import threading
import time
from types import TracebackType
from typing import Self

from tests.journeys.hub import ROOT, WEIHUB, HubProcess

PATIENCE_S = 45.0


class Typist:
    """Runs `weihub ARGUMENTS` on a hub's data directory; `says` types a line, `sees` waits for words on the screen."""

    def __init__(self, hub: HubProcess, *arguments: str) -> None:
        command = [WEIHUB, *arguments, "--data", str(hub.data), "--url", hub.url]
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "LANG": "zh_CN.UTF-8", "LC_ALL": ""}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, cwd=ROOT, text=True, bufsize=1
        )
        self._screen = ""
        self._news = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        if self._process.stdout is not None:
            for line in self._process.stdout:
                with self._news:
                    self._screen += line
                    self._news.notify_all()

    @property
    def screen(self) -> str:
        """Everything that was shown."""
        return self._screen

    def says(self, line: str) -> None:
        """Type a line."""
        if self._process.stdin is not None:
            self._process.stdin.write(f"{line}\n")

    def sees(self, *words: str) -> None:
        """Wait until all words are on the screen.

        Raises:
            AssertionError: they do not come; the screen is in the text.
        """
        deadline = time.monotonic() + PATIENCE_S
        with self._news:
            while not all(word in self._screen for word in words):
                if not self._news.wait(deadline - time.monotonic()) and time.monotonic() > deadline:
                    raise AssertionError(f"{words} did not come. The screen:\n{self._screen}")

    def leaves(self) -> int:
        """End the input; the exit code."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        code = self._process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.kill()
        self._process.wait()
        self._reader.join(PATIENCE_S)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
