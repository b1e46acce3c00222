"""Readers who do not read, and many sockets at once: memory and time stay bounded."""

import asyncio
import base64
import gc
import os
import socket
import time

from channels.frames import text_frame
from channels.transport import encode_event
from tests.channels.parlour import House, open_house, until

LIMIT = 64 * 1024


async def deaf(house: House) -> socket.socket:
    """A connected client with a small receive buffer that never reads again."""
    loop = asyncio.get_running_loop()
    plug = socket.socket()
    plug.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    plug.setblocking(False)
    await loop.sock_connect(plug, ("127.0.0.1", house.port))
    key = base64.b64encode(os.urandom(16)).decode()
    hello = (
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    await loop.sock_sendall(plug, hello.encode())
    packet = b'40{"token":"open sesame"}'
    masked = bytes([0x81, 0x80 | len(packet), 0, 0, 0, 0]) + packet  # a mask of zeros
    await loop.sock_sendall(plug, masked)
    return plug


async def test_a_client_that_does_not_read_is_told_to_resync_and_cut() -> None:
    """Nothing else slows down, its buffer stays bounded, and in the end even its connection is gone."""
    async with open_house(buffer_limit_bytes=LIMIT, close_grace_s=0.3) as house:
        plug = await deaf(house)
        await until(lambda: house.transport.conns)
        (conn,) = house.transport.conns
        tcp = conn._tcp
        assert tcp is not None
        witness = await house.websocket()
        frame = encode_event("news", b'"' + b"n" * 16_000 + b'"')
        sent = largest = 0
        while not house.door.cuts:
            for each in list(house.transport.conns):
                each.push(frame)
            sent += len(frame)
            assert (await witness.receive_str()).startswith('42["news"')
            largest = max(largest, tcp.get_write_buffer_size())
            assert sent < 64 * 1024 * 1024
        assert house.door.cuts == ["slow"]
        # The limit, the frame that crossed it, and the farewell; what the kernel holds is the kernel's.
        assert largest <= LIMIT + 2 * len(frame)
        await until(lambda: len(house.door.left) == 1)
        await until(lambda: tcp.get_write_buffer_size() == 0 and tcp.is_closing())
        plug.close()
        await witness.send_str('421["echo",1]')
        assert await witness.receive_str() == "431[1]"


async def test_a_client_that_catches_up_late_hears_resync_and_why() -> None:
    """Within the grace time, what was told before the cut is still delivered, `resync` last."""
    async with open_house(buffer_limit_bytes=LIMIT, close_grace_s=5.0) as house:
        ws = await house.websocket()
        (conn,) = house.transport.conns
        frame = encode_event("news", b'"' + b"n" * 64_000 + b'"')
        ws._response.connection.transport.pause_reading()  # type: ignore[union-attr]  # it is connected
        while not conn.ended:
            conn.push(frame)
            await asyncio.sleep(0)
        ws._response.connection.transport.resume_reading()  # type: ignore[union-attr]  # it is connected
        heard = [await ws.receive()]
        while heard[-1].data != '42["resync",{}]':
            assert heard[-1].data.startswith('42["news"')
            heard.append(await ws.receive())
        last = await ws.receive()
        assert (last.data, last.extra) == (1013, "too slow: reconnect and sync")


async def test_one_large_answer_is_not_called_slow() -> None:
    """A client who asked for more than the limit at once gets it, if it reads."""
    async with open_house(buffer_limit_bytes=LIMIT, max_frame_bytes=1 << 24) as house:
        ws = await house.websocket(max_msg_size=0)
        await ws.send_str('421["echo","' + "x" * 8_000_000 + '"]')
        assert len(await ws.receive_str()) == 8_000_007
        assert house.door.cuts == []


async def test_a_polling_client_that_does_not_poll_is_cut() -> None:
    """Its queue is bounded like a websocket's buffer, and ends with `resync`."""
    async with open_house(buffer_limit_bytes=LIMIT, close_grace_s=5.0) as house:
        client = await house.polling()
        (conn,) = house.transport.conns
        frame = encode_event("news", b'"' + b"n" * 1000 + b'"')
        pushed = 0
        while not conn.ended:
            conn.push(frame)
            pushed += 1
            await asyncio.sleep(0)
        assert house.door.cuts == ["slow"]
        assert pushed * 1000 < LIMIT * 1.2
        packets = await client.poll()
        assert packets[-1] == '42["resync",{}]'
        assert await client.poll() == ["1"]
        await until(lambda: house.door.left)


async def test_pushes_while_connecting_are_bounded() -> None:
    """A door that is slow to take a client in does not gather its news without end."""
    async with open_house() as house:
        connect = house.door.connect

        async def chatty(conn: object, auth: object, request: object) -> None:
            await connect(conn, auth, request)  # type: ignore[arg-type]  # as the transport calls it
            for _ in range(1000):
                house.door.inside[conn.id].push(encode_event("news", b"1"))  # type: ignore[attr-defined]  # a Conn

        house.door.connect = chatty  # type: ignore[method-assign]  # a door that talks before the client listens
        ws = await house.websocket(connect=False)
        await ws.send_str('40{"token":"open sesame"}')
        assert (await ws.receive()).data == 1013
        await until(lambda: house.door.left)
        assert house.door.cuts == ["slow"]


async def test_a_peer_that_ignores_the_close_is_cut_off() -> None:
    """After the grace time the connection is aborted, and the door heard long before."""
    async with open_house(close_grace_s=1.0) as house:
        plug = await deaf(house)
        await until(lambda: house.transport.conns)
        (conn,) = house.transport.conns
        tcp = conn._tcp
        assert tcp is not None
        started = time.monotonic()
        conn.close(after=encode_event("farewell", b"1"))
        await until(lambda: house.door.left)
        assert time.monotonic() - started < 0.8
        await until(tcp.is_closing)
        assert 0.8 < time.monotonic() - started < 4
        loop, heard = asyncio.get_running_loop(), b""
        while chunk := await loop.sock_recv(plug, 65_536):
            heard += chunk
        assert text_frame(b'42["farewell",1]') in heard
        plug.close()


async def test_a_thousand_sockets_connect_hear_and_leave() -> None:
    """All are taken in, each hears a message to all exactly once, and nothing of them stays behind."""
    async with open_house() as house:
        started = time.monotonic()
        sockets = []
        for _ in range(20):
            sockets += await asyncio.gather(*(house.websocket() for _ in range(50)))
        assert len(house.transport.conns) == 1000
        frame = encode_event("news", b'"to all"')
        for conn in house.transport.conns:
            conn.push(frame)
        assert {await ws.receive_str() for ws in sockets} == {'42["news","to all"]'}
        for ws in sockets:
            ws._response.connection.transport.abort()  # type: ignore[union-attr]  # it is connected
        await until(lambda: len(house.door.left) == 1000)
        assert (house.door.inside, len(house.transport._all)) == ({}, 0)
        assert time.monotonic() - started < 20
        del sockets, conn
        gc.collect()
        assert sum(type(found).__name__ == "Conn" for found in gc.get_objects()) == 0
