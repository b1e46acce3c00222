"""A group over two hubs is one group: heard at both, kept in order from either."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.actions.tokens import shared_secret
from channels.rest_client import Rest
from tests.journeys.hub import HubProcess
from tests.journeys.test_two_hubs import SECRET, Pair, heard
from tests.journeys.voices import PythonVoice
from tests.servers import RedisServer

FANS = ("an", "bo", "cai")


class Club:
    """Two hubs, a group of the demo's account, and its followers' tokens."""

    def __init__(self, pair: Pair, owner: str, group: str) -> None:
        self.pair = pair
        self.owner = owner
        self.group = group
        self.tokens = {fan: shared_secret(SECRET).mint(fan, fan, 600) for fan in FANS}

    async def rest(self, token: str, method: str, path: str, body: Any = None) -> Any:
        """Ask the near hub."""
        async with Rest(self.pair.near.url, token=token) as rest:
            return await rest.ask(method, path, body)

    async def device(self, fan: str, hub: HubProcess) -> PythonVoice:
        """A device of a follower."""
        return await self.pair.device(hub, self.tokens[fan])

    async def join(self, *fans: str) -> None:
        """Let followers join, at the near hub."""
        for fan in fans:
            await self.rest(self.tokens[fan], "PUT", "/accounts/demo/follow")
            await self.rest(self.tokens[fan], "PUT", f"/groups/{self.group}/membership")

    async def act(self, fan: str, what: str, body: Any) -> None:
        """Something that the owner does to somebody, at the near hub."""
        path = f"/groups/{self.group}/members/{fan}/removal" if what == "remove" else f"/groups/{self.group}/sanctions/{fan}/{what}"
        await self.rest(self.owner, "POST" if what == "remove" else "PUT", path, body)

    def text(self, key: str, **more: Any) -> dict[str, Any]:
        """A message to the group."""
        return {"conversation": self.group, "key": key, "kind": "text", "body": {"text": key, **more}}


@pytest.fixture
async def club(postgres_url: str, redis_url: str) -> AsyncIterator[Club]:
    """Two hubs on one PostgreSQL and one Redis, with an open group of the demo's account."""
    environment = {"WEIHUB_IDENTITY__SECRET": SECRET}
    near = HubProcess(database=postgres_url, redis=redis_url, demo=True, env=environment)
    near.weihub("migrate", "--database", postgres_url)
    with near, HubProcess(database=postgres_url, redis=redis_url, env=environment) as far:
        pair = Pair(near, far)
        owner, _ = await pair.signed_in(near, "owner")
        async with Rest(near.url, token=owner) as rest:
            made = await rest.ask("POST", "/accounts/demo/groups", {"name": "茶友"})
        yield Club(pair, owner, made["id"])
        await asyncio.gather(*(voice.leave() for voice in pair.voices))


async def quiet(device: PythonVoice) -> int:
    """How many messages a device has not looked at, once everything sent so far has come to it."""
    await device.call("inbox", {})
    return device.heard["message"].qsize()


async def test_a_group_over_two_hubs(club: Club) -> None:
    """Joined at one and heard at both, on all devices; a mute given at one is obeyed at the other at the next message; who is put out hears no more."""
    await club.join("an")
    phone, tablet = await club.device("an", club.pair.near), await club.device("an", club.pair.far)
    bo = await club.device("bo", club.pair.far)
    await club.rest(club.tokens["bo"], "PUT", "/accounts/demo/follow")

    assert (await bo.call("send", club.text("early")))["error"]["code"] == "not_member"
    assert (await bo.call("join", {"group": club.group}))["joined"] is True
    assert (await heard(phone, "member", change="joined"))["person"] == "bo"
    sent = await bo.call("send", club.text("@an", mentions=["an"]))
    for device in (phone, tablet):
        message = await heard(device, "message", conversation=club.group, seq=sent["seq"])
        assert (message["author"]["id"], message["body"]["mentions"], "key" in message) == ("bo", ["an"], False)
        assert await heard(device, "notice", kind="mention") == {"kind": "mention", "group": club.group, "by": "bo", "seq": sent["seq"]}

    await club.act("bo", "mute", {"seconds": 600, "reason": "刷屏"})
    told = await heard(bo, "member", change="muted")
    refused = await bo.call("send", club.text("muted"))
    assert (refused["error"]["code"], refused["error"]["until"], refused["error"]["reason"]) == ("muted", told["until"], "刷屏")

    await club.rest(club.owner, "DELETE", f"/groups/{club.group}/sanctions/bo/mute")
    await heard(bo, "member", change="unmuted")
    assert (await bo.call("send", club.text("again")))["ok"]
    for device in (phone, tablet):
        await heard(device, "message", body={"text": "again"})

    await club.act("an", "remove", {"reason": "跑题"})
    for device in (phone, tablet):
        assert (await heard(device, "member", change="removed"))["reason"] == "跑题"
    before = [await quiet(device) for device in (phone, tablet)]
    last = await bo.call("send", club.text("among us"))
    assert [await quiet(device) for device in (phone, tablet)] == before
    assert (await tablet.call("send", club.text("let me")))["error"]["code"] == "not_member"
    assert (await bo.call("pull", {"conversation": club.group}))["messages"][-1]["seq"] == last["seq"]

    await bo.call("leave", {"group": club.group})
    assert [one for one in (await bo.call("inbox", {}))["conversations"] if one["kind"] == "group"] == []


