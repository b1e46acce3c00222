"""What staff look at through a socket ends with their right to it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.actions.looking import Looking
from bot.live.local import LocalBus
from bot.model.basics import Conflict, Forbidden, NotFound, new_id
from bot.model.facts import HUB_TOPIC, AccountChanged, Ring
from bot.model.people import Actor, Role
from bot.store import people
from bot.store.tables import ACCOUNTS, ROLES
from channels.connection import Conn
from channels.rooms import Rooms
from channels.socket import Seat
from channels.transport import Frame
from channels.watching import WATCHED_CONVERSATIONS, WATCHED_DESKS, Watching
from tests.shop import Shop, shop, until
from tests.world import BUYER, MODERATOR, OPERATOR, OWNER, SECOND, SHOP, STRANGER


class Wire(Conn):
    """A connection that only remembers what was pushed."""

    __slots__ = ("pushed",)

    def __init__(self) -> None:
        self.id = new_id()
        self.pushed: list[bytes] = []

    def push(self, frame: Frame) -> None:
        self.pushed.append(frame)


class Line(LocalBus):
    """A bus to other processes that can be away and come back; something may happen each time it settles."""

    def __init__(self) -> None:
        super().__init__()
        self.callbacks: list[Callable[[], None]] = []
        self.at_settling: Callable[[], Awaitable[None]] | None = None

    def on_restored(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)

    def restore(self) -> None:
        """It was away and is back."""
        for callback in self.callbacks:
            callback()

    async def settled(self) -> None:
        await super().settled()
        if self.at_settling is not None:
            await self.at_settling()


class Desktop(Seat):
    """A socket of somebody, and what it was told."""

    def __init__(self, actor: Actor) -> None:
        self.wire = Wire()
        super().__init__(self.wire, actor)

    def hears(self, word: str) -> bool:
        """Whether something of this content was pushed; everything is forgotten."""
        pushed, self.wire.pushed = self.wire.pushed, []
        return any(word.encode() in frame for frame in pushed)


@dataclass
class Console:
    """A shop, two operators' sockets, and what lets them look."""

    hub: Shop
    line: Line
    watching: Watching
    first: Desktop
    second: Desktop
    room: str


@pytest.fixture
async def console(data_dir: Path) -> AsyncIterator[Console]:
    """Two operators who watch the desk and look at the conversation of a buyer."""
    first, second = Desktop(OPERATOR), Desktop(SECOND)
    async with shop(f"sqlite:///{data_dir}/hub.db") as hub, Line() as line:
        line.subscribe(HUB_TOPIC)
        room = await hub.room()
        looking = Looking(db=hub.db, access=hub.access, presence=hub.presence, bus=hub.bus)
        watching = Watching(talk=hub.talk, desks=hub.desks, looking=looking, rooms=Rooms(hub.bus), bus=line, jobs=hub.jobs, seats=[first, second])
        for seat in (first, second):
            await watching.watch(seat, "shop")
            await watching.look(seat, room)
        yield Console(hub, line, watching, first, second, room)


async def set_role(hub: Shop, person: str, role: Role | None) -> None:
    """As another process does it: in the database, told or not by somebody else."""
    async with hub.db.write() as conn:
        await people.drop_role(conn, SHOP, person)
        if role is not None:
            await people.set_role(conn, SHOP, person, role, 0)
    hub.access.forget_all()


@pytest.mark.parametrize("role", [None, Role.MODERATOR])
async def test_who_leaves_the_desk_hears_no_more_of_it(console: Console, role: Role | None) -> None:
    """Neither its queue nor a conversation they looked at; they are told that they miss something, their colleagues hear on."""
    await set_role(console.hub, OPERATOR.person, role)
    console.line.publish([Ring(new_id(), (HUB_TOPIC,), AccountChanged(SHOP))])

    async def out() -> bool:
        return not console.first.topics

    await until(out)
    assert console.first.hears('"resync"')
    await console.hub.say(BUYER, console.room, "k", "只给店里的人看")
    await console.hub.desks.hand_off(console.room, reason="asked")
    assert not console.first.hears(console.room)
    assert console.second.hears("只给店里的人看")
    assert (console.first.looking, console.first.desks) == ([], [])


