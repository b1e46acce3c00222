"""The transport's promises, one by one, over real connections: order, bounds, ends, timeouts."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import engineio
import msgspec
import pytest
from aiohttp import WSMsgType
from engineio.async_socket import AsyncSocket

from channels.transport import Transport, check_seams, encode_event
from tests.channels.parlour import WORD, House, Parlour, open_house, until


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A parlour with the door open, and short waits."""
    async with open_house(connect_timeout_s=5.0, close_grace_s=0.5, max_frame_bytes=4096) as opened:
        yield opened


async def test_a_handler_that_takes_its_time_is_not_overtaken(house: House) -> None:
    """One client's events reach the door one after the other."""
    ws = await house.websocket()
    for name in ("slow", "echo", "slow", "echo"):
        await ws.send_str(f'42["{name}",1]')
    await until(lambda: len(house.door.heard) == 4)
    assert house.door.names() == ["slow", "echo", "slow", "echo"]


async def test_what_is_done_at_once_waits_for_what_takes_time(house: House) -> None:
    """Also when both arrive in one piece, and when a ping of the client stands between them."""
    ws = await house.websocket(autoping=False)
    tcp = ws._response.connection.transport  # type: ignore[union-attr]  # it is connected
    names = ["echo", "slow", "echo", "echo", "slow", "echo"]
    frames = [bytes([0x81, 0x80 | len(said), 0, 0, 0, 0]) + said for said in (f'42["{name}",1]'.encode() for name in names)]
    frames.insert(3, bytes([0x89, 0x80, 0, 0, 0, 0]))
    tcp.write(b"".join(frames))  # type: ignore[union-attr]  # it is connected
    await until(lambda: len(house.door.heard) == len(names))
    assert house.door.names() == names


async def test_a_connection_cancelled_with_work_in_hand_leaves_quietly(house: House) -> None:
    """What was begun and not yet awaited is dropped without a warning, and the door hears that the guest left."""
    ws = await house.websocket()
    (conn,) = house.transport.conns
    assert not conn._take_now((WSMsgType.TEXT, b'42["slow",1]', ""))
    conn._reader.set_exception(asyncio.CancelledError())
    await until(lambda: house.door.left)
    assert house.door.heard == []
    await ws.close()


async def test_bodies_posted_at_once_are_not_mixed(house: House) -> None:
    """Polling has no order of its own; the connection makes one."""
    client = await house.polling()
    bodies = [client.say('42["slow",1]', f'42["echo",{number}]') for number in range(3)]
    assert await asyncio.gather(*bodies) == [200] * 3
    assert house.door.names() == ["slow", "echo"] * 3


async def test_too_many_bodies_at_once_are_refused(house: House) -> None:
    """A polling client cannot pile up requests behind a slow handler."""
    client = await house.polling()
    tasks = [asyncio.create_task(client.say('42["wait",1]')) for _ in range(8)]
    await until(lambda: any(task.done() for task in tasks))
    house.door.gate.set()
    assert 400 in await asyncio.gather(*tasks)


async def test_the_first_argument_reaches_the_door_as_it_was_written(house: House) -> None:
    """Raw JSON, `null` if there is none; further arguments are left out."""
    ws = await house.websocket()
    for written in ('{"a": [1,  2], "b":"你好"}', "1e3", "null", '"\\ud83d\\ude00"'):
        await ws.send_str(f'42["echo",{written}]')
    await ws.send_str('42["echo"]')
    await ws.send_str('42["echo",1,2,{"three":3}]')
    await until(lambda: len(house.door.heard) == 6)
    assert [data.decode() for _, _, data in house.door.heard] == [
        '{"a": [1,  2], "b":"你好"}',
        "1e3",
        "null",
        '"\\ud83d\\ude00"',
        "null",
        "1",
    ]


async def test_an_acknowledgement_carries_its_number_and_may_come_late(house: House) -> None:
    """`ack` may be called after the handler returned, in any order."""
    ws = await house.websocket()
    await ws.send_str('427["later",1]')
    await ws.send_str('428["later",2]')
    await until(lambda: len(house.door.unanswered) == 2)
    house.door.unanswered[1](b'{"n":2}')
    house.door.unanswered[0](b'{"n":1}')
    assert await ws.receive_str() == '438[{"n":2}]'
    assert await ws.receive_str() == '437[{"n":1}]'


