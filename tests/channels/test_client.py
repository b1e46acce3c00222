"""The client repeats what was not answered, comes back after a cut, and tells a refusal from a loss.

Its peer here is a scripted hub: a real Socket.IO server on a real port that answers as the wire says.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import socketio
from aiohttp import web

from channels.client import Client, Heard
from channels.rest_client import Lost, Refused, Rest

Answer = Callable[[dict[str, Any]], dict[str, Any] | None]


class ScriptedHub:
    """Answers `send` and `pull` from a list of scripts, the last one for ever; None never answers."""

    def __init__(self, *script: Answer) -> None:
        self.script = list(script)
        self.heard: list[dict[str, Any]] = []
        self.asked = asyncio.Event()
        self.tokens: list[str] = []
        self.refusal: dict[str, Any] | None = None
        self.socket = socketio.AsyncServer(async_mode="aiohttp")
        self.socket.on("connect", self._connect)
        self.socket.on("*", self._answer)
        self.url = ""

    async def _connect(self, _sid: str, _environ: dict[str, Any], auth: dict[str, Any]) -> None:
        self.tokens.append(auth["token"])
        if self.refusal is not None:
            raise socketio.exceptions.ConnectionRefusedError("refused", self.refusal)

    async def _answer(self, _event: str, _sid: str, data: dict[str, Any]) -> dict[str, Any]:
        self.heard.append(data)
        self.asked.set()
        answer = (self.script.pop(0) if len(self.script) > 1 else self.script[0])(data)
        if answer is None:
            await asyncio.sleep(60)
        return answer or {}

    async def cut(self) -> None:
        """Close every connection, as a hub that goes away."""
        for sid in list(self.socket.manager.get_participants("/", None)):
            await self.socket.disconnect(sid[0])

    @asynccontextmanager
    async def running(self) -> AsyncIterator["ScriptedHub"]:
        """Listen on a free port."""
        app = web.Application()
        self.socket.attach(app)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        self.url = site.name if not site.name.endswith(":0") else f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield self
        await self.socket.shutdown()
        await runner.cleanup()


def _ack(data: dict[str, Any]) -> dict[str, Any]:
    return {"ok": True, "conversation": data["conversation"], "seq": 7, "at": "2026-01-01T00:00:00.000Z", "duplicate": False}


def _refuse(code: str, **data: object) -> Answer:
    return lambda _data: {"ok": False, "error": {"code": code, "message": "No.", **data}}


async def _token() -> str:
    return "t"


async def test_a_message_is_repeated_under_its_key_until_it_is_acknowledged() -> None:
    """`unavailable` and `rate_limited` mean: the same again, after the time the hub asked for."""
    script = (_refuse("unavailable", retry_after=0.01), _refuse("rate_limited", retry_after=0.01), _ack)
    async with ScriptedHub(*script).running() as hub, Client([hub.url], _token) as device:
        receipt = await device.send("c", "k1", "你好")

    assert receipt.seq == 7
    assert [sent["key"] for sent in hub.heard] == ["k1", "k1", "k1"]


async def test_an_answer_that_never_comes_is_a_loss() -> None:
    """After the time-out the caller knows that nobody knows, and may ask again."""
    async with ScriptedHub(lambda _data: None, _ack).running() as hub, Client([hub.url], _token) as device:
        with pytest.raises(Lost, match="No answer to send"):
            await device.ask("send", {"conversation": "c", "key": "k"}, timeout_s=0.1)
        receipt = await device.send("c", "k", "x")

    assert receipt.seq == 7


async def test_a_refusal_is_told_with_its_code_and_data() -> None:
    """It is not repeated: the hub has decided."""
    async with ScriptedHub(_refuse("invalid", path="body.text")).running() as hub, Client([hub.url], _token) as device:
        with pytest.raises(Refused, match="No") as caught:
            await device.send("c", "k", "")

    assert (caught.value.code, caught.value.data["path"]) == ("invalid", "body.text")
    assert len(hub.heard) == 1


async def test_a_cut_during_a_question_is_repeated_on_the_next_connection() -> None:
    """The question that was open is lost at once, not after its time-out, and asked again."""
    async with ScriptedHub(lambda _data: None, _ack).running() as hub, Client([hub.url], _token) as device:
        async with asyncio.timeout(5), asyncio.TaskGroup() as group:
            group.create_task(device.send("c", "k", "x"))
            await hub.asked.wait()
            await hub.cut()

        assert device.connections == 2
    assert [sent["key"] for sent in hub.heard] == ["k", "k"]


async def test_the_next_address_is_tried_when_one_is_dead() -> None:
    """A client that knows two hubs reaches the living one."""
    async with ScriptedHub(_ack).running() as hub, Client(["http://127.0.0.1:9", hub.url], _token) as device:
        assert (await device.send("c", "k", "x")).seq == 7


async def test_a_token_the_hub_does_not_take_ends_the_attempts() -> None:
    """`connect_error` carries the code; nobody hammers a hub with a bad token."""
    hub = ScriptedHub(_ack)
    hub.refusal = {"code": "unauthenticated", "message": "The token has expired."}
    async with hub.running():
        with pytest.raises(Refused, match="expired") as caught:
            async with Client([hub.url], _token):
                pass

    assert caught.value.code == "unauthenticated"
    assert hub.tokens == ["t"]


async def test_ears_hear_events_and_connections_in_order() -> None:
    """Plain functions, called in the order of the frames."""
    async with ScriptedHub(_ack).running() as hub:
        told: list[Any] = []
        enough = asyncio.Event()
        device = Client([hub.url], _token)
        device.on("connected", lambda _data: told.append("connected"))
        device.on("message", told.append)
        device.on("end", lambda _data: enough.set())
        async with device:
            for number in range(50):
                await hub.socket.emit("message", {"n": number})
            await hub.socket.emit("end")
            async with asyncio.timeout(5):
                await enough.wait()

    assert told == ["connected", *({"n": number} for number in range(50))]


async def test_pull_takes_page_after_page() -> None:
    """All messages, ascending, whatever the page size of the hub."""

    def page(data: dict[str, Any]) -> dict[str, Any]:
        author = {"id": "p", "name": "p", "role": "follower"}
        seqs = range(data["after"] + 1, min(data["after"] + 3, 8))
        message = {"conversation": "c", "author": author, "kind": "text", "body": {"text": "x"}, "at": "", "fallback": "x"}
        return {"ok": True, "messages": [{**message, "seq": seq} for seq in seqs], "more": seqs.stop < 8}

    async with ScriptedHub(page).running() as hub, Client([hub.url], _token) as device:
        messages: list[Heard] = await device.pull("c")

    assert [message.seq for message in messages] == [1, 2, 3, 4, 5, 6, 7]


async def test_an_address_without_a_hub_is_a_loss_with_a_sentence() -> None:
    """REST tells the address that failed."""
    async with Rest("http://127.0.0.1:9") as rest:
        with pytest.raises(Lost, match=r"127\.0\.0\.1:9 cannot be reached"):
            await rest.ask("GET", "/me")
