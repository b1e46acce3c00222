"""A websocket by hand, for clients that break off, babble or fall silent: what no library would let one do."""

import asyncio
import base64
import os
import socket
import struct
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

RECEIVE_BUFFER = 4_096
_WEBSOCKET = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
)


class Closed(Exception):
    """The hub ended the websocket; the argument is the close code, or None where the line broke."""


class Raw:
    """One TCP connection that has become a websocket. Reads only when it is asked to, and answers no ping by itself."""

    def __init__(self, plug: socket.socket, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._plug = plug
        self._reader = reader
        self._writer = writer
        self._asked = 0

    @classmethod
    async def open(cls, url: str) -> Self:
        """Connect and shake hands. What the hub sends is held back soon after nobody reads: the buffers here are small."""
        address = urlsplit(url)
        plug = socket.socket()
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        plug.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plug, (address.hostname, address.port))
        reader, writer = await asyncio.open_connection(sock=plug, limit=RECEIVE_BUFFER)
        raw = cls(plug, reader, writer)
        raw.write(_WEBSOCKET.format(key=base64.b64encode(os.urandom(16)).decode()).encode())
        answer = await reader.readuntil(b"\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 101 "), answer
        assert (await raw.receive()).startswith("0{")
        return raw

    @classmethod
    async def enter(cls, url: str, token: str) -> Self:
        """Connect as somebody."""
        raw = await cls.open(url)
        raw.send("40" + msgspec.json.encode({"token": token, "lang": "en"}).decode())
        answer = await raw.until("4")
        assert answer.startswith("40{"), answer
        return raw

    def write(self, data: bytes) -> None:
        """Any bytes at all."""
        self._writer.write(data)

    def send(self, text: str) -> None:
        """A whole text frame."""
        self.write(frame(text))

    def ask(self, event: str, data: dict[str, Any]) -> int:
        """An event that wants an answer; the number of its acknowledgement."""
        self._asked += 1
        self.send(f"42{self._asked}" + msgspec.json.encode([event, data]).decode())
        return self._asked

    async def flush(self) -> None:
        """Wait until the hub has taken most of what was written."""
        await self._writer.drain()

    async def receive(self) -> str:
        """The next text.

        Raises:
            Closed: there is none any more.
        """
        try:
            head, size = await self._reader.readexactly(2)
            if size >= 126:
                size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8))
            body = await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, OSError):
            raise Closed(None) from None
        if head & 0x0F == 8:
            raise Closed(int.from_bytes(body[:2]) if body else None)
        return body.decode()

    async def until(self, start: str) -> str:
        """The next text that begins so."""
        while not (text := await self.receive()).startswith(start):
            pass
        return text

    async def to_the_end(self) -> tuple[list[str], int | None]:
        """Every text that is still to come, and the code of the close."""
        texts = []
        while True:
            try:
                texts.append(await self.receive())
            except Closed as closed:
                return texts, closed.args[0]

    def close(self) -> None:
        """End the TCP connection, without a word of websocket."""
        self._writer.close()

    def reset(self) -> None:
        """End it with RST, as a crashed phone's network does."""
        # Without a linger time the kernel throws away what is unsent and resets.
        self._plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()


def frame(text: str) -> bytes:
    """A text frame of a client, masked with zeros."""
    body = text.encode()
    if len(body) < 126:
        head = struct.pack("!BB", 0x81, 0x80 | len(body))
    elif len(body) < 65_536:
        head = struct.pack("!BBH", 0x81, 0xFE, len(body))
    else:
        head = struct.pack("!BBQ", 0x81, 0xFF, len(body))
    return head + bytes(4) + body
