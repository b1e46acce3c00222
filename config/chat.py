"""`weihub chat HANDLE --as PERSON`: a buyer in the terminal."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import msgspec

from bot.model.basics import Lang
from channels.client import Client, Heard, Opened
from channels.rest_client import Lost, Refused
from config.terminal import Screen

RECENT = 5
GREETING_S = 1.0
QUIET_S = 0.6
"""After an answer came, this much silence means that no more of it is to come."""

_WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "welcome": "{account} · 你是 {person} · Ctrl-D 结束",
        "auto": "自动·{rule}",
        "bot": "现在由自动回复接待",
        "waiting": "正在转人工",
        "waiting_at": "正在转人工，你排在第 {position} 位",
        "wait": "，预计 {minutes} 分钟内",
        "operator": "{operator} 正在为你服务",
        "closed": "会话已结束，再发一条就重新开始",
        "recalled": "第 {seq} 条消息被撤回",
        "away": "连接断开，正在重连…",
        "back": "已重新连接",
        "drain": "服务要重启，稍后自动重连",
        "refused": "没有发出去：{reason}",
    },
    "en": {
        "welcome": "{account} · you are {person} · Ctrl-D ends",
        "auto": "auto·{rule}",
        "bot": "automatic replies look after you now",
        "waiting": "waiting for a person",
        "waiting_at": "waiting for a person, place {position} in the queue",
        "wait": ", within about {minutes} min",
        "operator": "{operator} is with you now",
        "closed": "the conversation is closed; one more message opens it again",
        "recalled": "message {seq} was taken back",
        "away": "connection lost, coming back…",
        "back": "connected again",
        "drain": "the hub restarts; this will come back by itself",
        "refused": "not sent: {reason}",
    },
}


class Thread:
    """One conversation, shown densely: what is pushed in order is shown, a gap is pulled."""

    def __init__(self, device: Client, conversation: str, person: str, seen: int) -> None:
        self._device = device
        self.conversation = conversation
        self._person = person
        self.seen = seen

    async def take(self, heard: Heard) -> list[Heard]:
        """Messages of others that are new with this one, in order."""
        if heard.conversation != self.conversation or heard.seq <= self.seen:
            return []
        if heard.seq > self.seen + 1:
            return await self.catch_up()
        self.seen = heard.seq
        return [] if heard.author.id == self._person else [heard]

    async def catch_up(self) -> list[Heard]:
        """Everything of others that is stored after the last one seen."""
        found = [heard for heard in await self._device.pull(self.conversation, self.seen) if heard.seq > self.seen]
        self.seen = max([self.seen, *(heard.seq for heard in found)])
        return [heard for heard in found if heard.author.id != self._person]

    async def mine(self, seq: int) -> list[Heard]:
        """Note where an own message was stored; what others said in between is returned."""
        if seq == self.seen + 1:
            self.seen = seq
            return []
        return await self.catch_up() if seq > self.seen else []


class BuyerChat:
    """Shows one direct conversation and sends what is typed."""

    def __init__(self, device: Client, screen: Screen, *, account: str, person: str, lang: Lang, wait_s: float) -> None:
        self._device = device
        self._screen = screen
        self._account = account
        self._person = person
        self._words = _WORDS[lang]
        self._wait_s = wait_s
        self._events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self._shown = asyncio.Event()
        self._choices: list[str] = []
        self._desk: tuple[object, ...] = ()
        self._thread: Thread | None = None
        for event in ("message", "desk", "changed", "connected", "disconnected", "resync", "drain"):
            device.on(event, partial(self._queue, event))

    def _queue(self, event: str, data: Any) -> None:
        self._events.put_nowait((event, data))

    async def run(self, lines: AsyncIterator[str], *, piped: bool) -> None:
        """Chat until the lines end; with `piped`, wait for the answer to each line before the next is sent.

        Raises:
            Refused: the account does not talk with this person.
            Lost: the hub is away for good.
        """
        opened = await self._device.open(self._account)
        await self._show_opening(opened)
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen(), name="chat.listen")
            if piped and opened.head == 0:
                # A new follower is greeted a moment later: the greeting comes before the first line is sent.
                await self._await_answer(GREETING_S)
            self._screen.ask()
            async for line in lines:
                self._screen.typed()
                await self._say(opened.conversation, self._chosen(line))
                if piped:
                    await self._await_answer(self._wait_s)
                self._screen.ask()
            listening.cancel()

    async def _show_opening(self, opened: Opened) -> None:
        self._screen.note(self._words["welcome"].format(account=opened.account["name"], person=self._person))
        self._thread = Thread(self._device, opened.conversation, self._person, max(0, opened.head - RECENT))
        for heard in await self._thread.catch_up():
            self._show(heard)
        if opened.desk["state"] != "bot":
            self._show_desk(opened.desk)

    def _chosen(self, line: str) -> str:
        """What a line says: the number of one of the choices just shown stands for that choice."""
        number = int(line) if line.isdecimal() else 0
        return self._choices[number - 1] if 1 <= number <= len(self._choices) else line

    async def _say(self, conversation: str, text: str) -> None:
        self._shown.clear()
        try:
            receipt = await self._device.send(conversation, secrets.token_urlsafe(12), text)
        except Refused as refusal:
            self._screen.note(self._words["refused"].format(reason=refusal))
            return
        await self._events.put(("sent", receipt.seq))

    async def _await_answer(self, patience: float) -> None:
        """Until something is shown and then nothing more for a moment, or nothing comes at all."""
        while True:
            try:
                async with asyncio.timeout(patience):
                    await self._shown.wait()
            except TimeoutError:
                return
            self._shown.clear()
            patience = QUIET_S

    async def _listen(self) -> None:
        while True:
            event, data = await self._events.get()
            try:
                await self._react(event, data)
            except (Lost, Refused) as fault:
                self._screen.note(str(fault))

    async def _react(self, event: str, data: Any) -> None:
        thread = self._thread
        if thread is None:
            return
        if event == "message":
            self._show_all(await thread.take(msgspec.convert(data, Heard)))
        elif event == "sent":
            self._show_all(await thread.mine(data))
        elif event in {"connected", "resync"}:
            self._back(event)
            self._show_all(await thread.catch_up())
        elif event in {"desk", "changed"}:
            if data["conversation"] == thread.conversation:
                self._tell(event, data)
        else:
            self._screen.note(self._words["away" if event == "disconnected" else event])

    def _tell(self, event: str, data: dict[str, Any]) -> None:
        if event == "desk":
            self._show_desk(data)
        else:
            self._screen.note(self._words["recalled"].format(seq=data["seq"]))

    def _back(self, event: str) -> None:
        if event == "connected" and self._device.connections > 1:
            self._screen.note(self._words["back"])

    def _show_all(self, messages: list[Heard]) -> None:
        for heard in messages:
            self._show(heard)

    def _show(self, heard: Heard) -> None:
        mark = self._words["auto"].format(rule=heard.auto.rule_name) if heard.auto is not None else ""
        self._screen.message(heard, mark)
        self._choices = [str(choice["send"]) for choice in heard.body.get("choices", [])]
        self._shown.set()

    def _show_desk(self, desk: dict[str, Any]) -> None:
        """Tell where the conversation stands, once for each state and place."""
        operator = (desk.get("operator") or {}).get("name", "")
        now = (desk["state"], desk.get("position"), operator)
        if now == self._desk:
            return
        self._desk = now
        name = "waiting_at" if desk["state"] == "waiting" and desk.get("position") else desk["state"]
        text = self._words[name].format(position=desk.get("position"), operator=operator)
        if desk.get("expected_wait_s") is not None:
            text += self._words["wait"].format(minutes=max(1, round(desk["expected_wait_s"] / 60)))
        self._screen.note(text)
        self._shown.set()
