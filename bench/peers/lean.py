"""Weihub's transport with the smallest door that relays: the ceiling of the hub above it. Nothing is stored."""

import asyncio
from collections.abc import Callable
from typing import Any

import uvloop
from aiohttp import web

from bench.peers.base import serve
from channels.transport import Conn, Transport, encode_event


class Relay:
    """Pushes what one side of a pair sends to the other side, and what is sent in a room to everybody else in it."""

    def __init__(self) -> None:
        self._places: dict[str, set[Conn]] = {}

    async def connect(self, conn: Conn, auth: Any, request: web.Request) -> None:  # noqa: ARG002  # a Door
        """Join a pair's side or a room."""
        place, to = (auth["room"], auth["room"]) if "room" in auth else _pair(auth)
        conn.state = self._places.setdefault(to, set())
        self._places.setdefault(place, set()).add(conn)

    def event(self, conn: Conn, name: str, data: bytes, ack: Callable[[bytes], None] | None) -> None:  # noqa: ARG002  # a Door
        """Push to the others and acknowledge."""
        frame = encode_event("message", data)
        for other in conn.state:
            if other is not conn:
                other.push(frame)
        if ack is not None:
            ack(b'{"ok":true}')

    async def disconnect(self, conn: Conn) -> None:
        """Leave."""
        for place in self._places.values():
            place.discard(conn)


def _pair(auth: Any) -> tuple[str, str]:
    return f"{auth['pair']}/{auth['side']}", f"{auth['pair']}/{'b' if auth['side'] == 'a' else 'a'}"


async def main() -> None:
    """Serve until killed."""
    app = web.Application()
    Transport(Relay(), max_waiting=10_000).attach(app)
    await serve(app)


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())
