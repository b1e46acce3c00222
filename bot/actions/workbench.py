"""The moderators' workbench: cases by weight, claims that lapse, decisions in one transaction, and their undo within a day."""

from typing import Annotated, Any

import msgspec
import structlog
from msgspec import Meta

from bot.actions import bench, footing, purges, sentences
from bot.actions.access import Access
from bot.actions.decisions import Decision, Decisions, no_held
from bot.actions.footing import ACTS
from bot.actions.groups import checked_reason
from bot.actions.purges import Purging, Window
from bot.actions.screening import HELD_EACH
from bot.live.ports import Bus, Limiter
from bot.model.basics import Closed, Conflict, HubError, Invalid, now_ms
from bot.model.cases import CLAIM_MS, LADDER_DAYS, UNDO_MS, Earlier, State, Step, Verdict, suggested
from bot.model.facts import Noticed, Ring
from bot.model.groups import MUTE_LIMIT_S, SANCTION_LIMIT_S, SYSTEM, Act, Reason
from bot.model.people import Actor
from bot.store import cases, docket, groups, people, sanctions
from bot.store import held as held_store
from bot.store import purges as purge_store
from bot.store.cases import CaseRow
from bot.store.cursor import Page
from bot.store.docket import Offender, SignalRow
from bot.store.people import PersonRow
from bot.store.sanctions import Kind, Line, Sanction
from bot.store.unit import Connection, Database

DAY_MS = 86_400_000
_KINDS: dict[Verdict, Kind] = {"mute": "mute", "ban": "ban"}
CASES_LIMIT = 50
"""Cases of one page."""

IDLE = "三十天没有新情况，也没有人处理 (nothing new for thirty days, and nobody decided)"


HeldIds = Annotated[tuple[Annotated[str, Meta(min_length=1, max_length=64)], ...], Meta(max_length=HELD_EACH)]

_log = structlog.get_logger(__name__)


