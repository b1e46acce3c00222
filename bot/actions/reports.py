"""What people report: a message, a member, a group, an account. Who reported is told to those who judge, never to who is reported."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions import footing
from bot.actions.access import Access
from bot.actions.footing import Footing
from bot.live.ports import Bus, Limiter, Rate
from bot.model.basics import Invalid, NotFound, RateLimited, new_id, now_ms
from bot.model.cases import HUB_QUEUE, REPORT_LIMITS, Signal, Why, report_wait_s
from bot.model.facts import Noticed, Ring, to_person
from bot.model.groups import BOT_PREFIX, Deed, GroupRole, may_do
from bot.model.people import STAFF, Actor, Verb
from bot.model.talk import BODIES, AuthorRole, Message, Seq, fallback
from bot.store import cases, docket, people, talk
from bot.store.cases import Noted
from bot.store.unit import Connection, Database

ATTEMPTS = Rate(burst=1, per_s=1 / 5)
"""One report in five seconds, taken before anything is read; the longer limits are counted in the store, over all processes."""

NOTE_LIMIT = 500


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is reported in a group: a message, or a member, or with neither the group itself; and why."""

    seq: Seq | None = None
    person: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    reason: Why
    note: Annotated[str, Meta(max_length=NOTE_LIMIT, description="In one's own words.")] = ""


class AccountReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is reported of an account: something it wrote in the caller's direct conversation with it, or the account as such; and why."""

    seq: Seq | None = None
    reason: Why
    note: Annotated[str, Meta(max_length=NOTE_LIMIT, description="In one's own words.")] = ""


class Reports:
    """The verbs of reporting. One can report what one sees, and nothing of oneself."""

    def __init__(self, *, db: Database, access: Access, bus: Bus, limiter: Limiter) -> None:
        self._db = db
        self._access = access
        self._bus = bus
        self._limiter = limiter

    async def report(self, actor: Actor, group: str, report: Report) -> None:
        """Report something in a group to those who keep order there; the group itself, and who moderates it, to the account's owners.

        What an owner or the account itself wrote is a matter of the account: nobody in the group judges it. Again changes nothing.

        Raises:
            NotFound: it is not for the caller to see. Invalid: oneself, or both a message and a member. RateLimited: too often.
        """
        if report.seq is not None and report.person is not None:
            raise Invalid("seq 和 person 只能给一个。", "Give seq or person, not both.", path="person")
        await self._take_turn(actor)
        now = now_ms()
        async with self._db.write() as conn:
            mine = await footing.seen(conn, actor, group, now)
            offender, text = await _offender(conn, mine, report)
            account = mine.row.account
            theirs = None if offender == group else await footing.of(conn, mine.row, offender)
            if offender.startswith(BOT_PREFIX) or (theirs is not None and theirs.role is GroupRole.OWNER):
                offender = account
            signal = Signal(
                account=account,
                conversation=group,
                offender=offender,
                kind="report",
                at=now,
                by=actor.person,
                seq=report.seq,
                text=text,
                detail=_detail(report),
            )
            noted = await _take(conn, signal)
            told = await _judges(conn, signal, noted.case, now) if noted.fresh else []
        self._bus.publish(told)

    async def report_account(self, actor: Actor, ref: str, report: AccountReport) -> None:
        """Report an account to the operator of the hub, who reads it on the command line. Again changes nothing.

        Raises:
            NotFound: there is no such account, or the account wrote no such message to the caller. Invalid: one's own account.
            RateLimited: too often.
        """
        await self._take_turn(actor)
        now = now_ms()
        async with self._db.write() as conn:
            account, role = await self._access.account_in(conn, actor, ref, Verb.ACCOUNT_READ)
            if role in STAFF:
                raise Invalid("不能举报自己的账号。", "One's own account cannot be reported.", path="account")
            place, text = None, ""
            if report.seq is not None:
                place = await talk.find_direct(conn, account.id, actor.person)
                message = None if place is None else await talk.message(conn, place, report.seq)
                if message is None or message.author == actor.person or message.role is AuthorRole.SYSTEM:
                    raise _no_message()
                text = _text(message)
            signal = Signal(
                account=account.id,
                conversation=place,
                offender=account.id,
                kind="report",
                at=now,
                by=actor.person,
                seq=report.seq,
                text=text,
                detail=_detail(report),
            )
            await people.remember_person(conn, actor.person, actor.name, actor.avatar, now)
            await _take(conn, signal)

    async def purge(self) -> None:
        """Delete cases that were decided 180 days ago; a round of upkeep."""
        done = False
        while not done:
            async with self._db.write() as conn:
                done = await cases.purge(conn, now_ms())

    async def _take_turn(self, actor: Actor) -> None:
        wait = await self._limiter.take(f"report:{actor.person}", ATTEMPTS)
        if wait > 0:
            raise _too_often(max(1, round(wait)))


async def _take(conn: Connection, signal: Signal) -> Noted:
    """File a report. What was reported already needs no turn."""
    earlier = await cases.reported_at(conn, signal.by or "", max(count for count, _ in REPORT_LIMITS))
    noted = await cases.take(conn, signal)
    wait = report_wait_s(earlier, signal.at)
    if noted.fresh and wait > 0:
        raise _too_often(wait)
    return noted


async def _judges(conn: Connection, signal: Signal, case: str, now: int) -> list[Ring]:
    """Who is told of it, once it is committed: those who may judge it, at most once a minute for a case."""
    if signal.queue == HUB_QUEUE or signal.conversation is None or not await cases.may_tell(conn, case, now):
        return []
    judges = await docket.judges(conn, signal.account, signal.conversation, signal.offender)
    topics = tuple(to_person(judge) for judge in judges if judge not in {signal.by, signal.offender})
    return [Ring(new_id(), topics, Noticed(kind="report", group=signal.conversation, ref=case))] if topics else []


async def _offender(conn: Connection, mine: Footing, report: Report) -> tuple[str, str]:
    """Who is reported, and what they wrote; the group itself where neither is named."""
    if report.seq is None and report.person is None:
        return mine.row.id, ""
    if not may_do(mine.role, Deed.READ):
        raise _no_message() if report.person is None else _no_member()
    if report.person is not None:
        if report.person == mine.person:
            raise _oneself("person")
        if not (await footing.of(conn, mine.row, report.person)).is_inside:
            raise _no_member()
        return report.person, ""
    message = await talk.message(conn, mine.row.id, report.seq or 0)
    floor = 0 if mine.role in {GroupRole.OWNER, GroupRole.MODERATOR} or mine.membership is None else mine.membership.visible_after
    if message is None or message.seq <= floor or message.role is AuthorRole.SYSTEM:
        raise _no_message()
    if message.author == mine.person:
        raise _oneself("seq")
    return message.author, _text(message)


def _text(message: Message) -> str:
    return fallback(msgspec.json.decode(message.body, type=BODIES[message.kind]))


def _detail(report: Report | AccountReport) -> dict[str, str]:
    return {"reason": report.reason, "note": report.note.strip()}


def _oneself(path: str) -> Invalid:
    return Invalid("不能举报自己。", "One cannot report oneself.", path=path)


def _no_message() -> NotFound:
    return NotFound("没有这条消息。", "There is no such message.", path="seq")


def _no_member() -> NotFound:
    return NotFound("小组里没有这个人。", "There is no such member.", path="person")


def _too_often(wait_s: int) -> RateLimited:
    return RateLimited("举报得太频繁，请稍后再试。", "You report too often; try again later.", retry_after=wait_s)
