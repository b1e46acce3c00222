"""An account's groups as wholes: make, find, change, announce, silence, pin, dissolve, and the log of what was done."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from bot.actions import footing
from bot.actions.access import Access
from bot.actions.footing import ACTS
from bot.actions.staff import checked_name
from bot.live.ports import Bus, Limiter
from bot.model.basics import Conflict, Forbidden, Invalid, NotFound, new_id, now_ms
from bot.model.facts import HUB_TOPIC, GroupChanged, Ring, to_conversation
from bot.model.groups import CAPACITY, CAPACITY_LIMIT, KEPT_MS, MUTE_LIMIT_S, PINS_LIMIT, Deed, GroupRole, Joining, Membership, Reason, role_in
from bot.model.links import shows_nothing
from bot.model.order import SLOW_LIMIT_S, LinkPolicy, Newcomers
from bot.model.people import Actor, Role, Verb, may
from bot.model.talk import Link
from bot.model.tempo import Flood, Raid, Repeat
from bot.store import admission, groups, members, people, sanctions, talk
from bot.store.cursor import Page
from bot.store.groups import GroupRow, Pin
from bot.store.members import MEMBERSHIPS_LIMIT
from bot.store.sanctions import Line, Logged
from bot.store.unit import Connection, Database

GROUPS_LIMIT = 500
"""Groups of one account."""

PURGE_GROUPS = 20
PURGE_ROWS = 500

Name = Annotated[str, Meta(min_length=1, max_length=64)]
About = Annotated[str, Meta(max_length=500)]
RulesText = Annotated[str, Meta(max_length=2_000, description="The rules of the house, for members to read.")]
Question = Annotated[str, Meta(max_length=200, description="Asked of those who want in; empty for none.")]
Capacity = Annotated[int, Meta(ge=1, le=CAPACITY_LIMIT)]


class NewGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A group to be made."""

    name: Name
    about: About = ""
    cover: Link | None = None
    rules: RulesText = ""
    joining: Joining = Joining.OPEN
    question: Question = ""
    capacity: Capacity = CAPACITY


class GroupChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a group: what is absent stays as it is; null takes the cover away."""

    name: Name | UnsetType = UNSET
    about: About | UnsetType = UNSET
    cover: Link | UnsetType | None = UNSET
    rules: RulesText | UnsetType = UNSET
    joining: Joining | UnsetType = UNSET
    question: Question | UnsetType = UNSET
    capacity: Capacity | UnsetType = UNSET


class OrderChanges(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a group's order: what is absent stays as it is."""

    slow_s: Annotated[int, Meta(ge=0, le=21_600, description="Seconds between two messages of one member; 0 for none.")] | UnsetType = UNSET
    newcomers: Newcomers | UnsetType = UNSET
    links: LinkPolicy | UnsetType = UNSET
    media: bool | UnsetType = UNSET
    cards: bool | UnsetType = UNSET
    filters: bool | UnsetType = UNSET
    flood: Flood | UnsetType = UNSET
    repeat: Repeat | UnsetType = UNSET
    raid: Raid | UnsetType = UNSET


class Silence(msgspec.Struct, frozen=True, kw_only=True):
    """For how long everyone but moderators is muted, and why."""

    seconds: Annotated[int, Meta(ge=60, le=MUTE_LIMIT_S)]
    reason: Reason


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """A group as somebody finds it: what they are in it, whether they are invited, whether they wait to be let in."""

    row: GroupRow
    role: GroupRole
    membership: Membership | None
    invited: bool = False
    waiting: bool = False