async def test_a_client_with_many_unanswered_events_waits_for_answers() -> None:
    """Back-pressure on that client alone; it goes on when there is room."""
    async with open_house(max_unacked=3) as house:
        ws = await house.websocket()
        for number in range(5):
            await ws.send_str(f'42{number}["later",{number}]')
        await until(lambda: len(house.door.heard) == 3)
        other = await house.websocket()
        await other.send_str('421["echo",1]')
        assert await other.receive_str() == "431[1]"
        assert len(house.door.heard) == 4
        house.door.unanswered[0](b"1")
        await until(lambda: len(house.door.heard) == 5)


async def test_a_client_whose_events_are_never_answered_is_cut() -> None:
    """A waiting reader would not see its client leave."""
    async with open_house(max_unacked=1, ping_interval_s=0.1, ping_timeout_s=0.1) as house:
        ws = await house.websocket()
        await ws.send_str('421["later",1]')
        await until(lambda: house.door.left)
        assert house.door.cuts == ["unanswered"]


async def test_frames_pushed_while_connecting_come_after_the_welcome_of_the_protocol(house: House) -> None:
    """The parlour pushes inside `connect`; the client is told that it is connected first."""
    ws = await house.websocket(connect=False)
    await ws.send_str("40" + msgspec.json.encode(WORD).decode())
    assert (await ws.receive_str()).startswith('40{"sid":')
    assert (await ws.receive_str()).startswith('42["welcome",')


async def test_the_id_that_others_may_see_is_not_the_key_of_the_session(house: House) -> None:
    """Who knows a polling session id may read its messages."""
    client = await house.polling()
    (conn,) = house.transport.conns
    assert conn.id != client.sid


async def test_other_namespaces_are_refused(house: House) -> None:
    """We have one; the client hears so and keeps its connection."""
    ws = await house.websocket(connect=False)
    await ws.send_str("40/admin,{}")
    assert await ws.receive_str() == '44/admin,{"message":"Invalid namespace","data":null}'
    await ws.send_str("40" + msgspec.json.encode(WORD).decode())
    assert (await ws.receive_str()).startswith("40{")


async def test_a_client_that_does_not_connect_in_time_is_cut() -> None:
    """A handshake alone holds a place for a short time only; a refusal does not prolong it."""
    async with open_house(connect_timeout_s=0.5) as house:
        silent = await house.websocket(connect=False)
        refused = await house.websocket(connect=False)
        await refused.send_str('40{"token":"wrong"}')
        assert (await refused.receive_str()).startswith("44{")
        polling = await house.polling(connect=False)
        for ws in (silent, refused):
            message = await ws.receive()
            assert (message.type, message.data, message.extra) == (WSMsgType.CLOSE, 1008, "no CONNECT in time")
        await until(lambda: house.door.cuts == ["unconnected"] * 3)
        await until(lambda: not house.transport._all)
        assert "1" in await polling.poll()
        assert house.door.left == []


async def test_more_clients_than_may_wait_are_sent_away() -> None:
    """503 with a moment's wait, for websockets and polling alike; who is inside does not count."""
    async with open_house(max_waiting=2) as house:
        _held = [await house.websocket(), await house.websocket(connect=False), await house.polling(connect=False)]
        for transport, headers in (("polling", {}), ("websocket", {"Connection": "Upgrade", "Upgrade": "websocket"})):
            url = f"{house.url}/socket.io/?EIO=4&transport={transport}"
            async with house.session.get(url, headers=headers) as answer:
                assert (answer.status, answer.headers["Retry-After"]) == (503, "1")


@pytest.mark.parametrize(
    ("said", "code", "why"),
    [
        ('42["echo",1]', 1008, "not connected"),
        ("41", 1008, "not connected"),
        ("40{not json", 1002, "malformed"),
        ("40" + "[" * 2000, 1002, "malformed"),
        ("45-", 1003, "binary"),
        ("49", 1002, "unknown Socket.IO"),
        ("7", 1002, "unknown Engine.IO"),
        ("", 1002, "unknown Engine.IO"),
        ("x" * 4097, 1009, "at most 4096 bytes"),
    ],
)
async def test_a_stranger_who_breaks_the_protocol_is_told_and_cut(house: House, said: str, code: int, why: str) -> None:
    """The close frame says what was wrong; the door never hears of it."""
    ws = await house.websocket(connect=False)
    await ws.send_str(said)
    message = await ws.receive()
    assert (message.type, message.data) == (WSMsgType.CLOSE, code)
    assert why in str(message.extra)
    assert house.door.cuts == ["too_large" if code == 1009 else "malformed"]
    assert (house.door.heard, house.door.left) == ([], [])


