"""Colleagues see who looks at a conversation, over several processes."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.actions.looking import LOOKING_S, Looking
from bot.live.local import LocalPresence
from bot.model.basics import Forbidden, NotFound
from bot.model.facts import Looked, Onlooker, to_conversation
from bot.model.people import Role
from bot.store import people
from tests.shop import Shop, shop
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER, SECOND, SHOP, STRANGER

WANG, LI = Onlooker(OPERATOR.person, OPERATOR.name), Onlooker(SECOND.person, SECOND.name)


class Clock:
    """Seconds, as a test counts them."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


class Stage:
    """A conversation, two processes that share presence, and what those who look were told."""

    def __init__(self, hub: Shop, presence: LocalPresence, clock: Clock, room: str) -> None:
        self.hub = hub
        self.clock = clock
        self.room = room
        self.here, self.there = (Looking(db=hub.db, access=hub.access, presence=presence, bus=hub.bus) for _ in range(2))

    def told(self) -> list[tuple[Onlooker, ...]]:
        """Who was said to look, each time it was said; always to those who look alone."""
        rings = [ring for ring in self.hub.heard if isinstance(ring.fact, Looked)]
        assert all(ring.topics == (to_conversation(self.room),) for ring in rings)
        return [ring.fact.looking for ring in rings if isinstance(ring.fact, Looked)]


@pytest.fixture
async def stage(data_dir: Path) -> AsyncIterator[Stage]:
    clock = Clock()
    presence = LocalPresence(clock)
    async with shop(f"sqlite:///{data_dir}/hub.db", presence=presence) as hub:
        room = await hub.room()
        hub.bus.subscribe(to_conversation(room))
        yield Stage(hub, presence, clock, room)


async def test_who_looks_is_told_who_else_does(stage: Stage) -> None:
    """Each who comes is told to the others once, through whichever process; who goes too."""
    assert list(await stage.here.look(OPERATOR, "a", stage.room)) == [WANG]
    assert sorted(await stage.there.look(SECOND, "b", stage.room), key=lambda one: one.id) == [LI, WANG]
    await stage.there.look(SECOND, "b", stage.room)
    await stage.here.look_away(OPERATOR, "a", stage.room)

    assert stage.told() == [(WANG,), (LI, WANG), (LI,)]
    assert list(await stage.here.at(OWNER, stage.room)) == [LI]


async def test_two_pages_of_one_person_are_one(stage: Stage) -> None:
    """They look until the last one looks away; looking away without having looked changes nothing."""
    await stage.here.look(OPERATOR, "a", stage.room)
    await stage.there.look(OPERATOR, "b", stage.room)
    await stage.here.look_away(OPERATOR, "a", stage.room)
    await stage.here.look_away(SECOND, "c", stage.room)
    assert list(await stage.here.at(OWNER, stage.room)) == [WANG]
    await stage.there.look_away(OPERATOR, "b", stage.room)
    assert stage.told() == [(WANG,), ()]


async def test_a_look_that_nobody_renews_ends_by_itself(stage: Stage) -> None:
    """As after a crash of its process; whoever renews theirs finds out."""
    await stage.here.look(OPERATOR, "a", stage.room)
    stage.clock.now = LOOKING_S - 1
    assert len(await stage.there.look(SECOND, "b", stage.room)) == 2
    stage.clock.now = LOOKING_S + 1
    assert list(await stage.there.look(SECOND, "b", stage.room)) == [LI]


async def test_only_the_desk_looks(stage: Stage) -> None:
    """Buyers may not, and for whoever has no part in it there is nothing to look at; who is dismissed is not shown any more."""
    with pytest.raises(Forbidden):
        await stage.here.look(BUYER, "a", stage.room)
    for actor in (MODERATOR, STRANGER):
        with pytest.raises(NotFound):
            await stage.here.look(actor, "a", stage.room)
    await stage.here.look(OPERATOR, "a", stage.room)
    async with stage.hub.db.write() as conn:
        await people.drop_role(conn, SHOP, OPERATOR.person)
        await people.set_role(conn, SHOP, SECOND.person, Role.OPERATOR, 0)
    stage.hub.access.forget_all()
    assert list(await stage.here.look(SECOND, "b", stage.room)) == [LI]
