"""One journey, made by the official Python and JavaScript clients, by websocket, by polling, and by polling with upgrade."""

import asyncio

import pytest

from tests.journeys.hub import HubProcess
from tests.journeys.voices import JavaScriptVoice, PythonVoice, Voice, follower, signed_in
from tests.js.driver import JsClient

WAYS = {"websocket": ["websocket"], "polling": ["polling"], "upgrade": ["polling", "websocket"]}


def text(conversation: str, key: str, said: str) -> dict[str, object]:
    """What `send` takes."""
    return {"conversation": conversation, "key": key, "kind": "text", "body": {"text": said}}


async def greeted(buyer: Voice) -> None:
    """Until the shop has said hello to its new follower, so that nothing of it comes in between later."""
    while not any(one["last"] for one in (await buyer.call("inbox", {}))["conversations"]):  # noqa: ASYNC110 - it happens in the hub
        await asyncio.sleep(0.02)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("language", ["python", "javascript"])
async def test_the_journey(demo_hub: HubProcess, js: JsClient, language: str, way: str) -> None:
    """Connect, open, send, be answered by the bot and by a person, lose the connection, come back, sync to the same state."""
    person = f"{language}-{way}"
    buyer: Voice = PythonVoice() if language == "python" else JavaScriptVoice(js, person)
    operator = PythonVoice()
    await buyer.connect(demo_hub.url, await follower(demo_hub, person), WAYS[way])
    await operator.connect(demo_hub.url, await signed_in(demo_hub, "operator"), ["websocket"])
    await greeted(buyer)
    opened = await buyer.call("open", {"account": "demo"})
    assert opened["ok"]
    assert opened["account"]["handle"] == "demo"
    room = opened["conversation"]

    sent = await buyer.call("send", text(room, f"{person}-1", "什么时候发货"))
    assert (sent["ok"], sent["duplicate"]) == (True, False)
    while (heard := await buyer.hears("message"))["auto"]["rule_name"] != "发货时间":
        pass
    assert (heard["author"]["role"], heard["auto"]["cause"], heard["fallback"]) == ("bot", sent["seq"], heard["body"]["text"])

    assert (await operator.call("claim", {"conversation": room}))["ok"]
    assert (await buyer.hears("desk"))["state"] == "operator"
    answered = await operator.call("send", text(room, f"{person}-o1", "亲，我是客服"))
    heard = await buyer.hears("message")
    assert (heard["seq"], heard["author"]["role"], heard["body"]["text"]) == (answered["seq"], "operator", "亲，我是客服")
    assert "key" not in heard

    await buyer.drop()
    missed = await operator.call("send", text(room, f"{person}-o2", "还在吗"))
    again = await buyer.call("send", text(room, f"{person}-1", "什么时候发货"))
    assert (again["seq"], again["duplicate"]) == (sent["seq"], True)
    synced = await buyer.call("sync", {"cursors": {room: answered["seq"]}})
    (caught,) = [one for one in synced["conversations"] if one["conversation"] == room]
    assert [message["seq"] for message in caught["messages"]] == [missed["seq"]]
    assert (caught["head"], caught["limited"]) == (missed["seq"], False)
    pulled = await buyer.call("pull", {"conversation": room, "after": 0, "limit": 200})
    assert [message["seq"] for message in pulled["messages"]] == list(range(1, missed["seq"] + 1))

    await operator.call("close", {"conversation": room})
    await buyer.leave()
    await operator.leave()
