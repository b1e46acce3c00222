"""What moderators do to people of a group: mute, ban, put out, appoint. Every act has a reason and an end where it has one, and a line in the log."""

from typing import Annotated

import msgspec
from msgspec import Meta

from bot.actions import footing, sentences
from bot.actions.footing import ACTS
from bot.live.ports import Bus, Limiter
from bot.model.basics import now_ms
from bot.model.groups import MUTE_LIMIT_S, SANCTION_LIMIT_S, Act, Deed, GroupRole, Reason
from bot.model.people import Actor
from bot.store import members, sanctions
from bot.store.cursor import Page
from bot.store.sanctions import Kind, Sanction
from bot.store.unit import Database


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
        return await self._impose(actor, group, person, "mute", mute.seconds, mute.reason)

    async def ban(self, actor: Actor, group: str, person: str, ban: Ban) -> Sanction:
        """Somebody is put out, if they are in, and may not come in for a time or for good. A second ban replaces the first.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`. Conflict: the group has too many. RateLimited: too often.
        """
        return await self._impose(actor, group, person, "ban", ban.seconds, ban.reason)

    async def _impose(self, actor: Actor, group: str, person: str, kind: Kind, seconds: int | None, reason: str) -> Sanction:
        await footing.allow(self._limiter, "acts", actor, ACTS)
        async with self._db.write() as conn:
            done = await sentences.impose(conn, actor, group, person, kind, seconds, reason, now_ms())
        self._bus.publish([done.ring])
        return done.sanction

    async def unmute(self, actor: Actor, group: str, person: str, reason: str = "") -> None:
        """End a mute before its time.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`; or there is none.
        """
        await self._lift(actor, group, person, "mute", reason)

    async def unban(self, actor: Actor, group: str, person: str, reason: str = "") -> None:
        """Let somebody come again as the group's joining says.

        Raises:
            NotFound, Closed, Conflict, Forbidden: see `footing.acting`; or they are not banned.
        """
        await self._lift(actor, group, person, "ban", reason)

    async def _lift(self, actor: Actor, group: str, person: str, kind: Kind, reason: str) -> None:
        await footing.allow(self._limiter, "acts", actor, ACTS)
        async with self._db.write() as conn:
            done = await sentences.lift(conn, actor, group, person, kind, reason, now_ms())
        self._bus.publish([done.ring])

    async def warn(self, actor: Actor, group: str, person: str, reason: str) -> None:
        """Tell a member that what they do is against the rules.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`. Invalid: without a reason. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        async with self._db.write() as conn:
            done = await sentences.warn(conn, actor, group, person, reason, now_ms())
        self._bus.publish([done.ring])

    async def remove(self, actor: Actor, group: str, person: str, reason: str) -> None:
        """Put a member out; they may come again as the group's joining says.

        Raises:
            NotFound, Closed, Forbidden: see `footing.acting`. Invalid: without a reason. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        async with self._db.write() as conn:
            done = await sentences.remove(conn, actor, group, person, reason, now_ms())
        self._bus.publish([done.ring])

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
                raise footing.of_staff()
            await members.set_role(conn, group, person, role)
            await sentences.log(conn, mine, act, person, now)
        self._bus.publish([sentences.changed(mine, person, "role", role=role)])

    async def sanctions(self, actor: Actor, group: str, cursor: str | None, limit: int) -> Page[Sanction]:
        """A page of the mutes and bans in force, the newest first.

        Raises:
            NotFound, Forbidden: see `footing.doing`. Invalid: a bad cursor.
        """
        now = now_ms()
        async with self._db.read() as conn:
            await footing.doing(conn, actor, group, Deed.OVERSEE, now)
            return await sanctions.sanctions(conn, group, now, cursor, limit)
