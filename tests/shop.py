"""A whole shop to try the desk and the answers in: the real parts of one hub process, put together by hand."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import msgspec
import sqlalchemy as sa

from bot.actions.access import Access
from bot.actions.answers import Answers
from bot.actions.desk import Desks
from bot.actions.membership import Memberships
from bot.actions.outlook import Outlook
from bot.actions.rulebook import Rulebook
from bot.actions.rulesets import RuleSets
from bot.actions.sweeper import Rhythm, Sweeper
from bot.actions.talk import Talk
from bot.actions.thinking import Thinker
from bot.live.jobs import Jobs
from bot.live.local import LocalBus, LocalLimiter, LocalPresence
from bot.live.metrics import Metrics
from bot.live.ports import Rate
from bot.model.basics import HubError, now_ms
from bot.model.desk import Desk
from bot.model.facts import DeskMoved, Ring
from bot.model.people import Actor
from bot.model.talk import DeskState, TextBody
from bot.store import desk as desk_store
from bot.store import rules as rules_store
from bot.store.desk import DeskRow, Moved
from bot.store.log import Log
from bot.store.migrate import upgrade
from bot.store.tables import DESK_LOG, MESSAGES, OUTBOX, STAFF
from bot.store.unit import Database
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER, SECOND, SHOP, STRANGER, furnish, posting

LEASE_S = 1_000.0


@dataclass
class Shop:
    """One hub process over a shop. `heard` is every ring on a subscribed topic."""

    db: Database
    log: Log
    bus: LocalBus
    presence: LocalPresence
    jobs: Jobs
    metrics: Metrics
    access: Access
    rulesets: RuleSets
    rulebook: Rulebook
    outlook: Outlook
    desks: Desks
    sweeper: Sweeper
    talk: Talk
    answers: Answers
    memberships: Memberships
    heard: list[Ring] = field(default_factory=list)

    async def arrive(self, *staff: Actor) -> None:
        """Let staff be present."""
        for actor in staff:
            await self.presence.hold(actor.person, "desktop", LEASE_S)

    async def leave(self, *staff: Actor) -> None:
        """Let staff be gone."""
        for actor in staff:
            await self.presence.release(actor.person, "desktop")

    async def room(self, person: str = BUYER.person) -> str:
        """The direct conversation of a buyer."""
        return await self.talk.greet(SHOP, person)

    async def waiting(self, person: str = BUYER.person, team: str | None = None) -> str:
        """A conversation in the queue."""
        room = await self.room(person)
        await self.desks.hand_off(room, reason="asked", team=team)
        return room

    async def say(self, actor: Actor, conversation: str, key: str, text: str = "在吗") -> int:
        """Send a text and return its seq."""
        return (await self.talk.send(actor, posting(conversation, key, TextBody(text)))).seq

    async def row(self, conversation: str) -> DeskRow:
        """Where a conversation stands in the store."""
        async with self.db.read() as conn:
            row = await desk_store.desk_row(conn, conversation)
        assert row is not None
        return row

    async def stands(self, conversation: str) -> tuple[DeskState, str | None]:
        """State and operator of a conversation in the store."""
        row = await self.row(conversation)
        return row.state, row.operator

    async def moves(self, conversation: str) -> list[Moved]:
        """The conversation's log on the desk, oldest first."""
        async with self.db.read() as conn:
            page = await desk_store.history(conn, conversation, None, 200)
        return page.items[::-1]

    async def tokens(self) -> list[str]:
        """The work in the outbox."""
        async with self.db.read() as conn:
            return [row[0] for row in await conn.execute(sa.select(OUTBOX.c.token).order_by(OUTBOX.c.id))]

    async def age_log(self, by_ms: int) -> None:
        """Let everything on the desk's log have happened earlier."""
        async with self.db.write() as conn:
            await conn.execute(sa.update(DESK_LOG).values(at=DESK_LOG.c.at - by_ms))

    async def publish(self, rules: list[dict[str, Any]]) -> int:
        """Let the shop speak by these rules, here at once."""
        async with self.db.write() as conn:
            version = await rules_store.publish(conn, SHOP, msgspec.json.encode(rules).decode(), OWNER.person, "", now_ms())
        self.rulesets.doubt_all()

        async def speaks() -> bool:
            return (await self.rulesets.of(SHOP)).rules.version == version

        await until(speaks)
        return version

    async def settled(self) -> None:
        """Wait until no duty is left but timers."""

        async def empty() -> bool:
            async with self.db.read() as conn:
                left = (await conn.execute(sa.select(sa.func.count()).select_from(OUTBOX).where(OUTBOX.c.kind != "waiting"))).scalar()
            return left == 0 and self.answers.in_hand == 0

        await until(empty)

    async def texts(self, conversation: str) -> list[str]:
        """What stands in a conversation: texts, those of the bot with a ">" before them."""
        async with self.db.read() as conn:
            rows = await conn.execute(
                sa.select(MESSAGES.c.role, MESSAGES.c.body).where(MESSAGES.c.conversation == conversation).order_by(MESSAGES.c.seq)
            )
            return [f"{'>' if role == 'bot' else ''}{json.loads(body)['text']}" for role, body in rows]

    def told(self, topic: str) -> list[Desk]:
        """What was told of the desk on a topic."""
        return [ring.fact.desk for ring in self.heard if isinstance(ring.fact, DeskMoved) and topic in ring.topics]


