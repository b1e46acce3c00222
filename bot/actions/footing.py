"""Where a caller stands before a group, read inside the transaction that acts: the door to groups, as `access` is to accounts.

Absent and forbidden answer alike: who may not see a group is told that there is none.
"""

from collections.abc import Sequence

import msgspec

from bot.live.ports import Limiter, Rate
from bot.model.basics import Closed, Conflict, Forbidden, NotFound, RateLimited, new_id
from bot.model.facts import HUB_TOPIC, MemberChanged, Ring, to_person
from bot.model.groups import SANCTIONS, Act, Deed, GroupRole, Joining, Membership, may_do, may_sanction, role_in
from bot.model.people import Actor, Role
from bot.store import admission, groups, members, people, sanctions
from bot.store.groups import GroupRow
from bot.store.sanctions import Line
from bot.store.unit import Connection

COMINGS = Rate(burst=20, per_s=0.1)
"""How often a person may join, ask or leave, over all groups."""

ACTS = Rate(burst=60, per_s=1)
"""How often a person may act on a group or on people of it, over all groups."""

_PUTTING_OUT = frozenset({Act.REMOVE, Act.BAN})
_FROM_OUTSIDE = frozenset({Act.INVITE, Act.APPROVE, Act.DECLINE, Act.UNBAN})


class Footing(msgspec.Struct, frozen=True):
    """A group, and what somebody is in it."""

    row: GroupRow
    person: str
    staff: Role | None
    membership: Membership | None
    role: GroupRole

    @property
    def is_inside(self) -> bool:
        """Whether they are more than an outsider."""
        return self.role is not GroupRole.OUTSIDER


async def of(conn: Connection, row: GroupRow, person: str) -> Footing:
    """What somebody is in a group."""
    staff = await people.role_of(conn, row.account, person)
    membership = await members.membership(conn, row.id, person)
    return Footing(row, person, staff, membership, role_in(person, staff, None if membership is None else membership.role))


async def seen(conn: Connection, actor: Actor, group: str, now: int, *, lock: bool = False) -> Footing:
    """Where the caller stands before a group they may see; with `lock` nobody else changes who is in it until the transaction ends.

    Raises:
        NotFound: there is none, or it is not for the caller to see. Closed: with `lock`, it was dissolved.
    """
    row = await groups.get(conn, group)
    if row is None:
        raise no_group()
    mine = await of(conn, row, actor.person)
    if not await _shows(conn, mine, now):
        raise no_group()
    if not lock:
        return mine
    # Read again behind the lock: what the caller is may just have changed.
    return await of(conn, await groups.lock(conn, group), actor.person)


async def _shows(conn: Connection, mine: Footing, now: int) -> bool:
    """Dissolved: to staff who moderated it. By invitation: to whom it concerns. Others: to everyone."""
    if mine.row.dissolved_at is not None:
        return mine.staff in {Role.OWNER, Role.MODERATOR}
    if mine.is_inside or mine.row.joining is not Joining.INVITATION:
        return True
    return await admission.is_invited(conn, mine.row.id, mine.person, now)


async def doing(conn: Connection, actor: Actor, group: str, deed: Deed, now: int, *, lock: bool = False) -> Footing:
    """Where the caller stands before a group to which they may do this.

    Raises:
        NotFound, Closed: see `seen`. Forbidden: they may see it but not do this.
    """
    mine = await seen(conn, actor, group, now, lock=lock)
    if not may_do(mine.role, deed):
        raise _forbidden()
    return mine


async def acting(conn: Connection, actor: Actor, group: str, act: Act, person: str, now: int) -> tuple[Footing, Footing]:
    """Where the caller and another person stand before a locked group, if the one may do this to the other.

    Raises:
        NotFound, Closed: see `seen`; or there is no such member. Conflict: they are inside already.
        Forbidden: the caller may not do this, or not to them; or a moderator of the account was to be put out, who stays what they are.
    """
    mine = await seen(conn, actor, group, now, lock=True)
    theirs = await of(conn, mine.row, person)
    if may_sanction(mine.role, act, theirs.role, oneself=person == actor.person):
        if act in _PUTTING_OUT and theirs.staff is Role.MODERATOR:
            raise of_staff()
        return mine, theirs
    if mine.role not in SANCTIONS[act] or person == actor.person:
        raise _forbidden()
    if act in _FROM_OUTSIDE and theirs.is_inside:
        raise Conflict("这个人已经在小组里。", "This person is in the group already.", path="person")
    if not theirs.is_inside:
        raise NotFound("小组里没有这个人。", "There is no such member.", path="person")
    raise Forbidden("你不能对这个人这样做。", "You may not do this to them.", path="person")


async def knows(conn: Connection, group: str, joining: Joining, person: str) -> bool:
    """Whether somebody may know that there is this group: it is for everybody to see, or they were in it, asked to be, or were invited."""
    return joining is not Joining.INVITATION or await members.has_heard_of(conn, group, person)


async def leave_all(conn: Connection, account: str, person: str, by: str, reason: str, now: int) -> list[str]:
    """Take somebody out of all groups of an account, inside the transaction in which they part from it; out of which.

    Each is logged as their leaving, and nothing waits for them there any more.
    """
    left = await members.drop_all(conn, account, person)
    for group in left:
        await sanctions.write(conn, Line(account=account, conversation=group, at=now, act="leave", actor=by, target=person, reason=reason))
    await admission.forget(conn, account, person)
    return left


def departures(account: str, person: str, by: str, left: Sequence[str]) -> list[Ring]:
    """What is told after `leave_all`: every process, and the person's own devices."""
    facts = [MemberChanged(group=group, account=account, person=person, change="left", by=by) for group in left]
    return [Ring(new_id(), (HUB_TOPIC, to_person(person)), fact) for fact in facts]


async def allow(limiter: Limiter, what: str, actor: Actor, rate: Rate) -> None:
    """Let a person do something at a bounded rate.

    Raises:
        RateLimited: too often.
    """
    wait = await limiter.take(f"{what}:{actor.person}", rate)
    if wait > 0:
        raise RateLimited("操作太频繁，请稍后再试。", "Too often; wait a moment.", retry_after=max(1, round(wait)))


def no_group() -> NotFound:
    """What everybody hears of a group that is not there for them."""
    return NotFound("没有这个小组。", "There is no such group.")


def is_over() -> Closed:
    """What is said of a group that was dissolved."""
    return Closed("小组已解散。", "The group was dissolved.")


def of_staff() -> Forbidden:
    """What is said of staff, who are what they are in every group of the account."""
    return Forbidden("账号员工的角色在员工名单里修改。", "What staff are is set where the account's staff is.", path="person")


def _forbidden() -> Forbidden:
    return Forbidden("你没有权限这样做。", "You may not do this.")
