"""Messages that wait for a moderator: who waits, and to release or refuse; and what filters found, for those who moderate."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions import bench, footing
from bot.actions.access import Access
from bot.actions.drafts import HearsGroups, Posting, in_group
from bot.actions.filters import COUNTED_DAYS, DAY_MS, day_of
from bot.actions.footing import ACTS
from bot.actions.gatherings import called_in, mention
from bot.actions.groups import checked_reason
from bot.actions.hearing import mentions_of
from bot.actions.screening import NOTED
from bot.live.ports import Bus, Limiter
from bot.model.basics import Conflict, Forbidden, HubError, NotFound, new_id, now_ms
from bot.model.facts import Noticed, Ring, to_person
from bot.model.groups import SYSTEM, Deed
from bot.model.people import Actor, Verb
from bot.model.talk import BODIES, AuthorRole
from bot.store import docket, sanctions, talk
from bot.store import held as store
from bot.store.cursor import Page
from bot.store.groups import GroupRow
from bot.store.held import KEPT_MS, WAITS_MS, HeldRow, HitRow
from bot.store.log import Log
from bot.store.sanctions import Line
from bot.store.unit import Connection, Database

CLAIMED_MS = 600_000
"""How long after its claim a release that did not end is looked after."""

PURGE_ROWS = 500
OVERDUE_ROWS = 100


class Decision(msgspec.Struct, frozen=True):
    """What becomes of a message, and why; who refuses one says why."""

    approve: bool
    reason: Annotated[str, Meta(max_length=200)] = ""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A page of what filters found. `counts`: how often each list did in the last seven days, own ones by id. `cases`: by a hit's id, the undecided
    case that it is in, where the caller judges it.
    """

    page: Page[HitRow]
    counts: dict[str, int]
    cases: dict[str, str]


