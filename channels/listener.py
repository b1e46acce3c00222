"""The HTTP server of a process: listens, stops accepting, and ends when its requests have."""

from types import TracebackType
from typing import Self

from aiohttp import web

SHUTDOWN_S = 4.0
BACKLOG = 1_024


class Listener:
    """An application behind a TCP port, as an async context manager: leaving it waits for the requests in hand."""

    def __init__(self, app: web.Application) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=SHUTDOWN_S, keepalive_timeout=75)
        self._site: web.TCPSite | None = None

    async def __aenter__(self) -> Self:
        """Make the application ready; nothing listens yet."""
        await self._runner.setup()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Wait for requests in hand, a few seconds at most, and close every connection."""
        await self._runner.cleanup()

    async def listen(self, host: str, port: int) -> int:
        """Begin to accept; the port, which 0 leaves to the machine.

        Raises:
            OSError: the address cannot be used.
        """
        self._site = web.TCPSite(self._runner, host, port, backlog=BACKLOG)
        await self._site.start()
        taken: int = self._runner.addresses[0][1]
        return taken

    async def close(self) -> None:
        """Accept no more; connections that stand go on."""
        if self._site is not None:
            await self._site.stop()