class Judgement(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes of who is reported. `seconds`: of a mute, and of a ban that ends. `purge_s`: what they wrote in so many seconds is removed too.

    `release` and `refuse`: messages of theirs that wait in the group, by their ids; each is decided by itself, after the case is.
    """

    act: Verdict
    seconds: Annotated[int, Meta(ge=60, le=SANCTION_LIMIT_S)] | None = None
    reason: Reason
    purge_s: Window | None = None
    release: HeldIds = ()
    refuse: HeldIds = ()


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A case as those who judge see it. `suggested` is the next rung of the ladder, None where only dismissing is possible.

    `waiting` are the messages of theirs that wait for a moderator in the group: their ids.
    """

    row: CaseRow
    offender: Offender
    earlier: list[Earlier]
    suggested: Step | None
    latest: list[SignalRow]
    waiting: list[str]
    names: dict[str, PersonRow]
    now: int


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """A case with a page of what is kept of it."""

    shown: Shown
    signals: Page[SignalRow]


class Workbench:
    """The verbs on cases. Who may judge is `footing`'s table: never upwards, never oneself; a case about a moderator is for owners."""

    def __init__(self, *, db: Database, access: Access, bus: Bus, limiter: Limiter, decisions: Decisions) -> None:
        self._db = db
        self._access = access
        self._bus = bus
        self._limiter = limiter
        self._decisions = decisions

    async def cases(self, actor: Actor, ref: str, state: State, group: str | None, cursor: str | None, limit: int) -> Page[Shown]:
        """A page of an account's cases that the caller judges, the weightiest first; of decided ones the last decided first.

        Raises:
            NotFound: no such account, or group of the caller's. Forbidden: the caller judges nothing there. Invalid: a bad cursor.
        """
        now = now_ms()
        async with self._db.read() as conn:
            account, sight = await bench.judging(conn, self._access, actor, ref)
            place = bench.within(sight, group)
            page = await docket.cases(conn, account.id, sight, state, place, now, cursor, min(limit, CASES_LIMIT))
            return Page([await _shown(conn, row, now) for row in page.items], page.cursor)

    async def case(self, actor: Actor, case: str, cursor: str | None, limit: int) -> Opened:
        """A case with what is kept of it, the newest first.

        Raises:
            NotFound: there is none for the caller. Invalid: a bad cursor.
        """
        async with self._db.read() as conn:
            row = await bench.one(conn, actor, case)
            return Opened(shown=await _shown(conn, row, now_ms()), signals=await docket.signals(conn, case, cursor, limit))

    async def claim(self, actor: Actor, case: str) -> Shown:
        """Take a case in hand for fifteen minutes; again begins them anew. It lapses by itself.

        Raises:
            NotFound: there is none for the caller. Conflict: it is decided, or in somebody else's hands. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now = now_ms()
        async with self._db.write() as conn:
            row = await _locked(conn, await bench.one(conn, actor, case), actor, now)
            await docket.change(conn, row.id, {"claimed_by": actor.person, "claimed_until": now + CLAIM_MS})
            return await _shown(conn, await bench.one(conn, actor, case), now)

    async def release(self, actor: Actor, case: str) -> None:
        """Let it go again; where the caller does not hold it, nothing changes.

        Raises:
            NotFound: there is none for the caller. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        async with self._db.write() as conn:
            row = await bench.one(conn, actor, case)
            locked = await docket.case(conn, row.id, lock=True)
            if locked is not None and locked.claimant(now_ms()) == actor.person:
                await docket.change(conn, row.id, {"claimed_by": None, "claimed_until": None})

    async def decide(self, actor: Actor, case: str, decision: Judgement) -> Shown:
        """Decide a case: what is done to the offender, what they wrote, the line of the log and the case's end are one transaction.

        What waits is released and refused after that, as `Decisions` does it; what could not be is among `waiting` of the answer, and can be tried again there.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`; there is no such case for the caller, or a message that is none of the offender's here.
            Conflict: it is decided, or in somebody else's hands.
            Invalid: without a reason, a mute without an end, or an act that is not possible here. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        told, now = checked_reason(decision.reason), now_ms()
        async with self._db.write() as conn:
            row = await bench.one(conn, actor, case)
            _check(row, decision)
            await _check_held(conn, row, decision)
            if decision.act != "dismiss" or decision.purge_s is not None:
                # The group before the case, as everywhere: whoever waits here finds the case as the other left it.
                await groups.lock(conn, row.conversation or "")
            await _locked(conn, row, actor, now)
            rings, did, until = await _carry_out(conn, actor, row, decision, now)
            await docket.decide(conn, case, actor.person, decision.act, told, now, until=until, did=did)
            shown = await _shown(conn, await bench.one(conn, actor, case), now)
        self._bus.publish(rings)
        return await self._settle_held(actor, shown, decision) if decision.release or decision.refuse else shown

    async def _settle_held(self, actor: Actor, shown: Shown, decision: Judgement) -> Shown:
        """Each goes through the log, which is no part of a transaction: one that cannot be settled now waits on, and the case is decided all the same."""
        group, told = shown.row.conversation or "", shown.row.reason
        for held, approve in (*((one, True) for one in decision.release), *((one, False) for one in decision.refuse)):
            try:
                await self._decisions.settle(actor, group, held, Decision(approve, told))
            except HubError as error:
                _log.info("workbench.held_waits_on", code=error.code)
        async with self._db.read() as conn:
            return msgspec.structs.replace(shown, waiting=await held_store.waiting_of(conn, group, shown.row.offender))

    async def undo(self, actor: Actor, case: str, reason: str) -> Shown:
        """Lift what a decision did, within 24 hours: the sanction, if it still is this one, gives way to the one before it; what was purged is back.
        Who was put out is not put in again: they may come.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`; there is no such case for the caller. Closed: it is too late.
            Conflict: it is not decided, was undone, or was dismissed. Invalid: without a reason. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        told, now = checked_reason(reason), now_ms()
        async with self._db.write() as conn:
            row = await bench.one(conn, actor, case)
            if row.conversation is None or row.act in {None, "dismiss"}:
                raise Conflict("没有可以撤销的决定。", "There is no decision to undo.")
            mine, _ = await footing.acting(conn, actor, row.conversation, Act.RESTORE, row.offender, now)
            locked = await docket.case(conn, case, lock=True)
            if locked is None or locked.decided_at is None or locked.undone_at is not None:
                raise Conflict("已经撤销过了。", "It was undone already.")
            if now - locked.decided_at > UNDO_MS:
                raise Closed("超过 24 小时，不能撤销了。", "The 24 hours for undoing it are over.")
            rings = await _take_back(conn, actor, mine, locked, told, now)
            await sentences.log(conn, mine, "undo", row.offender, now, reason=told, ref=case)
            await docket.change(conn, case, {"undone_by": actor.person, "undone_at": now})
            shown = await _shown(conn, await bench.one(conn, actor, case), now)
        self._bus.publish(rings)
        return shown

    async def tend(self) -> None:
        """A round of upkeep: what is in nobody's hands, and had nothing new for 30 days, is dismissed by the hub."""
        found: list[CaseRow] | None = None
        while found is None or found:
            now = now_ms()
            async with self._db.write() as conn:
                found = await cases.idle(conn, now)
                for row in found:
                    await sanctions.write(conn, _dismissal(row, SYSTEM, IDLE, now))
                    await docket.decide(conn, row.id, SYSTEM, "dismiss", IDLE, now)


def _check(row: CaseRow, decision: Judgement) -> None:
    """Whether a decision can be about this case at all."""
    if decision.act == "mute" and decision.seconds is None:
        raise Invalid("禁言要写明多久。", "A mute needs its seconds.", path="seconds")
    if decision.act == "mute" and (decision.seconds or 0) > MUTE_LIMIT_S:
        raise Invalid("禁言最多 30 天。", "A mute has 30 days at most.", path="seconds")
    if decision.act not in {"mute", "ban"} and decision.seconds is not None:
        raise Invalid("只有禁言和封禁有时长。", "Only mutes and bans have an end.", path="seconds")
    if decision.release and decision.act not in {"dismiss", "warn"}:
        raise Invalid("作者受了处罚，不能发言，也就不能放行。", "Nothing is released of who may not post any more.", path="release")
    if not {*decision.release}.isdisjoint(decision.refuse):
        raise Invalid("同一条消息不能既放行又拒绝。", "One message cannot be both released and refused.", path="refuse")
    about_person = row.conversation is not None and row.offender != row.conversation
    if not about_person and (decision.act != "dismiss" or decision.purge_s is not None or decision.release or decision.refuse):
        raise Invalid("这个案件不是小组里的人，只能驳回。", "This case is not about a person of a group: it can only be dismissed.", path="act")


async def _check_held(conn: Connection, row: CaseRow, decision: Judgement) -> None:
    """That what is released and refused is the offender's, here."""
    for one in (*decision.release, *decision.refuse):
        found = await held_store.get(conn, one)
        if found is None or (found.conversation, found.author) != (row.conversation, row.offender):
            raise no_held()


async def _locked(conn: Connection, row: CaseRow, actor: Actor, now: int) -> CaseRow:
    """The case, locked: undecided, and in nobody else's hands."""
    locked = await docket.case(conn, row.id, lock=True)
    if locked is None:
        raise bench.no_case()
    if locked.decided_at is not None:
        raise Conflict("这个案件已经有决定了。", "This case is decided already.", by=locked.decided_by)
    holder = locked.claimant(now)
    if holder is not None and holder != actor.person:
        raise Conflict("别人正在处理这个案件。", "Somebody else has this case in hand.", by=holder)
    return locked


async def _carry_out(conn: Connection, actor: Actor, row: CaseRow, decision: Judgement, now: int) -> tuple[list[Ring], dict[str, Any], int | None]:
    """Do it: what is to be told, what its undo must know, and until when it holds."""
    group, person, reason, ref = row.conversation or "", row.offender, decision.reason, row.id
    rings: list[Ring] = []
    did: dict[str, Any] = {}
    until: int | None = None
    kind = _KINDS.get(decision.act)
    if kind is not None:
        done = await sentences.impose(conn, actor, group, person, kind, decision.seconds, reason, now, ref=ref)
        did["sanction"], until = {"kind": kind, "at": now}, done.sanction.until
        if done.before is not None:
            did["before"] = msgspec.to_builtins(done.before)
        rings.append(done.ring)
    elif decision.act == "dismiss":
        await sanctions.write(conn, _dismissal(row, actor.person, reason.strip(), now))
    else:
        verb = sentences.warn if decision.act == "warn" else sentences.remove
        rings.append((await verb(conn, actor, group, person, reason, now, ref=ref)).ring)
    if decision.purge_s is not None:
        purged = await purges.purge_in(conn, actor, group, Purging(person=person, seconds=decision.purge_s, reason=reason), now, ref=ref)
        if purged is not None:
            did["purge"] = purged.purge.id
            rings.append(purged.ring)
    return rings, did, until


def _dismissal(row: CaseRow, by: str, reason: str, now: int) -> Line:
    place = row.conversation or row.account
    return Line(account=row.account, conversation=place, at=now, act="dismiss", actor=by, target=row.offender, reason=reason, ref=row.id)


async def _take_back(conn: Connection, actor: Actor, mine: footing.Footing, row: CaseRow, reason: str, now: int) -> list[Ring]:
    group, person, rings = mine.row.id, row.offender, []
    sanction = row.did.get("sanction")
    in_force = None if sanction is None else await sanctions.sanction(conn, group, person, sanction["kind"], now)
    if sanction is not None and in_force is not None and in_force.at == sanction["at"]:
        await sanctions.lift(conn, group, person, sanction["kind"])
        before = msgspec.convert(row.did["before"], Sanction) if "before" in row.did else None
        if before is not None and (before.until is None or before.until > now):
            await sanctions.impose(conn, group, before)
            rings.append(sentences.changed(mine, person, "muted" if before.kind == "mute" else "banned", until=before.until, reason=before.reason))
        else:
            rings.append(sentences.changed(mine, person, "unmuted" if in_force.kind == "mute" else "unbanned", reason=reason))
    elif sanction is None:
        rings.append(sentences.notice(person, Noticed(kind="pardoned", group=group, by=actor.person, reason=reason)))
    purge = await purge_store.get(conn, row.did["purge"]) if "purge" in row.did else None
    if purge is not None and purge.undone_at is None:
        rings.append((await purges.restore_in(conn, actor, purge, reason, now, ref=row.id)).ring)
    return rings


async def _shown(conn: Connection, row: CaseRow, now: int) -> Shown:
    is_group = row.offender == row.conversation
    earlier: list[Earlier] = []
    step: Step | None = None
    if row.conversation is not None and not is_group:
        earlier = await docket.earlier(conn, row.conversation, row.offender, now - LADDER_DAYS * DAY_MS)
        step = suggested(earlier, now)
    known = [person for person in (row.claimed_by, row.decided_by, row.undone_by) if person is not None]
    found = await groups.get(conn, row.offender) if is_group else None
    offender = await docket.offender(conn, None if is_group else row.conversation, row.offender)
    if found is not None:
        offender = Offender(name=found.name, member_since=None, posts=0)
    latest, names = await docket.latest(conn, row.id), await people.people(conn, known)
    waiting = [] if row.conversation is None else await held_store.waiting_of(conn, row.conversation, row.offender)
    return Shown(row=row, offender=offender, earlier=earlier, suggested=step, latest=latest, waiting=waiting, names=names, now=now)
