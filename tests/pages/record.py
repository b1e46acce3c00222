"""What a device of a buyer hears while things happen, and what a fresh one fetches before and after: `python -m tests.pages.record`.

`web/tests/recorded.test.ts` applies the first to the second and compares. The recording in the repository is of a real hub;
a test makes another one each time, so that it cannot lag behind.
"""

import asyncio
import json
import secrets
from pathlib import Path
from typing import Any

import socketio

from channels.rest_client import Rest
from channels.wire import HUB_EVENTS
from tests.journeys.hub import ROOT, HubProcess
from tests.journeys.voices import follower, signed_in
from tests.pages.people import Operator, until

FILE = ROOT / "web" / "tests" / "recorded" / "journey.json"


class Device:
    """One socket of the buyer, which keeps what it hears."""

    def __init__(self) -> None:
        self.client = socketio.AsyncClient(handle_sigint=False)
        self.heard: list[dict[str, Any]] = []
        self.client.on("*", self._hear)

    def _hear(self, event: str, data: Any) -> None:
        if event in HUB_EVENTS:
            self.heard.append({"event": event, "data": data, "at": 0})

    async def ask(self, event: str, data: dict[str, Any]) -> Any:
        """Ask, and have it go well."""
        answer = await self.client.call(event, data, timeout=10)
        assert answer["ok"], answer
        return answer

    async def has(self, event: str, **members: Any) -> None:
        """Wait until an event with these members was heard."""

        async def heard() -> bool:
            return any(one["event"] == event and members.items() <= one["data"].items() for one in self.heard)

        await until(heard)


async def _fetch(device: Device, conversation: str) -> dict[str, Any]:
    inbox = await device.ask("inbox", {})
    pulled = await device.ask("pull", {"conversation": conversation, "limit": 200})
    return {"inbox": inbox["conversations"], "messages": pulled["messages"]}


async def record(hub: HubProcess) -> dict[str, Any]:
    """A journey of a buyer with two devices, of whom one listens: greeted, answered, handed over, recalled, read."""
    person = f"r-{secrets.token_hex(4)}"
    token = await follower(hub, person)
    async with (
        Rest(hub.url, token=token) as me,
        Rest(hub.url, token=await signed_in(hub, "operator")) as staff,
        Rest(hub.url, token=await signed_in(hub, "owner")) as owner,
    ):
        listening, acting = Device(), Device()
        for device in (listening, acting):
            await device.client.connect(hub.url, auth={"token": token}, transports=["websocket"])
        opened = await acting.ask("open", {"account": "demo"})
        conversation = opened["conversation"]
        await until(lambda: _has_head(listening, conversation, 1))
        group = await _joined(owner, acting)
        await listening.has("member", group=group, change="joined")
        before = {**await _fetch(listening, conversation), **await _fetch_group(me, listening, group)}
        listening.heard.clear()

        async def say(text: str) -> int:
            body = {"conversation": conversation, "key": secrets.token_hex(8), "kind": "text", "body": {"text": text}}
            return int((await acting.ask("send", body))["seq"])

        await say("什么时候发货？")
        regretted = await say("写错了")
        await acting.ask("recall", {"conversation": conversation, "seq": regretted})
        await say("人工")
        await listening.has("desk", state="waiting")
        operator = Operator(staff)
        await operator.answer(person, "您好，请问怎么帮您？")
        await listening.has("desk", state="operator")
        head = (await _fetch(acting, conversation))["inbox"][0]["head"]
        await acting.ask("read", {"conversation": conversation, "seq": head - 1})
        await operator.read(person)
        await operator.answer(person, "还在吗？")
        await until(lambda: _has_head(listening, conversation, head + 1))
        await listening.has("message", seq=head + 1)
        await _happen_in_group(owner, group, person)
        await listening.has("member", group=group, change="muted")
        await listening.has("notice", group=group, what="pins")
        after = {**await _fetch(acting, conversation), **await _fetch_group(me, acting, group)}
        heard, facts = (await me.ask("GET", "/me"))["person"], list(listening.heard)
        for device in (listening, acting):
            await device.client.disconnect()
    return {"me": heard, "conversation": conversation, "group": group, "before": before, "facts": facts, "after": after}


async def _joined(owner: Rest, acting: Device) -> str:
    """A group that the buyer has come into."""
    made = await owner.ask("POST", "/accounts/demo/groups", {"name": f"录音 {secrets.token_hex(2)}"})
    await acting.ask("join", {"group": made["id"]})
    return str(made["id"])


async def _fetch_group(me: Rest, device: Device, group: str) -> dict[str, Any]:
    pulled = await device.ask("pull", {"conversation": group, "limit": 200})
    pins = await me.ask("GET", f"/groups/{group}/pins")
    return {"view": await me.ask("GET", f"/groups/{group}"), "pins": pins["items"], "said": pulled["messages"]}


async def _happen_in_group(owner: Rest, group: str, person: str) -> None:
    """Somebody writes, calls the buyer, takes a word back, announces, appoints and dismisses, mutes the buyer, pins."""

    async def say(text: str, **more: Any) -> int:
        body = {"key": secrets.token_hex(8), "kind": "text", "body": {"text": text, **more}}
        return int((await owner.ask("POST", f"/conversations/{group}/messages", body))["seq"])

    first = await say("欢迎")
    await say("你来说说", mentions=[person])
    wrong = await say("写错了", mentions=[person])
    await owner.ask("DELETE", f"/conversations/{group}/messages/{wrong}")
    await owner.ask("PUT", f"/groups/{group}/announcement", {"text": "周五上新"})
    await owner.ask("PUT", f"/groups/{group}/members/{person}/moderator")
    await owner.ask("DELETE", f"/groups/{group}/members/{person}/moderator")
    await owner.ask("PUT", f"/groups/{group}/sanctions/{person}/mute", {"seconds": 3_600, "reason": "刷屏"})
    await owner.ask("PUT", f"/groups/{group}/pins/{first}")


async def _has_head(device: Device, conversation: str, head: int) -> bool:
    inbox = await device.ask("inbox", {})
    return any(one["conversation"] == conversation and one["head"] >= head for one in inbox["conversations"])


def write(recorded: dict[str, Any], file: Path) -> None:
    """Keep a recording."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(recorded, ensure_ascii=False, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    with HubProcess(demo=True) as process:
        write(asyncio.run(record(process)), FILE)
