"""A crowd of buyers who keep talking whatever happens, and the two witnesses afterwards: the store, and fresh clients."""

import asyncio
import json
import random
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from bot.actions.tokens import shared_secret
from bot.store.tables import CONVERSATIONS, MESSAGES, OUTBOX
from bot.store.unit import Database
from channels.client import Client, Heard
from channels.rest_client import Rest, insist
from tests.journeys.hub import HubProcess

LINES = tuple(f"第{number}号商品怎么样" for number in "一二三四五六七八")
ANSWERED_S = 45.0


def rules() -> list[dict[str, object]]:
    """One rule for each line, each with an answer of its own."""
    return [
        {
            "id": f"rule-{number}",
            "name": f"规则{number}",
            "layer": "keyword",
            "when": {"any": [{"mode": "contains", "text": f"第{number}号"}]},
            "reply": {"messages": [{"kind": "text", "text": f"{number}号很好"}]},
        }
        for number in "一二三四五六七八"
    ]


def publish_rules(hub: HubProcess, *flags: str) -> None:
    """Let the demo shop speak by the rules of the crowd, and by no others."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump(rules(), file, ensure_ascii=False)
        file.flush()
        done = hub.weihub("rules", "import", file.name, "--account", "demo", *flags)
    assert done.returncode == 0, done.stderr


@dataclass
class Buyer:
    """One buyer: what they said and was acknowledged, as (key, text, seq), in order."""

    person: str
    client: Client
    room: str = ""
    acked: list[tuple[str, str, int]] = field(default_factory=list)

    async def chat(self, lines: Sequence[str], pace_s: float = 0.0) -> None:
        """Say all lines, each until it is acknowledged."""
        for number, line in enumerate(lines):
            key = f"{self.person}-{len(self.acked)}-{number}"
            receipt = await self.client.send(self.room, key, line)
            self.acked.append((key, line, receipt.seq))
            await asyncio.sleep(random.uniform(0, 2 * pace_s))


def client_of(urls: Sequence[str], secret: str, person: str) -> Client:
    """A device of a buyer."""
    token = shared_secret(secret).mint(person, person, 3_600)

    async def give() -> str:
        return token

    return Client(urls, give, patience_s=90)


async def follow(url: str, secret: str, person: str) -> None:
    """Follow the demo shop."""
    async with Rest(url, token=shared_secret(secret).mint(person, person, 3_600)) as rest:
        await insist(lambda: rest.ask("PUT", "/accounts/demo/follow", {"source": "fault"}))


@asynccontextmanager
async def crowd(urls: Sequence[str], secret: str, names: Sequence[str]) -> AsyncIterator[list[Buyer]]:
    """Buyers who follow the demo shop and have opened their conversation; each starts at another of the addresses."""
    async with AsyncExitStack() as stack:
        buyers = []
        for number, name in enumerate(names):
            turn = number % len(urls)
            await follow(urls[turn], secret, name)
            client = await stack.enter_async_context(client_of([*urls[turn:], *urls[:turn]], secret, name))
            buyer = Buyer(name, client)
            buyer.room = (await client.open("demo")).conversation
            buyers.append(buyer)
        yield buyers


def check_log(buyer: Buyer, messages: Sequence[Heard]) -> None:
    """What a witness saw of one conversation: dense, every acknowledged message once, in order, and answered once."""
    assert [message.seq for message in messages] == list(range(1, len(messages) + 1))
    own = [message for message in messages if message.author.id == buyer.person]
    assert [(message.key, message.body["text"], message.seq) for message in own] == buyer.acked
    causes = sorted(message.auto.cause for message in messages if message.auto is not None and message.auto.rule.startswith("rule-"))
    assert causes == sorted(seq for _, text, seq in buyer.acked if text in LINES), buyer.person


async def check_fresh(urls: Sequence[str], secret: str, buyers: Sequence[Buyer]) -> None:
    """Fresh clients pull everything, once the answers that a crash delayed have come."""
    for buyer in buyers:
        async with client_of(urls, secret, buyer.person) as fresh:
            expected = len([text for _, text, _ in buyer.acked if text in LINES])
            async with asyncio.timeout(ANSWERED_S):
                while True:
                    messages = await fresh.pull(buyer.room)
                    if sum(message.auto is not None and message.auto.rule.startswith("rule-") for message in messages) >= expected:
                        break
                    await asyncio.sleep(0.3)
            check_log(buyer, messages)


async def check_store(url: str, buyers: Sequence[Buyer]) -> None:
    """The store itself: heads equal counts, keys are unique, nothing is left to do, and the acknowledged are there."""
    async with Database.at(url) as db, db.read() as conn:
        counted = sa.select(MESSAGES.c.conversation, sa.func.count(), sa.func.max(MESSAGES.c.seq)).group_by(MESSAGES.c.conversation)
        counts = {row[0]: (row[1], row[2]) for row in await conn.execute(counted)}
        heads = {row[0]: row[1] for row in await conn.execute(sa.select(CONVERSATIONS.c.id, CONVERSATIONS.c.head))}
        for room, (count, last) in counts.items():
            assert count == last == heads[room]
        for buyer in buyers:
            found = sa.select(MESSAGES.c.key, MESSAGES.c.seq).where(MESSAGES.c.author == buyer.person).order_by(MESSAGES.c.seq)
            assert [tuple(row) for row in await conn.execute(found)] == [(key, seq) for key, _, seq in buyer.acked]
        left = [row[0] for row in await conn.execute(sa.select(OUTBOX.c.token).where(OUTBOX.c.kind == "answer"))]
        assert left == []


def sqlite_of(data: Path) -> str:
    """The database of a data directory."""
    (file,) = data.glob("*.db")
    return f"sqlite:///{file}"
