"""A group to try the verbs in: the small world, with followers, and the verbs about groups on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.actions.appeals import Appeals
from bot.actions.decisions import Decisions
from bot.actions.groups import Groups, NewGroup
from bot.actions.identity import Passwords
from bot.actions.membership import Memberships
from bot.actions.moderation import Moderation
from bot.actions.people import People
from bot.actions.purges import Purges
from bot.actions.reports import Reports
from bot.actions.staff import Staff
from bot.actions.workbench import Workbench
from bot.live.ports import Limiter, Rate
from bot.model.facts import Fact, GroupChanged, MemberChanged, Noticed
from bot.model.groups import Joining, Membership
from bot.model.people import Actor
from bot.store import groups, members, sanctions
from bot.store.groups import GroupRow
from bot.store.sanctions import Logged
from tests.world import CHEAP, OWNER, World, world
from tests.world import reopened as world_again

AMY, BOB, CAT, DAN = (Actor(person=f"fan-{name}", name=name) for name in ("amy", "bob", "cat", "dan"))
FANS = (AMY, BOB, CAT, DAN)


class Generous:
    """A limiter that lets everything through, where a test is about something else."""

    async def take(self, key: str, rate: Rate, cost: int = 1) -> float:
        """Always allowed."""
        return 0.0


class Circle:
    """The verbs about groups, on a world where four fans follow the shop."""

    def __init__(self, hub: World, limiter: Limiter) -> None:
        self.hub = hub
        self.groups = Groups(db=hub.db, access=hub.access, bus=hub.bus, limiter=limiter)
        self.memberships = Memberships(db=hub.db, bus=hub.bus, limiter=limiter)
        self.moderation = Moderation(db=hub.db, bus=hub.bus, limiter=limiter)
        self.purges = Purges(db=hub.db, bus=hub.bus, limiter=limiter)
        self.reports = Reports(db=hub.db, access=hub.access, bus=hub.bus, limiter=limiter)
        self.decisions = Decisions(db=hub.db, access=hub.access, log=hub.log, bus=hub.bus, limiter=limiter)
        self.workbench = Workbench(db=hub.db, access=hub.access, bus=hub.bus, limiter=limiter, decisions=self.decisions)
        self.appeals = Appeals(db=hub.db, access=hub.access, bus=hub.bus, limiter=limiter)
        self.people = People(db=hub.db, access=hub.access, bus=hub.bus, limiter=limiter)
        self.staff = Staff(db=hub.db, access=hub.access, bus=hub.bus, passwords=Passwords(hasher=CHEAP))
        hub.bus.subscribe("hub")

    async def make(self, joining: Joining = Joining.OPEN, *members: Actor, capacity: int = 500) -> str:
        """A group of the shop with these members."""
        made = await self.groups.create(OWNER, "shop", NewGroup(name="茶友", joining=Joining.OPEN, capacity=capacity))
        for member in members:
            await self.memberships.join(member, made.row.id)
        if joining is not Joining.OPEN:
            async with self.hub.db.write() as conn:
                await groups.change(conn, made.row.id, {"joining": joining})
        return made.row.id

    async def row(self, group: str) -> GroupRow:
        """A group as it is stored."""
        async with self.hub.db.read() as conn:
            row = await groups.get(conn, group)
        assert row is not None
        return row

    async def of(self, group: str, actor: Actor) -> Membership | None:
        """Somebody's membership as it is stored."""
        async with self.hub.db.read() as conn:
            return await members.membership(conn, group, actor.person)

    async def inside(self, group: str) -> list[str]:
        """Who is in a group, whoever came first first."""
        async with self.hub.db.read() as conn:
            return [one.person for one in (await members.members(conn, group, None, 200)).items]

    async def log(self, group: str) -> list[Logged]:
        """A group's log, the oldest line first."""
        async with self.hub.db.read() as conn:
            return (await sanctions.log(conn, group, None, 200)).items[::-1]

    async def acts(self, group: str) -> list[tuple[str, str, str | None]]:
        """Act, actor and target of each line of a group's log."""
        return [(line.act, line.actor, line.target) for line in await self.log(group)]

    def told(self) -> list[Fact]:
        """What was told about groups since the last time somebody asked."""
        found: list[Fact] = [ring.fact for ring in self.hub.heard if isinstance(ring.fact, MemberChanged | GroupChanged | Noticed)]
        self.hub.heard.clear()
        return found


@asynccontextmanager
async def reopened(where: Path | str) -> AsyncIterator[Circle]:
    """A circle on a database that is there, as a new process finds it."""
    async with world_again(where) as hub:
        yield Circle(hub, Generous())


@asynccontextmanager
async def circle(where: Path | str, *, limiter: Limiter | None = None) -> AsyncIterator[Circle]:
    """A world with four fans of the shop; `where` as for `world`."""
    async with world(where) as hub:
        made = Circle(hub, Generous() if limiter is None else limiter)
        for fan in FANS:
            await made.people.follow(fan, "shop")
            hub.bus.subscribe(f"p:{fan.person}")
        hub.heard.clear()
        yield made
