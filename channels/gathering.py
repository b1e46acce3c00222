"""The groups that sockets hear: those their people are in, from the moment they are in until they are not."""

import asyncio
from collections.abc import Collection, Iterable

from bot.actions.membership import Memberships
from bot.live.jobs import Jobs
from bot.live.ports import Bus
from bot.model.basics import Unavailable
from bot.model.facts import GroupChanged, MemberChanged, Ring, to_conversation, to_person
from channels.rooms import Listener, Rooms

AT_ONCE = 200
BREATH = 10
"""Sockets read for in one go; and let into their rooms before others have a turn, as each may have to do with hundreds."""

_OUT = frozenset({"left", "removed", "banned"})


class Gathering:
    """Lets sockets into the rooms of groups and out again, as facts tell.

    Facts heard while a socket's groups are being read are newer than what is read. While facts of other processes cannot
    be heard, and where the store could not be asked, `tend` asks it again every few seconds.
    """

    def __init__(self, *, memberships: Memberships, rooms: Rooms, bus: Bus, jobs: Jobs) -> None:
        self._memberships = memberships
        self._rooms = rooms
        self._bus = bus
        self._jobs = jobs
        self._groups: dict[Listener, set[str]] = {}
        self._reading: dict[Listener, set[str]] = {}
        self._unsure: set[Listener] = set()
        bus.attach(self._hear, MemberChanged, GroupChanged)
        bus.on_restored(self._ask_again)

    async def enter(self, seat: Listener) -> None:
        """Let a new socket hear the groups of its person; its own topic must be heard already."""
        self._groups[seat] = set()
        await self._read([seat])
        await self._bus.settled()

    def leave(self, seat: Listener) -> None:
        """Forget a socket."""
        self._groups.pop(seat, None)
        self._unsure.discard(seat)

    async def tend(self) -> None:
        """A round of upkeep, every few seconds."""
        await self._read(list(self._unsure if self._bus.healthy else self._groups))

    def _ask_again(self) -> None:
        """Facts of other processes may have been missed."""
        if self._groups and not self._jobs.stopping.is_set():
            self._jobs.spawn("gathering.ask", self._read(list(self._groups)))

    async def _read(self, seats: Collection[Listener]) -> None:
        waiting = list(seats)
        for start in range(0, len(waiting), AT_ONCE):
            await self._read_some(waiting[start : start + AT_ONCE])

    async def _read_some(self, seats: Collection[Listener]) -> None:
        """From the store, for some at once; who was let out meanwhile stays out."""
        for seat in seats:
            self._reading[seat] = set()
        try:
            found = await self._memberships.heard(sorted({seat.person for seat in seats}))
            for place, seat in enumerate(seats, 1):
                told = self._reading.pop(seat, set())
                if seat in self._groups:
                    self._unsure.discard(seat)
                    self._settle(seat, set(found[seat.person]), told)
                if place % BREATH == 0:
                    await asyncio.sleep(0)
        except Unavailable:
            self._unsure.update(seat for seat in seats if seat in self._groups)
        finally:
            for seat in seats:
                self._reading.pop(seat, None)

    def _settle(self, seat: Listener, groups: set[str], told: set[str]) -> None:
        mine = self._groups[seat]
        for group in groups - mine - told:
            self._let_in(seat, group)
        for group in mine - groups - told:
            self._let_out(seat, group)

    def _let_in(self, seat: Listener, group: str) -> None:
        self._groups[seat].add(group)
        self._rooms.join(seat, to_conversation(group))

    def _let_out(self, seat: Listener, group: str) -> None:
        self._groups[seat].discard(group)
        self._rooms.leave(seat, to_conversation(group))

    def _hear(self, ring: Ring) -> None:
        match ring.fact:
            case MemberChanged(group=group, person=person, change=change) if change == "joined" or change in _OUT:
                for seat in self._known(self._rooms.in_room(to_person(person)), group):
                    (self._let_in if change == "joined" else self._let_out)(seat, group)
            case GroupChanged(group=group, what="dissolved"):
                for seat in self._reading:
                    self._reading[seat].add(group)
                for seat in self._known(self._rooms.in_room(to_conversation(group)), group):
                    self._let_out(seat, group)
            case _:
                pass

    def _known(self, seats: Iterable[Listener], group: str) -> list[Listener]:
        """Those we look after; of those being read this is noted, for it is newer than what is read."""
        known = [seat for seat in seats if seat in self._groups]
        for seat in known:
            if seat in self._reading:
                self._reading[seat].add(group)
        return known
