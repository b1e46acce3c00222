"""The official clients, in Python and JavaScript, by websocket, by polling, and by polling with upgrade."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import socketio
import uvloop
from socketio.exceptions import ConnectionError as SocketIOConnectionError

from tests.channels.parlour import WORD, House, open_house, until
from tests.js.driver import JsClient, JsError

WAYS = {"websocket": ["websocket"], "polling": ["polling"], "upgrade": ["polling", "websocket"]}
ways = pytest.mark.parametrize("way", WAYS)


@pytest.fixture
async def house() -> AsyncIterator[House]:
    """A parlour with the door open."""
    async with open_house() as opened:
        yield opened


def ends_as(way: str) -> str:
    """The transport a client is on in the end."""
    return WAYS[way][-1]


@ways
async def test_the_javascript_client_makes_its_journey(house: House, js: JsClient, way: str) -> None:
    """It connects with auth, asks and is answered, hears a push, loses its connection and comes back, and leaves."""
    options = {"transports": WAYS[way], "auth": WORD}
    await js.ask("connect", socket="a", url=house.url, options=options)
    assert (await js.ask("expect", socket="a", event="welcome"))[0]["you"] in house.door.inside
    if way == "upgrade":
        assert await js.ask("expect", socket="a", event="$upgrade") == ["websocket"]
    await until(lambda: [conn.transport for conn in house.transport.conns] == [ends_as(way)])

    assert await js.ask("call", socket="a", event="echo", args=[{"text": "你好 👋"}]) == {"text": "你好 👋"}
    await js.ask("emit", socket="a", event="shout", args=["在吗"])
    assert await js.ask("expect", socket="a", event="shout") == ["在吗"]

    before = (await js.ask("state", socket="a"))["id"]
    await js.ask("drop", socket="a")
    assert (await js.ask("expect", socket="a", event="$disconnect"))[0] == "forced close"
    await js.ask("expect", socket="a", event="$connect")
    assert (await js.ask("state", socket="a"))["id"] != before
    assert await js.ask("call", socket="a", event="echo", args=[1]) == 1

    await js.ask("disconnect", socket="a")
    await until(lambda: len(house.door.left) == 2 and not house.transport.conns)
    assert house.door.cuts == []


@ways
async def test_a_refused_javascript_client_hears_why(house: House, js: JsClient, way: str) -> None:
    """`connect_error` carries the message and `data: {code, message}`."""
    with pytest.raises(JsError, match=r"Say the word\.") as refused:
        await js.ask("connect", socket="a", url=house.url, options={"transports": WAYS[way], "auth": {"token": "wrong"}})
    assert refused.value.data == {"code": "unauthenticated", "message": "Say the word."}
    assert not house.transport.conns


async def test_a_javascript_client_that_polls_sends_a_burst_in_order(house: House, js: JsClient) -> None:
    """More packets in one body than the library alone would take."""
    await js.ask("connect", socket="a", url=house.url, options={"transports": ["polling"], "auth": WORD})
    for number in range(60):
        await js.ask("emit", socket="a", event="note", args=[number])
    await until(lambda: len(house.door.heard) == 60)
    assert [data for _, _, data in house.door.heard] == [str(number).encode() for number in range(60)]


@ways
async def test_the_last_word_before_closing_reaches_the_javascript_client(house: House, js: JsClient, way: str) -> None:
    """`close(after=…)` delivers the frame, and the client sees a transport that closed, not an error."""
    await js.ask("connect", socket="a", url=house.url, options={"transports": WAYS[way], "auth": WORD, "reconnection": False})
    await until(lambda: [conn.transport for conn in house.transport.conns] == [ends_as(way)])
    await js.ask("emit", socket="a", event="bye", args=[{"reason": "the session is over"}])
    assert await js.ask("expect", socket="a", event="farewell") == [{"reason": "the session is over"}]
    assert (await js.ask("expect", socket="a", event="$disconnect"))[0] == "transport close"


async def python_journey(house: House, way: str) -> None:
    """What the JavaScript client does, with the Python client."""
    heard: asyncio.Queue[tuple[Any, ...]] = asyncio.Queue()

    async def hear(*told: Any) -> None:
        heard.put_nowait(told)

    client = socketio.AsyncClient(reconnection_delay=0.02, reconnection_delay_max=0.1)
    client.on("*", hear)
    await client.connect(house.url, transports=WAYS[way], auth=WORD)
    assert (await heard.get())[0] == "welcome"
    assert client.transport() == ends_as(way)
    assert await client.call("echo", {"text": "你好 👋"}) == {"text": "你好 👋"}
    await client.emit("shout", "在吗")
    assert await heard.get() == ("shout", "在吗")

    for conn in list(house.transport.conns):
        conn.close()
    if way == "polling":  # the library's client takes a close packet for good
        await until(lambda: not client.connected)
        await client.connect(house.url, transports=WAYS[way], auth=WORD)
    await until(lambda: house.transport.conns and len(house.door.left) == 1)
    assert (await heard.get())[0] == "welcome"
    assert await client.call("echo", 1) == 1

    await client.disconnect()
    await until(lambda: len(house.door.left) == 2 and not house.transport.conns)
    assert house.door.cuts == []


@ways
async def test_the_python_client_makes_its_journey(house: House, way: str) -> None:
    """It connects with auth, asks and is answered, hears a push, is closed and comes back, and leaves."""
    await python_journey(house, way)


@ways
def test_the_journey_is_the_same_on_uvloop(way: str) -> None:
    """The hub runs on uvloop where it can, and its transports behave differently at the end of a connection."""

    async def journey() -> None:
        async with open_house() as house:
            await python_journey(house, way)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(journey())


@ways
async def test_a_refused_python_client_hears_why(house: House, way: str) -> None:
    """The library hands the data of the refusal to its `connect_error` handler."""
    told: list[Any] = []
    client = socketio.AsyncClient(reconnection=False)
    client.on("connect_error", told.append)
    with pytest.raises(SocketIOConnectionError):
        await client.connect(house.url, transports=WAYS[way], auth={"token": "wrong"})
    assert told == [{"message": "Say the word.", "data": {"code": "unauthenticated", "message": "Say the word."}}]