@pytest.mark.parametrize(
    ("said", "code", "why"),
    [
        (b'42["echo",{]', 1002, "malformed event"),
        (b"42[1,2]", 1002, "malformed event"),
        (b"42[]", 1002, "malformed event"),
        (b"42{}", 1002, "malformed event"),
        (b"42", 1002, "malformed event"),
        (b'42x["echo"]', 1002, "malformed event"),
        (b'42["echo",1] 2', 1002, "malformed event"),
        (b'42["echo",' + b"[" * 3000, 1002, "malformed event"),
        (b'421234567890123456["echo",1]', 1002, "malformed event"),
        (b'42/admin,["echo",1]', 1002, "malformed event"),
        (b'42["echo","\xff"]', 1007, "UTF-8"),
        (b'451-["echo",{"_placeholder":true,"num":0}]', 1003, "binary"),
        (b"40{}", 1002, "CONNECT twice"),
        (b'44{"message":"no"}', 1002, "unknown Socket.IO"),
    ],
)
async def test_a_guest_who_breaks_the_protocol_is_told_and_cut(house: House, said: bytes, code: int, why: str) -> None:
    """The door hears that it left, once, and nobody else notices."""
    witness = await house.websocket()
    ws = await house.websocket()
    await ws._writer.send_frame(said, WSMsgType.TEXT)
    message = await ws.receive()
    assert (message.type, message.data) == (WSMsgType.CLOSE, code)
    assert why in str(message.extra)
    assert (house.door.cuts, len(house.door.left)) == (["malformed"], 1)
    await witness.send_str('421["echo",1]')
    assert await witness.receive_str() == "431[1]"


async def test_binary_messages_are_refused(house: House) -> None:
    """Media travel by HTTP."""
    ws = await house.websocket()
    await ws.send_bytes(b"\x00\x01")
    message = await ws.receive()
    assert (message.type, message.data) == (WSMsgType.CLOSE, 1003)


async def test_a_frame_of_exactly_the_limit_is_taken(house: House) -> None:
    """The limit is the largest size allowed."""
    ws = await house.websocket()
    text = '421["echo","' + "x" * (4096 - 14) + '"]'
    assert len(text) == 4096
    await ws.send_str(text)
    assert (await ws.receive_str()).startswith('431["xxx')


async def test_answers_to_what_clients_send_by_themselves(house: House) -> None:
    """Acknowledgements we never asked for and websocket pings do no harm; a ping is answered."""
    ws = await house.websocket(autoping=False)
    await ws.send_str("433[1]")
    await ws.ping(b"are you there")
    message = await ws.receive()
    assert (message.type, message.data) == (WSMsgType.PONG, b"are you there")
    assert house.door.cuts == []


@pytest.mark.parametrize("event", ["boom", "slow_boom"])
async def test_an_error_in_a_handler_closes_its_socket_alone(house: House, event: str) -> None:
    """1011, and the process lives, whether the handler fails at once or later."""
    witness = await house.websocket()
    ws = await house.websocket()
    await ws.send_str(f'42["{event}"]')
    message = await ws.receive()
    assert (message.type, message.data, message.extra) == (WSMsgType.CLOSE, 1011, "internal error")
    assert house.door.cuts == ["error"]
    await witness.send_str('421["echo",1]')
    assert await witness.receive_str() == "431[1]"


def vanish(ws: aiohttp.ClientWebSocketResponse) -> None:
    """What a lost network looks like from here: a reset, and no goodbye."""
    assert ws._response.connection is not None
    assert ws._response.connection.transport is not None
    ws._response.connection.transport.abort()


async def _client_closes(house: House) -> None:
    await (await house.websocket()).close()


async def _client_vanishes(house: House) -> None:
    vanish(await house.websocket())


async def _client_disconnects(house: House) -> None:
    await (await house.websocket()).send_str("41")


async def _client_leaves_by_engine(house: House) -> None:
    await (await house.websocket()).send_str("1")


async def _door_closes(house: House) -> None:
    ws = await house.websocket()
    await ws.send_str('42["bye",1]')
    assert await ws.receive_str() == '42["farewell",1]'
    assert (await ws.receive()).type is WSMsgType.CLOSE


async def _polling_client_disconnects(house: House) -> None:
    await (await house.polling()).say("41")


async def _polling_client_breaks_the_protocol(house: House) -> None:
    assert await (await house.polling()).say("nonsense") == 200


async def _polling_client_overlaps(house: House) -> None:
    client = await house.polling()
    first, second = await asyncio.gather(client.poll(), client.poll())
    assert sorted([first, second]) == [[], ["1"]]


async def _door_closes_polling(house: House) -> None:
    client = await house.polling()
    await client.say('42["bye",1]')
    assert await client.poll() == ['42["farewell",1]']
    assert await client.poll() == ["1"]
    assert await client.poll() == []


