"""People, accounts, who is staff of which, and who follows which. Signing in is in `staff`, teams are in `teams`."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.basics import Conflict
from bot.model.people import Role
from bot.store import tags
from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.tables import ACCOUNTS, FOLLOWER_TAGS, FOLLOWS, PEOPLE, ROLES, STAFF, TEAM_MEMBERS, TEAMS

STAFF_LIMIT = 500
"""Staff of one account, or accounts of one person, that are listed at most."""

_AT_ONCE = 500
_BEGIN = (2**62, "\U0010ffff")


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody the hub has met. Times in milliseconds."""

    id: str
    name: str
    created_at: int
    avatar: str | None = None


class AccountRow(msgspec.Struct, frozen=True, kw_only=True):
    """An account as it is stored. `hours` is JSON text; `version` grows with every edit, `rules_version` with every publishing."""

    id: str
    handle: str
    name: str
    kind: str
    chat_open: str
    created_at: int
    about: str = ""
    avatar: str | None = None
    cover: str | None = None
    hours: str | None = None
    version: int = 1
    rules_version: int = 0


class FollowRow(msgspec.Struct, frozen=True, kw_only=True):
    """That a person follows an account: since when, how they came, and whether they muted it."""

    account: str
    person: str
    at: int
    source: str
    muted: bool


class Follower(msgspec.Struct, frozen=True, kw_only=True):
    """A follower as the account sees them, with the tags it gave them."""

    person: str
    name: str
    avatar: str | None
    at: int
    source: str
    tags: tuple[str, ...] = ()


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """An account as its follower sees it."""

    account: AccountRow
    at: int
    muted: bool


_P, _A, _R, _F = PEOPLE.c, ACCOUNTS.c, ROLES.c, FOLLOWS.c
_PERSON = sa.select(PEOPLE).where(_P.id == sa.bindparam("person"))
_HELD_PERSON = sa.select(_P.id).where(_P.id == sa.bindparam("person")).with_for_update()
_PEOPLE = sa.select(PEOPLE).where(_P.id.in_(sa.bindparam("ids", expanding=True)))


def _remember(insert: Any) -> Any:
    made = insert(PEOPLE)
    return made.on_conflict_do_update(index_elements=["id"], set_={"name": made.excluded.name, "avatar": made.excluded.avatar})


_REMEMBER = both(_remember)


async def remember_person(conn: AsyncConnection, id: str, name: str, avatar: str | None, now: int) -> bool:  # noqa: A002 # the column's name
    """Keep a person's name and picture as they are told now; whether anything changed. Costs one look-up when not."""
    known = await person(conn, id)
    if known is not None and (known.name, known.avatar) == (name, avatar):
        return False
    await conn.execute(_REMEMBER[conn.dialect.name], {"id": id, "name": name, "avatar": avatar, "created_at": now})
    return True


async def person(conn: AsyncConnection, id: str) -> PersonRow | None:  # noqa: A002 # the column's name
    """One person."""
    row = (await conn.execute(_PERSON, {"person": id})).mappings().first()
    return None if row is None else PersonRow(**row)


async def hold_person(conn: AsyncConnection, id: str) -> None:  # noqa: A002 # the column's name
    """In a write transaction: of two that put a person somewhere where they may be only so often, one waits for the other."""
    await conn.execute(_HELD_PERSON, {"person": id})


async def people(conn: AsyncConnection, ids: Sequence[str]) -> dict[str, PersonRow]:
    """Those of the given people the hub knows, by id."""
    wanted = sorted(set(ids))
    found: dict[str, PersonRow] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        rows = await conn.execute(_PEOPLE, {"ids": wanted[start : start + _AT_ONCE]})
        found.update({row["id"]: PersonRow(**row) for row in rows.mappings()})
    return found


_MAKE_ACCOUNT = both(lambda insert: insert(ACCOUNTS).on_conflict_do_nothing())
_BY_ID = sa.select(ACCOUNTS).where(_A.id == sa.bindparam("account"))
_HELD = sa.select(_A.id).where(_A.id == sa.bindparam("account")).with_for_update()
_BY_HANDLE = sa.select(ACCOUNTS).where(_A.handle == sa.bindparam("handle"))
_WALK = sa.select(ACCOUNTS).where(_A.handle > sa.bindparam("after")).order_by(_A.handle).limit(sa.bindparam("count"))
_FIND = _WALK.where(
    sa.or_(
        _A.handle.icontains(sa.bindparam("query", type_=sa.String), autoescape=False, escape="\\"),
        _A.name.icontains(sa.bindparam("query", type_=sa.String), autoescape=False, escape="\\"),
    )
)
_EDITABLE = frozenset({"name", "kind", "about", "avatar", "cover", "hours", "chat_open"})


async def create_account(conn: AsyncConnection, account: AccountRow) -> None:
    """Add an account.

    Raises:
        Conflict: its handle is taken.
    """
    done = await conn.execute(_MAKE_ACCOUNT[conn.dialect.name], msgspec.structs.asdict(account))
    if done.rowcount != 1:
        raise Conflict("这个账号名已被使用。", "This handle is taken.", path="handle")


