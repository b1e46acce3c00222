"""How people come into a group: who was invited, and who asks to be let in."""

from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.tables import GROUPS, INVITATIONS, JOIN_REQUESTS, PEOPLE

REQUESTS_LIMIT = 1_000
"""Requests that may wait before one group."""

INVITATIONS_LIMIT = 100
"""Invitations that may wait for one person."""


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """A follower may come in without asking, until then."""

    group: str
    person: str
    by: str
    at: int
    expires_at: int


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asks to be let in, with their answer to the group's question."""

    person: str
    name: str
    avatar: str | None
    answer: str
    at: int


_I, _R, _G = INVITATIONS.c, JOIN_REQUESTS.c, GROUPS.c


def _replace(*names: str) -> Any:
    def build(insert: Any, table: sa.Table) -> Any:
        made = insert(table)
        return made.on_conflict_do_update(index_elements=["conversation", "person"], set_={name: made.excluded[name] for name in names})

    return build


_INVITE = both(lambda insert: _replace("by", "at", "expires_at")(insert, INVITATIONS))
_ASK = both(lambda insert: _replace("answer", "at")(insert, JOIN_REQUESTS))
_ONE_INVITATION = sa.and_(_I.conversation == sa.bindparam("group"), _I.person == sa.bindparam("who"))
_ONE_REQUEST = sa.and_(_R.conversation == sa.bindparam("group"), _R.person == sa.bindparam("who"))
_INVITED = sa.select(_I.person).where(_ONE_INVITATION, _I.expires_at > sa.bindparam("now"))
_WAITING = sa.select(_R.person).where(_ONE_REQUEST)
_OF_PERSON = (
    sa.select(_I.conversation.label("group"), _I.person, _I.by, _I.at, _I.expires_at)
    .select_from(INVITATIONS.join(GROUPS, _G.id == _I.conversation))
    .where(_I.person == sa.bindparam("who"), _I.expires_at > sa.bindparam("now"), _G.dissolved_at.is_(None))
    .order_by(_I.at.desc(), _I.conversation.desc())
    .limit(INVITATIONS_LIMIT)
)
_FULL = sa.select(sa.func.count()).select_from(sa.select(_R.person).where(_R.conversation == sa.bindparam("group")).limit(REQUESTS_LIMIT).subquery())
_PAGE = (
    sa.select(_R.person, sa.func.coalesce(PEOPLE.c.name, "").label("name"), PEOPLE.c.avatar, _R.answer, _R.at)
    .select_from(JOIN_REQUESTS.outerjoin(PEOPLE, PEOPLE.c.id == _R.person))
    .where(_R.conversation == sa.bindparam("group"), sa.tuple_(_R.at, _R.person) > sa.tuple_(sa.bindparam("at"), sa.bindparam("who")))
    .order_by(_R.at, _R.person)
    .limit(sa.bindparam("count"))
)
_OF_ACCOUNT = sa.select(_G.id).where(_G.account == sa.bindparam("of"), _G.id.in_(sa.bindparam("ids", expanding=True)))


async def invite(conn: AsyncConnection, invitation: Invitation) -> None:
    """Invite somebody, or again."""
    values = {"conversation": invitation.group, **msgspec.structs.asdict(invitation)}
    del values["group"]
    await conn.execute(_INVITE[conn.dialect.name], values)


async def is_invited(conn: AsyncConnection, group: str, person: str, now: int) -> bool:
    """Whether somebody is invited into a group, and the invitation still holds."""
    return (await conn.execute(_INVITED, {"group": group, "who": person, "now": now})).first() is not None


async def invitations(conn: AsyncConnection, person: str, now: int) -> list[Invitation]:
    """The invitations that wait for somebody, the newest first, at most 100."""
    return [Invitation(**row) for row in (await conn.execute(_OF_PERSON, {"who": person, "now": now})).mappings()]


async def drop_invitation(conn: AsyncConnection, group: str, person: str) -> bool:
    """An invitation is used up, turned down or taken back; whether there was one."""
    return (await conn.execute(sa.delete(INVITATIONS).where(_ONE_INVITATION), {"group": group, "who": person})).rowcount == 1


async def ask(conn: AsyncConnection, group: str, person: str, answer: str, now: int) -> bool:
    """Somebody asks to be let in, or again with another answer; False where too many wait."""
    waiting = await is_waiting(conn, group, person)
    if not waiting and (await conn.execute(_FULL, {"group": group})).scalar_one() >= REQUESTS_LIMIT:
        return False
    await conn.execute(_ASK[conn.dialect.name], {"conversation": group, "person": person, "answer": answer, "at": now})
    return True


async def is_waiting(conn: AsyncConnection, group: str, person: str) -> bool:
    """Whether somebody asks to be let in."""
    return (await conn.execute(_WAITING, {"group": group, "who": person})).first() is not None


async def drop_request(conn: AsyncConnection, group: str, person: str) -> bool:
    """A request is decided or taken back; whether there was one."""
    return (await conn.execute(sa.delete(JOIN_REQUESTS).where(_ONE_REQUEST), {"group": group, "who": person})).rowcount == 1


async def requests(conn: AsyncConnection, group: str, cursor: str | None, limit: int) -> Page[Request]:
    """A page of those who ask to be let in, the longest wait first.

    Raises:
        Invalid: a bad cursor.
    """
    at, who = decode(cursor, int, str) if cursor else (-1, "")
    rows = (await conn.execute(_PAGE, {"group": group, "at": at, "who": who, "count": bounded(limit) + 1})).mappings()
    return page([Request(**row) for row in rows], bounded(limit), lambda request: (request.at, request.person))


async def forget(conn: AsyncConnection, account: str, person: str) -> None:
    """Somebody has left an account: they are neither invited nor waiting in any of its groups."""
    for table in (INVITATIONS, JOIN_REQUESTS):
        waiting = [row[0] for row in await conn.execute(sa.select(table.c.conversation).where(table.c.person == person))]
        theirs = [row[0] for row in await conn.execute(_OF_ACCOUNT, {"of": account, "ids": waiting})] if waiting else []
        if theirs:
            await conn.execute(sa.delete(table).where(table.c.person == person, table.c.conversation.in_(theirs)))


async def purge(conn: AsyncConnection, now: int) -> int:
    """Delete invitations that have ended; how many."""
    return (await conn.execute(sa.delete(INVITATIONS).where(_I.expires_at <= now))).rowcount