async def _closed_in_the_middle_of_a_handler(house: House) -> None:
    ws = await house.websocket()
    await ws.send_str('42["slow",1]')
    await until(lambda: any(conn._busy for conn in house.transport.conns))
    for conn in list(house.transport.conns):
        conn.close()


async def _everything_stops(house: House) -> None:
    ws = await house.websocket()
    client = await house.polling()
    polled, _ = await asyncio.gather(client.poll(), house.transport.stop())
    assert polled == ["1"]
    message = await ws.receive()
    assert (message.type, message.data) == (WSMsgType.CLOSE, 1001)
    assert len(house.door.left) == 2
    house.door.left.pop()


@pytest.mark.parametrize(
    "ending",
    [
        _client_closes,
        _client_vanishes,
        _client_disconnects,
        _client_leaves_by_engine,
        _door_closes,
        _polling_client_disconnects,
        _polling_client_breaks_the_protocol,
        _polling_client_overlaps,
        _door_closes_polling,
        _closed_in_the_middle_of_a_handler,
        _everything_stops,
    ],
)
async def test_the_door_hears_once_that_a_guest_has_left(house: House, ending: Callable[[House], Awaitable[None]]) -> None:
    """However a connection ends, and nothing of it stays behind."""
    await ending(house)
    await until(lambda: house.door.left)
    await asyncio.sleep(0.05)
    assert (len(house.door.left), house.door.inside) == (1, {})
    assert (len(house.transport.conns), len(house.transport._all)) == (0, 0)
    await until(lambda: not house.transport._server.eio.sockets)
    assert not house.transport._tasks


async def test_a_guest_who_leaves_while_the_door_takes_it_in_is_still_seen_out(house: House) -> None:
    """`connect` returned, so `disconnect` follows, although the client was gone by then."""
    entered = asyncio.Event()

    async def slowly(conn: object, auth: object, request: object) -> None:
        entered.set()
        await house.door.gate.wait()
        await Parlour.connect(house.door, conn, auth, request)  # type: ignore[arg-type]  # as the transport calls it

    house.door.connect = slowly  # type: ignore[method-assign]  # a door with a slow lock
    ws = await house.websocket(connect=False)
    await ws.send_str("40" + msgspec.json.encode(WORD).decode())
    await entered.wait()
    vanish(ws)
    client = await house.polling(connect=False)
    posted = asyncio.create_task(client.say("40" + msgspec.json.encode(WORD).decode()))
    await asyncio.sleep(0.02)
    for conn in list(house.transport._all):
        conn.close()
    house.door.gate.set()
    await posted
    await until(lambda: len(house.door.left) == 2)
    assert house.door.inside == {}


async def test_after_stopping_nobody_is_let_in(house: House) -> None:
    """New handshakes are answered 503 while the process goes away."""
    await house.transport.stop()
    async with house.session.get(f"{house.url}/socket.io/?EIO=4&transport=polling") as answer:
        assert answer.status == 503


async def test_idle_clients_are_pinged_and_kept() -> None:
    """By websocket and polling, as long as they answer; and without a task for each ping."""
    async with open_house(ping_interval_s=0.1, ping_timeout_s=3.0) as house:
        ws = await house.websocket()
        polling = await house.polling()
        tasks = len(asyncio.all_tasks())
        for _ in range(4):
            assert await ws.receive_str() == "2"
            await ws.send_str("3")
            assert await polling.poll() == ["2"]
            await polling.say("3")
        assert (house.door.cuts, len(house.transport.conns)) == ([], 2)
        assert len(asyncio.all_tasks()) <= tasks + 1


async def test_a_client_that_does_not_answer_pings_is_cut() -> None:
    """By websocket and polling."""
    async with open_house(ping_interval_s=0.1, ping_timeout_s=0.1) as house:
        ws = await house.websocket()
        await house.polling()
        assert await ws.receive_str() == "2"
        message = await ws.receive()
        assert (message.type, message.extra) == (WSMsgType.CLOSE, "no pong in time")
        await until(lambda: house.door.cuts == ["timeout"] * 2)
        await until(lambda: len(house.door.left) == 2)


async def test_a_client_is_not_blamed_for_our_own_slowness() -> None:
    """While a handler runs its pong waits unread behind the event; that is not a timeout."""
    async with open_house(ping_interval_s=0.05, ping_timeout_s=0.05) as house:
        ws = await house.websocket()
        await ws.send_str('421["wait",1]')
        assert await ws.receive_str() == "2"
        await ws.send_str("3")
        await asyncio.sleep(0.25)
        house.door.gate.set()
        assert await ws.receive_str() == "431[1]"
        assert house.door.cuts == []