def rule(name: str, layer: str = "keyword", *says: str, **more: Any) -> dict[str, Any]:
    """A rule in JSON; in the keyword layer it listens for its own name."""
    made: dict[str, Any] = {"id": name, "name": name, "layer": layer, "reply": {"messages": [{"kind": "text", "text": text} for text in says]}}
    if layer == "keyword":
        made["when"] = {"any": [{"mode": "contains", "text": name}]}
    return {**made, **more}


async def outcome(act: Awaitable[object]) -> str:
    """`ok`, or the code of the error."""
    try:
        await act
    except HubError as error:
        return error.code
    return "ok"


async def until(condition: Callable[[], Awaitable[bool]], budget_s: float = 5.0) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(budget_s):
        while not await condition():  # noqa: ASYNC110 - what is waited for is in a database
            await asyncio.sleep(0.005)


async def prepare(db: Database) -> None:
    """The schema, two shops and their people."""
    await upgrade(db)
    await furnish(db)
    async with db.write() as conn:
        staff = (OWNER, OPERATOR, SECOND, MODERATOR, STRANGER)
        await conn.execute(sa.insert(STAFF), [{"person": one.person, "login": one.person[6:], "password": "x", "created_at": 0} for one in staff])


@asynccontextmanager
async def shop(
    url: str,
    *,
    fresh: bool = True,
    presence: LocalPresence | None = None,
    rhythm: Rhythm | None = None,
    lease_ms: int = 30_000,
    talk_as: type[Talk] = Talk,
    **answering: Any,
) -> AsyncIterator[Shop]:
    """A hub process on the database; one more on the same when it is not `fresh`, with a bus of its own.

    It does no duty before `hub.answers.start(hub.jobs)`.
    """
    metrics = Metrics()
    presence = LocalPresence() if presence is None else presence
    async with Database.at(url) as db:
        if fresh:
            await prepare(db)
        async with LocalBus() as bus, Log(db, metrics, lease_ms=lease_ms) as log, Jobs(budget_s=1.0) as jobs:
            access = Access(db, bus)
            rulesets = RuleSets(db=db, bus=bus, jobs=jobs)
            outlook = Outlook(db=db, bus=bus, presence=presence, jobs=jobs)
            desks = Desks(db=db, access=access, bus=bus, presence=presence, outlook=outlook, rulesets=rulesets)
            sweeper = Sweeper(db=db, desks=desks, presence=presence, metrics=metrics, rhythm=rhythm)
            limiter, rate = LocalLimiter(), Rate(100_000, 100_000)
            claim, hears_groups = desks.claim_by_speaking, rulesets.hears_groups
            talk = talk_as(db=db, log=log, access=access, bus=bus, limiter=limiter, rate=rate, claim=claim, hears_groups=hears_groups)
            memberships = Memberships(db=db, bus=bus, limiter=limiter)
            thinker = Thinker(db=db, desks=desks, rulesets=rulesets, outlook=outlook, memberships=memberships)
            options = {"poll_s": 0.02, "lease_ms": lease_ms, **answering}
            answers = Answers(db=db, log=log, talk=talk, desks=desks, thinker=thinker, metrics=metrics, **options)
            rulebook = Rulebook(db=db, access=access, bus=bus, rulesets=rulesets)
            made = Shop(db, log, bus, presence, jobs, metrics, access, rulesets, rulebook, outlook, desks, sweeper, talk, answers, memberships)
            bus.attach(made.heard.append)
            yield made
