"""Tags of followers: the words an account sorts them by. Only a follower has any, and none after they left."""

from collections.abc import Sequence
from enum import Enum

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import both
from bot.store.tables import ACCOUNTS, FOLLOWER_TAGS, FOLLOWS, TAGS

FOLLOWER_LIMIT = 50
"""Tags of one follower."""

ACCOUNT_LIMIT = 200
"""Different tags of one account."""


class Tagging(msgspec.Struct, frozen=True, kw_only=True):
    """That a follower of an account is to have a tag. `author` as in `FOLLOWER_TAGS`, `at` in milliseconds."""

    account: str
    person: str
    tag: str
    author: str
    at: int


class FollowerTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag of a follower: since when, and by whom."""

    tag: str
    at: int
    author: str


class AccountTag(msgspec.Struct, frozen=True, kw_only=True):
    """A tag that an account knows, and since when."""

    tag: str
    at: int


class Put(Enum):
    """What became of a tagging: it stands now (or did before), or why it does not."""

    STANDS = "stands"
    NO_FOLLOWER = "no follower"
    FOLLOWER_FULL = "follower full"
    ACCOUNT_FULL = "account full"


_T, _F = TAGS.c, FOLLOWER_TAGS.c
_FOLLOW = sa.select(FOLLOWS.c.at).where(FOLLOWS.c.account == sa.bindparam("of"), FOLLOWS.c.person == sa.bindparam("who")).with_for_update()
_KNOWN = sa.select(_T.tag).where(_T.account == sa.bindparam("of"), _T.tag == sa.bindparam("word")).with_for_update(read=True)
_ACCOUNT = sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == sa.bindparam("of")).with_for_update()
_HOW_MANY = sa.select(sa.func.count()).select_from(TAGS).where(_T.account == sa.bindparam("of"))
_MAKE = both(lambda insert: insert(TAGS).on_conflict_do_nothing())
_PUT = both(lambda insert: insert(FOLLOWER_TAGS).on_conflict_do_nothing())
_ONE = sa.and_(_F.account == sa.bindparam("of"), _F.person == sa.bindparam("who"))
_OF = sa.select(_F.tag, _F.at, _F.author).where(_ONE).order_by(_F.tag)
_OF_MANY = (
    sa.select(_F.person, _F.tag)
    .where(_F.account == sa.bindparam("of"), _F.person.in_(sa.bindparam("people", expanding=True)))
    .order_by(_F.person, _F.tag)
)
_DROP = sa.delete(FOLLOWER_TAGS).where(_ONE, _F.tag == sa.bindparam("word"))
_LISTED = sa.select(_T.tag, _T.at).where(_T.account == sa.bindparam("of")).order_by(_T.tag)
_FORGET = sa.delete(TAGS).where(_T.account == sa.bindparam("of"), _T.tag == sa.bindparam("word"))
_BEARERS = (
    sa.select(_F.person).where(_F.account == sa.bindparam("of"), _F.tag == sa.bindparam("word")).order_by(_F.person).limit(sa.bindparam("count"))
)
_CLEAR = sa.delete(FOLLOWER_TAGS).where(_F.account == sa.bindparam("of"), _F.tag == sa.bindparam("word"), _F.person.in_(_BEARERS))


def put(conn: sa.Connection, taggings: Sequence[Tagging]) -> list[Put]:
    """Put tags on followers, in one transaction with whatever is the reason for it; what became of each, in order.

    Follows are locked first, then accounts, each in the order of their keys: two writers never wait in a circle, the limits are
    exact, and a tag never outlives the follow.
    """
    pairs = sorted({(one.account, one.person) for one in taggings})
    following = {pair for pair in pairs if conn.execute(_FOLLOW, {"of": pair[0], "who": pair[1]}).first() is not None}
    wanted = {(one.account, one.tag): one.at for one in taggings if (one.account, one.person) in following}
    known = {name for name in sorted(wanted) if _known(conn, *name) or _made(conn, *name, wanted[name])}
    return [_put(conn, one, following, known) for one in taggings]


def _known(conn: sa.Connection, account: str, tag: str) -> bool:
    return conn.execute(_KNOWN, {"of": account, "word": tag}).first() is not None


def _made(conn: sa.Connection, account: str, tag: str, now: int) -> bool:
    """Make a tag the account does not know, if it may have one more. The account stays locked, so that the count holds."""
    conn.execute(_ACCOUNT, {"of": account})
    if not _known(conn, account, tag) and conn.execute(_HOW_MANY, {"of": account}).scalar_one() >= ACCOUNT_LIMIT:
        return False
    conn.execute(_MAKE[conn.dialect.name], {"account": account, "tag": tag, "at": now})
    return True


def _put(conn: sa.Connection, one: Tagging, following: set[tuple[str, str]], known: set[tuple[str, str]]) -> Put:
    if (one.account, one.person) not in following:
        return Put.NO_FOLLOWER
    if (one.account, one.tag) not in known:
        return Put.ACCOUNT_FULL
    has = {row.tag for row in conn.execute(_OF, {"of": one.account, "who": one.person})}
    if one.tag not in has:
        if len(has) >= FOLLOWER_LIMIT:
            return Put.FOLLOWER_FULL
        conn.execute(_PUT[conn.dialect.name], msgspec.structs.asdict(one))
    return Put.STANDS


async def put_one(conn: AsyncConnection, tagging: Tagging) -> Put:
    """`put` of one tag, in a transaction that is open."""
    (became,) = await conn.run_sync(lambda plain: put(plain, [tagging]))
    return became


async def of(conn: AsyncConnection, account: str, person: str) -> list[FollowerTag]:
    """A follower's tags, at most `FOLLOWER_LIMIT`, in alphabetical order."""
    rows = await conn.execute(_OF, {"of": account, "who": person})
    return [FollowerTag(**row) for row in rows.mappings()]


async def of_many(conn: AsyncConnection, account: str, people: Sequence[str]) -> dict[str, list[str]]:
    """The tags of at most 200 followers, by person; nothing of those who have none."""
    found: dict[str, list[str]] = {}
    if people:
        for person, tag in await conn.execute(_OF_MANY, {"of": account, "people": list(people)}):
            found.setdefault(person, []).append(tag)
    return found


async def drop(conn: AsyncConnection, account: str, person: str, tag: str) -> bool:
    """Take a tag off a follower; whether they had it."""
    return (await conn.execute(_DROP, {"of": account, "who": person, "word": tag})).rowcount == 1


async def listed(conn: AsyncConnection, account: str) -> list[AccountTag]:
    """The tags an account knows, at most `ACCOUNT_LIMIT`, in alphabetical order."""
    return [AccountTag(**row) for row in (await conn.execute(_LISTED, {"of": account})).mappings()]


async def forget(conn: AsyncConnection, account: str, tag: str) -> bool:
    """The account knows a tag no more; whether it did. Followers lose it by `clear`."""
    return (await conn.execute(_FORGET, {"of": account, "word": tag})).rowcount == 1


async def clear(conn: AsyncConnection, account: str, tag: str, limit: int) -> int:
    """Take a tag off at most `limit` followers; how many."""
    return (await conn.execute(_CLEAR, {"of": account, "word": tag, "count": limit})).rowcount
