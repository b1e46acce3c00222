"""Appeals: who is muted or banned says once why it is wrong, and another moderator than the one who did it hears them."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bot.actions import bench, footing, sentences
from bot.actions.access import Access
from bot.actions.footing import ACTS, COMINGS
from bot.actions.groups import checked_reason
from bot.live.ports import Bus, Limiter
from bot.model.basics import Closed, Conflict, Forbidden, Invalid, NotFound, Quota, new_id, now_ms
from bot.model.facts import Noticed, Ring, to_person
from bot.model.groups import Act, Reason
from bot.model.links import shows_nothing
from bot.model.people import Actor, Verb
from bot.store import appeals as store
from bot.store import docket, groups, people, sanctions
from bot.store.appeals import Appeal, Said
from bot.store.cursor import Page
from bot.store.people import PersonRow
from bot.store.sanctions import Kind
from bot.store.unit import Connection, Database

TEXT_LIMIT = 1_000
MESSAGES_LIMIT = 20
OWN_LIMIT = 10
"""Messages of a thread that are the sanctioned person's, so that there is room for an answer."""

Text = Annotated[str, Meta(min_length=1, max_length=TEXT_LIMIT, pattern=r"\S")]
Standing = Literal["open", "upheld", "lifted"]


class Appealing(msgspec.Struct, frozen=True, kw_only=True):
    """What the caller says against their sanction: the ban, or the mute, whichever is in force where none is named."""

    text: Text
    kind: Kind | None = None


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the sanction stays, and why."""

    verdict: Literal["uphold", "lift"]
    reason: Reason


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """An appeal as somebody sees it. `sole`: whoever imposed the sanction is the only one who could hear it, and so does.
    `may_judge`: the caller may answer and decide.
    """

    appeal: Appeal
    group_name: str
    person: PersonRow | None
    sole: bool
    may_judge: bool


class Appeals:
    """The verbs of appeals. The thread is between the sanctioned person, who sees nothing else of it, and those who judge."""

    def __init__(self, *, db: Database, access: Access, bus: Bus, limiter: Limiter) -> None:
        self._db = db
        self._access = access
        self._bus = bus
        self._limiter = limiter

    async def appeal(self, actor: Actor, group: str, appealing: Appealing) -> Shown:
        """Appeal against one's own mute or ban, once for each; also from outside, for who is banned sees nothing else of the group.

        Raises:
            NotFound: there is no such sanction. Conflict: it was appealed against. RateLimited: too often.
        """
        await footing.allow(self._limiter, "coming", actor, COMINGS)
        now, text = now_ms(), _checked(appealing.text)
        async with self._db.write() as conn:
            row = await groups.get(conn, group)
            sorts: tuple[Kind, ...] = ("ban", "mute") if appealing.kind is None else (appealing.kind,)
            found = [one for sort in sorts if (one := await sanctions.sanction(conn, group, actor.person, sort, now)) is not None]
            knows = row is not None and await footing.knows(conn, group, row.joining, actor.person)
            if row is None or row.dissolved_at is not None or not found or not knows:
                raise NotFound("没有可以申诉的处罚。", "There is no sanction to appeal against.", path="kind")
            against = found[0]
            appeal = Appeal(
                id=new_id(),
                account=row.account,
                conversation=group,
                person=actor.person,
                kind=against.kind,
                sanctioned_at=against.at,
                imposed_by=against.by,
                until=against.until,
                why=against.reason,
                at=now,
            )
            if not await store.create(conn, appeal):
                raise Conflict("这个处罚已经申诉过了。", "This sanction was appealed against already.")
            await people.remember_person(conn, actor.person, actor.name, actor.avatar, now)
            await store.say(conn, appeal, actor.person, text, now)
            shown = await _shown(conn, actor, msgspec.structs.replace(appeal, messages=1))
            told = await _judges(conn, appeal)
        self._bus.publish(told)
        return shown

    async def appeals(self, actor: Actor, ref: str, state: Standing, mine: bool, cursor: str | None, limit: int) -> Page[Shown]:
        """A page of the appeals that the caller judges, the longest wait first; or with `mine`, or for who judges nothing, of their own, in any state.

        Raises:
            NotFound: there is no such account. Invalid: a bad cursor.
        """
        async with self._db.read() as conn:
            account, _ = await self._access.account_in(conn, actor, ref, Verb.GROUPS_READ)
            sight = None if mine else await bench.sight(conn, actor, account.id)
            if sight is None:
                page = await store.own(conn, account.id, actor.person, cursor, limit)
            else:
                page = await store.judged(conn, account.id, sight, state, cursor, limit)
            return Page([await _shown(conn, actor, one) for one in page.items], page.cursor)

    async def thread(self, actor: Actor, appeal: str) -> tuple[Shown, list[Said]]:
        """An appeal with everything that was said, at most 20 messages.

        Raises:
            NotFound: there is none for the caller.
        """
        async with self._db.read() as conn:
            found = await _seen(conn, actor, appeal)
            return await _shown(conn, actor, found), await store.thread(conn, appeal)

    async def say(self, actor: Actor, appeal: str, text: str) -> list[Said]:
        """Add a message: of who is sanctioned, ten at most; of who judges it, never whoever imposed the sanction unless there is nobody else.

        Raises:
            NotFound: there is none for the caller. Forbidden: they imposed it. Closed: it is decided. Quota: the thread is full. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now, told = now_ms(), _checked(text)
        async with self._db.write() as conn:
            await _seen(conn, actor, appeal)
            found = await _locked(conn, appeal)
            thread = await store.thread(conn, appeal)
            is_mine = actor.person == found.person
            if not is_mine:
                await _check_judge(conn, actor, found)
            if len(thread) >= MESSAGES_LIMIT or (is_mine and sum(one.author == actor.person for one in thread) >= OWN_LIMIT):
                raise Quota("这个申诉里的消息已经够多了。", "There are enough messages in this appeal.", limit=MESSAGES_LIMIT)
            await store.say(conn, found, actor.person, told, now)
            rings = await _judges(conn, found) if is_mine else [_to_appellant(found)]
            said = await store.thread(conn, appeal)
        self._bus.publish(rings)
        return said

    async def decide(self, actor: Actor, appeal: str, ruling: Ruling) -> Shown:
        """Uphold the sanction, or lift it if it still is in force; told to the person, with a line in the log.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`; there is none for the caller, or they imposed it. Conflict: it is decided.
            Invalid: without a reason. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now, told = now_ms(), checked_reason(ruling.reason)
        async with self._db.write() as conn:
            seen = await _seen(conn, actor, appeal)
            if seen.person == actor.person:
                raise _forbidden()
            mine, _ = await footing.acting(conn, actor, seen.conversation, Act.RESTORE, seen.person, now)
            found = await store.get(conn, appeal, lock=True)
            if found is None or found.decided_at is not None:
                raise Conflict("这个申诉已经有决定了。", "This appeal is decided already.")
            await _check_judge(conn, actor, found)
            lifting = ruling.verdict == "lift"
            rings = [_to_appellant(found, told)]
            in_force = await sanctions.sanction(conn, found.conversation, found.person, found.kind, now)
            if lifting and in_force is not None and in_force.at == found.sanctioned_at:
                await sanctions.lift(conn, found.conversation, found.person, found.kind)
                rings.append(sentences.changed(mine, found.person, "unmuted" if found.kind == "mute" else "unbanned", reason=told))
            await store.decide(conn, appeal, "lifted" if lifting else "upheld", actor.person, told, now)
            await sentences.log(conn, mine, "overturn" if lifting else "uphold", found.person, now, reason=told, ref=found.ref)
            shown = await _shown(conn, actor, await store.get(conn, appeal) or found)
        self._bus.publish(rings)
        return shown

    async def purge(self) -> None:
        """Delete appeals that were decided 180 days ago; a round of upkeep."""
        done = False
        while not done:
            async with self._db.write() as conn:
                done = await store.purge(conn, now_ms())


async def _seen(conn: Connection, actor: Actor, appeal: str) -> Appeal:
    found = await store.get(conn, appeal)
    if found is None:
        raise _no_appeal()
    if found.person != actor.person:
        sight = await bench.sight(conn, actor, found.account)
        if sight is None or not await store.shows(conn, sight, appeal):
            raise _no_appeal()
    return found


async def _locked(conn: Connection, appeal: str) -> Appeal:
    found = await store.get(conn, appeal, lock=True)
    if found is None:
        raise _no_appeal()
    if found.decided_at is not None:
        raise Closed("这个申诉已经有决定了。", "This appeal is decided.")
    return found


async def _others(conn: Connection, appeal: Appeal) -> list[str]:
    """Who could hear it besides whoever imposed the sanction."""
    return bench.others(await docket.judges(conn, appeal.account, appeal.conversation, appeal.person), appeal.imposed_by, appeal.person)


async def _check_judge(conn: Connection, actor: Actor, appeal: Appeal) -> None:
    if actor.person == appeal.imposed_by and await _others(conn, appeal):
        raise Forbidden("处罚是你作出的，申诉要由别人处理。", "You imposed the sanction: somebody else must hear the appeal.")


async def _shown(conn: Connection, actor: Actor, appeal: Appeal) -> Shown:
    row = await groups.get(conn, appeal.conversation)
    sole = not await _others(conn, appeal)
    person = await people.person(conn, appeal.person)
    may_judge = actor.person != appeal.person and (sole or actor.person != appeal.imposed_by) and appeal.decided_at is None
    return Shown(appeal=appeal, group_name="" if row is None else row.name, person=person, sole=sole, may_judge=may_judge)


async def _judges(conn: Connection, appeal: Appeal) -> list[Ring]:
    """For those who could hear it; whoever imposed the sanction only where nobody else can."""
    topics = tuple(map(to_person, await _others(conn, appeal) or [appeal.imposed_by]))
    return [Ring(new_id(), topics, Noticed(kind="appeal", group=appeal.conversation, ref=appeal.id))]


def _to_appellant(appeal: Appeal, reason: str = "") -> Ring:
    return sentences.notice(appeal.person, Noticed(kind="appeal", group=appeal.conversation, reason=reason, ref=appeal.id))


def _checked(text: str) -> str:
    told = text.strip()
    if len(told) > TEXT_LIMIT or shows_nothing(told):
        raise Invalid(f"请写 1 到 {TEXT_LIMIT} 个字。", f"Write 1 to {TEXT_LIMIT} characters.", path="text")
    return told


def _no_appeal() -> NotFound:
    return NotFound("没有这个申诉。", "There is no such appeal.", path="appeal")


def _forbidden() -> Forbidden:
    return Forbidden("你没有权限这样做。", "You may not do this.")
