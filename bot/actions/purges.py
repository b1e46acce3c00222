"""Everything of one author removed at once, and brought back within a day."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions import footing, sentences
from bot.actions.footing import ACTS, Footing
from bot.actions.groups import checked_reason
from bot.actions.sentences import Done
from bot.live.ports import Bus, Limiter
from bot.model.basics import Closed, Conflict, Forbidden, NotFound, new_id, now_ms
from bot.model.cases import PURGE_LIMIT, PURGE_WINDOW_S, UNDO_MS
from bot.model.facts import MessagesChanged, Ring, to_conversation, to_person
from bot.model.groups import Act, Deed, Reason
from bot.model.people import Actor
from bot.store import people
from bot.store import purges as store
from bot.store.cursor import Page
from bot.store.people import PersonRow
from bot.store.purges import Purge
from bot.store.unit import Connection, Database

Window = Annotated[int, Meta(ge=1, le=PURGE_WINDOW_S, description="How far back, in seconds.")]


class Purging(msgspec.Struct, frozen=True, kw_only=True):
    """Whose messages, from how many seconds back, and why."""

    person: Annotated[str, Meta(min_length=1, max_length=64)]
    seconds: Window
    reason: Reason


class Purged(Done, frozen=True, kw_only=True):
    """What was removed; `more`: there was more than one purge takes."""

    purge: Purge
    more: bool


class Undoable(msgspec.Struct, frozen=True, kw_only=True):
    """A page of purges that can be undone, and the names of whose messages they took and who did it."""

    page: Page[Purge]
    names: dict[str, PersonRow]


class Purges:
    """The verbs of purging, and the round of upkeep that makes them final."""

    def __init__(self, *, db: Database, bus: Bus, limiter: Limiter) -> None:
        self._db = db
        self._bus = bus
        self._limiter = limiter

    async def purge(self, actor: Actor, group: str, purging: Purging) -> Purged:
        """Remove what somebody wrote in a group in the last so many seconds, the newest 1,000 messages at most.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`; or there is nothing to remove. Invalid: without a reason.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        async with self._db.write() as conn:
            done = await purge_in(conn, actor, group, purging, now_ms())
            if done is None:
                raise NotFound("这段时间没有这个人的消息。", "There are no messages of this person in that time.", path="seconds")
        self._bus.publish([done.ring])
        return done

    async def undoable(self, actor: Actor, group: str, cursor: str | None, limit: int) -> Undoable:
        """A page of a group's purges of the last 24 hours that were not undone, the newest first.

        Raises:
            NotFound, Forbidden: see `footing.doing`. Invalid: a bad cursor.
        """
        now = now_ms()
        async with self._db.read() as conn:
            await footing.doing(conn, actor, group, Deed.OVERSEE, now)
            found = await store.undoable(conn, group, now, cursor, limit)
            return Undoable(page=found, names=await people.people(conn, [who for one in found.items for who in (one.person, one.by)]))

    async def undo(self, actor: Actor, purge: str, reason: str) -> Purge:
        """Let what was purged be seen again, within 24 hours. It is not pinned again.

        Raises:
            NotFound: there is no such purge for the caller. Forbidden: it is one of their own, or of somebody above. Conflict: it was undone already.
            Closed: it is too late, or the group was dissolved. Invalid: without a reason.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        async with self._db.write() as conn:
            found = await store.get(conn, purge)
            if found is None:
                raise _no_purge()
            done = await restore_in(conn, actor, found, reason, now_ms())
        self._bus.publish([done.ring])
        return found

    async def settle(self) -> None:
        """Delete for good what can be undone no more; a round of upkeep."""
        done = False
        while not done:
            async with self._db.write() as conn:
                done = await store.empty(conn, now_ms())


async def purge_in(conn: Connection, actor: Actor, group: str, purging: Purging, now: int, *, ref: str = "") -> Purged | None:
    """As `Purges.purge`, inside the transaction of whoever does it; None where there is nothing to remove."""
    told = checked_reason(purging.reason)
    mine, _ = await footing.acting(conn, actor, group, Act.PURGE, purging.person, now)
    written = await store.written(conn, group, purging.person, now - purging.seconds * 1_000)
    if not written:
        return None
    purge = await store.remove(conn, mine.row.account, group, purging.person, actor.person, written[-PURGE_LIMIT:], now)
    await sentences.log(conn, mine, Act.PURGE, purging.person, now, until=now + UNDO_MS, reason=told, ref=ref or purge.id)
    return Purged(ring=_ring(mine, purge, "removed"), purge=purge, more=len(written) > PURGE_LIMIT)


async def restore_in(conn: Connection, actor: Actor, found: Purge, reason: str, now: int, *, ref: str = "") -> Done:
    """As `Purges.undo`, inside the transaction of whoever does it."""
    told = checked_reason(reason)
    if not await _lists(conn, actor, found.conversation, now):
        raise _no_purge()
    mine, _ = await footing.acting(conn, actor, found.conversation, Act.RESTORE, found.person, now)
    purge = await store.get(conn, found.id, lock=True)
    if purge is None:
        raise _no_purge()
    if purge.undone_at is not None:
        raise Conflict("已经恢复过了。", "It was undone already.")
    if purge.settled or now - purge.at > UNDO_MS:
        raise Closed("超过 24 小时，不能恢复了。", "The 24 hours for undoing it are over.")
    await store.restore(conn, purge, actor.person, now)
    await sentences.log(conn, mine, Act.RESTORE, purge.person, now, reason=told, ref=ref or purge.id)
    return Done(ring=_ring(mine, purge, "restored"))


async def _lists(conn: Connection, actor: Actor, group: str, now: int) -> bool:
    """Whether somebody sees which purges there are in a group."""
    try:
        await footing.doing(conn, actor, group, Deed.OVERSEE, now)
    except (NotFound, Forbidden):
        return False
    return True


def _ring(mine: Footing, purge: Purge, change: str) -> Ring:
    """For the room, and the devices of whoever did it: staff need not be in the room."""
    fact = MessagesChanged(conversation=purge.conversation, seqs=purge.seqs, change=change, by=mine.person)
    return Ring(new_id(), (to_conversation(purge.conversation), to_person(mine.person)), fact)


def _no_purge() -> NotFound:
    return NotFound("没有这次清理。", "There is no such purge.", path="purge")
