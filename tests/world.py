"""A small world to try the verbs in: one shop, its staff, some buyers, on a real store and the in-process bus."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import argon2
import sqlalchemy as sa

from bot.actions.access import Access
from bot.actions.drafts import Posting
from bot.actions.talk import Talk
from bot.live.local import LocalBus, LocalLimiter
from bot.live.metrics import Metrics
from bot.live.ports import Rate
from bot.model.facts import Fact, Ring
from bot.model.people import Actor, Role
from bot.model.talk import Body, DeskState, TextBody
from bot.store.log import Log
from bot.store.migrate import upgrade
from bot.store.tables import ACCOUNTS, CONVERSATIONS, FOLLOWS, PEOPLE, ROLES
from bot.store.unit import Database

CHEAP = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
"""For passwords where their strength is not what a test is about."""

SHOP = "shop-id"
OTHER_SHOP = "other-id"
OWNER = Actor(person="staff:owner", name="掌柜")
OPERATOR = Actor(person="staff:xiaowang", name="小王")
SECOND = Actor(person="staff:xiaoli", name="小李")
MODERATOR = Actor(person="staff:mod", name="管理员")
STRANGER = Actor(person="staff:stranger", name="别家客服")
BUYER = Actor(person="buyer-1", name="小张")
VISITOR = Actor(person="buyer-2", name="路人")
OUTSIDER = Actor(person="buyer-3", name="外人")


class World:
    """The verbs and what they rest on. `heard` is every ring on the topics that were subscribed."""

    def __init__(self, db: Database, log: Log, bus: LocalBus, access: Access, talk: Talk, claims: list[tuple[str, str]]) -> None:
        self.db = db
        self.log = log
        self.bus = bus
        self.access = access
        self.talk = talk
        self.claims = claims
        self.heard: list[Ring] = []
        bus.attach(self.heard.append)

    def facts(self) -> list[Fact]:
        """What was heard, in order."""
        return [ring.fact for ring in self.heard]

    async def say(self, actor: Actor, conversation: str, key: str, text: str = "在吗", reply_to: int | None = None) -> int:
        """Send a text and return its seq."""
        return (await self.talk.send(actor, posting(conversation, key, TextBody(text), reply_to))).seq

    async def desk(self, conversation: str, state: DeskState, operator: str | None = None) -> None:
        """Put a conversation where a test needs it."""
        async with self.db.write() as conn:
            await conn.execute(sa.update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation).values(desk=str(state), operator=operator))
        self.access.forget(conversation)


def posting(conversation: str, key: str, body: Body, reply_to: int | None = None) -> Posting:
    """A message somebody wants to send."""
    return Posting(conversation=conversation, key=key, body=body, reply_to=reply_to)


async def furnish(db: Database) -> None:
    """Two shops; the first has an owner, two operators, a moderator and one follower."""
    async with db.write() as conn:
        for account, handle in ((SHOP, "shop"), (OTHER_SHOP, "other")):
            values = {
                "id": account,
                "handle": handle,
                "name": f"{handle} 小店",
                "kind": "seller",
                "about": "",
                "chat_open": "followers",
                "version": 1,
            }
            await conn.execute(sa.insert(ACCOUNTS).values(created_at=0, **values))
        roles = {OWNER: Role.OWNER, OPERATOR: Role.OPERATOR, SECOND: Role.OPERATOR, MODERATOR: Role.MODERATOR}
        rows = [{"account": SHOP, "person": actor.person, "role": str(role), "at": 0} for actor, role in roles.items()]
        rows.append({"account": OTHER_SHOP, "person": STRANGER.person, "role": "operator", "at": 0})
        await conn.execute(sa.insert(ROLES), rows)
        people = (OWNER, OPERATOR, SECOND, MODERATOR, STRANGER, BUYER, VISITOR, OUTSIDER)
        await conn.execute(sa.insert(PEOPLE), [{"id": one.person, "name": one.name, "created_at": 0} for one in people])
        await conn.execute(sa.insert(FOLLOWS).values(account=SHOP, person=BUYER.person, at=0, source="", muted=False))


@asynccontextmanager
async def world(where: Path | str, *, rate: Rate | None = None) -> AsyncIterator[World]:
    """A furnished world, closed again at the end: on a fresh SQLite file in a folder, or on the empty database of an address."""
    async with _database(where) as db:
        await upgrade(db)
        await furnish(db)
    async with reopened(where, rate=rate) as hub:
        yield hub


def _database(where: Path | str) -> Database:
    return Database.at(where if isinstance(where, str) else f"sqlite:///{where}/hub.db")


@asynccontextmanager
async def reopened(where: Path | str, *, rate: Rate | None = None) -> AsyncIterator[World]:
    """The world on a database that is there, as a new process finds it."""
    claims: list[tuple[str, str]] = []
    metrics = Metrics()
    async with _database(where) as db, LocalBus() as bus, Log(db, metrics) as log:
        access = Access(db, bus)

        async def claim(actor: Actor, conversation: str) -> None:
            claims.append((actor.person, conversation))
            async with db.write() as conn:
                row = sa.update(CONVERSATIONS).where(CONVERSATIONS.c.id == conversation)
                await conn.execute(row.values(desk=str(DeskState.OPERATOR), operator=actor.person))
            access.forget(conversation)

        limiter = LocalLimiter()
        talk = Talk(db=db, log=log, access=access, bus=bus, limiter=limiter, rate=rate or Rate(1_000, 1_000), claim=claim)
        yield World(db, log, bus, access, talk, claims)
