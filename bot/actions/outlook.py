"""What people are told of a conversation on the desk: who holds it, its place in the queue, how long that may take."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from bot.live.jobs import Jobs
from bot.live.ports import PRESENT_LIMIT, Bus, Presence
from bot.model.basics import NotFound, new_id, now_ms
from bot.model.desk import Desk, expected_wait_s
from bot.model.facts import DeskMoved, Ring, to_person
from bot.model.people import Verb, may
from bot.model.talk import DeskState
from bot.store import desk as store
from bot.store import people, teams
from bot.store.cursor import PAGE_LIMIT
from bot.store.desk import DeskRow
from bot.store.unit import Connection, Database

TOLD = 50
"""So many of a queue hear of their new places when it shifts; those behind hear when they come nearer."""

HISTORY_MS = 24 * 3_600_000
HISTORY_LIMIT = 200
PACE_TTL_S = 2.0
PACE_SIZE = 1_000
SETTLE_S = 0.2

Queue = tuple[str, str | None]
"""An account and, for a team's own queue, the team."""


class Pace(msgspec.Struct, frozen=True):
    """How fast a queue moves: recent waits in seconds, and how many who may take from it are present."""

    waits_s: list[float]
    present: int


class Outlook:
    """Reads the desk for people, and tells a queue when it has shifted."""

    def __init__(self, *, db: Database, bus: Bus, presence: Presence, jobs: Jobs) -> None:
        self._db = db
        self._bus = bus
        self._presence = presence
        self._jobs = jobs
        self._paces: OrderedDict[Queue, tuple[float, Pace]] = OrderedDict()
        self._shifted: set[Queue] = set()

    async def view(self, conversation: str) -> Desk:
        """Where a conversation stands now.

        Raises:
            NotFound: there is no such conversation.
        """
        async with self._db.read() as conn:
            row = await store.desk_row(conn, conversation)
        if row is None:
            raise NotFound("没有这个会话。", "There is no such conversation.")
        return await self.of(row)

    async def of(self, row: DeskRow) -> Desk:
        """Where the conversation of this row stands."""
        (desk,) = await self.of_all(row.account, [row])
        return desk

    async def of_all(self, account: str, rows: Sequence[DeskRow]) -> list[Desk]:
        """Where several conversations of one account stand."""
        async with self._db.read() as conn:
            found = await people.account_by_id(conn, account)
            names = await people.people(conn, sorted({row.operator for row in rows if row.operator is not None}))
            places = await _places(conn, rows)
        return [
            Desk(
                conversation=row.conversation,
                account=account if found is None else found.handle,
                state=row.state,
                operator=row.operator,
                operator_name=None if row.operator not in names else names[row.operator].name,
                team=row.team,
                position=places.get(row.conversation),
                expected_wait_s=await self._expected(row, places.get(row.conversation)),
            )
            for row in rows
        ]

    async def _expected(self, row: DeskRow, place: int | None) -> int | None:
        if place is None:
            return None
        pace = await self._pace((row.account, row.team))
        return expected_wait_s(place, pace.waits_s, pace.present)

    async def _pace(self, queue: Queue) -> Pace:
        known = self._paces.get(queue)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        account, team = queue
        async with self._db.read() as conn:
            waits = await store.recent_waits_s(conn, account, now_ms() - HISTORY_MS, HISTORY_LIMIT)
            staff = await desk_staff(conn, account, team)
        pace = Pace(waits, len(await self._presence.present(staff[:PRESENT_LIMIT])))
        self._paces[queue] = (time.monotonic() + PACE_TTL_S, pace)
        self._paces.move_to_end(queue)
        while len(self._paces) > PACE_SIZE:
            self._paces.popitem(last=False)
        return pace

    def shifted(self, account: str, team: str | None) -> None:
        """Somebody left a queue: soon those behind are told their places, once for all who left meanwhile."""
        queue = (account, team)
        if queue in self._shifted or self._jobs.stopping.is_set():
            return
        self._shifted.add(queue)
        self._jobs.spawn("desk.shifted", self._tell(queue))

    async def _tell(self, queue: Queue) -> None:
        await asyncio.sleep(SETTLE_S)
        self._shifted.discard(queue)
        account, team = queue
        pace = await self._pace(queue)
        # The queue last: who was taken from it meanwhile must not hear that they still wait after hearing who took them.
        async with self._db.read() as conn:
            row = await people.account_by_id(conn, account)
            waiting = await store.queue(conn, account, team, TOLD)
            buyers = await store.buyers(conn, [place.conversation for place in waiting])
        handle = account if row is None else row.handle
        desks = [
            Desk(
                conversation=place.conversation,
                account=handle,
                state=DeskState.WAITING,
                team=team,
                position=number,
                expected_wait_s=expected_wait_s(number, pace.waits_s, pace.present),
            )
            for number, place in enumerate(waiting, 1)
        ]
        self._bus.publish([Ring(new_id(), (to_person(buyers[desk.conversation]),), DeskMoved(desk)) for desk in desks])


async def _places(conn: Connection, rows: Sequence[DeskRow]) -> dict[str, int]:
    """Places of those that wait; for many, each queue is read once, and only who stands beyond its first page is counted."""
    waiting = [row for row in rows if row.state is DeskState.WAITING]
    places: dict[str, int] = {}
    if len(waiting) > 1:
        for account, team in {(row.account, row.team) for row in waiting}:
            queue = await store.queue(conn, account, team, PAGE_LIMIT)
            places |= {place.conversation: number for number, place in enumerate(queue, 1)}
    return {row.conversation: places.get(row.conversation) or await store.place(conn, row) for row in waiting}


async def desk_staff(conn: Connection, account: str, team: str | None) -> list[str]:
    """Those who may take conversations of a queue: owners and operators, for a team's queue its members among them."""
    members = None if team is None else set(await teams.members(conn, team))
    staff = await people.staff_of(conn, account)
    return [person.id for person, _, role in staff if may(Verb.DESK_CLAIM, role) and (members is None or person.id in members)]
