"""Teams: operators of an account who take one sort of conversation."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.basics import Conflict
from bot.model.talk import DeskState
from bot.store.dialects import both
from bot.store.tables import CONVERSATIONS, TEAM_MEMBERS, TEAMS

TEAMS_LIMIT = 200
"""Teams of one account, or members of one team, that are listed at most."""


class TeamRow(msgspec.Struct, frozen=True, kw_only=True):
    """A team of an account."""

    id: str
    account: str
    name: str


_T, _M = TEAMS.c, TEAM_MEMBERS.c
_ONE = sa.and_(_T.account == sa.bindparam("of"), _T.id == sa.bindparam("team"))
_MAKE = both(lambda insert: insert(TEAMS).on_conflict_do_nothing())
_TAKEN = sa.select(_T.id).where(_T.account == sa.bindparam("of"), _T.name == sa.bindparam("called"), _T.id != sa.bindparam("team"))
_RENAME = sa.update(TEAMS).where(_ONE).values(name=sa.bindparam("called"))
_DROP = sa.delete(TEAMS).where(_ONE)
_SELECT = sa.select(TEAMS).where(_ONE)
_OF_ACCOUNT = sa.select(TEAMS).where(_T.account == sa.bindparam("of")).order_by(_T.name).limit(TEAMS_LIMIT)
_JOIN = both(lambda insert: insert(TEAM_MEMBERS).on_conflict_do_nothing())
_LEAVE = sa.delete(TEAM_MEMBERS).where(_M.team == sa.bindparam("of"), _M.person == sa.bindparam("who"))
_EMPTY = sa.delete(TEAM_MEMBERS).where(_M.team == sa.bindparam("of"))
_MEMBERS = sa.select(_M.person).where(_M.team == sa.bindparam("of")).order_by(_M.person).limit(TEAMS_LIMIT)
_OF_PERSON = (
    sa.select(TEAMS)
    .select_from(TEAM_MEMBERS.join(TEAMS, _T.id == _M.team))
    .where(_M.person == sa.bindparam("who"), _T.account == sa.bindparam("of"))
    .order_by(_T.name)
    .limit(TEAMS_LIMIT)
)
_FREE_QUEUE = (
    sa.update(CONVERSATIONS)
    .where(
        CONVERSATIONS.c.account == sa.bindparam("of"), CONVERSATIONS.c.desk == str(DeskState.WAITING), CONVERSATIONS.c.team == sa.bindparam("gone")
    )
    .values(team=None)
)


async def create_team(conn: AsyncConnection, team: TeamRow) -> None:
    """Add a team.

    Raises:
        Conflict: the account has a team of this name.
    """
    if (await conn.execute(_MAKE[conn.dialect.name], msgspec.structs.asdict(team))).rowcount != 1:
        raise _taken()


async def rename_team(conn: AsyncConnection, account: str, id: str, name: str) -> bool:  # noqa: A002 # the column's name
    """Give a team another name; False if the account has no such team.

    Raises:
        Conflict: the account has another team of this name.
    """
    if (await conn.execute(_TAKEN, {"of": account, "called": name, "team": id})).first() is not None:
        raise _taken()
    return (await conn.execute(_RENAME, {"of": account, "team": id, "called": name})).rowcount == 1


async def drop_team(conn: AsyncConnection, account: str, id: str) -> bool:  # noqa: A002 # the column's name
    """Dissolve a team; whoever waits for it waits for anybody now. False if the account has no such team."""
    if (await conn.execute(_DROP, {"of": account, "team": id})).rowcount != 1:
        return False
    await conn.execute(_EMPTY, {"of": id})
    await conn.execute(_FREE_QUEUE, {"of": account, "gone": id})
    return True


async def team(conn: AsyncConnection, account: str, id: str) -> TeamRow | None:  # noqa: A002 # the column's name
    """A team of an account."""
    row = (await conn.execute(_SELECT, {"of": account, "team": id})).mappings().first()
    return None if row is None else TeamRow(**row)


async def teams_of(conn: AsyncConnection, account: str) -> list[TeamRow]:
    """An account's teams by name, at most 200."""
    return [TeamRow(**row) for row in (await conn.execute(_OF_ACCOUNT, {"of": account})).mappings()]


async def teams_of_person(conn: AsyncConnection, account: str, person: str) -> list[TeamRow]:
    """The teams of an account that a person is in."""
    return [TeamRow(**row) for row in (await conn.execute(_OF_PERSON, {"of": account, "who": person})).mappings()]


async def members(conn: AsyncConnection, team: str) -> list[str]:
    """The people of a team, at most 200."""
    return [row[0] for row in await conn.execute(_MEMBERS, {"of": team})]


async def set_members(conn: AsyncConnection, team: str, persons: Sequence[str]) -> None:
    """Make these the people of a team, and nobody else."""
    await conn.execute(_EMPTY, {"of": team})
    if persons:
        await conn.execute(_JOIN[conn.dialect.name], [{"team": team, "person": person} for person in sorted(set(persons))])


async def add_member(conn: AsyncConnection, team: str, person: str) -> bool:
    """Put a person into a team; False if they were in it."""
    return (await conn.execute(_JOIN[conn.dialect.name], {"team": team, "person": person})).rowcount == 1


async def drop_member(conn: AsyncConnection, team: str, person: str) -> bool:
    """Take a person out of a team; whether they were in it."""
    return (await conn.execute(_LEAVE, {"of": team, "who": person})).rowcount == 1


def _taken() -> Conflict:
    return Conflict("已有同名的客服分组。", "There is a team of this name.", path="name")
