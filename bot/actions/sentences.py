"""What is done to a person of a group, inside the transaction of whoever does it: each writes one line of the log, and tells afterwards."""

import msgspec

from bot.actions import footing
from bot.actions.footing import Footing
from bot.actions.groups import checked_reason
from bot.model.basics import Conflict, NotFound, new_id
from bot.model.facts import HUB_TOPIC, Fact, MemberChanged, Noticed, Ring, to_conversation, to_person
from bot.model.groups import Act, GroupRole
from bot.model.people import Actor
from bot.store import admission, members, sanctions
from bot.store.sanctions import SANCTIONS_LIMIT, Kind, Line, Sanction
from bot.store.unit import Connection

_IMPOSED = {"mute": (Act.MUTE, "muted"), "ban": (Act.BAN, "banned")}
_LIFTED = {"mute": (Act.UNMUTE, "unmuted"), "ban": (Act.UNBAN, "unbanned")}


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """What was done to somebody: what is to be told once it is committed."""

    ring: Ring


class Imposed(Done, frozen=True, kw_only=True):
    """A sanction, and the one it replaced."""

    sanction: Sanction
    before: Sanction | None


async def impose(
    conn: Connection, actor: Actor, group: str, person: str, kind: Kind, seconds: int | None, reason: str, now: int, *, ref: str = ""
) -> Imposed:
    """Mute or ban somebody for a time, or for good; who is banned is put out. A second one replaces the first.

    Raises:
        NotFound, Closed, Forbidden: see `footing.acting`. Invalid: without a reason. Conflict: the group has too many.
    """
    act, change = _IMPOSED[kind]
    told, until = checked_reason(reason), None if seconds is None else now + seconds * 1_000
    sanction = Sanction(person=person, kind=kind, until=until, reason=told, by=actor.person, at=now)
    mine, _ = await footing.acting(conn, actor, group, act, person, now)
    before = await sanctions.sanction(conn, group, person, kind, now)
    knows = await footing.knows(conn, mine.row.id, mine.row.joining, person)
    if not await sanctions.impose(conn, group, sanction):
        raise Conflict(f"小组的处罚最多 {SANCTIONS_LIMIT} 个。", f"A group has at most {SANCTIONS_LIMIT} mutes and bans.")
    if kind == "ban":
        await put_out(conn, group, person)
    await log(conn, mine, act, person, now, until=until, reason=told, ref=ref)
    return Imposed(ring=changed(mine, person, change, until=until, reason=told, knows=knows), sanction=sanction, before=before)


async def lift(conn: Connection, actor: Actor, group: str, person: str, kind: Kind, reason: str, now: int) -> Done:
    """End a mute or a ban before its time.

    Raises:
        NotFound, Closed, Conflict, Forbidden: see `footing.acting`; or there is none.
    """
    act, change = _LIFTED[kind]
    mine, _ = await footing.acting(conn, actor, group, act, person, now)
    if await sanctions.sanction(conn, group, person, kind, now) is None:
        raise NotFound("没有这个处罚，或已结束。", "There is no such sanction, or it has ended.", path="person")
    knows = await footing.knows(conn, mine.row.id, mine.row.joining, person)
    await sanctions.lift(conn, group, person, kind)
    await log(conn, mine, act, person, now, reason=reason.strip())
    return Done(ring=changed(mine, person, change, reason=reason.strip(), knows=knows))


async def remove(conn: Connection, actor: Actor, group: str, person: str, reason: str, now: int, *, ref: str = "") -> Done:
    """Put a member out; they may come again as the group's joining says.

    Raises:
        NotFound, Closed, Forbidden: see `footing.acting`. Invalid: without a reason.
    """
    told = checked_reason(reason)
    mine, _ = await footing.acting(conn, actor, group, Act.REMOVE, person, now)
    await put_out(conn, group, person)
    await log(conn, mine, Act.REMOVE, person, now, reason=told, ref=ref)
    return Done(ring=changed(mine, person, "removed", reason=told))


async def warn(conn: Connection, actor: Actor, group: str, person: str, reason: str, now: int, *, ref: str = "") -> Done:
    """Tell a member that what they do is against the rules; the log keeps it, and the next step weighs it.

    Raises:
        NotFound, Closed, Forbidden: see `footing.acting`. Invalid: without a reason.
    """
    told = checked_reason(reason)
    mine, _ = await footing.acting(conn, actor, group, Act.WARN, person, now)
    await log(conn, mine, Act.WARN, person, now, reason=told, ref=ref)
    return Done(ring=notice(person, Noticed(kind="warned", group=group, by=actor.person, reason=told)))


async def put_out(conn: Connection, group: str, person: str) -> None:
    """Take somebody out of a locked group, with what waits there for them."""
    await members.drop(conn, group, person)
    await admission.drop_request(conn, group, person)
    await admission.drop_invitation(conn, group, person)


async def log(
    conn: Connection, mine: Footing, act: str, person: str | None, now: int, *, until: int | None = None, reason: str = "", ref: str = ""
) -> None:
    """Write the line of an act on somebody."""
    row = mine.row
    line = Line(account=row.account, conversation=row.id, at=now, act=str(act), actor=mine.person, target=person, until=until, reason=reason, ref=ref)
    await sanctions.write(conn, line)


def changed(
    mine: Footing,
    person: str,
    change: str,
    *,
    until: int | None = None,
    reason: str = "",
    role: GroupRole | None = None,
    knows: bool = True,
) -> Ring:
    """For every process, and the person themselves if they know of the group; the room hears of new roles alone."""
    row = mine.row
    spelt = None if role is None else str(role)
    fact = MemberChanged(group=row.id, account=row.account, person=person, change=change, by=mine.person, until=until, reason=reason, role=spelt)
    room = () if role is None else (to_conversation(row.id),)
    return Ring(new_id(), (HUB_TOPIC, *((to_person(person),) if knows else ()), *room), fact)


def notice(person: str, fact: Fact) -> Ring:
    """For the person alone."""
    return Ring(new_id(), (to_person(person),), fact)
