"""Signing in: the logins of staff, and their sessions."""

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.basics import Conflict
from bot.store.dialects import both
from bot.store.tables import SESSIONS, STAFF

SESSIONS_LIMIT = 100
"""Sessions of one person that are listed at most."""


class StaffRow(msgspec.Struct, frozen=True, kw_only=True):
    """A login. `password` is its hash."""

    person: str
    login: str
    password: str
    created_at: int


class SessionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A staff session. `refresh` is the hash of its refresh token; times in milliseconds."""

    id: str
    person: str
    refresh: str
    created_at: int
    expires_at: int
    refreshed_at: int = 0
    revoked_at: int | None = None

    def alive(self, now: int) -> bool:
        """Neither revoked nor over."""
        return self.revoked_at is None and now < self.expires_at


_S, _T = STAFF.c, SESSIONS.c
_MAKE_STAFF = both(lambda insert: insert(STAFF).on_conflict_do_nothing())
_BY_LOGIN = sa.select(STAFF).where(_S.login == sa.bindparam("name"))
_BY_PERSON = sa.select(STAFF).where(_S.person == sa.bindparam("who"))
_SET_PASSWORD = sa.update(STAFF).where(_S.person == sa.bindparam("who")).values(password=sa.bindparam("hash"))


async def create_staff(conn: AsyncConnection, person: str, login: str, password: str, now: int) -> None:
    """Give a person a login; `password` is a hash.

    Raises:
        Conflict: the login is taken, or the person has one.
    """
    values = {"person": person, "login": login, "password": password, "created_at": now}
    if (await conn.execute(_MAKE_STAFF[conn.dialect.name], values)).rowcount != 1:
        raise Conflict("这个登录名已被使用。", "This login is taken.", path="login")


async def staff_by_login(conn: AsyncConnection, login: str) -> StaffRow | None:
    """Who signs in by this name."""
    row = (await conn.execute(_BY_LOGIN, {"name": login})).mappings().first()
    return None if row is None else StaffRow(**row)


async def staff_by_person(conn: AsyncConnection, person: str) -> StaffRow | None:
    """The login of a person."""
    row = (await conn.execute(_BY_PERSON, {"who": person})).mappings().first()
    return None if row is None else StaffRow(**row)


async def set_password(conn: AsyncConnection, person: str, password: str) -> bool:
    """Replace a password's hash; False if the person has no login."""
    return (await conn.execute(_SET_PASSWORD, {"who": person, "hash": password})).rowcount == 1


_MAKE_SESSION = sa.insert(SESSIONS)
_SESSION = sa.select(SESSIONS).where(_T.id == sa.bindparam("session"))
_BY_REFRESH = sa.select(SESSIONS).where(_T.refresh == sa.bindparam("hash"))
_ROTATE = (
    sa.update(SESSIONS)
    .where(_T.id == sa.bindparam("session"), _T.refresh == sa.bindparam("old"), _T.revoked_at.is_(None))
    .values(refresh=sa.bindparam("new"), expires_at=sa.bindparam("until"), refreshed_at=sa.bindparam("now"))
)
_REVOKE = sa.update(SESSIONS).where(_T.id == sa.bindparam("session"), _T.revoked_at.is_(None)).values(revoked_at=sa.bindparam("now"))
_REVOKE_ALL = (
    sa.update(SESSIONS)
    .where(_T.person == sa.bindparam("who"), _T.id != sa.bindparam("keep"), _T.revoked_at.is_(None))
    .values(revoked_at=sa.bindparam("now"))
    .returning(_T.id)
)
_SESSIONS_OF = (
    sa.select(SESSIONS)
    .where(_T.person == sa.bindparam("who"), _T.revoked_at.is_(None), _T.expires_at > sa.bindparam("now"))
    .order_by(_T.created_at.desc(), _T.id)
    .limit(SESSIONS_LIMIT)
)
_PURGE = sa.delete(SESSIONS).where(
    _T.id.in_(sa.select(_T.id).where(_T.expires_at <= sa.bindparam("now")).order_by(_T.expires_at).limit(sa.bindparam("count")))
)


async def create_session(conn: AsyncConnection, session: SessionRow) -> None:
    """Begin a session."""
    await conn.execute(_MAKE_SESSION, msgspec.structs.asdict(session))


async def session(conn: AsyncConnection, id: str) -> SessionRow | None:  # noqa: A002 # the column's name
    """A session, alive or not."""
    row = (await conn.execute(_SESSION, {"session": id})).mappings().first()
    return None if row is None else SessionRow(**row)


async def session_by_refresh(conn: AsyncConnection, refresh: str) -> SessionRow | None:
    """The session a refresh token's hash belongs to, alive or not."""
    row = (await conn.execute(_BY_REFRESH, {"hash": refresh})).mappings().first()
    return None if row is None else SessionRow(**row)


async def rotate_refresh(conn: AsyncConnection, id: str, *, old: str, new: str, now: int, expires_at: int) -> bool:  # noqa: A002 # the column's name
    """Replace the refresh token of a session that is not revoked; exactly one of those who offer the old one succeeds."""
    return (await conn.execute(_ROTATE, {"session": id, "old": old, "new": new, "now": now, "until": expires_at})).rowcount == 1


async def revoke_session(conn: AsyncConnection, id: str, now: int) -> bool:  # noqa: A002 # the column's name
    """End a session; False if it had ended or never was."""
    return (await conn.execute(_REVOKE, {"session": id, "now": now})).rowcount == 1


async def revoke_sessions(conn: AsyncConnection, person: str, now: int, *, keep: str = "") -> list[str]:
    """End every session of a person, except `keep`; the ids of those that ended."""
    return [row[0] for row in await conn.execute(_REVOKE_ALL, {"who": person, "keep": keep, "now": now})]


async def sessions_of(conn: AsyncConnection, person: str, now: int) -> list[SessionRow]:
    """A person's living sessions, the newest first, at most 100."""
    rows = (await conn.execute(_SESSIONS_OF, {"who": person, "now": now})).mappings()
    return [SessionRow(**row) for row in rows]


async def purge_sessions(conn: AsyncConnection, now: int, limit: int = 1_000) -> int:
    """Delete sessions that are over, at most `limit`; how many."""
    return (await conn.execute(_PURGE, {"now": now, "count": limit})).rowcount
