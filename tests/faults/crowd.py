"""Buyers who keep talking whatever happens: they come, say their lines until each is acknowledged, and leave."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from inspect import isawaitable
from types import TracebackType
from typing import Any, NamedTuple, Self

import aiohttp
import msgspec

from bot.actions.tokens import shared_secret
from channels.client import Client, Heard, Receipt
from channels.rest_client import AGAIN, Lost, Refused, Rest, Staff, insist
from tests.journeys.hub import HubProcess

NUMBERS = "一二三四五六七八"
LINES = tuple(f"第{number}号商品怎么样" for number in NUMBERS)
"""What buyers say; fewer than the ten automatic answers that one conversation gets in a minute."""

PATIENCE_S = 90.0
PROMPT_S = 2.0
"""An answer that comes within this time is in no one's way; on a machine with nothing else to do it is a hundred times quicker."""


class Acked(NamedTuple):
    """A message that the hub said it has."""

    key: str
    text: str
    seq: int


class QuickClient(Client):
    """A client that comes back within a moment, so that no test waits for the patience of a polite one."""

    def _back_off(self, failures: int) -> float:
        return random.uniform(0.02, 0.2)


@dataclass
class Buyer:
    """One buyer with one device.

    Attributes:
        acked: what was acknowledged, in the order it was said.
        heard: what was pushed, by sequence number.
        refused: every answer that asked to try again later.
        slowest_s: the longest time from a question to its answer, whatever it was.
    """

    person: str
    client: Client
    room: str = ""
    acked: list[Acked] = field(default_factory=list)
    heard: dict[int, Heard] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    slowest_s: float = 0.0
    resyncs: int = 0
    drains: int = 0
    left: bool = False

    def listen(self) -> None:
        """Remember what is pushed; before the first connection."""
        self.client.on("message", self._hear)
        self.client.on("resync", lambda _: setattr(self, "resyncs", self.resyncs + 1))
        self.client.on("drain", lambda _: setattr(self, "drains", self.drains + 1))

    def _hear(self, data: Any) -> None:
        message = msgspec.convert(data, Heard)
        self.heard[message.seq] = message

    async def say(self, line: str, key: str | None = None) -> Receipt:
        """Say a line until it is acknowledged, under one key."""
        key = key or f"{self.person}-{len(self.acked)}"
        while True:
            try:
                receipt = await self.try_to_say(line, key)
            except Lost:
                await asyncio.sleep(0.02)
            except Refused as refusal:
                if refusal.code not in AGAIN:
                    raise
                self.refused.append(refusal)
                await asyncio.sleep(min(0.3, refusal.retry_after_s))
            else:
                self.acked.append(Acked(key, line, receipt.seq))
                return receipt

    async def try_to_say(self, line: str, key: str) -> Receipt:
        """Say a line once.

        Raises:
            Refused: the hub answered with an error.
            Lost: nobody answered.
        """
        await self.client.ready()
        began = time.monotonic()
        try:
            answer = await self.client.ask("send", {"conversation": self.room, "key": key, "kind": "text", "body": {"text": line}})
        finally:
            self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        return msgspec.convert(answer, Receipt)

    def state(self) -> list[Heard]:
        """The conversation as this device knows it."""
        return [self.heard[seq] for seq in sorted(self.heard)]

    async def catch_up(self) -> None:
        """What `resync` asks for: everything after what is known without a gap."""
        known = next(seq for seq in range(len(self.heard) + 1) if seq + 1 not in self.heard)
        (caught,) = (await self.client.insist("sync", {"cursors": {self.room: known}}))["conversations"]
        for message in msgspec.convert(caught["messages"], list[Heard]):
            self.heard[message.seq] = message

    async def chat(self, lines: Sequence[str], pace_s: float = 0.0) -> None:
        """Say all lines, each after the acknowledgement of the one before."""
        for line in lines:
            await self.say(line)
            await asyncio.sleep(random.uniform(0, 2 * pace_s))


def token_of(secret: str, person: str) -> str:
    """What the shop app signs for a buyer."""
    return shared_secret(secret).mint(person, person, 3_600)


def client_of(urls: Sequence[str], secret: str, person: str) -> Client:
    """A device of a buyer."""
    token = token_of(secret, person)

    async def give() -> str:
        return token

    return QuickClient(urls, give, patience_s=PATIENCE_S)


async def follow(urls: Sequence[str], secret: str, person: str) -> None:
    """Follow the demo shop, at whichever address answers."""
    token = token_of(secret, person)
    tries = iter(range(10_000))

    async def ask() -> object:
        async with Rest(urls[next(tries) % len(urls)], token=token) as rest:
            return await rest.ask("PUT", "/accounts/demo/follow", {"source": "fault"})

    await insist(ask, PATIENCE_S)