async def test_after_a_deaf_time_everyone_is_asked_again(console: Console) -> None:
    """The dismissal was announced while other processes could not be heard."""
    await set_role(console.hub, OPERATOR.person, None)
    console.line.restore()

    async def out() -> bool:
        return not console.first.topics

    await until(out)
    assert console.second.topics


async def test_who_is_dismissed_while_being_let_in_is_let_out(console: Console) -> None:
    """Between the look at their right and the first push."""
    seat = Desktop(OWNER)
    console.line.at_settling = partial(set_role, console.hub, OWNER.person, None)
    await console.watching.look(seat, console.room)
    assert not seat.topics


async def test_who_may_not_is_not_let_in(console: Console) -> None:
    """A conversation of others is not there; a desk of others is not theirs."""
    for actor in (STRANGER, MODERATOR):
        with pytest.raises(NotFound):
            await console.watching.look(Desktop(actor), console.room)
        with pytest.raises(Forbidden):
            await console.watching.watch(Desktop(actor), "shop")


async def test_unwatching_ends_it(console: Console) -> None:
    """Of the desk alone: what they look at goes on."""
    await console.watching.unwatch(console.first, "shop")
    await console.watching.unwatch(console.first, "shop")
    await console.hub.desks.hand_off(await console.hub.room("buyer-2"), reason="asked")
    assert not console.first.hears('"desk"')
    assert console.second.hears('"desk"')
    await console.hub.say(BUYER, console.room, "k", "还在吗")
    assert console.first.hears("还在吗")


async def test_so_many_are_looked_at_and_no_more(console: Console) -> None:
    """The oldest conversation gives way; a desk too many is refused."""
    for number in range(WATCHED_CONVERSATIONS):
        await console.watching.look(console.first, await console.hub.room(f"buyer-{number + 10}"))
    await console.hub.say(BUYER, console.room, "k", "被忘了")
    assert not console.first.hears("被忘了")
    async with console.hub.db.write() as conn:
        names = [f"desk-{number}" for number in range(WATCHED_DESKS)]
        fixed = {"kind": "seller", "about": "", "chat_open": "followers", "version": 1, "created_at": 0}
        await conn.execute(sa.insert(ACCOUNTS), [{"id": f"{name}-id", "handle": name, "name": name, **fixed} for name in names])
        await conn.execute(sa.insert(ROLES), [{"account": f"{name}-id", "person": OPERATOR.person, "role": "operator", "at": 0} for name in names])
    for name in names[1:]:
        await console.watching.watch(console.first, name)
    with pytest.raises(Conflict):
        await console.watching.watch(console.first, names[0])


async def test_who_sees_a_conversation_is_shown_to_who_sees_it_too(console: Console) -> None:
    """Whoever comes is pushed to the others, and is gone with their socket."""
    assert [one.id for one in await console.watching.see(console.first, console.room)] == [OPERATOR.person]
    await console.watching.see(console.second, console.room)
    assert console.first.hears('"looking"')
    await console.watching.gone(console.second)
    assert console.first.hears('"looking"')
    assert (console.first.seen, console.second.seen) == ([console.room], [])
    assert await console.hub.presence.present([f"{SECOND.person} {console.room}"]) == frozenset()


async def test_so_many_are_seen_and_no_more(console: Console) -> None:
    """The oldest is looked at no longer; the buyer may not look at who looks, and nothing is kept of the attempt."""
    rooms = [await console.hub.room(f"buyer-{number + 10}") for number in range(WATCHED_CONVERSATIONS + 1)]
    for room in rooms:
        await console.watching.see(console.first, room)
    assert console.first.seen == rooms[1:]
    assert await console.hub.presence.present([f"{OPERATOR.person} {rooms[0]}"]) == frozenset()
    buyer = Desktop(BUYER)
    with pytest.raises(Forbidden):
        await console.watching.see(buyer, console.room)
    assert buyer.seen == []
