"""Sockets hear the groups their people are in: from the moment they are in until they are not, whatever crosses on the way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.actions.membership import Memberships
from bot.actions.moderation import Ban
from bot.live.jobs import Jobs
from bot.live.local import LocalBus
from bot.model.basics import Unavailable
from bot.model.facts import to_conversation, to_person
from bot.model.groups import Joining
from bot.model.people import Actor
from bot.store.tables import MEMBERS
from channels.connection import Conn
from channels.gathering import Gathering
from channels.rooms import Rooms
from channels.socket import Seat
from channels.transport import Frame
from tests.circle import AMY, BOB, CAT, Circle, Generous, circle
from tests.shop import until
from tests.world import MODERATOR, OWNER


class Wire(Conn):
    """A connection that only remembers what was pushed."""

    __slots__ = ("pushed",)

    def __init__(self) -> None:
        self.pushed: list[bytes] = []

    def push(self, frame: Frame) -> None:
        self.pushed.append(frame)


class Gate(Memberships):
    """Coming and going, whose readings can be held up, or fail."""

    def __init__(self, room: Circle) -> None:
        super().__init__(db=room.hub.db, bus=room.hub.bus, limiter=Generous())
        self.open = asyncio.Event()
        self.open.set()
        self.read = asyncio.Event()
        self.broken = False

    async def _heard_by(self, persons: object) -> dict[str, list[str]]:
        if self.broken:
            raise Unavailable("坏了", "Broken.")
        found = await super()._heard_by(persons)  # type: ignore[arg-type] # handed on as it came
        self.read.set()
        await self.open.wait()
        return found


class Hall:
    """One process with its sockets."""

    def __init__(self, room: Circle, jobs: Jobs) -> None:
        self.room = room
        self.gate = Gate(room)
        self.rooms = Rooms(room.hub.bus)
        self.gathering = Gathering(memberships=self.gate, rooms=self.rooms, bus=room.hub.bus, jobs=jobs)

    async def enter(self, actor: Actor) -> Seat:
        """A device of somebody."""
        seat = Seat(Wire(), actor)
        self.rooms.join(seat, to_person(actor.person))
        await self.gathering.enter(seat)
        return seat

    def leave(self, seat: Seat) -> None:
        """A device goes."""
        self.gathering.leave(seat)
        self.rooms.leave_all(seat)


def hears(seat: Seat) -> set[str]:
    """The groups a socket hears."""
    return {topic[2:] for topic in seat.topics if topic.startswith("c:")}


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Hall]:
    async with circle(folder) as room, Jobs() as jobs:
        yield Hall(room, jobs)


@pytest.fixture
async def hall(data_dir: Path) -> AsyncIterator[Hall]:
    async with opened(data_dir) as hall:
        yield hall


async def test_a_socket_hears_the_groups_of_its_person(hall: Hall) -> None:
    """All of them, none that was dissolved; what comes and goes while it lives, on all devices at once."""
    first, second = await hall.room.make(Joining.OPEN, AMY), await hall.room.make(Joining.OPEN, AMY)
    gone = await hall.room.make(Joining.OPEN, AMY)
    await hall.room.groups.dissolve(OWNER, gone, "没人了")
    phone, tablet, other = await hall.enter(AMY), await hall.enter(AMY), await hall.enter(BOB)
    assert (hears(phone), hears(tablet), hears(other)) == ({first, second}, {first, second}, set())

    third = await hall.room.make(Joining.OPEN, AMY, BOB)
    await hall.room.memberships.leave(AMY, first)
    await hall.room.moderation.ban(OWNER, second, AMY.person, Ban(reason="广告"))

    assert (hears(phone), hears(tablet), hears(other)) == ({third}, {third}, {third})
    await hall.room.groups.dissolve(OWNER, third, "没人了")
    assert (hears(phone), hears(other)) == (set(), set())
    for seat in (phone, tablet, other):
        hall.leave(seat)
        assert seat.topics == set()


@pytest.mark.parametrize("way", ["removed", "unfollowed"])
async def test_who_is_put_out_while_their_groups_are_read_stays_out(hall: Hall, way: str) -> None:
    """What was heard is newer than what was read."""
    group = await hall.room.make(Joining.OPEN, AMY)
    hall.gate.open.clear()
    entering = asyncio.create_task(hall.enter(AMY))
    await hall.gate.read.wait()

    await (hall.room.moderation.remove(OWNER, group, AMY.person, "跑题") if way == "removed" else hall.room.people.unfollow(AMY, "shop"))
    hall.gate.open.set()

    assert hears(await entering) == set()


async def test_letting_many_in_at_once_lets_others_have_their_turn(hall: Hall) -> None:
    """After the bus was away every socket's groups are read again: not all of them in one turn of the loop."""
    group = await hall.room.make(Joining.OPEN, AMY)
    seats = [await hall.enter(AMY) for _ in range(35)]
    for seat in seats:
        hall.gathering._let_out(seat, group)
    turns, let_in = 0, []

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            let_in.append(sum(group in hears(seat) for seat in seats))
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    await hall.gathering._read(seats)
    counting.cancel()

    assert all(hears(seat) == {group} for seat in seats)
    assert {0 < count < 35 for count in let_in} == {True, False}