class Groups:
    """The verbs about groups as wholes. Every one that changes something writes one line of the group's log."""

    def __init__(self, *, db: Database, access: Access, bus: Bus, limiter: Limiter) -> None:
        self._db = db
        self._access = access
        self._bus = bus
        self._limiter = limiter

    async def check_right(self, actor: Actor, group: str, deed: Deed) -> None:
        """Nothing, if the caller may do this; asked before anything large is read from them, and again by the verb itself.

        Raises:
            NotFound, Forbidden: see `footing.doing`.
        """
        async with self._db.read() as conn:
            await footing.doing(conn, actor, group, deed, now_ms())

    async def create(self, actor: Actor, ref: str, new: NewGroup) -> Seen:
        """Make a group of an account; its creator is in it, unless they are in 200 already.

        Raises:
            NotFound, Forbidden: see `Access.account`. Invalid: a name of nothing to see. Conflict: too many groups. RateLimited: too often.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now, name = now_ms(), checked_name(new.name)
        async with self._db.write() as conn:
            account, _ = await self._access.account_in(conn, actor, ref, Verb.GROUPS_CREATE)
            # Whoever is dismissed at this moment is out of the group too, or does not come to make it.
            if not may(Verb.GROUPS_CREATE, await people.hold_role(conn, account.id, actor.person) or Role.VISITOR):
                raise Forbidden("你没有权限这样做。", "You may not do this.")
            await people.hold_account(conn, account.id)
            if await groups.count_of_account(conn, account.id) >= GROUPS_LIMIT:
                raise Conflict(f"小组最多 {GROUPS_LIMIT} 个。", f"An account has at most {GROUPS_LIMIT} groups.")
            told = {**msgspec.structs.asdict(new), "name": name}
            row = GroupRow(id=new_id(), account=account.id, created_at=now, **told)
            await groups.create(conn, row)
            await people.remember_person(conn, actor.person, actor.name, actor.avatar, now)
            await people.hold_person(conn, actor.person)
            if len(await members.groups_of(conn, actor.person)) < MEMBERSHIPS_LIMIT:
                joining = Membership(group=row.id, person=actor.person, role=GroupRole.MEMBER, joined_at=now, joined_seq=0, visible_after=0)
                await members.add(conn, joining)
            await self._log(conn, row, actor, "create", now)
            mine = await footing.of(conn, await groups.lock(conn, row.id), actor.person)
        return Seen(row=mine.row, role=mine.role, membership=mine.membership)

    async def of_account(self, actor: Actor, ref: str, cursor: str | None, limit: int) -> Page[GroupRow]:
        """A page of an account's groups; those by invitation are shown to members, the invited, and staff who moderate.

        Raises:
            NotFound: there is no such account. Invalid: a bad cursor.
        """
        async with self._db.read() as conn:
            account, role = await self._access.account_in(conn, actor, ref, Verb.GROUPS_READ)
            person = None if role in {Role.OWNER, Role.MODERATOR} else actor.person
            return await groups.of_account(conn, account.id, person, cursor, limit, now=now_ms())

    async def mine(self, actor: Actor) -> list[Seen]:
        """The groups the caller is in, at most 200, with what they are there."""
        async with self._db.read() as conn:
            joined = await members.memberships(conn, actor.person)
            rows = await groups.some(conn, [one.group for one in joined])
            staff = {account.id: role for account, role in await people.accounts_of(conn, actor.person)} if actor.is_staff else {}
        found = [
            Seen(row=row, role=role_in(actor.person, staff.get(row.account), one.role), membership=one)
            for one in joined
            if (row := rows.get(one.group)) is not None and row.dissolved_at is None
        ]
        return [one for one in found if one.role is not GroupRole.OUTSIDER]

    async def read(self, actor: Actor, group: str) -> Seen:
        """One group, for whoever may see it.

        Raises:
            NotFound: there is none, or not for the caller.
        """
        now = now_ms()
        async with self._db.read() as conn:
            mine = await footing.seen(conn, actor, group, now)
            invited = not mine.is_inside and await admission.is_invited(conn, group, actor.person, now)
            waiting = not mine.is_inside and await admission.is_waiting(conn, group, actor.person)
        return Seen(row=mine.row, role=mine.role, membership=mine.membership, invited=invited, waiting=waiting)

    async def edit(self, actor: Actor, group: str, version: int, changes: GroupChanges) -> Seen:
        """Change a group that still is as the caller saw it. A capacity below the number of members lets nobody else in.

        Raises:
            NotFound, Closed, Forbidden: see `footing.doing`. Invalid: a name of nothing to see. Conflict: somebody changed it meanwhile.
        """
        told = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
        if isinstance(changes.name, str):
            told["name"] = checked_name(changes.name)
        return await self._change(actor, group, Deed.EDIT, "edit", told, version=version, ref=",".join(sorted(told)))

    async def set_order(self, actor: Actor, group: str, version: int, changes: OrderChanges) -> Seen:
        """Change the order of a group that still is as the caller saw it.

        Raises:
            NotFound, Closed, Forbidden, Conflict: as `edit`.
        """
        told = {name: value for name, value in msgspec.structs.asdict(changes).items() if value is not UNSET}
        if isinstance(changes.raid, Raid):
            # Whoever says anew what a raid is has looked at this one.
            told["guarded_until"] = None
        return await self._change(actor, group, Deed.ORDER, "order", told, version=version, ref=",".join(sorted(told)))

    async def announce(self, actor: Actor, group: str, text: str) -> Seen:
        """Put up an announcement in the place of the one before; an empty one takes it down.

        Raises:
            NotFound, Closed, Forbidden: see `footing.doing`.
        """
        changes = {"announcement": text, "announced_by": actor.person, "announced_at": now_ms()}
        return await self._change(actor, group, Deed.ANNOUNCE, "announce", changes)

    async def silence(self, actor: Actor, group: str, silence: Silence | None) -> Seen:
        """Mute everyone but moderators for a time; None ends it before.

        Raises:
            NotFound, Closed, Forbidden: see `footing.doing`.
        """
        until = None if silence is None else now_ms() + silence.seconds * 1_000
        reason = "" if silence is None else silence.reason
        changes = {"silent_until": until, "silent_reason": reason}
        return await self._change(actor, group, Deed.SILENCE, "silence", changes, until=until, reason=reason)

    async def _change(
        self,
        actor: Actor,
        group: str,
        deed: Deed,
        act: str,
        changes: dict[str, Any],
        *,
        version: int | None = None,
        until: int | None = None,
        reason: str = "",
        ref: str = "",
    ) -> Seen:
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now = now_ms()
        async with self._db.write() as conn:
            mine = await footing.doing(conn, actor, group, deed, now, lock=True)
            if version is not None and mine.row.version != version:
                raise Conflict("内容已被别人修改，请刷新后再试。", "Somebody changed it meanwhile: read it again.", version=mine.row.version)
            of_order = deed in {Deed.ORDER, Deed.SILENCE}
            await groups.change(conn, group, {"order": msgspec.structs.replace(mine.row.order, **changes)} if of_order else changes)
            await self._log(conn, mine.row, actor, act, now, until=until, reason=reason, ref=ref)
            row = await groups.lock(conn, group)
        self._tell(row, _WHAT[act])
        return Seen(row=row, role=mine.role, membership=mine.membership)

    async def pin(self, actor: Actor, group: str, seq: int) -> None:
        """Keep a message at the top; again changes nothing.

        Raises:
            NotFound, Closed, Forbidden: see `footing.doing`; or there is no such message. Conflict: ten are pinned.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now = now_ms()
        async with self._db.write() as conn:
            mine = await footing.doing(conn, actor, group, Deed.PIN, now, lock=True)
            message = await talk.message(conn, group, seq)
            if message is None or message.recalled_by is not None:
                raise NotFound("没有这条消息。", "There is no such message.", path="seq")
            pinned = await groups.pins(conn, group)
            if any(pin.seq == seq for pin in pinned):
                return
            if len(pinned) >= PINS_LIMIT:
                raise Conflict(f"置顶最多 {PINS_LIMIT} 条。", f"At most {PINS_LIMIT} messages are pinned; take one down first.")
            await groups.pin(conn, group, seq, actor.person, now)
            await self._log(conn, mine.row, actor, "pin", now, ref=str(seq))
        self._tell(mine.row, "pins")

    async def unpin(self, actor: Actor, group: str, seq: int) -> None:
        """Take a message down from the top; again changes nothing.

        Raises:
            NotFound, Closed, Forbidden: see `footing.doing`.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now = now_ms()
        async with self._db.write() as conn:
            mine = await footing.doing(conn, actor, group, Deed.PIN, now, lock=True)
            if not await groups.unpin(conn, group, seq):
                return
            await self._log(conn, mine.row, actor, "unpin", now, ref=str(seq))
        self._tell(mine.row, "pins")

    async def pins(self, actor: Actor, group: str) -> list[Pin]:
        """What is pinned, the newest first.

        Raises:
            NotFound, Forbidden: see `footing.doing`.
        """
        async with self._db.read() as conn:
            await footing.doing(conn, actor, group, Deed.READ, now_ms())
            return await groups.pins(conn, group)

    async def dissolve(self, actor: Actor, group: str, reason: str) -> None:
        """End a group: nobody is in it any more; staff who moderated it keep its history for 30 days.

        Raises:
            NotFound, Closed, Forbidden: see `footing.doing`. Invalid: without a reason.
        """
        await footing.allow(self._limiter, "acts", actor, ACTS)
        now = now_ms()
        async with self._db.write() as conn:
            mine = await footing.doing(conn, actor, group, Deed.DISSOLVE, now, lock=True)
            await groups.dissolve(conn, group, now)
            await self._log(conn, mine.row, actor, "dissolve", now, reason=checked_reason(reason))
        self._tell(mine.row, "dissolved")

    async def log(self, actor: Actor, group: str, cursor: str | None, limit: int) -> Page[Logged]:
        """A page of everything that was done in a group, the newest first.

        Raises:
            NotFound, Forbidden: see `footing.doing`. Invalid: a bad cursor.
        """
        async with self._db.read() as conn:
            await footing.doing(conn, actor, group, Deed.OVERSEE, now_ms())
            return await sanctions.log(conn, group, cursor, limit)

    async def purge(self) -> None:
        """Delete what groups left that were dissolved 30 days ago, invitations that have ended, and turns nobody waits for; a round of upkeep."""
        now = now_ms()
        async with self._db.write() as conn:
            await admission.purge(conn, now)
            await members.purge_turns(conn, now - SLOW_LIMIT_S * 1_000)
        async with self._db.read() as conn:
            over = await groups.dissolved_before(conn, now - KEPT_MS, PURGE_GROUPS)
        for group in over:
            gone = False
            while not gone:
                async with self._db.write() as conn:
                    gone = await groups.purge(conn, group, PURGE_ROWS)

    @staticmethod
    async def _log(conn: Connection, row: GroupRow, actor: Actor, act: str, now: int, **more: Any) -> None:
        await sanctions.write(conn, Line(account=row.account, conversation=row.id, at=now, act=act, actor=actor.person, **more))

    def _tell(self, row: GroupRow, what: str) -> None:
        fact = GroupChanged(group=row.id, account=row.account, what=what)
        self._bus.publish([Ring(new_id(), (HUB_TOPIC, to_conversation(row.id)), fact)])


_WHAT = {"edit": "edited", "order": "edited", "announce": "announced", "silence": "silence"}


def checked_reason(reason: str) -> str:
    """A reason as it is kept.

    Raises:
        Invalid: there is none to see, or more than 200 characters.
    """
    told = reason.strip()
    if len(told) > 200 or shows_nothing(told):
        raise Invalid("请写明原因（1 到 200 个字）。", "Give a reason of 1 to 200 characters.", path="reason")
    return told
