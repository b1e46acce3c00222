"""Floods and raids: who writes too fast waits and is muted in the end; of a burst of newcomers the rest has to be let in."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from bot.actions.groups import OrderChanges
from bot.actions.moderation import Mute
from bot.actions.talk import Talk
from bot.actions.tempo import FREE, Tempo
from bot.live.local import LocalLimiter
from bot.live.ports import Limiter, Rate
from bot.live.redis import RedisLimiter
from bot.model.basics import HubError, Muted, RateLimited, now_ms
from bot.model.facts import GroupChanged, MemberChanged, Noticed
from bot.model.groups import SYSTEM, Joining, Place
from bot.model.people import Actor, Verb
from bot.model.talk import TextBody
from bot.model.tempo import Flood, Raid, is_raid
from bot.store.case_tables import SIGNALS
from bot.store.tables import FOLLOWS
from tests.circle import AMY, BOB, CAT, DAN, Circle, circle
from tests.servers import RedisServer
from tests.world import MODERATOR, OWNER, SHOP, posting

FLOOD = Flood(messages=5, seconds=3_600, mute_after=0)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Rush:
    """A group, and hands that write as fast as they can, through one process or several that share a limiter."""

    def __init__(self, room: Circle, group: str, limiter: Limiter, clock: Clock) -> None:
        self.room = room
        self.group = group
        self.clock = clock
        self.limiter = limiter
        self.talk = self.process()

    def process(self, limiter: Limiter | None = None) -> Talk:
        """One more process, with a limiter of its own or the one of all."""
        hub = self.room.hub
        tempo = Tempo(db=hub.db, bus=hub.bus, limiter=self.limiter if limiter is None else limiter)
        tempo._near = LocalLimiter(clock=self.clock)
        near, rate = LocalLimiter(), Rate(10_000, 10_000)

        async def claim(actor: Actor, conversation: str) -> None:
            raise AssertionError((actor, conversation))

        return Talk(db=hub.db, log=hub.log, access=hub.access, bus=hub.bus, limiter=near, rate=rate, claim=claim, tempo=tempo)

    async def order(self, **changes: object) -> None:
        """Change the order of the group."""
        row = await self.room.row(self.group)
        await self.room.groups.set_order(OWNER, self.group, row.version, OrderChanges(**changes))  # type: ignore[arg-type]  # members of it

    async def write(self, actor: Actor, count: int, talk: Talk | None = None, *, tag: str = "") -> list[type[HubError] | None]:
        """Send so many messages at once, and how each ended."""
        ended: list[type[HubError] | None] = []
        for number in range(count):
            message = posting(self.group, f"{actor.person}-{tag}-{self.clock.now}-{number}-{id(talk)}", TextBody(f"第{number}条"))
            where = (talk or self.talk).ready(actor, message)
            try:
                # The hot path where it is open, as a socket goes; else the other one.
                await (
                    self.room.hub.log.append((talk or self.talk)._draft(actor, message, where)) if where else (talk or self.talk).send(actor, message)
                )
                ended.append(None)
            except HubError as error:
                ended.append(type(error))
        return ended

    async def signals(self) -> list[str]:
        """Kinds of what was handed to those who look into cases."""
        async with self.room.hub.db.read() as conn:
            return list((await conn.execute(sa.select(SIGNALS.c.kind).order_by(SIGNALS.c.id))).scalars())


@pytest.fixture
async def rush(database_url: str) -> AsyncIterator[Rush]:
    clock = Clock()
    async with circle(database_url) as room:
        group = await room.make(Joining.OPEN, AMY, BOB, CAT)
        await room.moderation.appoint(OWNER, group, BOB.person)
        rush = Rush(room, group, LocalLimiter(clock=clock), clock)
        await rush.order(flood=FLOOD)
        room.hub.heard.clear()
        yield rush


async def test_who_writes_too_fast_waits(rush: Rush) -> None:
    """Once for all is it noted; others write on, and so does the one after a while."""
    assert await rush.write(AMY, 7) == [None] * 5 + [RateLimited] * 2
    assert await rush.write(CAT, 3) == [None] * 3
    assert await rush.signals() == ["flood"]
    rush.clock.now += 1_200.0
    assert await rush.write(AMY, 2) == [None, RateLimited]
    rush.clock.now += 3_600.0
    assert await rush.write(AMY, 6) == [None] * 5 + [RateLimited]


@pytest.mark.parametrize("actor", [OWNER, MODERATOR, BOB])
async def test_moderators_write_as_fast_as_they_like(rush: Rush, actor: Actor) -> None:
    """And so does everybody where it is switched off."""
    assert await rush.write(actor, 8) == [None] * 8
    await rush.order(flood=Flood(messages=0))
    assert await rush.write(AMY, 8) == [None] * 8


async def test_whoever_moderates_is_not_counted(rush: Rush) -> None:
    """Neither where nobody is asked nor where the limiter would be: a message to people by name goes that way."""
    hub = rush.room.hub
    tempo = Tempo(db=hub.db, bus=hub.bus, limiter=rush.limiter)
    place = await hub.access.where(BOB, rush.group, Verb.TALK_SEND)
    assert isinstance(place, Place)
    assert [tempo.is_calm(place) for _ in range(9)] == [True] * 9
    for _ in range(9):
        await tempo.pace(place)
    assert await rush.signals() == []


async def test_a_flood_of_few_is_counted_within_the_process(rush: Rush) -> None:
    """Where it takes no more than what a process gives away."""
    await rush.order(flood=Flood(messages=2, seconds=100, mute_after=0))
    assert await rush.write(AMY, 3) == [None, None, RateLimited]
    rush.clock.now += 50.0
    assert await rush.write(AMY, 2) == [None, RateLimited]


async def test_processes_count_together(rush: Rush) -> None:
    """Each gives away the first few of a burst by itself, and no more."""
    far = rush.process()
    assert await rush.write(AMY, 7) == [None] * 5 + [RateLimited] * 2
    assert await rush.write(AMY, 5, far) == [None] * FREE + [RateLimited] * 2


async def test_two_processes_give_three_more_than_one(rush: Rush, shared_limiters: tuple[RedisLimiter, RedisLimiter]) -> None:
    """Over the limiter of all, as docs/groups.md says, by turns and all at once; the flood of both is noted once."""
    near, far = (rush.process(limiter) for limiter in shared_limiters)
    turns = [ended for number in range(6) for talk in (near, far) for ended in await rush.write(AMY, 1, talk, tag=f"{number}")]
    assert turns == [None] * (5 + FREE) + [RateLimited] * (7 - FREE)
    at_once = await asyncio.gather(*(rush.write(CAT, 1, talk, tag=f"{number}") for number in range(10) for talk in (near, far)))
    assert at_once.count([None]) == 5 + FREE
    assert await rush.signals() == ["flood"] * 2


async def test_floods_through_two_processes_add_up_to_a_mute(rush: Rush, shared_limiters: tuple[RedisLimiter, RedisLimiter]) -> None:
    """Each is a strike, wherever it was."""
    near, far = (rush.process(limiter) for limiter in shared_limiters)
    await rush.order(flood=Flood(messages=5, seconds=1, mute_after=2))
    assert RateLimited in await rush.write(AMY, 9, near)
    await asyncio.sleep(1.1)
    ended = await rush.write(AMY, 9, far)
    assert Muted in ended
    assert await rush.signals() == ["flood", "flood"]


async def test_without_redis_each_process_counts_floods_by_itself(
    rush: Rush, shared_limiters: tuple[RedisLimiter, RedisLimiter], redis_server: RedisServer
) -> None:
    """Over two it is twice as many at most."""
    near, far = (rush.process(limiter) for limiter in shared_limiters)
    redis_server.kill()
    assert [await rush.write(AMY, 7, talk) for talk in (near, far)] == [[None] * 5 + [RateLimited] * 2] * 2


async def test_a_wait_tells_how_long(rush: Rush) -> None:
    """Until the next message may come."""
    await rush.write(AMY, 5)
    with pytest.raises(RateLimited) as refused:
        await rush.talk.send(AMY, posting(rush.group, "next", TextBody("再来")))
    assert refused.value.data["retry_after"] == 1_200


async def test_who_floods_again_and_again_is_muted_by_the_hub(rush: Rush) -> None:
    """With reason, end, and a line; told to the person and every process, so that the next message is refused."""
    await rush.order(flood=Flood(messages=5, seconds=60, mute_after=2, mute_s=600))
    assert (await rush.write(AMY, 6))[-1] is RateLimited
    rush.clock.now += 61.0
    assert (await rush.write(AMY, 7))[-2:] == [Muted, Muted]

    mine = await rush.room.of(rush.group, AMY)
    line = (await rush.room.log(rush.group))[-1]
    assert mine is not None
    assert (line.act, line.actor, line.target, line.until) == ("mute", SYSTEM, AMY.person, mine.muted_until)
    assert line.reason == mine.mute_reason != ""
    changed = [fact for fact in rush.room.told() if isinstance(fact, MemberChanged)]
    assert [(fact.change, fact.by, fact.until) for fact in changed] == [("muted", SYSTEM, mine.muted_until)]
    assert await rush.signals() == ["flood", "flood"]


async def test_a_longer_mute_is_not_shortened(rush: Rush) -> None:
    """A moderator was faster than the hub, through a process that does not know yet."""
    await rush.order(flood=Flood(messages=5, seconds=60, mute_after=1))
    await rush.write(AMY, 4)
    hub = rush.room.hub
    place = hub.access.places.peek(rush.group, AMY.person)
    assert place is not None
    given = await rush.room.moderation.mute(OWNER, rush.group, AMY.person, Mute(seconds=86_400, reason="x"))
    tempo = Tempo(db=hub.db, bus=hub.bus, limiter=LocalLimiter())
    async with hub.db.write() as conn:
        assert await tempo._mute(conn, place, 1, 600) is None
        assert await tempo._mute(conn, place, given.at, 86_400) is None
    mine = await rush.room.of(rush.group, AMY)
    assert mine is not None
    assert mine.muted_until == given.until


async def test_who_left_or_moderates_meanwhile_is_not_muted(rush: Rush) -> None:
    """Through a process that does not know yet."""
    hub = rush.room.hub
    await rush.write(AMY, 1)
    await rush.write(CAT, 1)
    places = [hub.access.places.peek(rush.group, one.person) for one in (AMY, CAT)]
    await rush.room.memberships.leave(AMY, rush.group)
    await rush.room.moderation.appoint(OWNER, rush.group, CAT.person)
    tempo = Tempo(db=hub.db, bus=hub.bus, limiter=LocalLimiter())
    async with hub.db.write() as conn:
        for place in places:
            assert place is not None
            assert await tempo._mute(conn, place, now_ms(), 600) is None
    assert "mute" not in [line.act for line in await rush.room.log(rush.group)]


def test_what_a_raid_is() -> None:
    """One more than the order lets come; never where it is switched off."""
    assert [is_raid(Raid(joins=2), came) for came in (0, 1, 2, 3)] == [False, False, True, True]
    assert not is_raid(Raid(joins=0), 1_000)


async def come(rush: Rush, count: int) -> list[bool]:
    """Let followers of the shop join one after the other; whether each came in."""
    fans = [Actor(person=f"raider-{number}", name="x") for number in range(count)]
    async with rush.room.hub.db.write() as conn:
        await conn.execute(sa.insert(FOLLOWS), [{"account": SHOP, "person": fan.person, "at": 0} for fan in fans])
    return [(await rush.room.memberships.join(fan, rush.group)).membership is not None for fan in fans]


async def test_of_a_burst_the_rest_has_to_be_let_in(rush: Rush) -> None:
    """From the one who is too many; logged once by the hub, told to moderators; those who are invited and staff come as ever."""
    await rush.order(raid=Raid(joins=6, seconds=600, minutes=10))
    rush.room.hub.bus.subscribe(f"p:{OWNER.person}")
    rush.room.told()
    await rush.room.memberships.invite(OWNER, rush.group, DAN.person)
    # Four were in already, and came within these ten minutes.
    assert await come(rush, 5) == [True, True, False, False, False]
    assert (await rush.room.memberships.join(DAN, rush.group)).membership is not None
    assert (await rush.room.memberships.join(MODERATOR, rush.group)).membership is not None

    guarded = (await rush.room.row(rush.group)).order.guarded_until
    lines = [line for line in await rush.room.log(rush.group) if line.act == "guard"]
    assert [(line.actor, line.until) for line in lines] == [(SYSTEM, guarded)]
    assert guarded is not None
    told = rush.room.told()
    assert [(fact.kind, fact.group) for fact in told if isinstance(fact, Noticed) and fact.kind == "raid"] == [("raid", rush.group)]
    assert [fact.what for fact in told if isinstance(fact, GroupChanged)] == ["edited"]
    assert await rush.signals() == ["raid"]
    assert [one.person for one in (await rush.room.memberships.requests(OWNER, rush.group, None, 9)).items] == [f"raider-{n}" for n in (2, 3, 4)]


async def test_a_guard_ends_by_itself_or_by_a_word(rush: Rush) -> None:
    """After its time; or when somebody says anew what a raid is, or that there is none."""
    await rush.order(raid=Raid(joins=4, seconds=600, minutes=10))
    assert await come(rush, 1) == [False]
    await rush.order(raid=Raid(joins=0))
    assert (await rush.room.row(rush.group)).order.guarded_until is None
    assert (await rush.room.memberships.join(DAN, rush.group)).membership is not None


async def test_those_who_come_at_once_are_counted_one_by_one(rush: Rush) -> None:
    """However many ask in the same moment."""
    await rush.order(raid=Raid(joins=6, seconds=600, minutes=10))
    fans = [Actor(person=f"swarm-{number}", name="x") for number in range(8)]
    async with rush.room.hub.db.write() as conn:
        await conn.execute(sa.insert(FOLLOWS), [{"account": SHOP, "person": fan.person, "at": 0} for fan in fans])
    came = await asyncio.gather(*(rush.room.memberships.join(fan, rush.group) for fan in fans))
    assert sum(one.membership is not None for one in came) == 2
    assert [line.act for line in await rush.room.log(rush.group)].count("guard") == 1
