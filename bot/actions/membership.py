"""Coming into a group and going: join, ask, invite, let in, leave; and what is a member's own to set."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from bot.actions import footing
from bot.actions.footing import ACTS, COMINGS, Footing
from bot.actions.shared import Shared
from bot.live.ports import Bus, Limiter
from bot.model.basics import Closed, Conflict, Invalid, NotFollowing, NotFound, NotMember, new_id, now_ms
from bot.model.cases import Signal
from bot.model.facts import HUB_TOPIC, GroupChanged, MemberChanged, Noticed, Ring, to_conversation, to_person
from bot.model.groups import BOT_PREFIX, SYSTEM, Act, Deed, GroupRole, Joining, Membership, may_sanction, moderators_of, role_in, visible_after
from bot.model.order import banned
from bot.model.people import Actor
from bot.model.tempo import is_raid
from bot.store import admission, cases, groups, members, people, sanctions
from bot.store.admission import REQUESTS_LIMIT, Invitation, Request
from bot.store.cursor import Page
from bot.store.groups import GroupRow
from bot.store.members import MEMBERSHIPS_LIMIT, Member
from bot.store.sanctions import Line
from bot.store.unit import Connection, Database

TOLD_UPTO = 100
"""Up to how many members the room is told who came in."""

INVITED_MS = 30 * 86_400_000

Answer = Annotated[str, Meta(max_length=500, description="To the group's question.")]


class Came(msgspec.Struct, frozen=True, kw_only=True):
    """What became of somebody's wish to come in: they are in, or they wait to be let in (`membership` is None)."""

    row: GroupRow
    membership: Membership | None


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation that waits for somebody, with the group it is into."""

    invitation: Invitation
    row: GroupRow


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A group that somebody can come into, or why they cannot; `invites`: they have to be invited first."""

    row: GroupRow | None = None
    left_out: Literal["no_group", "not_following", "banned", "inside", "full"] | None = None
    invites: bool = False


