"""What moderators do to people of a group: mute, ban, put out, appoint. Every act has a reason and an end where it has one, and a line in the log."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions import footing
from bot.actions.footing import ACTS, Footing
from bot.actions.groups import checked_reason
from bot.live.ports import Bus, Limiter
from bot.model.basics import Conflict, Forbidden, NotFound, new_id, now_ms
from bot.model.facts import HUB_TOPIC, MemberChanged, Ring, to_conversation, to_person
from bot.model.groups import MUTE_LIMIT_S, SANCTION_LIMIT_S, Act, Deed, GroupRole, Joining, Reason
from bot.model.people import Actor
from bot.store import admission, members, sanctions
from bot.store.cursor import Page
from bot.store.groups import GroupRow
from bot.store.sanctions import SANCTIONS_LIMIT, Kind, Line, Sanction
from bot.store.unit import Connection, Database


class Mute(msgspec.Struct, frozen=True, kw_only=True):
    """For how long, and why."""

    seconds: Annotated[int, Meta(ge=60, le=MUTE_LIMIT_S)]
    reason: Reason


class Ban(msgspec.Struct, frozen=True, kw_only=True):
    """For how long (for good without it), and why."""

    seconds: Annotated[int, Meta(ge=60, le=SANCTION_LIMIT_S)] | None = None
    reason: Reason


class Moderation:
    """The verbs of keeping order among people. Who may do what to whom is asked inside the transaction that does it."""

    def __init__(self, *, db: Database, bus: Bus, limiter: Limiter) -> None:
        self._db = db
        self._bus = bus
        self._limiter = limiter

    async def mute(self, actor: Actor, group: str, person: str, mute: Mute) -> Sanction:
        """A member may not post for a time; it ends by itself. A second mute replaces the first.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`. Conflict: the group has too many. RateLimited: too often.
        """
        return await self._impose(actor, group, Act.MUTE, person, "mute", mute.seconds, mute.reason)

    async def ban(self, actor: Actor, group: str, person: str, ban: Ban) -> Sanction:
        """Somebody is put out, if they are in, and may not come in for a time or for good. A second ban replaces the first.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`. Conflict: the group has too many. RateLimited: too often.
        """
        return await self._impose(actor, group, Act.BAN, person, "ban", ban.seconds, ban.reason)

    async def _impose(self, actor: Actor, group: str, act: Act, person: str, kind: Kind, seconds: int | None, reason: str) -> Sanction:
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now, told = now_ms(), checked_reason(reason)
        sanction = Sanction(person=person, kind=kind, until=None if seconds is None else now + seconds * 1_000, reason=told, by=actor.person, at=now)
        async with self._db.write() as conn:
            mine, _ = await footing.acting(conn, actor, group, act, person, now)
            knows = await _knows(conn, mine.row, person, now)
            if not await sanctions.impose(conn, group, sanction):
                raise Conflict(f"小组的处罚最多 {SANCTIONS_LIMIT} 个。", f"A group has at most {SANCTIONS_LIMIT} mutes and bans.")
            if kind == "ban":
                await _put_out(conn, group, person)
            await _log(conn, mine, act, person, now, until=sanction.until, reason=told)
        self._tell(mine, person, "muted" if kind == "mute" else "banned", until=sanction.until, reason=told, knows=knows)
        return sanction

    async def unmute(self, actor: Actor, group: str, person: str, reason: str = "") -> None:
        """End a mute before its time.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`; or there is none.
        """
        await self._lift(actor, group, Act.UNMUTE, person, "mute", reason)

    async def unban(self, actor: Actor, group: str, person: str, reason: str = "") -> None:
        """Let somebody come again as the group's joining says.

        Raises:
            NotFound, Closed, Conflict, Forbidden: see `footing.acting`; or they are not banned.
        """
        await self._lift(actor, group, Act.UNBAN, person, "ban", reason)

    async def _lift(self, actor: Actor, group: str, act: Act, person: str, kind: Kind, reason: str) -> None:
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now = now_ms()
        async with self._db.write() as conn:
            mine, _ = await footing.acting(conn, actor, group, act, person, now)
            in_force = await sanctions.sanction(conn, group, person, kind, now)
            if in_force is None:
                raise NotFound("没有这个处罚，或已结束。", "There is no such sanction, or it has ended.", path="person")
            knows = await _knows(conn, mine.row, person, now)
            await sanctions.lift(conn, group, person, kind)
            await _log(conn, mine, act, person, now, reason=reason.strip())
        self._tell(mine, person, "unmuted" if kind == "mute" else "unbanned", reason=reason.strip(), knows=knows)

    async def remove(self, actor: Actor, group: str, person: str, reason: str) -> None:
        """Put a member out; they may come again as the group's joining says.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`. Invalid: without a reason. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now, told = now_ms(), checked_reason(reason)
        async with self._db.write() as conn:
            mine, _ = await footing.acting(conn, actor, group, Act.REMOVE, person, now)
            await _put_out(conn, group, person)
            await _log(conn, mine, Act.REMOVE, person, now, reason=told)
        self._tell(mine, person, "removed", reason=told)

    async def appoint(self, actor: Actor, group: str, person: str) -> None:
        """Make a member a moderator of this group.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`.
        """
        await self._set_role(actor, group, Act.APPOINT, person, GroupRole.MODERATOR)

    async def demote(self, actor: Actor, group: str, person: str) -> None:
        """Make an appointed moderator a member again.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`; moderators of the account are that in all its groups.
        """
        await self._set_role(actor, group, Act.DEMOTE, person, GroupRole.MEMBER)

    async def _set_role(self, actor: Actor, group: str, act: Act, person: str, role: GroupRole) -> None:
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now = now_ms()
        async with self._db.write() as conn:
            mine, theirs = await footing.acting(conn, actor, group, act, person, now)
            if theirs.staff is not None:
                raise Forbidden("账号员工的角色在员工名单里修改。", "What staff are is set where the account's staff is.", path="person")
            await members.set_role(conn, group, person, role)
            await _log(conn, mine, act, person, now)
        self._tell(mine, person, "role", role=role)

    async def sanctions(self, actor: Actor, group: str, cursor: str | None, limit: int) -> Page[Sanction]:
        """A page of the mutes and bans in force, the newest first.

        Raises:
            NotFound, Forbidden: see `footing.doing`. Invalid: a bad cursor.
        """
        now = now_ms()
        async with self._db.read() as conn:
            await footing.doing(conn, actor, group, Deed.OVERSEE, now)
            return await sanctions.sanctions(conn, group, now, cursor, limit)

    def _tell(
        self,
        mine: Footing,
        person: str,
        change: str,
        *,
        until: int | None = None,
        reason: str = "",
        role: GroupRole | None = None,
        knows: bool = True,
    ) -> None:
        """Every process, and the person themselves if they know of the group; the room hears of new roles alone."""
        row = mine.row
        spelt = None if role is None else str(role)
        fact = MemberChanged(group=row.id, account=row.account, person=person, change=change, by=mine.person, until=until, reason=reason, role=spelt)
        room = () if role is None else (to_conversation(row.id),)
        self._bus.publish([Ring(new_id(), (HUB_TOPIC, *((to_person(person),) if knows else ()), *room), fact)])


async def _knows(conn: Connection, row: GroupRow, person: str, now: int) -> bool:
    """Whether somebody may know that there is this group: it is for everybody to see, or they were in it, or are invited."""
    if row.joining is not Joining.INVITATION or await members.was_ever_in(conn, row.id, person):
        return True
    return await admission.is_invited(conn, row.id, person, now)


async def _put_out(conn: Connection, group: str, person: str) -> None:
    await members.drop(conn, group, person)
    await admission.drop_request(conn, group, person)
    await admission.drop_invitation(conn, group, person)


async def _log(conn: Connection, mine: Footing, act: Act, person: str, now: int, *, until: int | None = None, reason: str = "") -> None:
    row = mine.row
    line = Line(account=row.account, conversation=row.id, at=now, act=str(act), actor=mine.person, target=person, until=until, reason=reason)
    await sanctions.write(conn, line)
