"""A small door for transport tests, with a real server around it: it takes in who says the word, answers and remembers."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
from aiohttp import web

from channels.transport import Conn, Refused, Transport, encode_event

Ack = Callable[[bytes], None]

WORD = {"token": "open sesame"}


class Parlour:
    """Events: `echo` acks its data, `shout` is pushed to all, `later` is left unanswered, `bye` closes, `boom` fails.

    All are done at once, except `slow`, `slow_boom`, and `wait`, which waits for the gate.
    """

    def __init__(self) -> None:
        self.inside: dict[str, Conn] = {}
        self.heard: list[tuple[str, str, bytes]] = []
        self.left: list[str] = []
        self.cuts: list[str] = []
        self.unanswered: list[Ack] = []
        self.gate = asyncio.Event()

    async def connect(self, conn: Conn, auth: Any, request: web.Request) -> None:
        if auth != WORD:
            raise Refused("unauthenticated", "Say the word.")
        conn.state = request.headers.get("User-Agent", "")
        self.inside[conn.id] = conn
        conn.push(encode_event("welcome", msgspec.json.encode({"you": conn.id})))

    def event(self, conn: Conn, name: str, data: bytes, ack: Ack | None) -> Awaitable[None] | None:
        if name in {"slow", "wait", "slow_boom"}:
            return self._slowly(conn, name, data, ack)
        self._do(conn, name, data, ack)
        return None

    async def _slowly(self, conn: Conn, name: str, data: bytes, ack: Ack | None) -> None:
        await (self.gate.wait() if name == "wait" else asyncio.sleep(0.05))
        self._do(conn, name.removeprefix("slow_"), data, ack)

    def _do(self, conn: Conn, name: str, data: bytes, ack: Ack | None) -> None:
        if name == "boom":
            raise RuntimeError("a bug in a handler")
        self.heard.append((conn.id, name, data))
        if name == "shout":
            frame = encode_event("shout", data)
            for other in self.inside.values():
                other.push(frame)
        elif name == "bye":
            conn.close(after=encode_event("farewell", data))
        if name == "later" and ack is not None:
            self.unanswered.append(ack)
        elif ack is not None:
            ack(data)

    async def disconnect(self, conn: Conn) -> None:
        del self.inside[conn.id]
        self.left.append(conn.id)

    def names(self) -> list[str]:
        """The events heard, in order."""
        return [name for _, name, _ in self.heard]


class House:
    """A running server: where it is, what is in it."""

    def __init__(self, url: str, port: int, transport: Transport, door: Parlour) -> None:
        self.url = url
        self.port = port
        self.transport = transport
        self.door = door
        self.session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))

    async def websocket(self, *, word: object = WORD, connect: bool = True, **options: Any) -> aiohttp.ClientWebSocketResponse:
        """A bare websocket, past the handshake, and inside if `connect`."""
        ws: aiohttp.ClientWebSocketResponse = await self.session.ws_connect(f"{self.url}/socket.io/?EIO=4&transport=websocket", **options)
        assert (await ws.receive_str()).startswith("0{")
        if connect:
            await ws.send_str("40" + msgspec.json.encode(word).decode())
            assert (await ws.receive_str()).startswith("40{")
            assert (await ws.receive_str()).startswith('42["welcome"')
        return ws

    async def polling(self, *, connect: bool = True) -> "Polling":
        """A bare polling client, past the handshake, and inside if `connect`."""
        async with self.session.get(f"{self.url}/socket.io/?EIO=4&transport=polling") as answer:
            opening = msgspec.json.decode((await answer.text())[1:])
        client = Polling(self, opening["sid"])
        if connect:
            await client.say("40" + msgspec.json.encode(WORD).decode())
            while not any(packet.startswith('42["welcome"') for packet in await client.poll()):
                pass
        return client


class Polling:
    """A polling client without manners: it does what the test says, nothing by itself."""

    def __init__(self, house: House, sid: str) -> None:
        self._house = house
        self._url = f"{house.url}/socket.io/?EIO=4&transport=polling&sid={sid}"
        self.sid = sid

    async def say(self, *packets: str) -> int:
        """Send packets in one body; the status of the answer."""
        return await self.post("\x1e".join(packets).encode())

    async def post(self, body: bytes) -> int:
        """Send a body as it is; the status of the answer."""
        async with self._house.session.post(self._url, data=body) as answer:
            await answer.read()
            return answer.status

    async def poll(self) -> list[str]:
        """The packets of one poll; empty if the session is no more."""
        async with self._house.session.get(self._url) as answer:
            return (await answer.text()).split("\x1e") if answer.status == 200 else []


@asynccontextmanager
async def open_house(**bounds: Any) -> AsyncIterator[House]:
    """A server with a fresh parlour; `bounds` go to `Transport`."""
    door = Parlour()
    transport = Transport(door, on_cut=door.cuts.append, **bounds)
    app = web.Application()
    transport.attach(app)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port: int = runner.addresses[0][1]
    house = House(f"http://127.0.0.1:{port}", port, transport, door)
    try:
        yield house
    finally:
        await house.session.close()
        await transport.stop()
        await runner.cleanup()


async def until(holds: Callable[[], object], budget_s: float = 5.0) -> None:
    """Wait for something that happens soon."""
    end = time.monotonic() + budget_s
    while not holds():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.005)
