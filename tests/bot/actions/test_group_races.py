"""What happens at once, over several connections of PostgreSQL: one after the other is what comes out of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import pytest
import sqlalchemy as sa

from bot.actions.access import Access
from bot.actions.groups import GroupChanges, Groups, NewGroup
from bot.actions.membership import Memberships
from bot.actions.moderation import Ban, Moderation
from bot.actions.people import People
from bot.live.local import LocalBus
from bot.model.basics import HubError
from bot.model.people import Actor
from bot.store import groups as group_store
from bot.store import members, sanctions
from bot.store.migrate import upgrade
from bot.store.tables import GROUP_LOG
from bot.store.unit import Database
from tests.circle import Generous
from tests.world import MODERATOR, OWNER, furnish

FANS = [Actor(person=f"fan-{number}", name=f"粉丝{number}") for number in range(12)]


class Arena:
    """The verbs about groups on PostgreSQL, and a group."""

    def __init__(self, db: Database) -> None:
        bus, limiter = LocalBus(), Generous()
        access = Access(db, bus)
        self.db = db
        self.groups = Groups(db=db, access=access, bus=bus, limiter=limiter)
        self.memberships = Memberships(db=db, bus=bus, limiter=limiter)
        self.moderation = Moderation(db=db, bus=bus, limiter=limiter)
        self.people = People(db=db, access=access, bus=bus, limiter=limiter)
        self.group = ""

    async def state(self) -> tuple[int, list[str], int]:
        """The number in the row, who is in, how many lines the log has."""
        async with self.db.read() as conn:
            row = await group_store.get(conn, self.group)
            listed = (await members.members(conn, self.group, None, 200)).items
            lines = (await conn.execute(sa.select(sa.func.count()).select_from(GROUP_LOG))).scalar_one()
        assert row is not None
        return row.members, [one.person for one in listed], int(lines)

    async def banned(self, person: str) -> bool:
        """Whether somebody is banned."""
        async with self.db.read() as conn:
            return await sanctions.sanction(conn, self.group, person, "ban", 1) is not None


@pytest.fixture
async def arena(postgres_url: str) -> AsyncIterator[Arena]:
    """An open group whose account twelve people follow."""
    async with Database.at(postgres_url) as db:
        await upgrade(db)
        await furnish(db)
        made = Arena(db)
        for fan in FANS:
            await made.people.follow(fan, "shop")
        made.group = (await made.groups.create(OWNER, "shop", NewGroup(name="茶友", capacity=8))).row.id
        yield made


async def done(*acts: Awaitable[object]) -> list[bool]:
    """Let them happen at once; which of them were done."""

    async def attempt(act: Awaitable[object]) -> bool:
        try:
            await act
        except HubError:
            return False
        return True

    return list(await asyncio.gather(*map(attempt, acts)))


async def test_the_last_places_are_given_once(arena: Arena) -> None:
    """Of many who come together, as many come in as there is room; the log has a line for each."""
    entered = await done(*(arena.memberships.join(fan, arena.group) for fan in FANS))

    assert sum(entered) == 7
    count, inside, lines = await arena.state()
    assert (count, len(inside), lines) == (8, 8, 8)


async def test_a_ban_that_meets_a_joining_wins(arena: Arena) -> None:
    """However the two fall together, who is banned is not in."""
    for number, fan in enumerate(FANS):
        acts = [arena.memberships.join(fan, arena.group), arena.moderation.ban(OWNER, arena.group, fan.person, Ban(reason="广告"))]
        await done(*(acts if number % 2 else reversed(acts)))

        assert await arena.banned(fan.person)
    assert (await arena.state())[:2] == (1, [OWNER.person])


async def test_an_unfollow_that_meets_a_joining_wins(arena: Arena) -> None:
    """However the two fall together, who follows no more is not in; nobody waits for anybody in a circle."""
    for number, fan in enumerate(FANS):
        acts = [arena.memberships.join(fan, arena.group), arena.people.unfollow(fan, "shop")]
        assert (await done(*(acts if number % 2 else reversed(acts)))).count(False) <= 1

    assert (await arena.state())[:2] == (1, [OWNER.person])


async def test_everything_at_once_leaves_a_sound_group(arena: Arena) -> None:
    """Comings, goings, sanctions, edits and unfollows over many connections: counts agree, and lines are as many as acts."""
    await done(*(arena.memberships.join(fan, arena.group) for fan in FANS[:6]))
    before = (await arena.state())[2]
    version = 1
    told = 0
    for fan in FANS[:6]:
        acts = [
            arena.memberships.leave(fan, arena.group),
            arena.moderation.remove(MODERATOR, arena.group, fan.person, "跑题"),
            arena.moderation.ban(MODERATOR, arena.group, FANS[-1].person, Ban(reason="广告")),
            arena.groups.edit(OWNER, arena.group, version, GroupChanges(about=fan.name)),
            arena.people.unfollow(fan, "shop"),
        ]
        results = await done(*acts)
        version += results[3]
        told += results[2] + results[3] + 1
    count, inside, lines = await arena.state()

    assert (count, inside) == (1, [OWNER.person])
    assert version == 7
    assert lines - before == told
