"""aiohttp's websocket without what a lean connection does not need: its handshake and its parser alone.

No permessage-deflate: it would cost each connection some 300 KB of memory and more time than everything else here, to save a
few bytes of short messages. No decoding either: the packets are parsed as bytes.
"""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from aiohttp import web
from aiohttp._websocket.reader import WebSocketDataQueue
from aiohttp.http_websocket import WebSocketReader, WebSocketWriter

_UNREAD_BYTES = 32_768


class Inbox(WebSocketDataQueue):
    """The messages that the parser has read. `taker` sees each first and may deal with it at once: most messages then never
    wait for a task to wake up, nor for the dozen of coroutines between the loop and it.
    """

    taker: Callable[[Any], bool] | None = None

    def feed_data(self, data: Any, size: int) -> None:
        """Offer a message to the taker, else keep it for `read`."""
        if self.taker is None or not self.taker(data):
            super().feed_data(data, size)


class Wire(NamedTuple):
    """A websocket past its handshake: the way out, the messages read, and what its handler must return."""

    tcp: asyncio.Transport
    messages: Inbox
    response: web.StreamResponse


class _Response(web.WebSocketResponse):
    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: WebSocketWriter) -> None:
        # As in the class above, with our own queue, and without its heartbeat.
        self._ws_protocol = protocol
        self._writer = writer
        self.messages = Inbox(request.protocol, _UNREAD_BYTES, loop=asyncio.get_running_loop())
        self._reader = self.messages
        self._parser = WebSocketReader(self.messages, self._max_msg_size, compress=False, decode_text=False)
        request.protocol.set_parser(self._parser)
        request.protocol.keep_alive(False)

    async def write_eof(self) -> None:  # type: ignore[override]  # aiohttp's own override differs from its base the same way
        self._eof_sent = True  # the connection says goodbye itself


def asks_for_websocket(request: web.Request) -> bool:
    """It begins an Engine.IO 4 session by websocket, with nothing missing and nothing besides."""
    query = parse_qs(request.query_string)
    plain = query.get("EIO") == ["4"] and query.get("transport") == ["websocket"] and not query.keys() & {"sid", "j"}
    return plain and request.method == "GET" and request.headers.get("Upgrade", "").lower() == "websocket"


async def upgraded(request: web.Request, max_frame_bytes: int) -> Wire | None:
    """Do the handshake; None if the client went meanwhile.

    Raises:
        web.HTTPBadRequest: the request is not one for a websocket.
    """
    # aiohttp refuses a message that is as large as the limit; ours may be.
    response = _Response(compress=False, decode_text=False, max_msg_size=max_frame_bytes + 1)
    try:
        await response.prepare(request)
    except ConnectionError:
        return None
    return None if request.transport is None else Wire(request.transport, response.messages, response)
