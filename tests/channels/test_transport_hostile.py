"""Anything at all on the wire: the sender may be cut, the process and everybody else go on."""

import asyncio
import base64
import logging
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.channels.parlour import House, open_house, until

CONNECT = b'40{"token":"open sesame"}'
words = b"42 4 2 3 0 1 5 6 7 9 [ ] , { } - / null 451- /admin, 1e999 2probe".split()
pieces = st.sampled_from(
    [*words, b'"', b'["echo"', b'42["echo",1]', b'{"_placeholder":true,"num":0}', CONNECT, b"[" * 1200, b"\x00", b"\xff", "é".encode(), b"\x1e"]
)
packets = st.lists(pieces | st.binary(max_size=6), max_size=6).map(b"".join) | st.binary(max_size=40)
bounded = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


class Witnessed:
    """One house for all examples, with a witness inside who must not notice anything."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._runner = runner
        self._opened = open_house(connect_timeout_s=10.0, close_grace_s=0.1, max_frame_bytes=2048)
        self.unretrieved: list[dict[str, Any]] = []

    async def enter(self) -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: self.unretrieved.append(context))
        self.house = await self._opened.__aenter__()
        self._witness = await self.house.websocket()

    async def leave(self) -> None:
        await self._witness.close()
        await until(lambda: not self.house.door.inside)
        assert len(self.house.door.left) == len(set(self.house.door.left))
        await self._opened.__aexit__(None, None, None)

    def attack(self, how: Callable[[House], Awaitable[None]]) -> None:
        """Run one attack to its end, and look whether the witness is well."""

        async def run() -> None:
            await asyncio.wait_for(how(self.house), 10)
            await self._witness.send_str('421["echo",1]')
            while (heard := await self._witness.receive_str()) != "431[1]":
                assert heard == "2"

        self._runner.run(run())


@contextmanager
def witnessed(caplog: pytest.LogCaptureFixture) -> Iterator[Witnessed]:
    """A witnessed house; at the end nothing was logged as an error and no exception was left unretrieved."""
    with asyncio.Runner() as runner:
        scene = Witnessed(runner)
        runner.run(scene.enter())
        yield scene
        runner.run(scene.leave())
        assert scene.unretrieved == []
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


def test_any_messages_of_a_websocket(caplog: pytest.LogCaptureFixture) -> None:
    """Before and after CONNECT, text and binary, in any order; the sender is answered, ignored or cut."""
    with witnessed(caplog) as scene:

        @bounded
        @given(connect=st.booleans(), said=st.lists(st.tuples(st.booleans(), packets), max_size=5))
        def attack(*, connect: bool, said: list[tuple[bool, bytes]]) -> None:
            async def how(house: House) -> None:
                ws = await house.websocket(connect=connect)
                try:
                    for binary, packet in said:
                        await ws._writer.send_frame(packet, aiohttp.WSMsgType.BINARY if binary else aiohttp.WSMsgType.TEXT)
                    await ws.close()
                except aiohttp.ClientConnectionResetError:
                    pass

            scene.attack(how)

        attack()


def test_any_bytes_of_a_websocket(caplog: pytest.LogCaptureFixture) -> None:
    """What is not even a websocket frame, or one cut in its middle."""
    with witnessed(caplog) as scene:
        headers = st.tuples(st.integers(0, 255), st.integers(0, 255)).map(bytes)

        @bounded
        @given(noise=st.lists(headers | st.binary(max_size=20), max_size=8).map(b"".join), cut=st.booleans())
        def attack(*, noise: bytes, cut: bool) -> None:
            async def how(house: House) -> None:
                reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
                key = base64.b64encode(os.urandom(16)).decode()
                writer.write(
                    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
                    f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
                )
                await reader.readuntil(b"\r\n\r\n")
                writer.write(bytes([0x81, 0x80 | len(CONNECT), 0, 0, 0, 0]) + CONNECT + noise)
                if cut:
                    writer.transport.abort()
                else:
                    writer.write_eof()
                    await reader.read()
                    writer.close()

            scene.attack(how)

        attack()


def test_any_bodies_of_polling(caplog: pytest.LogCaptureFixture) -> None:
    """Bodies in any shape, after any handshake."""
    with witnessed(caplog) as scene:

        @bounded
        @given(connect=st.booleans(), bodies=st.lists(st.lists(packets, max_size=4).map(b"\x1e".join), max_size=3))
        def attack(*, connect: bool, bodies: list[bytes]) -> None:
            async def how(house: House) -> None:
                client = await house.polling(connect=connect)
                for body in bodies:
                    assert await client.post(body) in {200, 400}
                await client.say("1")
                while await client.poll():
                    pass

            scene.attack(how)

        attack()


def test_any_queries(caplog: pytest.LogCaptureFixture) -> None:
    """Handshakes with any parameters and methods are answered without an error of ours."""
    with witnessed(caplog) as scene:
        values = st.sampled_from(["", "4", "3", "websocket", "polling", "x" * 200, "\n", "0"])

        @bounded
        @given(
            method=st.sampled_from(["GET", "POST", "OPTIONS"]),
            query=st.dictionaries(st.sampled_from(["EIO", "transport", "sid", "j", "t", "b64"]), values, max_size=5),
            upgrade=st.booleans(),
        )
        def attack(*, method: str, query: dict[str, str], upgrade: bool) -> None:
            async def how(house: House) -> None:
                headers = {"Upgrade": "websocket"} if upgrade else {}
                async with house.session.request(method, f"{house.url}/socket.io/", params=query, headers=headers) as answer:
                    assert answer.status in {200, 400, 503}

            scene.attack(how)

        attack()