async def account_by_id(conn: AsyncConnection, id: str) -> AccountRow | None:  # noqa: A002 # the column's name
    """An account by its id."""
    row = (await conn.execute(_BY_ID, {"account": id})).mappings().first()
    return None if row is None else AccountRow(**row)


async def hold_account(conn: AsyncConnection, account: str) -> None:
    """In a write transaction: of two that make something an account has only so many of, one waits for the other."""
    await conn.execute(_HELD, {"account": account})


async def account_by_handle(conn: AsyncConnection, handle: str) -> AccountRow | None:
    """An account by its handle, which is in lower case."""
    row = (await conn.execute(_BY_HANDLE, {"handle": handle})).mappings().first()
    return None if row is None else AccountRow(**row)


async def find_accounts(conn: AsyncConnection, query: str, cursor: str | None, limit: int) -> Page[AccountRow]:
    """A page of the accounts whose handle or name contains the query, in the order of handles; all for an empty one.

    Raises:
        Invalid: a bad cursor.
    """
    values: dict[str, Any] = {"after": decode(cursor, str)[0] if cursor else "", "count": bounded(limit) + 1}
    if query:
        values["query"] = query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    rows = (await conn.execute(_FIND if query else _WALK, values)).mappings()
    return page([AccountRow(**row) for row in rows], bounded(limit), lambda account: (account.handle,))


async def edit_account(conn: AsyncConnection, id: str, version: int, changes: Mapping[str, Any]) -> bool:  # noqa: A002 # the column's name
    """Change an account that still is at `version`, which grows by one; False when somebody else was first.

    Raises:
        ValueError: a change of something that cannot be edited: the caller's mistake.
    """
    if not changes.keys() <= _EDITABLE:
        raise ValueError(f"not editable: {sorted(changes.keys() - _EDITABLE)}")
    statement = sa.update(ACCOUNTS).where(_A.id == id, _A.version == version).values(version=version + 1, **changes)
    return (await conn.execute(statement)).rowcount == 1


def _grant(insert: Any) -> Any:
    made = insert(ROLES)
    return made.on_conflict_do_update(index_elements=["account", "person"], set_={"role": made.excluded.role, "at": made.excluded.at})


_GRANT = both(_grant)
_ONE_ROLE = sa.and_(_R.account == sa.bindparam("of"), _R.person == sa.bindparam("who"))
_REVOKE = sa.delete(ROLES).where(_ONE_ROLE)
_ROLE = sa.select(_R.role).where(_ONE_ROLE)
_HELD_ROLE = _ROLE.with_for_update(read=True)
_OWNERS = sa.select(_R.person).where(_R.account == sa.bindparam("of"), _R.role == str(Role.OWNER)).order_by(_R.person).with_for_update()
_STAFF = (
    sa.select(_R.person, STAFF.c.login, _R.role)
    .select_from(ROLES.join(STAFF, STAFF.c.person == _R.person))
    .where(_R.account == sa.bindparam("of"))
    .order_by(_R.person)
    .limit(STAFF_LIMIT)
)
_ACCOUNTS_OF = (
    sa.select(ACCOUNTS, _R.role)
    .select_from(ROLES.join(ACCOUNTS, _A.id == _R.account))
    .where(_R.person == sa.bindparam("who"))
    .order_by(_A.handle)
    .limit(STAFF_LIMIT)
)
_LEAVE_TEAMS = sa.delete(TEAM_MEMBERS).where(
    TEAM_MEMBERS.c.person == sa.bindparam("who"), TEAM_MEMBERS.c.team.in_(sa.select(TEAMS.c.id).where(TEAMS.c.account == sa.bindparam("of")))
)


async def set_role(conn: AsyncConnection, account: str, person: str, role: Role, now: int) -> None:
    """Make a person staff of an account, or change what they are there."""
    await conn.execute(_GRANT[conn.dialect.name], {"account": account, "person": person, "role": str(role), "at": now})


async def drop_role(conn: AsyncConnection, account: str, person: str) -> bool:
    """Take a person off an account's staff and out of its teams; whether they were on it."""
    await conn.execute(_LEAVE_TEAMS, {"of": account, "who": person})
    return (await conn.execute(_REVOKE, {"of": account, "who": person})).rowcount == 1


async def role_of(conn: AsyncConnection, account: str, person: str) -> Role | None:
    """A person's staff role; None for everyone else."""
    role = (await conn.execute(_ROLE, {"of": account, "who": person})).scalar()
    return None if role is None else Role(role)


async def hold_role(conn: AsyncConnection, account: str, person: str) -> Role | None:
    """As `role_of`, in a write transaction: it stays so until that ends. A dismissal waits, and finds what was written."""
    role = (await conn.execute(_HELD_ROLE, {"of": account, "who": person})).scalar()
    return None if role is None else Role(role)


async def owners(conn: AsyncConnection, account: str) -> int:
    """How many owners an account has. In a write transaction their rows stay locked, so the last one cannot be lost to a race."""
    return len((await conn.execute(_OWNERS, {"of": account})).all())


