"""An account's automatic replies as text: the draft somebody works on, and the versions that were published."""

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.basics import NotFound
from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.tables import ACCOUNTS, RULE_DRAFTS, RULE_VERSIONS


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """A numbered version with its rules and its vocabulary, each as JSON text. `at` in milliseconds."""

    version: int
    rules: str
    vocabulary: str = "{}"
    author: str
    note: str
    at: int


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """A version without its rules, for lists."""

    version: int
    author: str
    note: str
    at: int


class RuleDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What is being worked on. `revision` grows with every save, from 1."""

    revision: int
    rules: str
    vocabulary: str = "{}"
    author: str
    at: int


_V, _D = RULE_VERSIONS.c, RULE_DRAFTS.c
_FULL = sa.select(_V.version, _V.rules, _V.vocabulary, _V.author, _V.note, _V.at)
_PUBLISHED = _FULL.select_from(ACCOUNTS.join(RULE_VERSIONS, sa.and_(_V.account == ACCOUNTS.c.id, _V.version == ACCOUNTS.c.rules_version))).where(
    ACCOUNTS.c.id == sa.bindparam("of")
)
_VERSION = _FULL.where(_V.account == sa.bindparam("of"), _V.version == sa.bindparam("number"))
_VERSIONS = (
    sa.select(_V.version, _V.author, _V.note, _V.at)
    .where(_V.account == sa.bindparam("of"), _V.version < sa.bindparam("before"))
    .order_by(_V.version.desc())
    .limit(sa.bindparam("count"))
)
_NEXT = (
    sa.update(ACCOUNTS)
    .where(ACCOUNTS.c.id == sa.bindparam("of"))
    .values(rules_version=ACCOUNTS.c.rules_version + 1)
    .returning(ACCOUNTS.c.rules_version)
)
_PUBLISH = sa.insert(RULE_VERSIONS)
_DRAFT = sa.select(_D.revision, _D.rules, _D.vocabulary, _D.author, _D.at).where(_D.account == sa.bindparam("of"))
_FIRST_DRAFT = both(lambda insert: insert(RULE_DRAFTS).on_conflict_do_nothing())
_SAVE_DRAFT = (
    sa.update(RULE_DRAFTS)
    .where(_D.account == sa.bindparam("of"), _D.revision == sa.bindparam("expected"))
    .values(
        revision=_D.revision + 1, rules=sa.bindparam("text"), vocabulary=sa.bindparam("words"), author=sa.bindparam("who"), at=sa.bindparam("now")
    )
)


async def published(conn: AsyncConnection, account: str) -> Published | None:
    """The version an account speaks by; None before the first."""
    row = (await conn.execute(_PUBLISHED, {"of": account})).mappings().first()
    return None if row is None else Published(**row)


async def version(conn: AsyncConnection, account: str, number: int) -> Published | None:
    """One version of an account."""
    row = (await conn.execute(_VERSION, {"of": account, "number": number})).mappings().first()
    return None if row is None else Published(**row)


async def versions(conn: AsyncConnection, account: str, cursor: str | None, limit: int) -> Page[Version]:
    """A page of an account's versions, the newest first.

    Raises:
        Invalid: a bad cursor.
    """
    before = min(decode(cursor, int)[0], 2**31 - 1) if cursor else 2**31 - 1
    rows = (await conn.execute(_VERSIONS, {"of": account, "before": before, "count": bounded(limit) + 1})).mappings()
    return page([Version(**row) for row in rows], bounded(limit), lambda row: (row.version,))


async def publish(conn: AsyncConnection, account: str, rules: str, author: str, note: str, now: int, *, vocabulary: str = "{}") -> int:
    """Make rules the ones an account speaks by, under the next number; several publishers at once get numbers of their own.

    Raises:
        NotFound: there is no such account.
    """
    number = (await conn.execute(_NEXT, {"of": account})).scalar()
    if number is None:
        raise NotFound("没有这个账号。", "There is no such account.")
    await conn.execute(
        _PUBLISH, {"account": account, "version": number, "rules": rules, "vocabulary": vocabulary, "author": author, "note": note, "at": now}
    )
    return int(number)


async def draft(conn: AsyncConnection, account: str) -> RuleDraft | None:
    """What is being worked on; None if nothing is."""
    row = (await conn.execute(_DRAFT, {"of": account})).mappings().first()
    return None if row is None else RuleDraft(**row)


async def put_draft(conn: AsyncConnection, account: str, rules: str, author: str, now: int, *, expect: int, vocabulary: str = "{}") -> int | None:
    """Save a draft that is still at revision `expect` (0: there is none yet); its new revision, or None if somebody else was first."""
    if expect == 0:
        values = {"account": account, "revision": 1, "rules": rules, "vocabulary": vocabulary, "author": author, "at": now}
        made = await conn.execute(_FIRST_DRAFT[conn.dialect.name], values)
        return 1 if made.rowcount == 1 else None
    saved = await conn.execute(_SAVE_DRAFT, {"of": account, "expected": expect, "text": rules, "words": vocabulary, "who": author, "now": now})
    return expect + 1 if saved.rowcount == 1 else None