class Decisions:
    """The verbs of what waits. A message goes into the log by its author's name and under its own key, so that releasing it twice is releasing it once."""

    def __init__(self, *, db: Database, access: Access, log: Log, bus: Bus, limiter: Limiter, hears_groups: HearsGroups | None = None) -> None:
        """`hears_groups`: as for `Talk`, so that rules hear what is released as they hear what is posted."""
        self._db = db
        self._access = access
        self._log = log
        self._bus = bus
        self._limiter = limiter
        self._hears_groups = hears_groups

    async def waiting(self, actor: Actor, group: str, cursor: str | None, limit: int) -> Page[HeldRow]:
        """A page of the messages that wait, the longest wait first.

        Raises:
            NotFound, Forbidden: see `footing.doing`. Invalid: a bad cursor.
        """
        async with self._db.read() as conn:
            await footing.doing(conn, actor, group, Deed.OVERSEE, now_ms())
            return await store.listed(conn, group, cursor, limit)

    async def hits(self, actor: Actor, group: str, cursor: str | None, limit: int) -> Found:
        """A page of what filters found, the newest first.

        Raises:
            NotFound, Forbidden: see `footing.doing`. Invalid: a bad cursor.
        """
        now = now_ms()
        async with self._db.read() as conn:
            mine = await footing.doing(conn, actor, group, Deed.OVERSEE, now)
            page = await store.hits(conn, group, cursor, limit)
            counts = dict(await store.counts(conn, group, day_of(now - (COUNTED_DAYS - 1) * DAY_MS)))
            return Found(page=page, counts=counts, cases=await _cases(conn, actor, mine.row, page.items))

    async def decide(self, actor: Actor, group: str, held: str, decision: Decision) -> HeldRow:
        """Release a message or refuse it; the same decision again changes nothing.

        It is released as its author's, now, if they could post now: who is out, banned or muted cannot, and neither can a dissolved group take it.

        Raises:
            NotFound, Closed, Forbidden: see `footing.doing`; there is no such message; it is the caller's own.
            Conflict: it was decided otherwise, its author cannot post now, or has used its key for another message meanwhile. Invalid: refused without a reason.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        return await self.settle(actor, group, held, decision)

    async def settle(self, actor: Actor, group: str, held: str, decision: Decision) -> HeldRow:
        """As `decide`, for who acts at a bounded rate already."""
        if decision.approve:
            return await self._release(actor, group, held, decision.reason.strip())
        return await self._refuse(actor, group, held, checked_reason(decision.reason))

    async def _release(self, actor: Actor, group: str, held: str, reason: str) -> HeldRow:
        now = now_ms()
        async with self._db.write() as conn:
            row, group_row = await self._found(conn, actor, group, held, now)
            if row.state == "released":
                return row
            if row.state == "refused":
                raise _decided(row)
            await _check_author(conn, group_row, row, now)
            await store.claim(conn, row.id, actor.person, now)
        claimed = msgspec.structs.replace(row, state="releasing", decided_by=actor.person, decided_at=now)
        try:
            place = await self._access.places.of(group, row.author, Verb.TALK_SEND)
            body = msgspec.json.decode(row.body, type=BODIES[row.kind])
            posting = Posting(conversation=group, key=row.key, body=body, reply_to=row.reply_to)
            draft = in_group(Actor(person=row.author, name=row.author_name), posting, place, hears_groups=self._hears_groups)
            appended = await self._log.append(msgspec.structs.replace(draft, body=row.body, role=AuthorRole(row.role)))
        except HubError as error:
            async with self._db.write() as conn:
                await store.settle(conn, claimed, "waiting", decided_by=None, decided_at=None)
            if error.code in {"not_member", "banned", "muted", "not_found"}:
                raise _no_author() from error
            raise
        return await self._released(claimed, appended.seq, reason)

    async def _released(self, claimed: HeldRow, seq: int, reason: str) -> HeldRow:
        """It stands in the log: say so, once however many found it there; and tell those whom it calls."""
        done = {"seq": seq, "reason": reason}
        called: Sequence[str] = ()
        async with self._db.write() as conn:
            if await store.settle(conn, claimed, "released", **done):
                await _log(conn, claimed, "release", claimed.decided_by or SYSTEM, now_ms(), reason)
                called = await called_in(conn, claimed.conversation, claimed.author, mentions_of(claimed.kind, claimed.body))
        if called:
            self._bus.publish([mention(claimed.conversation, claimed.author, seq, called)])
        return msgspec.structs.replace(claimed, state="released", **done)

    async def _refuse(self, actor: Actor, group: str, held: str, reason: str) -> HeldRow:
        now = now_ms()
        async with self._db.write() as conn:
            row, _ = await self._found(conn, actor, group, held, now)
            if row.state == "refused":
                return row
            if row.state != "waiting":
                raise _decided(row)
            refused = await _put_down(conn, row, actor.person, now, reason)
        self._tell(refused)
        return refused

    async def _found(self, conn: Connection, actor: Actor, group: str, held: str, now: int) -> tuple[HeldRow, GroupRow]:
        mine = await footing.doing(conn, actor, group, Deed.OVERSEE, now, lock=True)
        row = await store.get(conn, held, lock=True)
        if row is None or row.conversation != group:
            raise no_held()
        if row.author == actor.person:
            raise Forbidden("不能审核自己的消息。", "Nobody decides about their own message.", path="held")
        return row, mine.row

    def _tell(self, row: HeldRow) -> None:
        notice = Noticed(kind="refused", group=row.conversation, by=row.decided_by or SYSTEM, reason=row.reason, key=row.key)
        self._bus.publish([Ring(new_id(), (to_person(row.author),), notice)])

    async def tend(self) -> None:
        """A round of upkeep: what waited for seven days is refused, a release that was broken off ends, and what is old is deleted."""
        now = now_ms()
        async with self._db.read() as conn:
            broken = await store.overdue(conn, "releasing", now - CLAIMED_MS, OVERDUE_ROWS)
        for row in broken:
            await self._finish(row, now)
        async with self._db.write() as conn:
            late = await store.overdue(conn, "waiting", now - WAITS_MS, OVERDUE_ROWS)
            refused = [await _put_down(conn, row, SYSTEM, now, "七天内没有管理员处理 (nobody decided within seven days)") for row in late]
        for row in refused:
            self._tell(row)
        gone = False
        while not gone:
            async with self._db.write() as conn:
                gone = await store.purge(conn, now - KEPT_MS, day_of(now - KEPT_MS), PURGE_ROWS)

    async def _finish(self, row: HeldRow, now: int) -> None:
        """A process died between claiming a message and saying that it was stored: look, and say so, or let it wait again."""
        if row.decided_at is None or row.decided_at > now - CLAIMED_MS:
            return
        async with self._db.read() as conn:
            seq = await talk.stored_at(conn, row.conversation, row.author, row.key)
        if seq is not None:
            await self._released(row, seq, "")
            return
        async with self._db.write() as conn:
            await store.settle(conn, row, "waiting", decided_by=None, decided_at=None)


async def _cases(conn: Connection, actor: Actor, group: GroupRow, hits: Sequence[HitRow]) -> dict[str, str]:
    """What was held or refused went into the case of then: the one that is undecided now, if that was open already."""
    sight = await bench.sight(conn, actor, group.account)
    noted = [hit for hit in hits if hit.action in NOTED]
    if sight is None or not noted:
        return {}
    found = await docket.undecided(conn, group.account, group.id, sight, {hit.author for hit in noted})
    return {hit.id: found[hit.author].id for hit in noted if hit.author in found and found[hit.author].opened_at <= hit.at}


async def _check_author(conn: Connection, group: GroupRow, row: HeldRow, now: int) -> None:
    """That the author could post now: a message is not released over a sanction, nor after its author went."""
    author = await footing.of(conn, group, row.author)
    if not author.is_inside or await sanctions.sanction(conn, group.id, row.author, "mute", now) is not None:
        raise _no_author()


async def _put_down(conn: Connection, row: HeldRow, by: str, now: int, reason: str) -> HeldRow:
    done = {"decided_by": by, "decided_at": now, "reason": reason}
    if await store.settle(conn, row, "refused", **done):
        await _log(conn, row, "refuse", by, now, reason)
    return msgspec.structs.replace(row, state="refused", **done)


async def _log(conn: Connection, row: HeldRow, act: str, by: str, now: int, reason: str) -> None:
    line = Line(account=row.account, conversation=row.conversation, at=now, act=act, actor=by, target=row.author, reason=reason, ref=row.id)
    await sanctions.write(conn, line)


def no_held() -> NotFound:
    """What is said of a message that does not wait where it is asked for."""
    return NotFound("没有这条待审核的消息。", "There is no such message that waits.", path="held")


def _no_author() -> Conflict:
    return Conflict("作者现在不能在这里发言，不能放行。", "Its author cannot post here now, so it cannot be released.", path="held")


def _decided(row: HeldRow) -> Conflict:
    return Conflict("这条消息已经处理过了。", "It was decided already.", state=row.state)
