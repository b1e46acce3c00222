"""What happens at once, over several connections of PostgreSQL: one after the other is what comes out of it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable

import pytest
import sqlalchemy as sa

from bot.actions.access import Access
from bot.actions.groups import GroupChanges, Groups, NewGroup
from bot.actions.identity import Passwords
from bot.actions.membership import Memberships
from bot.actions.moderation import Ban, Moderation
from bot.actions.people import People
from bot.actions.staff import Staff
from bot.live.local import LocalBus
from bot.model.basics import HubError
from bot.model.people import Actor, Role
from bot.store import groups as group_store
from bot.store import members, people, sanctions
from bot.store.case_tables import GROUP_LOG
from bot.store.migrate import upgrade
from bot.store.unit import Database
from tests.circle import Generous
from tests.world import CHEAP, MODERATOR, OPERATOR, OWNER, SHOP, furnish

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
        self.staff = Staff(db=db, access=access, bus=bus, passwords=Passwords(hasher=CHEAP))
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


async def test_who_is_dismissed_while_joining_is_not_in(arena: Arena) -> None:
    """Staff who have been let in, and wait for the group's row, are put out again by the dismissal."""
    async with arena.db.write() as conn:
        await group_store.lock(conn, arena.group)
        joining = asyncio.ensure_future(arena.memberships.join(OPERATOR, arena.group))
        await asyncio.sleep(0.3)
        dismissing = asyncio.ensure_future(arena.staff.dismiss(OWNER, "shop", OPERATOR.person))
        await asyncio.sleep(0.3)
    await done(joining, dismissing)

    assert (await arena.state())[:2] == (1, [OWNER.person])


async def test_who_is_dismissed_while_making_a_group_is_not_in(arena: Arena) -> None:
    """An owner whose account has another one."""
    second = Actor(person="staff:second", name="二掌柜")
    async with arena.db.write() as conn:
        await people.set_role(conn, SHOP, second.person, Role.OWNER, 1)
        await people.remember_person(conn, second.person, "旧名", None, 1)
    async with arena.db.write() as conn:
        await people.hold_person(conn, second.person)
        making = asyncio.ensure_future(arena.groups.create(second, "shop", NewGroup(name="新组")))
        await asyncio.sleep(0.3)
        dismissing = asyncio.ensure_future(arena.staff.dismiss(OWNER, "shop", second.person))
        await asyncio.sleep(0.3)
    assert await done(dismissing) == [True]
    await done(making)

    async with arena.db.read() as conn:
        assert await members.groups_of(conn, second.person) == []


async def test_an_account_has_no_more_groups_than_it_may(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many that are made at once, as many are made as may be."""
    monkeypatch.setattr("bot.actions.groups.GROUPS_LIMIT", 4)
    made = await done(*(arena.groups.create(OWNER, "shop", NewGroup(name=f"组{number}")) for number in range(8)))

    assert made.count(True) == 3


async def test_a_person_is_in_no_more_groups_than_they_may(arena: Arena, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of many that are joined at once, as many are as may be."""
    monkeypatch.setattr("bot.actions.membership.MEMBERSHIPS_LIMIT", 3)
    groups = [(await arena.groups.create(OWNER, "shop", NewGroup(name=f"组{number}"))).row.id for number in range(8)]
    joined = await done(*(arena.memberships.join(FANS[0], group) for group in groups))

    assert joined.count(True) == 3


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