@asynccontextmanager
async def visit(urls: Sequence[str], secret: str, person: str) -> AsyncIterator[Buyer]:
    """A buyer who follows the demo shop and has opened the conversation with it."""
    await follow(urls, secret, person)
    buyer = Buyer(person, client_of(urls, secret, person))
    buyer.listen()
    async with buyer.client:
        buyer.room = (await buyer.client.open("demo")).conversation
        yield buyer
        buyer.left = True


@asynccontextmanager
async def visits(urls: Sequence[str], secret: str, names: Sequence[str]) -> AsyncIterator[list[Buyer]]:
    """Several of them, who stay; each begins at another of the addresses."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(visit(turned(urls, number), secret, name)) for number, name in enumerate(names)]


def turned(urls: Sequence[str], number: int) -> list[str]:
    """The addresses, beginning with another one for each number."""
    turn = number % len(urls)
    return [*urls[turn:], *urls[:turn]]


class Crowd:
    """Buyers who come one after the other, a few abreast, each with lines that are all to be answered, until the block ends.

    Attributes:
        met: everyone who came, also those who are still there.
    """

    def __init__(self, urls: Sequence[str], secret: str, name: str, *, abreast: int = 8, pace_s: float = 0.02) -> None:
        self.met: list[Buyer] = []
        self._urls = tuple(urls)
        self._secret = secret
        self._name = name
        self._abreast = abreast
        self._pace_s = pace_s
        self._over = False
        self._group = asyncio.TaskGroup()

    @property
    def acked(self) -> int:
        """How many messages were acknowledged so far."""
        return sum(len(buyer.acked) for buyer in self.met)

    @property
    def refused(self) -> list[Refused]:
        """Every answer that asked to try again later."""
        return [refusal for buyer in self.met for refusal in buyer.refused]

    async def until_acked(self, more: int, budget_s: float = 40.0) -> None:
        """Wait until so many more messages are acknowledged."""
        goal = self.acked + more
        await until(lambda: self.acked >= goal, budget_s, f"{more} more messages acknowledged")

    async def until_refused(self, more: int, budget_s: float) -> None:
        """Wait until so many more were told to try again later."""
        goal = len(self.refused) + more
        await until(lambda: len(self.refused) >= goal, budget_s, f"{more} more senders refused")

    async def _come(self, place: int) -> None:
        count = 0
        while not self._over:
            name = f"{self._name}-{place}-{count}"
            count += 1
            async with visit(turned(self._urls, place + count), self._secret, name) as buyer:
                self.met.append(buyer)
                await buyer.chat(LINES, self._pace_s)

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        for place in range(self._abreast):
            self._group.create_task(self._come(place))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let everyone say what they came to say, and leave."""
        self._over = True
        await self._group.__aexit__(kind, error, trace)


def answer_to(line: str) -> list[str]:
    """What the shop says to a line: to every second one two messages, between which a hub may die."""
    number = line[1]
    return [f"{number}号很好", f"{number}号有货"] if NUMBERS.index(number) % 2 else [f"{number}号很好"]


async def teach(hub: HubProcess) -> None:
    """Let the demo shop speak by one rule for each line, each with an answer of its own, and by no others."""
    rules = [
        {
            "id": f"rule-{line[1]}",
            "name": f"规则{line[1]}",
            "layer": "keyword",
            "when": {"any": [{"mode": "contains", "text": line[:3]}]},
            "reply": {"messages": [{"kind": "text", "text": text} for text in answer_to(line)]},
        }
        for line in LINES
    ]
    headers = {"Authorization": f"Bearer {await staff_of(hub, 'owner').token()}"}
    async with aiohttp.ClientSession(headers=headers) as session:
        url = f"{hub.url}/api/v1/accounts/demo/rules"
        async with session.get(url) as draft:
            seen = draft.headers["ETag"]
        async with session.put(url, json=rules, headers={"If-Match": seen}) as saved:
            assert saved.status == 200, await saved.text()
        async with session.post(f"{url}:publish") as published:
            assert published.status == 200, await published.text()


def staff_of(hub: HubProcess, login: str) -> Staff:
    """Somebody of the demo's staff."""
    return Staff([hub.url], login, hub.passwords[login])


async def talk_on(buyers: Sequence[Buyer], over: asyncio.Event) -> None:
    """Let some talk while something happens to others, well within their rate."""
    while not over.is_set():
        for buyer in buyers:
            await buyer.say("在吗")
        await asyncio.sleep(0.1)


async def until(holds: Callable[[], object], budget_s: float, what: str) -> None:
    """Wait for something that is to happen; `holds` may be asynchronous.

    Raises:
        TimeoutError: it does not.
    """
    end = time.monotonic() + budget_s
    while True:
        found = holds()
        if await found if isawaitable(found) else found:
            return
        if time.monotonic() > end:
            raise TimeoutError(f"Not within {budget_s:g} s: {what}.")
        await asyncio.sleep(0.01)