@pytest.mark.timeout(120)
async def test_filters_over_two_hubs(club: Club) -> None:
    """A list made at one hub is obeyed at the other at the next message: masked for everybody, refused, or held until a moderator releases it."""
    await club.join("an", "bo")
    an, bo = await club.device("an", club.pair.near), await club.device("bo", club.pair.far)
    assert (await bo.call("send", club.text("early")))["ok"]
    for action, word in (("mask", "榴莲"), ("block", "芒果"), ("review", "团建")):
        await club.rest(club.owner, "POST", f"/groups/{club.group}/filters", {"name": action, "action": action, "words": [word]})

    assert (await bo.call("send", club.text("k1", mentions=[]) | {"body": {"text": "一个榴-莲"}}))["seq"] == 2
    assert (await heard(an, "message", seq=2))["body"]["text"] == "一个***"
    assert (await bo.call("send", club.text("芒果")))["error"]["code"] == "blocked"
    held = await bo.call("send", club.text("去团建"))
    assert held == {"ok": True, "conversation": club.group, "seq": None, "at": held["at"], "duplicate": False, "held": True}
    assert await bo.call("send", club.text("去团建")) == {**held, "duplicate": True}
    assert (await bo.call("send", club.text("去团建") | {"body": {"text": "别的"}}))["error"]["code"] == "conflict"

    (waits,) = (await club.rest(club.owner, "GET", f"/groups/{club.group}/held"))["items"]
    assert (waits["author"], waits["signals"][0]["word"]) == ("bo", "团建")
    await club.rest(club.owner, "POST", f"/groups/{club.group}/held/{waits['id']}", {"approve": True})
    assert (await heard(an, "message", seq=3))["author"]["id"] == "bo"
    assert (await heard(bo, "message", seq=3))["key"] == "去团建"
    again = await bo.call("send", club.text("去团建"))
    assert (again["seq"], again["duplicate"], "held" in again) == (3, True, False)

    await bo.call("send", club.text("又去团建"))
    (waits,) = (await club.rest(club.owner, "GET", f"/groups/{club.group}/held"))["items"]
    await club.rest(club.owner, "POST", f"/groups/{club.group}/held/{waits['id']}", {"approve": False, "reason": "广告"})
    told = await heard(bo, "notice", kind="refused")
    assert (told["key"], told["reason"]) == ("又去团建", "广告")
    assert (await bo.call("send", club.text("又去团建")))["error"]["code"] == "blocked"


async def test_without_redis_the_store_is_obeyed_within_the_caches_bound(club: Club, redis_server: RedisServer) -> None:
    """What one hub cannot tell the other is read there after seconds: a mute is obeyed, who was put out hears no more; nothing needs Redis to come back."""
    await club.join("an", "bo", "cai")
    an, bo = await club.device("an", club.pair.far), await club.device("bo", club.pair.far)
    cai = await club.device("cai", club.pair.far)
    assert (await bo.call("send", club.text("0")))["ok"]
    await heard(an, "message", body={"text": "0"})
    try:
        redis_server.kill()
        await club.act("bo", "mute", {"seconds": 600, "reason": "刷屏"})
        await club.act("an", "remove", {"reason": "跑题"})

        async with asyncio.timeout(30):
            while (await bo.call("send", club.text("x")))["ok"]:  # noqa: ASYNC110 - what is waited for is in another process
                await asyncio.sleep(0.2)
            for number in itertools.count():
                before = await quiet(an)
                await cai.call("send", club.text(f"cai-{number}"))
                if await quiet(an) == before:
                    break
                await asyncio.sleep(0.5)
        assert (await bo.call("send", club.text("y")))["error"]["code"] == "muted"
        assert (await cai.call("send", club.text("z")))["ok"]
    finally:
        redis_server.start()
