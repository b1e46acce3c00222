"""What staff look at through one socket besides their own: desks, and conversations of others, for as long as they may."""

import contextlib
from collections.abc import Collection, Sequence
from typing import Protocol

from bot.actions.desk import Desks
from bot.actions.looking import Looking
from bot.actions.talk import Talk
from bot.live.jobs import Jobs
from bot.live.ports import Bus
from bot.model.basics import Conflict, HubError
from bot.model.facts import AccountChanged, Onlooker, Ring, to_conversation, to_desk
from bot.model.people import Actor
from channels.rooms import Listener, Rooms
from channels.transport import encode_event

WATCHED_CONVERSATIONS = 20
WATCHED_DESKS = 20

_RESYNC = encode_event("resync", b"{}")


class Watcher(Listener, Protocol):
    """A socket as seen here: whose it is, the topics of conversations and desks it hears, and the conversations it looks at, the oldest first."""

    actor: Actor
    looking: list[str]
    desks: list[str]
    seen: list[str]


class Watching:
    """Lets sockets of staff into topics that are not their own, and out again when their account no longer lets them.

    `seats` are the sockets of this process, as they come and go.
    """

    def __init__(self, *, talk: Talk, desks: Desks, looking: Looking, rooms: Rooms, bus: Bus, jobs: Jobs, seats: Collection[Watcher]) -> None:
        self._talk = talk
        self._desks = desks
        self._looking = looking
        self._rooms = rooms
        self._bus = bus
        self._jobs = jobs
        self._seats = seats
        bus.attach(self._hear, AccountChanged)
        bus.on_restored(self._hear_nothing)

    async def look(self, seat: Watcher, conversation: str) -> None:
        """Staff who read a conversation hear it from then on; the oldest of twenty gives way.

        Raises:
            NotFound: there is none, or not for them.
        """
        topic = to_conversation(conversation)
        if topic in seat.topics:  # they look at it already, or are in the group
            return
        await self._talk.check_readable(seat.actor, conversation)
        self._rooms.join(seat, topic)
        seat.looking.append(topic)
        if len(seat.looking) > WATCHED_CONVERSATIONS:
            self._rooms.leave(seat, seat.looking.pop(0))
        await self._settle(seat, topic)

    async def see(self, seat: Watcher, conversation: str) -> Sequence[Onlooker]:
        """Staff look at a conversation, hear it, and are told who else does; the oldest of twenty gives way.

        Raises:
            NotFound, Forbidden: see `Looking.look`.
        """
        await self.look(seat, conversation)
        looking = await self._looking.look(seat.actor, seat.conn.id, conversation)
        if conversation not in seat.seen:
            seat.seen.append(conversation)
        if len(seat.seen) > WATCHED_CONVERSATIONS:
            await self.look_away(seat, seat.seen[0])
        return looking

    async def turn(self, seat: Watcher, conversation: str, *, look: bool) -> Sequence[Onlooker]:
        """Look at a conversation, and be told who does; or look away, and be told nothing. Raises as `see`."""
        if look:
            return await self.see(seat, conversation)
        await self.look_away(seat, conversation)
        return ()

    async def look_away(self, seat: Watcher, conversation: str) -> None:
        """They look at it no more, and go on hearing it."""
        if conversation in seat.seen:
            seat.seen.remove(conversation)
            await self._looking.look_away(seat.actor, seat.conn.id, conversation)

    async def gone(self, seat: Watcher) -> None:
        """The socket is gone. Where the store or Redis is away, the leases end by themselves."""
        for conversation in list(seat.seen):
            with contextlib.suppress(HubError):
                await self.look_away(seat, conversation)

    async def watch(self, seat: Watcher, account: str) -> None:
        """Let staff hear an account's desk.

        Raises:
            NotFound, Forbidden: see `Desks.watch`. Conflict: they watch too many.
        """
        topic = await self._desks.watch(seat.actor, account)
        if topic in seat.desks:
            return
        if len(seat.desks) >= WATCHED_DESKS:
            raise Conflict("同时看的接待台太多了。", "Too many desks are being watched.")
        self._rooms.join(seat, topic)
        seat.desks.append(topic)
        await self._settle(seat, topic)

    async def unwatch(self, seat: Watcher, account: str) -> None:
        """Let them hear it no more. Raises as `Desks.watch`."""
        self._leave(seat, await self._desks.watch(seat.actor, account))

    async def _settle(self, seat: Watcher, topic: str) -> None:
        """Wait until the topic is heard; who lost the right to it while they were let in is let out again."""
        await self._bus.settled()
        await self._doubt(seat, topic)

    def _leave(self, seat: Watcher, topic: str) -> None:
        self._rooms.leave(seat, topic)
        seat.looking = [one for one in seat.looking if one != topic]
        seat.desks = [one for one in seat.desks if one != topic]

    def _hear(self, ring: Ring) -> None:
        """Somebody may have left an account's staff: ask again for everyone who looks at anything of it."""
        if isinstance(ring.fact, AccountChanged):
            desk = to_desk(ring.fact.account)
            self._ask_again(
                [(seat, topic) for seat in self._seats for topic in (*seat.looking, *seat.desks) if topic == desk or topic in seat.looking]
            )

    def _hear_nothing(self) -> None:
        """Other processes could not be heard for a while: ask again for everyone."""
        self._ask_again([(seat, topic) for seat in self._seats for topic in (*seat.looking, *seat.desks)])

    def _ask_again(self, doubtful: Collection[tuple[Watcher, str]]) -> None:
        if doubtful and not self._jobs.stopping.is_set():
            self._jobs.spawn("watching.doubt", self._doubt_all(doubtful))

    async def _doubt_all(self, doubtful: Collection[tuple[Watcher, str]]) -> None:
        for seat, topic in doubtful:
            await self._doubt(seat, topic)

    async def _doubt(self, seat: Watcher, topic: str) -> None:
        """A right that cannot be looked up is none: they are told to ask again."""
        kind, _, name = topic.partition(":")
        try:
            await (self._talk.check_readable(seat.actor, name) if kind == "c" else self._desks.watch(seat.actor, name))
        except HubError:
            if topic in seat.topics:
                self._leave(seat, topic)
                seat.conn.push(_RESYNC)
