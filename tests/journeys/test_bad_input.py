"""Bad input over the socket, one by one and at random: a clear error of the closed set, and the hub goes on."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import Any

import aiohttp
import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from socketio.exceptions import ConnectionError as SocketIOConnectionError

from bot.actions.tokens import shared_secret
from bot.model.basics import ERRORS, now_ms
from channels.wire import CLIENT_EVENTS
from tests.journeys.hub import HubProcess
from tests.journeys.voices import PythonVoice, follower, signed_in

CODES = {error.code for error in ERRORS}


@pytest.fixture
async def buyer(demo_hub: HubProcess) -> AsyncIterator[PythonVoice]:
    """A buyer's connected socket."""
    voice = PythonVoice()
    await voice.connect(demo_hub.url, await follower(demo_hub, "bad-input"), ["websocket"])
    yield voice
    await voice.leave()


@pytest.fixture
async def room(buyer: PythonVoice) -> str:
    """The buyer's conversation."""
    return str((await buyer.call("open", {"account": "demo"}))["conversation"])


def said(room: str, **changes: Any) -> dict[str, Any]:
    """A sound `send`, changed; a change to None takes the member away."""
    sound = {"conversation": room, "key": "k", "kind": "text", "body": {"text": "在吗"}}
    return {name: value for name, value in {**sound, **changes}.items() if value is not None}


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"conversation": None}, "invalid", "conversation"),
        ({"conversation": 5}, "invalid", "conversation"),
        ({"conversation": "nowhere"}, "not_found", None),
        ({"key": None}, "invalid", "key"),
        ({"key": ""}, "invalid", "key"),
        ({"key": "x" * 65}, "invalid", "key"),
        ({"kind": "poem"}, "invalid", "kind"),
        ({"kind": "system", "body": {"event": "hello"}}, "invalid", "kind"),
        ({"body": None}, "invalid", "body"),
        ({"body": "在吗"}, "invalid", "body"),
        ({"body": {}}, "invalid", "body.text"),
        ({"body": {"text": ""}}, "invalid", "body.text"),
        ({"body": {"text": 7}}, "invalid", "body.text"),
        ({"body": {"text": "啊" * 4_001}}, "too_large", "body.text"),
        ({"key": "nul\x00"}, "invalid", "key"),
        ({"reply_to": 0}, "invalid", "reply_to"),
        ({"reply_to": 999}, "invalid", "reply_to"),
        ({"kind": "image", "body": {"media": "../../etc/passwd", "width": 1, "height": 1}}, "invalid", "body.media"),
        ({"kind": "image", "body": {"media": "nowhere", "width": 1, "height": 1}}, "invalid", "body.media"),
        ({"kind": "voice", "body": {"media": "nowhere", "seconds": 61}}, "invalid", "body.seconds"),
        ({"kind": "card", "body": {"title": "x", "url": "javascript:alert(1)"}}, "invalid", "body.url"),
        ({"kind": "choices", "body": {"text": "x", "choices": []}}, "invalid", "body.choices"),
    ],
)
async def test_a_bad_send_is_told_what_and_where(buyer: PythonVoice, room: str, changes: dict[str, Any], code: str, path: str | None) -> None:
    """The code and the path of the member at fault, in the caller's language."""
    answer = await buyer.call("send", said(room, **changes))
    assert (answer["ok"], answer["error"]["code"], answer["error"].get("path")) == (False, code, path)
    assert answer["error"]["message"]


@pytest.mark.parametrize(
    ("event", "data", "code"),
    [
        ("nonsense", {}, "invalid"),
        ("join", {}, "invalid"),
        ("join", {"group": "nowhere"}, "not_found"),
        ("leave", {"group": "nowhere"}, "not_found"),
        ("open", {}, "invalid"),
        ("open", {"account": "nobody"}, "not_found"),
        ("pull", {"conversation": "theirs"}, "not_found"),
        ("pull", {"conversation": "theirs", "limit": 201}, "invalid"),
        ("sync", {"cursors": {str(number): 0 for number in range(201)}}, "invalid"),
        ("sync", {"cursors": {"a": -1}}, "invalid"),
        ("inbox", {"cursor": "made-up"}, "invalid"),
        ("read", {"conversation": "theirs", "seq": 1}, "not_found"),
        ("typing", {"conversation": "theirs"}, "not_found"),
        ("recall", {"conversation": "theirs", "seq": 1}, "not_found"),
        ("desk", {"account": "demo", "watch": True}, "forbidden"),
        ("claim", {"conversation": "theirs"}, "not_found"),
        ("close", {"conversation": "theirs"}, "not_found"),
    ],
)
async def test_a_bad_ask_is_refused(buyer: PythonVoice, event: str, data: Any, code: str) -> None:
    """Unknown events, wrong members, and what is not the caller's to see."""
    answer = await buyer.call(event, data)
    assert (answer["ok"], answer["error"]["code"]) == (False, code)


async def test_other_peoples_conversations_answer_as_if_they_were_not_there(demo_hub: HubProcess, buyer: PythonVoice, room: str) -> None:
    """The very same answer for another's conversation as for none, by every verb that names one."""
    other = PythonVoice()
    await other.connect(demo_hub.url, await follower(demo_hub, "somebody-else"), ["websocket"])
    for event in ("pull", "send", "read", "typing", "recall", "claim", "assign", "transfer", "hand_back", "close"):
        data = {**said(room), "seq": 1, "to": "x"}
        assert await other.call(event, data) == await other.call(event, {**data, "conversation": "nowhere"})
        assert (await other.call(event, data))["error"]["code"] == "not_found"
    synced = await other.call("sync", {"cursors": {room: 0}})
    assert room not in {one["conversation"] for one in synced["conversations"]}
    await other.leave()


