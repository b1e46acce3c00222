"""Two hubs on one PostgreSQL and one Redis are one hub to everybody."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.actions.tokens import shared_secret
from channels.rest_client import Rest
from tests.journeys.hub import HubProcess
from tests.journeys.voices import PythonVoice

SECRET = "kJ3nQv8ZpX1rT6wYbC4mH9sL2dF7gA0e"


class Pair:
    """Two hubs, and devices of people at either."""

    def __init__(self, near: HubProcess, far: HubProcess) -> None:
        self.near = near
        self.far = far
        self.voices: list[PythonVoice] = []

    async def device(self, hub: HubProcess, token: str) -> PythonVoice:
        """A device of somebody at one of the hubs."""
        voice = PythonVoice()
        voice.client.reconnection = False
        await voice.connect(hub.url, token, ["websocket"])
        self.voices.append(voice)
        return voice

    async def signed_in(self, hub: HubProcess, login: str) -> tuple[str, str]:
        """Token and id of a member of the demo's staff, who signed in at one of the hubs."""
        async with Rest(hub.url) as rest:
            answer = await rest.ask("POST", "/sessions", {"login": login, "password": self.near.passwords[login]})
        return str(answer["token"]), str(answer["person"]["id"])


@pytest.fixture
async def pair(postgres_url: str, redis_url: str) -> AsyncIterator[Pair]:
    """Two hubs with the demo shop."""
    environment = {"WEIHUB_IDENTITY__SECRET": SECRET}
    near = HubProcess(database=postgres_url, redis=redis_url, demo=True, env=environment)
    near.weihub("migrate", "--database", postgres_url)
    with near, HubProcess(database=postgres_url, redis=redis_url, env=environment) as far:
        pair = Pair(near, far)
        yield pair
        await asyncio.gather(*(voice.leave() for voice in pair.voices))


async def heard(device: PythonVoice, event: str, **members: Any) -> Any:
    """The next event of this name with these members."""
    while True:
        data = await device.hears(event)
        if all(data.get(name) == value for name, value in members.items()):
            return data


async def test_two_hubs_are_one(pair: Pair) -> None:
    """Messages, marks and the desk cross; a retry is found, a race has one winner; who signs out or is dismissed here is out there."""
    buyer = shared_secret(SECRET).mint("buyer", "小张", 600)
    operator, operator_id = await pair.signed_in(pair.far, "operator")
    owner, _ = await pair.signed_in(pair.near, "owner")
    async with Rest(pair.near.url, token=buyer) as rest:
        await rest.ask("PUT", "/accounts/demo/follow")
    phone, tablet = await pair.device(pair.near, buyer), await pair.device(pair.far, buyer)
    there, here = await pair.device(pair.far, operator), await pair.device(pair.near, owner)
    room = (await phone.call("open", {"account": "demo"}))["conversation"]
    assert (await there.call("desk", {"account": "demo", "watch": True}))["waiting"] == []

    asked = {"conversation": room, "key": "q", "kind": "text", "body": {"text": "人工"}}
    sent = await phone.call("send", asked)
    assert (await heard(tablet, "message", key="q"))["seq"] == sent["seq"]
    for device in (phone, tablet, there):
        assert (await heard(device, "desk", conversation=room, state="waiting"))["position"] == 1
    assert await tablet.call("send", asked) == {**sent, "duplicate": True}

    answers = await asyncio.gather(*(device.call("claim", {"conversation": room}) for device in (there, here)))
    assert sorted(answer["ok"] for answer in answers) == [False, True]
    await (there if answers[0]["ok"] else here).call("transfer", {"conversation": room, "to": operator_id})
    for device in (phone, tablet):
        while (await heard(device, "desk", state="operator"))["operator"]["id"] != operator_id:
            pass
    await phone.call("send", {**asked, "key": "q2", "body": {"text": "有人吗"}})
    assert "key" not in await heard(there, "message", body={"text": "有人吗"})
    await there.call("read", {"conversation": room, "seq": sent["seq"]})
    assert (await heard(phone, "read", person=operator_id))["seq"] == sent["seq"]

    await there.call("pull", {"conversation": room})
    async with Rest(pair.near.url, token=owner) as rest:
        await rest.ask("DELETE", f"/accounts/demo/staff/{operator_id}")
    await there.hears("resync")
    await there.call("inbox", {})
    before = there.heard["message"].qsize()
    await phone.call("send", {**asked, "key": "q3", "body": {"text": "别让外人听见"}})
    await heard(tablet, "message", key="q3")
    await there.call("inbox", {})
    assert there.heard["message"].qsize() == before

    async with Rest(pair.near.url, token=operator) as rest:
        await rest.ask("DELETE", "/sessions/current")
    assert (await heard(there, "error"))["code"] == "unauthenticated"
    await asyncio.wait_for(there.client.wait(), 5)