class Memberships:
    """The verbs of coming and going. Nobody is put into a group by somebody else who did not ask to be in it."""

    def __init__(self, *, db: Database, bus: Bus, limiter: Limiter) -> None:
        self._db = db
        self._bus = bus
        self._limiter = limiter
        self._heard: Shared[str, list[str]] = Shared(self._heard_by)

    async def join(self, actor: Actor, group: str, answer: str = "") -> Came:
        """The caller comes in, or asks to; doing it again changes nothing. Staff of the account need no approval.

        Raises:
            NotFound: there is no such group for them. NotFollowing, Banned: they may not. Conflict: it is full, or they are in too many.
            Closed: it was dissolved, or too many wait before it. RateLimited: too often.
        """
        await footing.allow(self._limiter, "coming", actor, COMINGS)
        came, new, raid = await self._db.at_once(lambda conn: self._come(conn, actor, group, answer))
        if new:
            self._tell(came.row, actor.person, "joined", by=actor.person)
        self._bus.publish(raid)
        return came

    async def _come(self, conn: Connection, actor: Actor, group: str, answer: str) -> tuple[Came, bool, list[Ring]]:
        """What comes of it, whether they came in just now, and what is to be told of a raid that this is the beginning of."""
        now = now_ms()
        mine = await footing.seen(conn, actor, group, now)
        # What lets them come is held before the group is, here as in `unfollow` and `dismiss`, so that none waits for another in a circle.
        is_staff = mine.staff is not None and await people.hold_role(conn, mine.row.account, actor.person) is not None
        if not is_staff and not await members.follows(conn, mine.row.account, actor.person):
            raise _not_following()
        mine = await footing.seen(conn, actor, group, now, lock=True)
        if mine.membership is not None:
            return Came(row=mine.row, membership=mine.membership), False, []
        await _check_ban(conn, group, actor.person, now)
        await people.remember_person(conn, actor.person, actor.name, actor.avatar, now)
        invited = await admission.is_invited(conn, group, actor.person, now)
        raid = [] if invited or is_staff else await self._guard(conn, mine.row, now)
        guarded = bool(raid) or (mine.row.order.guarded_until or 0) > now
        if (mine.row.joining is Joining.OPEN and not guarded) or invited or is_staff:
            joined = await _let_in(conn, mine.row, actor.person, now)
            await _log(conn, mine.row, actor.person, "join", now, target=actor.person)
            return Came(row=mine.row, membership=joined), True, raid
        await self._ask(conn, mine, actor.person, answer, now)
        return Came(row=mine.row, membership=None), False, raid

    @staticmethod
    async def _guard(conn: Connection, row: GroupRow, now: int) -> list[Ring]:
        """Where one more who comes into a locked open group would be a raid: from now on they have to be let in; what is to be told of that."""
        raid, order = row.order.raid, row.order
        if row.joining is not Joining.OPEN or not raid.joins or (order.guarded_until or 0) > now:
            return []
        if not is_raid(raid, await members.came_since(conn, row.id, now - raid.seconds * 1_000, raid.joins)):
            return []
        until, reason = now + raid.minutes * 60_000, f"{raid.seconds} 秒内加入 {raid.joins} 人以上 (more than {raid.joins} came in {raid.seconds} s)"
        await groups.change(conn, row.id, {"order": msgspec.structs.replace(order, guarded_until=until)})
        line = Line(account=row.account, conversation=row.id, at=now, act="guard", actor=SYSTEM, until=until, reason=reason)
        await sanctions.write(conn, line)
        detail = {"joins": raid.joins, "seconds": raid.seconds, "guarded_until": until}
        await cases.note(conn, Signal(account=row.account, conversation=row.id, offender=row.id, kind="raid", at=now, detail=detail))
        standing = await groups.standing(conn, row.id)
        staff = [] if standing is None else moderators_of(standing.staff)
        told = tuple(map(to_person, sorted({*staff, *await members.moderators(conn, row.id)})))
        changed = GroupChanged(group=row.id, account=row.account, what="edited")
        notice = Noticed(kind="raid", group=row.id, by=SYSTEM, reason=reason)
        return [Ring(new_id(), (HUB_TOPIC, to_conversation(row.id)), changed), Ring(new_id(), told, notice)]

    @staticmethod
    async def _ask(conn: Connection, mine: Footing, person: str, answer: str, now: int) -> None:
        again = await admission.is_waiting(conn, mine.row.id, person)
        if not await admission.ask(conn, mine.row.id, person, answer.strip(), now):
            raise Closed(f"申请的人太多了（{REQUESTS_LIMIT}）。", f"Too many wait to be let in ({REQUESTS_LIMIT}).")
        if not again:
            await _log(conn, mine.row, person, "ask", now, target=person)

    async def leave(self, actor: Actor, group: str) -> None:
        """The caller goes, or waits no more to be let in; nobody but their own devices is told.

        Raises:
            NotFound: there is no such group for them. RateLimited: too often.
        """
        await footing.allow(self._limiter, "coming", actor, COMINGS)
        row, gone = await self._db.at_once(lambda conn: self._go(conn, actor, group))
        if gone:
            self._tell(row, actor.person, "left", by=actor.person)

    @staticmethod
    async def _go(conn: Connection, actor: Actor, group: str) -> tuple[GroupRow, bool]:
        now = now_ms()
        mine = await footing.seen(conn, actor, group, now, lock=True)
        gone = await members.drop(conn, group, actor.person)
        waited = await admission.drop_request(conn, group, actor.person)
        if gone or waited:
            await _log(conn, mine.row, actor.person, "leave" if gone else "withdraw", now, target=actor.person)
        return mine.row, gone

    async def hush(self, actor: Actor, group: str, *, hushed: bool) -> None:
        """The caller wants no notices of a group they are in, or wants them again.

        Raises:
            NotFound: there is no such group for them. NotMember: they are not in it.
        """
        async with self._db.write() as conn:
            await footing.seen(conn, actor, group, now_ms())
            if not await members.hush(conn, group, actor.person, hushed):
                raise NotMember("加入后才能设置免打扰。", "Only a group one is in can be hushed.")

    async def invite(self, actor: Actor, group: str, person: str) -> None:
        """Let a follower of the account come in without asking, within 30 days. It is theirs to come.

        Raises:
            NotFound, Closed, Conflict, Forbidden: see `footing.acting`. Invalid: they do not follow the account, or are banned.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now = now_ms()
        async with self._db.write() as conn:
            mine, theirs = await footing.acting(conn, actor, group, Act.INVITE, person, now)
            # One answer for all who cannot come, so that nobody learns from it who follows whom.
            possible = theirs.staff is not None or await people.follow_of(conn, mine.row.account, person) is not None
            if not possible or await sanctions.sanction(conn, group, person, "ban", now) is not None:
                raise Invalid("只能邀请没有被禁止加入的粉丝。", "Only followers who are not banned can be invited.", path="person")
            invitation = Invitation(group=group, person=person, by=actor.person, at=now, expires_at=now + INVITED_MS)
            await admission.invite(conn, invitation)
            await _log(conn, mine.row, actor.person, Act.INVITE, now, target=person, until=invitation.expires_at)
        self._notice(person, Noticed(kind="invited", group=group, by=actor.person))

    async def offer(self, account: str, group: str, person: str) -> Offer:
        """What a rule of an account has to offer somebody whom it invites into a group: the group, if they can come, else why not.

        Where one comes in by approval or invitation they are invited by it, once; nobody ever joins by it.
        """
        now, bot = now_ms(), f"{BOT_PREFIX}{account}"
        async with self._db.read() as conn:
            found = await _offered(conn, account, group, person, now)
        if not found.invites:
            return found
        async with self._db.write() as conn:
            # The follow and the group are held in this order, as in `join`.
            await members.follows(conn, account, person)
            with suppress(NotFound, Closed):
                await groups.lock(conn, group)
            found = await _offered(conn, account, group, person, now)
            if found.row is not None and found.invites:
                invitation = Invitation(group=group, person=person, by=bot, at=now, expires_at=now + INVITED_MS)
                await admission.invite(conn, invitation)
                await _log(conn, found.row, bot, Act.INVITE, now, target=person, until=invitation.expires_at)
        if found.invites:
            self._notice(person, Noticed(kind="invited", group=group, by=bot))
        return found

    async def turn_down(self, actor: Actor, group: str) -> None:
        """The caller does not want to come where they are invited; again changes nothing.

        Raises:
            NotFound: there is no such group for them.
        """
        now = now_ms()
        async with self._db.write() as conn:
            mine = await footing.seen(conn, actor, group, now)
            if await admission.drop_invitation(conn, group, actor.person):
                await _log(conn, mine.row, actor.person, "turn_down", now, target=actor.person)

    async def invitations(self, actor: Actor) -> list[Invited]:
        """What the caller is invited into, the newest first, at most 100."""
        async with self._db.read() as conn:
            found = await admission.invitations(conn, actor.person, now_ms())
            rows = await groups.some(conn, [one.group for one in found])
        return [Invited(invitation=one, row=rows[one.group]) for one in found]

    async def requests(self, actor: Actor, group: str, cursor: str | None, limit: int) -> Page[Request]:
        """A page of those who ask to be let in, the longest wait first.

        Raises:
            NotFound, Forbidden: see `footing.doing`. Invalid: a bad cursor.
        """
        async with self._db.read() as conn:
            await footing.doing(conn, actor, group, Deed.OVERSEE, now_ms())
            return await admission.requests(conn, group, cursor, limit)

    async def approve(self, actor: Actor, group: str, person: str) -> None:
        """Let in somebody who asked.

        Raises:
            NotFound, Closed, Conflict, Forbidden: see `footing.acting`; they did not ask, or it is full.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now = now_ms()
        async with self._db.write() as conn:
            seen = await footing.seen(conn, actor, group, now)
            following = await members.follows(conn, seen.row.account, person)
            mine, _ = await footing.acting(conn, actor, group, Act.APPROVE, person, now)
            if not await admission.is_waiting(conn, group, person) or not following:
                raise _no_request()
            await _let_in(conn, mine.row, person, now)
            await _log(conn, mine.row, actor.person, Act.APPROVE, now, target=person)
        self._tell(mine.row, person, "joined", by=actor.person)
        self._notice(person, Noticed(kind="approved", group=group, by=actor.person))

    async def decline(self, actor: Actor, group: str, person: str, reason: str) -> None:
        """Refuse somebody who asked; they may ask again.

        Raises:
            NotFound, Closed, Conflict, Forbidden: see `footing.acting`; they did not ask.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now = now_ms()
        async with self._db.write() as conn:
            mine, _ = await footing.acting(conn, actor, group, Act.DECLINE, person, now)
            if not await admission.drop_request(conn, group, person):
                raise _no_request()
            await _log(conn, mine.row, actor.person, Act.DECLINE, now, target=person, reason=reason.strip())
        self._notice(person, Noticed(kind="declined", group=group, by=actor.person, reason=reason.strip()))

    async def heard(self, persons: Sequence[str]) -> dict[str, list[str]]:
        """The groups that each of at most a few hundred persons hears: those they are in. For the sockets, which have let them in."""
        if len(persons) > 1:
            return await self._heard_by(persons)
        # Sockets that come at the same time, after a restart say, are read for at once.
        return {person: await self._heard.ask(person) or [] for person in persons}

    async def _heard_by(self, persons: Sequence[str]) -> dict[str, list[str]]:
        async with self._db.read() as conn:
            return await members.heard_by(conn, persons)

    async def members(self, actor: Actor, group: str, cursor: str | None, limit: int, *, query: str = "") -> Page[Member]:
        """A page of a group's members (with a query, of those whose names hold it), whoever came first first; mutes are shown to moderators.

        Each as what they are there: what staff of the account are does not stand in their membership.

        Raises:
            NotFound, Forbidden: see `footing.doing`. Invalid: a bad cursor.
        """
        async with self._db.read() as conn:
            mine = await footing.doing(conn, actor, group, Deed.READ, now_ms())
            page = await members.members(conn, group, cursor, limit, query=query.strip())
            standing = await groups.standing(conn, group)
        staff = {} if standing is None else standing.staff
        oversees = mine.role in {GroupRole.OWNER, GroupRole.MODERATOR}
        shown = [
            msgspec.structs.replace(
                one,
                role=role_in(one.person, staff.get(one.person), one.role),
                muted_until=one.muted_until if oversees or one.person == actor.person else None,
            )
            for one in page.items
        ]
        return Page(shown, page.cursor)

    def _tell(self, row: GroupRow, person: str, change: str, *, by: str) -> None:
        """Every process, and the person; the room, while it is small enough for that."""
        fact = MemberChanged(group=row.id, account=row.account, person=person, change=change, by=by)
        room = (to_conversation(row.id),) if change == "joined" and row.members < TOLD_UPTO else ()
        self._bus.publish([Ring(new_id(), (HUB_TOPIC, to_person(person), *room), fact)])

    def _notice(self, person: str, fact: Noticed) -> None:
        self._bus.publish([Ring(new_id(), (to_person(person),), fact)])


async def _let_in(conn: Connection, row: GroupRow, person: str, now: int) -> Membership:
    """Add somebody to a locked group; their request and their invitation are used up."""
    await people.hold_person(conn, person)
    if len(await members.groups_of(conn, person)) >= MEMBERSHIPS_LIMIT:
        raise Conflict(f"每人最多加入 {MEMBERSHIPS_LIMIT} 个小组。", f"A person is in at most {MEMBERSHIPS_LIMIT} groups.")
    head = await groups.head(conn, row.id)
    floor = visible_after(row.joining, head)
    joining = Membership(group=row.id, person=person, role=GroupRole.MEMBER, joined_at=now, joined_seq=head, visible_after=floor)
    if await members.add(conn, joining) is None:
        raise Conflict("小组已满。", "The group is full.", limit=row.capacity)
    await admission.drop_request(conn, row.id, person)
    await admission.drop_invitation(conn, row.id, person)
    return await members.membership(conn, row.id, person) or joining


async def _offered(conn: Connection, account: str, group: str, person: str, now: int) -> Offer:
    row = await groups.get(conn, group)
    if row is None or row.account != account or row.dissolved_at is not None:
        return Offer(left_out="no_group")
    if await people.follow_of(conn, account, person) is None:
        return Offer(left_out="not_following")
    if await sanctions.sanction(conn, group, person, "ban", now) is not None:
        return Offer(left_out="banned")
    theirs = await footing.of(conn, row, person)
    if not may_sanction(GroupRole.BOT, Act.INVITE, theirs.role):
        return Offer(left_out="inside")
    if row.members >= row.capacity:
        return Offer(left_out="full")
    return Offer(row=row, invites=row.joining is not Joining.OPEN and not await admission.is_invited(conn, group, person, now))


async def _check_ban(conn: Connection, group: str, person: str, now: int) -> None:
    ban = await sanctions.sanction(conn, group, person, "ban", now)
    if ban is not None:
        raise banned(ban.until, ban.reason)


async def _log(conn: Connection, row: GroupRow, actor: str, act: str, now: int, *, target: str, until: int | None = None, reason: str = "") -> None:
    line = Line(account=row.account, conversation=row.id, at=now, act=str(act), actor=actor, target=target, until=until, reason=reason)
    await sanctions.write(conn, line)


def _not_following() -> NotFollowing:
    return NotFollowing("关注后才能加入小组。", "Follow the account to join its groups.")


def _no_request() -> NotFound:
    return NotFound("这个人没有申请加入。", "This person does not ask to be let in.", path="person")
