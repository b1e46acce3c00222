"""A group whose messages are looked at by filters, on the small world: lists of every action, and hands to post and to decide."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import sqlalchemy as sa

from bot.actions.decisions import Decision
from bot.actions.filterbook import Filterbook
from bot.actions.filters import Filters, ListDraft, Scope
from bot.actions.screening import Screening
from bot.actions.talk import Talk
from bot.live.local import LocalLimiter
from bot.live.ports import Rate
from bot.model.people import Actor
from bot.model.talk import Body, TextBody
from bot.store import held as store
from bot.store.batch import Appended
from bot.store.case_tables import SIGNALS
from bot.store.held import HeldRow, HitRow
from bot.store.tables import MESSAGES
from intents.filters import Filter
from tests.circle import AMY, BOB, CAT, Circle, Generous, circle
from tests.world import OWNER, posting

WORDS = {"block": "枪支", "review": "刷单", "mask": "笨蛋", "shadow": "优惠券"}
"""What each list of the group has: one word by the name of its action."""


class Screens:
    """A group of Amy, Bob (appointed) and Cat, with a list for each action. Dan follows, and is not in it."""

    def __init__(self, room: Circle, group: str, setup: Filter, rate: Rate) -> None:
        hub = room.hub
        self.room = room
        self.group = group
        self.book = Filterbook(db=hub.db, bus=hub.bus, setup=setup)
        self.filters = Filters(db=hub.db, access=hub.access, bus=hub.bus, limiter=Generous(), book=self.book, setup=setup)
        self.screening = Screening(db=hub.db, book=self.book)
        self.decisions = room.decisions
        self.talk = Talk(
            db=hub.db, log=hub.log, access=hub.access, bus=hub.bus, limiter=LocalLimiter(), rate=rate, claim=self._claim, screening=self.screening
        )
        self.lists: dict[str, str] = {}
        self._keys = 0

    async def _claim(self, actor: Actor, conversation: str) -> None:
        raise AssertionError("nothing here is on a desk")

    async def furnish(self) -> None:
        """Make the lists."""
        for action in WORDS:
            self.lists[action] = (await self.filters.create(OWNER, Scope("group", self.group), _draft(action))).head.id

    async def post(self, actor: Actor, text: str | Body, key: str = "", reply_to: int | None = None) -> Appended:
        """Send something into the group, under a key of its own where none is given."""
        self._keys += 1
        body = TextBody(text) if isinstance(text, str) else text
        return await self.talk.send(actor, posting(self.group, key or f"k{self._keys}", body, reply_to))

    async def hold(self, actor: Actor = AMY, key: str = "", text: str = "刷单日结") -> str:
        """A message that waits; its id."""
        answer = await self.post(actor, text, key)
        assert answer.held is not None
        return answer.held

    async def decide(self, actor: Actor, held: str, reason: str = "", *, approve: bool = True) -> HeldRow:
        """Release a message or refuse it."""
        return await self.decisions.decide(actor, self.group, held, Decision(approve, reason))

    async def texts(self) -> list[str]:
        """What stands in the group's log."""
        async with self.room.hub.db.read() as conn:
            rows = await conn.execute(sa.select(MESSAGES.c.body).where(MESSAGES.c.conversation == self.group).order_by(MESSAGES.c.seq))
            return [msgspec.json.decode(row[0]).get("text", row[0]) for row in rows]

    async def waits(self) -> list[HeldRow]:
        """What waits, the longest first."""
        return (await self.decisions.waiting(OWNER, self.group, None, 200)).items

    async def hits(self) -> list[HitRow]:
        """What filters found, the oldest first."""
        async with self.room.hub.db.read() as conn:
            return (await store.hits(conn, self.group, None, 200)).items[::-1]

    async def signals(self) -> list[tuple[str, str]]:
        """Kind and text of what was handed to those who look into cases."""
        async with self.room.hub.db.read() as conn:
            return [(row.kind, row.text) for row in await conn.execute(sa.select(SIGNALS.c.kind, SIGNALS.c.text).order_by(SIGNALS.c.id))]


def _draft(action: str) -> ListDraft:
    made: ListDraft = msgspec.convert({"name": f"{action} 词", "action": action, "words": [WORDS[action]]}, ListDraft)
    return made


@asynccontextmanager
async def screens(where: Path | str, *, setup: Filter | None = None, rate: Rate | None = None) -> AsyncIterator[Screens]:
    """A group with filters; `where` as for `world`."""
    async with circle(where) as room:
        group = await room.make()
        for fan in (AMY, BOB, CAT):
            await room.memberships.join(fan, group)
        await room.moderation.appoint(OWNER, group, BOB.person)
        made = Screens(room, group, setup or Filter(), rate or Rate(1_000, 1_000))
        await made.furnish()
        room.hub.bus.subscribe(f"p:{OWNER.person}")
        room.hub.heard.clear()
        yield made