async def test_who_comes_while_their_groups_are_read_is_in(hall: Hall) -> None:
    """And a group that is dissolved meanwhile is not heard."""
    ending = await hall.room.make(Joining.OPEN, AMY)
    coming = await hall.room.make()
    hall.gate.open.clear()
    entering = asyncio.create_task(hall.enter(AMY))
    await hall.gate.read.wait()

    await hall.room.memberships.join(AMY, coming)
    await hall.room.groups.dissolve(OWNER, ending, "没人了")
    hall.gate.open.set()

    assert hears(await entering) == {coming}


async def test_a_socket_that_left_while_it_was_read_for_is_forgotten(hall: Hall) -> None:
    """Nothing is heard for nobody."""
    group = await hall.room.make(Joining.OPEN, AMY)
    hall.gate.open.clear()
    seat = Seat(Wire(), AMY)
    hall.rooms.join(seat, to_person(AMY.person))
    entering = asyncio.create_task(hall.gathering.enter(seat))
    await hall.gate.read.wait()
    hall.leave(seat)
    hall.gate.open.set()
    await entering

    assert seat.topics == set()
    assert hall.rooms.in_room(to_conversation(group)) == ()


async def test_without_the_store_a_socket_comes_in_and_is_read_for_later(hall: Hall) -> None:
    """Connecting never fails for that."""
    group = await hall.room.make(Joining.OPEN, AMY)
    hall.gate.broken = True
    seat = await hall.enter(AMY)
    await hall.gathering.tend()
    assert hears(seat) == set()

    hall.gate.broken = False
    await hall.gathering.tend()
    assert hears(seat) == {group}


async def _behind_the_back(hall: Hall, group: str) -> None:
    """A change by another process whose fact was not heard: Amy is out, Bob is in."""
    async with hall.room.hub.db.write() as conn:
        await conn.execute(sa.update(MEMBERS).where(MEMBERS.c.conversation == group, MEMBERS.c.person == AMY.person).values(person=BOB.person))


async def test_while_others_cannot_be_heard_the_store_is_asked_again_and_again(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each round of upkeep puts right what was missed; while all is well there is nothing to ask."""
    async with opened(data_dir) as hall:
        group = await hall.room.make(Joining.OPEN, AMY, CAT)
        seats = [await hall.enter(actor) for actor in (AMY, BOB, CAT)]
        await _behind_the_back(hall, group)

        await hall.gathering.tend()
        assert [hears(seat) for seat in seats] == [{group}, set(), {group}]
        monkeypatch.setattr(LocalBus, "healthy", property(lambda _: False))
        await hall.gathering.tend()
        assert [hears(seat) for seat in seats] == [set(), {group}, {group}]


async def test_when_others_are_heard_again_the_store_is_asked(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At once, for everybody."""
    callbacks = []
    monkeypatch.setattr(LocalBus, "on_restored", lambda _, callback: callbacks.append(callback))
    async with opened(data_dir) as hall:
        group = await hall.room.make(Joining.OPEN, AMY)
        seats = [await hall.enter(actor) for actor in (AMY, BOB)]
        await _behind_the_back(hall, group)
        for callback in callbacks:
            callback()

        async def right() -> bool:
            return [hears(seat) for seat in seats] == [set(), {group}]

        await until(right)


async def test_a_moderator_who_looked_and_is_in_hears_until_they_leave(hall: Hall) -> None:
    """Staff who join hear as members do."""
    group = await hall.room.make()
    seat = await hall.enter(MODERATOR)
    await hall.room.memberships.join(MODERATOR, group)
    assert hears(seat) == {group}
    await hall.room.memberships.leave(MODERATOR, group)
    assert hears(seat) == set()