@pytest.mark.parametrize("trick", ["none", "audience", "expired", "forged", "staff", "empty", "number"])
async def test_a_forged_token_is_refused_at_the_door(demo_hub: HubProcess, trick: str) -> None:
    """`connect_error` with the code, and no connection."""
    soon = now_ms() // 1000 + 600
    claims: dict[str, Any] = {"sub": "mallory", "name": "M", "aud": "weihub", "exp": soon}
    secret = demo_hub.secret
    token: object = {
        "none": jwt.encode(claims, "", algorithm="none"),
        "audience": jwt.encode({**claims, "aud": "other"}, secret, algorithm="HS256"),
        "expired": jwt.encode({**claims, "exp": soon - 7_200}, secret, algorithm="HS256"),
        "forged": jwt.encode(claims, secret + "x", algorithm="HS256"),
        "staff": jwt.encode({**claims, "sub": "staff:owner"}, secret, algorithm="HS256"),
        "empty": "",
        "number": 5,
    }[trick]
    voice = PythonVoice()
    with pytest.raises(SocketIOConnectionError):
        await voice.client.connect(demo_hub.url, auth={"token": token}, transports=["websocket"], wait_timeout=5, retry=False)
    assert (await voice.hears("connect_error"))["data"]["code"] == "unauthenticated"
    await voice.client.shutdown()


async def test_a_token_that_ends_closes_its_socket(demo_hub: HubProcess) -> None:
    """The socket is told `error: unauthenticated`, then closed."""
    voice = PythonVoice()
    voice.client.reconnection = False
    await voice.connect(demo_hub.url, shared_secret(demo_hub.secret).mint("brief", "B", 2), ["websocket"])
    error = await asyncio.wait_for(voice.heard["error"].get(), 10)
    assert error["code"] == "unauthenticated"
    await asyncio.wait_for(voice.client.wait(), 5)


async def test_a_revoked_session_closes_its_sockets(demo_hub: HubProcess) -> None:
    """Signing out elsewhere ends the socket at once."""
    token = await signed_in(demo_hub, "owner")
    voice = PythonVoice()
    voice.client.reconnection = False
    await voice.connect(demo_hub.url, token, ["websocket"])
    async with (
        aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session,
        session.delete(f"{demo_hub.url}/api/v1/sessions/current") as answer,
    ):
        assert answer.ok
    assert (await voice.hears("error"))["code"] == "unauthenticated"
    await asyncio.wait_for(voice.client.wait(), 5)


async def test_a_frame_of_a_megabyte_ends_that_socket_only(demo_hub: HubProcess, buyer: PythonVoice, room: str) -> None:
    """The limit of a frame holds, and nobody else notices."""
    other = PythonVoice()
    other.client.reconnection = False
    await other.connect(demo_hub.url, await follower(demo_hub, "loud"), ["websocket"])
    await other.client.emit("send", said(room, body={"text": "x" * 1_000_000}))
    await asyncio.wait_for(other.client.wait(), 5)
    assert (await buyer.call("pull", {"conversation": room}))["ok"]


class Prober:
    """A buyer's socket on a loop of its own, to be asked from plain functions."""

    def __init__(self, hub: HubProcess) -> None:
        self.runner = asyncio.Runner()
        self.voice = PythonVoice()
        self.runner.run(self._open(hub))

    async def _open(self, hub: HubProcess) -> None:
        await self.voice.connect(hub.url, await follower(hub, "prober"), ["websocket"])
        self.room = (await self.voice.call("open", {"account": "demo"}))["conversation"]

    def ask(self, event: str, data: Any) -> Any:
        """One event, answered."""
        return self.runner.run(self.voice.call(event, data))

    def close(self) -> None:
        """Leave."""
        self.runner.run(self.voice.leave())
        self.runner.close()


@pytest.fixture(scope="module")
def prober(demo_hub: HubProcess) -> Iterator[Prober]:
    """One socket for all random asks."""
    made = Prober(demo_hub)
    yield made
    made.close()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
NAMES = st.text(min_size=1, max_size=12).filter(lambda name: name not in {"connect", "disconnect", "connect_error"})
MEMBERS = st.sampled_from(["conversation", "account", "key", "kind", "body", "seq", "cursors", "cursor", "limit", "after", "before", "to", "watch"])


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    event=st.sampled_from(CLIENT_EVENTS) | NAMES,
    data=JSON | st.dictionaries(MEMBERS, JSON, max_size=6),
    real=st.booleans(),
)
def test_whatever_is_asked_the_answer_is_of_the_closed_set(demo_hub: HubProcess, prober: Prober, event: str, data: Any, real: bool) -> None:
    """Any JSON for any event: `ok`, or a code of the closed set; the socket stays open."""
    if real and isinstance(data, dict):
        data = {**data, "conversation": prober.room}
    answer = prober.ask(event, data)
    assert answer["ok"] is True or answer["error"]["code"] in CODES - {"unavailable"}


def test_the_memory_stays_flat_under_bad_input(demo_hub: HubProcess, prober: Prober) -> None:
    """Thousands of refused asks leave nothing behind."""
    for _ in range(300):
        prober.ask("send", {"conversation": "nowhere", "key": "k", "kind": "text", "body": {"text": "x" * 3_000}})
    before = demo_hub.metric("process_resident_memory_bytes")
    for number in range(2_000):
        prober.ask("send", {"conversation": f"nowhere-{number}", "key": f"k{number}", "kind": "text", "body": {"text": "x" * 3_000}})
    assert demo_hub.metric("process_resident_memory_bytes") - before < 4_000_000
    assert demo_hub.status("/readyz") == 200