async def staff_of(conn: AsyncConnection, account: str) -> list[tuple[PersonRow, str, Role]]:
    """An account's staff with login and role, at most 500."""
    rows = (await conn.execute(_STAFF, {"of": account})).all()
    known = await people(conn, [row.person for row in rows])
    return [(known[row.person], row.login, Role(row.role)) for row in rows if row.person in known]


async def accounts_of(conn: AsyncConnection, person: str) -> list[tuple[AccountRow, Role]]:
    """The accounts a person is staff of, at most 500, in the order of handles."""
    rows = (await conn.execute(_ACCOUNTS_OF, {"who": person})).mappings()
    return [(_account(row), Role(row["role"])) for row in rows]


def _account(row: sa.RowMapping) -> AccountRow:
    return AccountRow(**{name: row[name] for name in AccountRow.__struct_fields__})


_FOLLOW = both(lambda insert: insert(FOLLOWS).on_conflict_do_nothing())
_ONE_FOLLOW = sa.and_(_F.account == sa.bindparam("of"), _F.person == sa.bindparam("who"))
_UNFOLLOW = sa.delete(FOLLOWS).where(_ONE_FOLLOW)
_UNTAG = sa.delete(FOLLOWER_TAGS).where(FOLLOWER_TAGS.c.account == sa.bindparam("of"), FOLLOWER_TAGS.c.person == sa.bindparam("who"))
_MUTE = sa.update(FOLLOWS).where(_ONE_FOLLOW).values(muted=sa.bindparam("mute", type_=sa.Boolean))
_FOLLOW_OF = sa.select(FOLLOWS).where(_ONE_FOLLOW)
_FOLLOWERS = (
    sa.select(_F.person, sa.func.coalesce(_P.name, "").label("name"), _P.avatar, _F.at, _F.source)
    .select_from(FOLLOWS.outerjoin(PEOPLE, _P.id == _F.person))
    .where(_F.account == sa.bindparam("of"), sa.tuple_(_F.at, _F.person) < sa.tuple_(sa.bindparam("at"), sa.bindparam("who")))
    .order_by(_F.at.desc(), _F.person.desc())
    .limit(sa.bindparam("count"))
)
_FOLLOWED = (
    sa.select(ACCOUNTS, _F.at, _F.muted)
    .select_from(FOLLOWS.join(ACCOUNTS, _A.id == _F.account))
    .where(_F.person == sa.bindparam("who"), sa.tuple_(_F.at, _F.account) < sa.tuple_(sa.bindparam("at"), sa.bindparam("of")))
    .order_by(_F.at.desc(), _F.account.desc())
    .limit(sa.bindparam("count"))
)


async def follow(conn: AsyncConnection, account: str, person: str, source: str, now: int) -> bool:
    """A person follows an account; False if they did already, and then nothing changes."""
    values = {"account": account, "person": person, "source": source, "at": now, "muted": False}
    return (await conn.execute(_FOLLOW[conn.dialect.name], values)).rowcount == 1


async def unfollow(conn: AsyncConnection, account: str, person: str) -> bool:
    """A person follows an account no more, and has none of its tags; whether they followed it."""
    gone = (await conn.execute(_UNFOLLOW, {"of": account, "who": person})).rowcount == 1
    await conn.execute(_UNTAG, {"of": account, "who": person})
    return gone


async def mute(conn: AsyncConnection, account: str, person: str, muted: bool) -> bool:
    """A follower wants no notices of an account, or wants them again; False if they do not follow it."""
    return (await conn.execute(_MUTE, {"of": account, "who": person, "mute": muted})).rowcount == 1


async def follow_of(conn: AsyncConnection, account: str, person: str) -> FollowRow | None:
    """How a person follows an account; None if they do not."""
    row = (await conn.execute(_FOLLOW_OF, {"of": account, "who": person})).mappings().first()
    return None if row is None else FollowRow(**row)


async def followers(conn: AsyncConnection, account: str, cursor: str | None, limit: int) -> Page[Follower]:
    """A page of an account's followers, the newest first.

    Raises:
        Invalid: a bad cursor.
    """
    at, who = decode(cursor, int, str) if cursor else _BEGIN
    rows = (await conn.execute(_FOLLOWERS, {"of": account, "at": at, "who": who, "count": bounded(limit) + 1})).mappings()
    found = page([Follower(**row) for row in rows], bounded(limit), lambda follower: (follower.at, follower.person))
    tagged = await tags.of_many(conn, account, [follower.person for follower in found.items])
    items = [msgspec.structs.replace(one, tags=tuple(tagged.get(one.person, ()))) for one in found.items]
    return Page(items, found.cursor)


async def followed_by(conn: AsyncConnection, person: str, cursor: str | None, limit: int) -> Page[Followed]:
    """A page of the accounts a person follows, the newest follow first.

    Raises:
        Invalid: a bad cursor.
    """
    at, of = decode(cursor, int, str) if cursor else _BEGIN
    rows = (await conn.execute(_FOLLOWED, {"who": person, "at": at, "of": of, "count": bounded(limit) + 1})).mappings()
    found = [Followed(account=_account(row), at=row["at"], muted=row["muted"]) for row in rows]
    return page(found, bounded(limit), lambda followed: (followed.at, followed.account.id))
