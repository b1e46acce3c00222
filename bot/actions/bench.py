"""Where somebody stands before an account's cases and appeals: whose matters they judge, and which one of them this is."""

from collections.abc import Sequence

from bot.actions.access import Access
from bot.actions.footing import no_group
from bot.model.basics import Forbidden, NotFound
from bot.model.people import Actor, Role, Verb
from bot.store import docket
from bot.store.cases import CaseRow
from bot.store.docket import Sight
from bot.store.people import AccountRow
from bot.store.unit import Connection


async def sight(conn: Connection, actor: Actor, account: str) -> Sight | None:
    """Whose matters somebody judges: an owner all but their own; a moderator of the account those of people below, in all its groups;
    one who was appointed those of their groups. None for everybody else.
    """
    staff = await docket.staff(conn, account)
    role = staff.get(actor.person)
    if role is Role.OWNER:
        return Sight(person=actor.person, groups=None, everyone=True)
    above = sorted(staff)
    if role is Role.MODERATOR:
        return Sight(person=actor.person, groups=None, everyone=False, above=above)
    groups = await docket.moderated(conn, account, actor.person)
    return Sight(person=actor.person, groups=groups, everyone=False, above=above) if groups else None


async def judging(conn: Connection, access: Access, actor: Actor, ref: str) -> tuple[AccountRow, Sight]:
    """An account, and whose matters the caller judges there.

    Raises:
        NotFound: there is no such account. Forbidden: the caller judges nothing there.
    """
    account, _ = await access.account_in(conn, actor, ref, Verb.GROUPS_READ)
    found = await sight(conn, actor, account.id)
    if found is None:
        raise Forbidden("你没有权限这样做。", "You may not do this.")
    return account, found


def within(found: Sight, group: str | None) -> str | None:
    """A group among those that somebody judges; None for all of them.

    Raises:
        NotFound: it is none of them.
    """
    if group is not None and found.groups is not None and group not in found.groups:
        raise no_group()
    return group


async def one(conn: Connection, actor: Actor, case: str) -> CaseRow:
    """A case that the caller judges.

    Raises:
        NotFound: there is none, or it is not theirs to see.
    """
    row = await docket.case(conn, case)
    found = None if row is None or row.queue != row.account else await sight(conn, actor, row.account)
    if row is None or found is None or not await docket.shows(conn, found, case):
        raise no_case()
    return row


def no_case() -> NotFound:
    """What everybody hears of a case that is not theirs to judge."""
    return NotFound("没有这个案件。", "There is no such case.", path="case")


def others(judges: Sequence[str], *out: str) -> list[str]:
    """Those who judge, without some."""
    return [judge for judge in judges if judge not in out]
