"""`weihub chat HANDLE --operator LOGIN`: the desk of an account in the terminal."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import msgspec

from bot.model.basics import Lang
from channels.client import Client, Heard
from channels.rest_client import Lost, Refused
from config.chat import Thread
from config.terminal import Screen

TRANSCRIPT = 10

_WORDS: dict[Lang, dict[str, str]] = {
    "zh": {
        "welcome": "{account} 的接待台 · 你是 {person} · /help 看命令 · Ctrl-D 结束",
        "help": "/queue 看排队 · /claim [序号] 接待 · /back 交还自动回复 · /close 结束会话 · 其他文字就是回复",
        "empty": "没有人在排队",
        "next": "没有人在排队，下一位来了就由你接待",
        "place": "{position}. {name}：{text}",
        "comes": "有人在排队：{name}：{text}",
        "claimed": "你正在接待 {name}",
        "nobody": "还没有接待任何人，先用 /claim",
        "back": "会话已交还自动回复",
        "close": "会话已结束",
        "gone": "这个会话不再由你接待",
        "away": "连接断开，正在重连…",
        "refused": "没有做到：{reason}",
    },
    "en": {
        "welcome": "The desk of {account} · you are {person} · /help lists commands · Ctrl-D ends",
        "help": "/queue shows who waits · /claim [number] takes one · /back gives it to the bot · /close ends it · any other text is an answer",
        "empty": "nobody is waiting",
        "next": "nobody is waiting; you take the next one who does",
        "place": "{position}. {name}: {text}",
        "comes": "waiting now: {name}: {text}",
        "claimed": "you are with {name} now",
        "nobody": "you are with nobody yet: /claim first",
        "back": "given back to the bot",
        "close": "closed",
        "gone": "this conversation is no longer yours",
        "away": "connection lost, coming back…",
        "refused": "not done: {reason}",
    },
}


class DeskChat:
    """Lists the queue, takes one conversation at a time, and answers in it."""

    def __init__(self, device: Client, screen: Screen, *, account: str, person: str, login: str, lang: Lang) -> None:
        self._device = device
        self._screen = screen
        self._account = account
        self._person = person
        self._login = login
        self._words = _WORDS[lang]
        self._events: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self._waiting: dict[str, dict[str, Any]] = {}
        self._thread: Thread | None = None
        self._takes_next = False
        self._taken = asyncio.Event()
        self._commands: dict[str, Callable[[str], Awaitable[None]]] = {
            "/queue": self._list,
            "/claim": self._claim,
            "/back": partial(self._leave, "hand_back", "back"),
            "/close": partial(self._leave, "close", "close"),
            "/help": self._help,
        }
        for event in ("message", "desk", "connected", "disconnected", "resync"):
            device.on(event, partial(self._queue, event))

    def _queue(self, event: str, data: Any) -> None:
        self._events.put_nowait((event, data))

    async def run(self, lines: AsyncIterator[str], *, piped: bool) -> None:
        """Work until the lines end; with `piped`, a claim waits until there is somebody to take.

        Raises:
            Refused: not staff of this account.
            Lost: the hub is away for good.
        """
        self._screen.note(self._words["welcome"].format(account=self._account, person=self._login))
        await self._watch()
        await self._list("")
        async with asyncio.TaskGroup() as group:
            listening = group.create_task(self._listen(), name="desk.listen")
            self._screen.ask()
            async for line in lines:
                self._screen.typed()
                await self._obey(line)
                if piped and self._takes_next:
                    await self._taken.wait()
                self._screen.ask()
            listening.cancel()

    async def _watch(self) -> None:
        answer = await self._device.insist("desk", {"account": self._account, "watch": True})
        self._waiting = {desk["conversation"]: desk for desk in answer.get("waiting", [])}

    async def _obey(self, line: str) -> None:
        word, _, rest = line.partition(" ")
        command = self._commands.get(word)
        try:
            await (self._answer(line) if command is None else command(rest.strip()))
        except (Refused, Lost) as fault:
            self._screen.note(self._words["refused"].format(reason=fault))

    async def _help(self, _rest: str) -> None:
        self._screen.note(self._words["help"])

    def _in_order(self) -> list[str]:
        return sorted(self._waiting, key=lambda name: (self._waiting[name].get("position") or 0, name))

    async def _list(self, _rest: str) -> None:
        if not self._waiting:
            self._screen.note(self._words["empty"])
        for position, conversation in enumerate(self._in_order(), 1):
            await self._introduce("place", conversation, position)

    async def _introduce(self, words: str, conversation: str, position: int = 0) -> None:
        recent = await self._recent(conversation)
        buyer = [heard for heard in recent if heard.author.role == "follower"]
        name, text = (buyer[-1].author.name, buyer[-1].fallback) if buyer else ("?", "")
        self._screen.note(self._words[words].format(position=position, name=name, text=text))

    async def _recent(self, conversation: str) -> list[Heard]:
        answer = await self._device.insist("pull", {"conversation": conversation, "limit": TRANSCRIPT})
        return msgspec.convert(answer["messages"], list[Heard])

    async def _claim(self, rest: str) -> None:
        wished = int(rest) - 1 if rest.isdecimal() and int(rest) > 0 else 0
        order = self._in_order()
        self._taken.clear()
        self._takes_next = not order
        if not order:
            self._screen.note(self._words["next"])
            return
        await self._take(order[min(wished, len(order) - 1)])

    async def _take(self, conversation: str) -> None:
        await self._device.ask("claim", {"conversation": conversation})
        self._waiting.pop(conversation, None)
        recent = await self._recent(conversation)
        buyer = next((heard.author.name for heard in recent if heard.author.role == "follower"), "?")
        self._screen.note(self._words["claimed"].format(name=buyer))
        for heard in recent:
            self._screen.message(heard)
        self._thread = Thread(self._device, conversation, self._person, recent[-1].seq if recent else 0)
        self._takes_next = False
        self._taken.set()

    async def _answer(self, text: str) -> None:
        if self._thread is None:
            self._screen.note(self._words["nobody"])
            return
        receipt = await self._device.send(self._thread.conversation, secrets.token_urlsafe(12), text)
        self._events.put_nowait(("sent", receipt.seq))

    async def _leave(self, verb: str, words: str, _rest: str) -> None:
        if self._thread is None:
            self._screen.note(self._words["nobody"])
            return
        left, self._thread = self._thread, None
        try:
            await self._device.ask(verb, {"conversation": left.conversation})
        except (Refused, Lost):
            self._thread = left
            raise
        self._screen.note(self._words[words])

    async def _listen(self) -> None:
        while True:
            event, data = await self._events.get()
            try:
                await self._react(event, data)
            except (Lost, Refused) as fault:
                self._screen.note(self._words["refused"].format(reason=fault))

    async def _react(self, event: str, data: Any) -> None:
        thread = self._thread
        if event == "message" and thread is not None:
            self._show(await thread.take(msgspec.convert(data, Heard)))
        elif event == "sent" and thread is not None:
            self._show(await thread.mine(data))
        elif event in {"connected", "resync"}:
            await self._watch()
            if thread is not None:
                self._show(await thread.catch_up())
        elif event == "desk":
            await self._moved(data)
        elif event == "disconnected":
            self._screen.note(self._words["away"])

    def _show(self, messages: list[Heard]) -> None:
        for heard in messages:
            self._screen.message(heard)

    async def _moved(self, desk: dict[str, Any]) -> None:
        """Keep the queue: who waits comes in, who does not goes out."""
        conversation = desk["conversation"]
        if desk["state"] != "waiting":
            self._waiting.pop(conversation, None)
            self._check_still_mine(desk)
            return
        new = conversation not in self._waiting
        self._waiting[conversation] = desk
        if self._takes_next:
            await self._take(conversation)
        elif new:
            await self._introduce("comes", conversation)

    def _check_still_mine(self, desk: dict[str, Any]) -> None:
        holder = (desk.get("operator") or {}).get("id")
        if self._thread is not None and desk["conversation"] == self._thread.conversation and holder != self._person:
            self._thread = None
            self._screen.note(self._words["gone"])
