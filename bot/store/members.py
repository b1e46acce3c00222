"""Who is in which group. Coming and going cost two rows, however many are there: the group's own row holds the number."""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.groups import GroupRole, Membership
from bot.store.case_tables import GROUP_LOG
from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.tables import FOLLOWS, GROUPS, MEMBERS, PEOPLE, READS, SANCTIONS, TURNS

MEMBERSHIPS_LIMIT = 200
"""Groups that one person may be in."""

_BEGIN = (-1, "")


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member in a list."""

    person: str
    name: str
    avatar: str | None
    role: GroupRole
    joined_at: int
    muted_until: int | None


_M, _G, _S, _F = MEMBERS.c, GROUPS.c, SANCTIONS.c, FOLLOWS.c
_MUTE = sa.and_(_S.conversation == _M.conversation, _S.person == _M.person, _S.kind == "mute")
_ANY = sa.select(MEMBERS, _S.until.label("muted_until"), _S.reason.label("mute_reason")).select_from(MEMBERS.outerjoin(SANCTIONS, _MUTE))
_MEMBERSHIP = _ANY.where(_M.conversation == sa.bindparam("group"), _M.person == sa.bindparam("who"))
_MEMBERSHIPS = _ANY.where(_M.person == sa.bindparam("who")).order_by(_M.conversation).limit(MEMBERSHIPS_LIMIT)
_ADD = both(lambda insert: insert(MEMBERS).on_conflict_do_nothing())
_ONE_MORE = sa.update(GROUPS).where(_G.id == sa.bindparam("group"), _G.members < _G.capacity).values(members=_G.members + 1)
_ONE_LESS = sa.update(GROUPS).where(_G.id == sa.bindparam("group")).values(members=_G.members - 1)
_GO = sa.delete(MEMBERS).where(_M.conversation == sa.bindparam("group"), _M.person == sa.bindparam("who")).returning(_M.last_at)
_OF_PERSON = sa.select(_M.conversation).where(_M.person == sa.bindparam("who")).order_by(_M.conversation)
_IN_ACCOUNT = (
    sa.select(_G.id).where(_G.account == sa.bindparam("of"), _G.id.in_(sa.bindparam("ids", expanding=True))).order_by(_G.id).with_for_update()
)
_HEARD = (
    sa.select(_M.person, sa.func.aggregate_strings(_M.conversation, " ").label("groups"))
    .select_from(MEMBERS.join(GROUPS, _G.id == _M.conversation))
    .where(_M.person.in_(sa.bindparam("persons", expanding=True)), _G.dissolved_at.is_(None))
    .group_by(_M.person)
)
_FOLLOWS = sa.select(_F.person).where(_F.account == sa.bindparam("of"), _F.person == sa.bindparam("who")).with_for_update(read=True)
_PAGE = (
    sa.select(_M.person, sa.func.coalesce(PEOPLE.c.name, "").label("name"), PEOPLE.c.avatar, _M.role, _M.joined_at, _S.until.label("muted_until"))
    .select_from(MEMBERS.outerjoin(PEOPLE, PEOPLE.c.id == _M.person).outerjoin(SANCTIONS, _MUTE))
    .where(_M.conversation == sa.bindparam("group"), sa.tuple_(_M.joined_at, _M.person) > sa.tuple_(sa.bindparam("at"), sa.bindparam("who")))
    .order_by(_M.joined_at, _M.person)
    .limit(sa.bindparam("count"))
)
_EVER = sa.select(READS.c.seq).where(READS.c.conversation == sa.bindparam("group"), READS.c.person == sa.bindparam("who"))
_CALLED = (
    sa.select(GROUP_LOG.c.id)
    .where(GROUP_LOG.c.conversation == sa.bindparam("group"), GROUP_LOG.c.target == sa.bindparam("who"), GROUP_LOG.c.act.in_(("invite", "ask")))
    .limit(1)
)
# Were it asked of the bare name, PostgreSQL would begin with all people, not with those of the group.
_NAMED = _PAGE.where(sa.func.coalesce(PEOPLE.c.name, "").icontains(sa.bindparam("query", type_=sa.String), autoescape=False, escape="\\"))
_LATELY = (
    sa.select(_M.person)
    .where(_M.conversation == sa.bindparam("group"), _M.joined_at > sa.bindparam("since"))
    .order_by(_M.joined_at.desc())  # so that the latest are found by the index, whatever a planner thinks of their number
    .limit(sa.bindparam("most"))
)
_CAME = sa.select(sa.func.count()).select_from(_LATELY.subquery())
_MODERATORS = sa.select(_M.person).where(_M.conversation == sa.bindparam("group"), _M.role == sa.literal_column("'moderator'"))
_THOSE = sa.select(_M.person).where(_M.conversation == sa.bindparam("group"), _M.person.in_(sa.bindparam("persons", expanding=True)))


def _mark(insert: Any) -> Any:
    made = insert(READS)
    return made.on_conflict_do_update(
        index_elements=["conversation", "person"], set_={"seq": made.excluded.seq, "at": made.excluded.at}, where=READS.c.seq < made.excluded.seq
    )


def _keep_turn(insert: Any) -> Any:
    made = insert(TURNS)
    return made.on_conflict_do_update(index_elements=["conversation", "person"], set_={"last_at": made.excluded.last_at})


_MARK = both(_mark)
_KEEP_TURN = both(_keep_turn)
_TURN = sa.select(TURNS.c.last_at).where(TURNS.c.conversation == sa.bindparam("group"), TURNS.c.person == sa.bindparam("who"))
_PAST_TURNS = sa.delete(TURNS).where(TURNS.c.last_at < sa.bindparam("before"))


async def membership(conn: AsyncConnection, group: str, person: str) -> Membership | None:
    """A person in a group, with the mute they are under; None if they are not in it."""
    row = (await conn.execute(_MEMBERSHIP, {"group": group, "who": person})).mappings().first()
    return None if row is None else _membership(row)


def _membership(row: Any) -> Membership:
    values = {name: row[name] for name in Membership.__struct_fields__ if name not in {"group", "role", "mute_reason"}}
    return Membership(group=row["conversation"], role=GroupRole(row["role"]), mute_reason=row["mute_reason"] or "", **values)


async def memberships(conn: AsyncConnection, person: str) -> list[Membership]:
    """Everything somebody is in, at most 200, also what was dissolved, in the order of ids."""
    rows = (await conn.execute(_MEMBERSHIPS, {"who": person})).mappings()
    return [_membership(row) for row in rows]


async def follows(conn: AsyncConnection, account: str, person: str) -> bool:
    """Whether somebody follows an account. In a write transaction that stays so until it ends: an unfollow waits, and finds what it wrote."""
    return (await conn.execute(_FOLLOWS, {"of": account, "who": person})).first() is not None


async def add(conn: AsyncConnection, member: Membership) -> bool | None:
    """Let somebody into a locked group, with their read mark where it stands; False if they are in it, None if it is full.

    When they last wrote there goes on counting: who leaves a slow group and comes again waits as long as who stayed.
    """
    names = ("person", "role", "joined_at", "joined_seq", "visible_after", "hushed")
    values = {name: getattr(member, name) for name in names}
    last_at = (await conn.execute(_TURN, {"group": member.group, "who": member.person})).scalar()
    row = {**values, "role": str(member.role), "conversation": member.group, "posts": 0, "last_at": last_at}
    if (await conn.execute(_ADD[conn.dialect.name], row)).rowcount != 1:
        return False
    if (await conn.execute(_ONE_MORE, {"group": member.group})).rowcount != 1:
        await conn.execute(_GO, {"group": member.group, "who": member.person})
        return None
    mark = {"conversation": member.group, "person": member.person, "seq": member.joined_seq, "at": member.joined_at}
    await conn.execute(_MARK[conn.dialect.name], mark)
    return True


async def drop(conn: AsyncConnection, group: str, person: str) -> bool:
    """Let somebody out of a locked group; whether they were in it."""
    gone = (await conn.execute(_GO, {"group": group, "who": person})).first()
    if gone is None:
        return False
    await conn.execute(_ONE_LESS, {"group": group})
    if gone.last_at is not None:
        await conn.execute(_KEEP_TURN[conn.dialect.name], {"conversation": group, "person": person, "last_at": gone.last_at})
    return True


async def purge_turns(conn: AsyncConnection, before: int) -> int:
    """Forget when people who left had last written, where that was before a moment; of how many."""
    return (await conn.execute(_PAST_TURNS, {"before": before})).rowcount


async def drop_all(conn: AsyncConnection, account: str, person: str) -> list[str]:
    """Let somebody out of all groups of an account; out of which."""
    mine = await groups_of(conn, person)
    groups = [row[0] for row in await conn.execute(_IN_ACCOUNT, {"of": account, "ids": mine})] if mine else []
    return [group for group in groups if await drop(conn, group, person)]


async def groups_of(conn: AsyncConnection, person: str) -> list[str]:
    """The groups somebody is in, also those dissolved, in the order of ids."""
    return [row[0] for row in await conn.execute(_OF_PERSON, {"who": person})]


async def heard_by(conn: AsyncConnection, persons: Sequence[str]) -> dict[str, list[str]]:
    """The groups, not dissolved, that each of at most a few hundred persons is in."""
    found: dict[str, list[str]] = {person: [] for person in persons}
    if persons:
        # A row for each person and not for each membership: forty thousand rows would hold up everybody else.
        found |= {row.person: row.groups.split() for row in await conn.execute(_HEARD, {"persons": list(found)})}
    return found


async def has_heard_of(conn: AsyncConnection, group: str, person: str) -> bool:
    """Whether somebody is or was in a group, for their read mark stays when they go; or was ever invited into it, or asked to be let in."""
    values = {"group": group, "who": person}
    return (await conn.execute(_EVER, values)).first() is not None or (await conn.execute(_CALLED, values)).first() is not None


async def those_in(conn: AsyncConnection, group: str, persons: Sequence[str]) -> list[str]:
    """Which of a few persons are in a group."""
    if not persons:
        return []
    return [row[0] for row in await conn.execute(_THOSE, {"group": group, "persons": list(persons)})]


async def came_since(conn: AsyncConnection, group: str, since: int, most: int) -> int:
    """How many of those who are in a group came after a moment; counted up to `most`."""
    return int((await conn.execute(_CAME, {"group": group, "since": since, "most": most})).scalar_one())


async def moderators(conn: AsyncConnection, group: str) -> list[str]:
    """Whom a group has appointed; those of the account are not among them."""
    return [row[0] for row in await conn.execute(_MODERATORS, {"group": group})]


async def members(conn: AsyncConnection, group: str, cursor: str | None, limit: int, *, query: str = "") -> Page[Member]:
    """A page of a group's members, whoever came first first; with a query only those whose names hold it.

    Raises:
        Invalid: a bad cursor.
    """
    at, who = decode(cursor, int, str) if cursor else _BEGIN
    values = {"group": group, "at": at, "who": who, "count": bounded(limit) + 1}
    if query:
        values["query"] = query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = (await conn.execute(_NAMED if query else _PAGE, values)).mappings()
    found = [Member(**{**row, "role": GroupRole(row["role"])}) for row in rows]
    return page(found, bounded(limit), lambda member: (member.joined_at, member.person))


async def set_role(conn: AsyncConnection, group: str, person: str, role: GroupRole) -> bool:
    """Make a member something else in their group; whether there is such a member."""
    statement = sa.update(MEMBERS).where(_M.conversation == group, _M.person == person).values(role=str(role))
    return (await conn.execute(statement)).rowcount == 1


async def hush(conn: AsyncConnection, group: str, person: str, hushed: bool) -> bool:
    """A member wants no notices of a group, or wants them again; whether there is such a member."""
    statement = sa.update(MEMBERS).where(_M.conversation == group, _M.person == person).values(hushed=hushed)
    return (await conn.execute(statement)).rowcount == 1


async def take_turn(conn: AsyncConnection, group: str, person: str, now: int, slow_ms: int) -> bool:
    """Note when a member writes, unless their last message is not `slow_ms` old yet; then False. Of two at once, one has the turn."""
    late = sa.or_(_M.last_at.is_(None), _M.last_at <= now - slow_ms)
    statement = sa.update(MEMBERS).where(_M.conversation == group, _M.person == person, late).values(last_at=now)
    return (await conn.execute(statement)).rowcount == 1
