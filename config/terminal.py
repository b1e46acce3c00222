"""The terminal as a place to chat: lines typed or piped in, messages and notes written out."""

import asyncio
import os
import sys
import threading
from collections.abc import AsyncIterator, Mapping
from typing import TextIO

from rich.console import Console
from rich.markup import escape

from bot.model.basics import Lang
from channels.client import Heard

CHUNK = 65_536


def language(environ: Mapping[str, str]) -> Lang:
    """Chinese where the locale says so, else English."""
    locale = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "zh" if locale.lower().startswith("zh") else "en"


def printable(text: str) -> str:
    """Text of other people without control characters, which could drive the terminal; line ends stay."""
    return "".join(char for char in text if char == "\n" or char.isprintable() or char in "\u200d\ufe0f")


class Screen:
    """Writes messages and notes; coloured on a terminal, plain in a pipe."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._console = Console(file=out or sys.stdout, highlight=False, soft_wrap=True)
        self._prompt = "› " if self._console.is_terminal else ""
        self._asking = False

    def message(self, heard: Heard, mark: str = "") -> None:
        """One message of somebody else."""
        name = escape(printable(heard.author.name)) + (f" [dim]({escape(printable(mark))})[/dim]" if mark else "")
        colour = "cyan" if heard.auto is not None else "green"
        self._line(f"[bold {colour}]{name}[/bold {colour}]  {self._indented(heard.fallback)}")

    def note(self, text: str) -> None:
        """Something the program says by itself."""
        self._line(f"[dim]· {escape(text)}[/dim]")

    def ask(self) -> None:
        """Show that a line may be typed."""
        if self._prompt and not self._asking:
            self._console.print(self._prompt, end="")
            self._console.file.flush()
            self._asking = True

    def typed(self) -> None:
        """A line was typed: the cursor stands on the next one."""
        self._asking = False

    @staticmethod
    def _indented(text: str) -> str:
        return escape(printable(text)).replace("\n", "\n    ")

    def _line(self, markup: str) -> None:
        again = self._asking
        if again:
            # Back over the prompt; what is half typed stays in the terminal's own line buffer.
            self._console.file.write("\r\x1b[K")
            self._asking = False
        self._console.print(markup)
        self._console.file.flush()
        if again:
            self.ask()


class Lines:
    """Lines of standard input, as they come: from a terminal, a pipe or a file.

    A thread reads the raw descriptor, because a file cannot be polled; it is a daemon, because a read of a terminal
    cannot be cancelled.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()

    def __aiter__(self) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(loop,), name="stdin", daemon=True).start()
        return self._take()

    async def _take(self) -> AsyncIterator[str]:
        while (line := await self._queue.get()) is not None:
            yield line

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        rest = b""
        try:
            while chunk := os.read(self._descriptor, CHUNK):
                *whole, rest = (rest + chunk).split(b"\n")
                for line in whole:
                    self._put(loop, line)
            if rest:
                self._put(loop, rest)
        finally:
            self._hand(loop, None)

    def _put(self, loop: asyncio.AbstractEventLoop, line: bytes) -> None:
        text = line.decode("utf-8", "replace").strip()
        if text:
            self._hand(loop, text)

    def _hand(self, loop: asyncio.AbstractEventLoop, line: str | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(self._queue.put_nowait, line)