async def test_clients_who_came_together_are_not_pinged_together() -> None:
    """The first pings of many clients spread over half an interval."""
    async with open_house(ping_interval_s=20.0) as house:
        _held = [await house.websocket() for _ in range(40)]
        now = house.transport.loop.time()
        due = sorted(conn._ping_at - now for conn in house.transport.conns)
        assert 6 < due[0] < 12
        assert 16 < due[-1] <= 20
        assert max(after - before for before, after in itertools.pairwise(due)) < 3


async def test_a_large_polling_body_arrives_whole(house: House) -> None:
    """The library reads what has arrived so far and calls it the body."""
    client = await house.polling()
    event = '42["echo","' + "y" * 4000 + '"]'

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(event), 1000):
            yield event[start : start + 1000].encode()
            await asyncio.sleep(0.01)

    async with house.session.post(client._url, data=in_pieces()) as answer:
        assert answer.status == 200
    assert house.door.heard[0][2] == b'"' + b"y" * 4000 + b'"'


async def test_a_polling_body_over_the_limit_ends_the_session(house: House) -> None:
    """400, and cut."""
    client = await house.polling()
    assert await client.post(b"4" * 5000) == 400
    assert house.door.cuts == ["too_large"]
    await until(lambda: house.door.left)


async def test_a_broken_upgrade_leaves_polling_as_it_was(house: House) -> None:
    """A websocket that does not finish the probe is closed; the session goes on."""
    client = await house.polling()
    ws = await house.session.ws_connect(client._url.replace("polling", "websocket"))
    await ws.send_str("2probe")
    assert await ws.receive_str() == "3probe"
    assert await client.poll() == ["6"]
    await ws.send_str("nonsense")
    assert (await ws.receive()).type in {WSMsgType.CLOSE, WSMsgType.CLOSED}
    await client.say('421["echo",1]')
    assert [packet for packet in await client.poll() if packet != "6"] == ["431[1]"]


async def test_what_was_queued_for_polling_moves_with_the_upgrade(house: House) -> None:
    """In order, before anything newer."""
    client = await house.polling()
    ws = await house.session.ws_connect(client._url.replace("polling", "websocket"))
    await ws.send_str("2probe")
    assert await ws.receive_str() == "3probe"
    assert await client.poll() == ["6"]
    for number in range(3):
        await client.say(f'42["shout",{number}]')
    await ws.send_str("5")
    assert [await ws.receive_str() for _ in range(3)] == [f'42["shout",{number}]' for number in range(3)]
    await until(lambda: [conn.transport for conn in house.transport.conns] == ["websocket"])
    assert await client.poll() == []


async def test_only_known_origins_may_connect() -> None:
    """The library's check, with our setting."""
    async with open_house(cors_allowed_origins=["https://shop.example"]) as house:
        own = str(house.url).rstrip("/")
        for origin, status in (("https://shop.example", 200), (own, 200), ("https://evil.example", 400)):
            url = f"{house.url}/socket.io/?EIO=4&transport=polling"
            async with house.session.get(url, headers={"Origin": origin}) as answer:
                assert answer.status == status


async def test_no_connection_is_compressed(house: House) -> None:
    """Although the client offers it."""
    ws = await house.session.ws_connect(f"{house.url}/socket.io/?EIO=4&transport=websocket", compress=15)
    assert ws.compress == 0


async def test_jsonp_is_refused(house: House) -> None:
    """It is not part of the protocol any more."""
    async with house.session.get(f"{house.url}/socket.io/?EIO=4&transport=polling&j=0") as answer:
        assert answer.status == 400


async def test_a_library_that_moved_its_seams_is_refused_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a sentence that names the library, its version and the place."""
    check_seams()

    async def renamed(self: object, environment: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(AsyncSocket, "handle_post_request", renamed)
    with pytest.raises(RuntimeError, match=r"python-engineio \S+ has changed AsyncSocket.handle_post_request"):
        Transport(Parlour())
    monkeypatch.delattr(engineio.AsyncServer, "_handle_connect")
    with pytest.raises(RuntimeError, match=r"python-engineio \S+ has changed AsyncServer._handle_connect"):
        check_seams()


async def test_a_push_to_a_guest_who_has_left_goes_nowhere(house: House) -> None:
    """The door may hold a connection a moment too long."""
    ws = await house.websocket()
    (conn,) = house.transport.conns
    await ws.close()
    await until(lambda: house.door.left)
    conn.push(encode_event("late", b"1"))
    conn.close(after=encode_event("later", b"1"))
    assert conn.ended
    assert house.door.cuts == []
