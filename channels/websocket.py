"""aiohttp's websocket without what a lean connection does not need: its handshake and its parser alone.

No permessage-deflate: it would cost each connection some 300 KB of memory and more time than everything else here, to save a
few bytes of short messages. No decoding either: the packets are parsed as bytes.
"""

import asyncio
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from aiohttp import web


class Wire(NamedTuple):
    """A websocket past its handshake: the way out (None if the client has gone), the queue of messages read, and what its
    handler must return.
    """

    tcp: asyncio.Transport | None
    messages: Any
    response: web.StreamResponse


class _Response(web.WebSocketResponse):
    @property
    def messages(self) -> Any:
        return self._reader

    async def write_eof(self) -> None:  # type: ignore[override]  # aiohttp's own override differs from its base the same way
        self._eof_sent = True  # the connection says goodbye itself


def asks_for_websocket(request: web.Request) -> bool:
    """It begins an Engine.IO 4 session by websocket, with nothing missing and nothing besides."""
    query = parse_qs(request.query_string)
    plain = query.get("EIO") == ["4"] and query.get("transport") == ["websocket"] and not query.keys() & {"sid", "j"}
    return plain and request.method == "GET" and request.headers.get("Upgrade", "").lower() == "websocket"


async def upgraded(request: web.Request, max_frame_bytes: int) -> Wire:
    """Do the handshake.

    Raises:
        web.HTTPBadRequest: the request is not one for a websocket.
    """
    # aiohttp refuses a message that is as large as the limit; ours may be.
    response = _Response(compress=False, decode_text=False, max_msg_size=max_frame_bytes + 1)
    try:
        await response.prepare(request)
    except ConnectionError:
        return Wire(None, None, web.Response())
    return Wire(request.transport, response.messages, response)
