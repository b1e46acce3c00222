"""Lists of words as rows: those of an account, those of one conversation, and how many they are together."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.filter_tables import FILTER_DAYS, FILTER_LISTS
from bot.store.tables import ACCOUNTS
from intents.filters import Action
from intents.lexicon import Way, Words

Enforced = Literal["shadow", "mask", "review", "block"]
"""What a list may do. Words that may pass are allowed words, not a list that passes."""


class ListHead(msgspec.Struct, frozen=True, kw_only=True):
    """A list without its words. `conversation` is None for one of the whole account; `words` counts allowed words too; `at` in milliseconds."""

    id: str
    account: str
    conversation: str | None
    name: str
    action: Enforced
    way: Way
    words: int
    patterns: int
    note: str
    enabled: bool
    version: int
    by: str
    at: int


class ListRow(msgspec.Struct, frozen=True, kw_only=True):
    """A list with its words."""

    head: ListHead
    content: Words


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How much the lists of one place are together."""

    lists: int = 0
    words: int = 0
    patterns: int = 0


class Mark(msgspec.Struct, frozen=True):
    """An enforced list by its version: the same marks, the same filter."""

    id: str
    version: int
    conversation: str | None


_F, _D = FILTER_LISTS.c, FILTER_DAYS.c
_HEAD = (
    _F.id,
    _F.account,
    _F.conversation,
    _F.name,
    _F.action,
    _F.way,
    _F.word_count.label("words"),
    _F.pattern_count.label("patterns"),
    _F.note,
    _F.enabled,
    _F.version,
    _F.by,
    _F.at,
)
_TEXTS = (_F.words.label("words_json"), _F.patterns.label("patterns_json"), _F.allow.label("allow_json"))
_HEADS = {
    True: sa.select(*_HEAD).where(_F.account == sa.bindparam("of"), _F.conversation.is_(None)).order_by(_F.id),
    False: sa.select(*_HEAD).where(_F.account == sa.bindparam("of"), _F.conversation == sa.bindparam("place")).order_by(_F.id),
}
_ONE = sa.select(*_HEAD, *_TEXTS).where(_F.id == sa.bindparam("list_id"))
_SOME = sa.select(*_HEAD, *_TEXTS).where(_F.id.in_(sa.bindparam("ids", expanding=True))).order_by(_F.id)
_OF_PLACE = sa.or_(_F.conversation.is_(None), _F.conversation == sa.bindparam("place"))
_MARKS = (
    sa.select(_F.id, _F.version, _F.conversation)
    .where(_F.account == sa.bindparam("of"), _OF_PLACE, _F.enabled.is_(sa.true()))
    .order_by(_F.conversation.is_not(None), _F.id)
)
_SIZES = (
    sa.select(
        _F.conversation, sa.func.count().label("lists"), sa.func.sum(_F.word_count).label("words"), sa.func.sum(_F.pattern_count).label("patterns")
    )
    .where(_F.account == sa.bindparam("of"), _F.id != sa.bindparam("but"))
    .group_by(_F.conversation)
)
_LOCK = sa.select(ACCOUNTS.c.id).where(ACCOUNTS.c.id == sa.bindparam("of")).with_for_update()
_HITS = (
    sa.select(_D.list, sa.func.sum(_D.hits).label("hits"))
    .where(_D.list.in_(sa.bindparam("ids", expanding=True)), _D.day >= sa.bindparam("since"))
    .group_by(_D.list)
)
_STRINGS = msgspec.json.Decoder(tuple[str, ...])


def _head(row: Any) -> ListHead:
    plain = {name: row[name] for name in ListHead.__struct_fields__ if name != "way"}
    return ListHead(**plain, way=Way(row["way"]))


def _row(row: Any) -> ListRow:
    head = _head(row)
    words, patterns, allow = (_STRINGS.decode(row[name]) for name in ("words_json", "patterns_json", "allow_json"))
    return ListRow(head=head, content=Words(words, patterns, allow, head.way))


def _values(name: str, action: Enforced, content: Words, note: str, *, enabled: bool) -> dict[str, Any]:
    texts = {part: msgspec.json.encode(getattr(content, part)).decode() for part in ("words", "patterns", "allow")}
    counts = {"word_count": len(content.words) + len(content.allow), "pattern_count": len(content.patterns)}
    return {"name": name, "action": action, "way": str(content.way), "note": note, "enabled": enabled, **texts, **counts}


async def lock(conn: AsyncConnection, account: str) -> None:
    """Let nobody else change lists of the account until the transaction ends, so that their number and size can be relied on."""
    await conn.execute(_LOCK, {"of": account})


async def heads(conn: AsyncConnection, account: str, conversation: str | None) -> list[ListHead]:
    """The lists of the account as a whole (None), or of one conversation of it; the oldest first."""
    values = {"of": account} if conversation is None else {"of": account, "place": conversation}
    return [_head(row) for row in (await conn.execute(_HEADS[conversation is None], values)).mappings()]


async def get(conn: AsyncConnection, list_id: str) -> ListRow | None:
    """One list."""
    row = (await conn.execute(_ONE, {"list_id": list_id})).mappings().first()
    return None if row is None else _row(row)


async def some(conn: AsyncConnection, ids: Sequence[str]) -> list[ListRow]:
    """These lists, the oldest first."""
    return [_row(row) for row in (await conn.execute(_SOME, {"ids": list(ids)})).mappings()] if ids else []


async def marks(conn: AsyncConnection, account: str, conversation: str | None) -> list[Mark]:
    """The enforced lists of an account and of one of its conversations: first those of the account."""
    return [Mark(row.id, row.version, row.conversation) for row in await conn.execute(_MARKS, {"of": account, "place": conversation})]


async def sizes(conn: AsyncConnection, account: str, but: str = "") -> dict[str | None, Size]:
    """How much the lists of the account (None) and of each of its conversations are, without one of them."""
    rows = await conn.execute(_SIZES, {"of": account, "but": but})
    return {row.conversation: Size(lists=row.lists, words=int(row.words), patterns=int(row.patterns)) for row in rows}


async def create(conn: AsyncConnection, head: ListHead, content: Words) -> None:
    """Add a list."""
    values = _values(head.name, head.action, content, head.note, enabled=head.enabled)
    place = {"id": head.id, "account": head.account, "conversation": head.conversation}
    await conn.execute(sa.insert(FILTER_LISTS).values(**place, **values, version=1, by=head.by, at=head.at))


async def change(conn: AsyncConnection, head: ListHead, content: Words) -> bool:
    """Put this in the place of a list that still has this version, which grows by one; whether it had it."""
    values = _values(head.name, head.action, content, head.note, enabled=head.enabled)
    statement = sa.update(FILTER_LISTS).where(_F.id == head.id, _F.version == head.version)
    return (await conn.execute(statement.values(**values, version=_F.version + 1, by=head.by, at=head.at))).rowcount == 1


async def delete(conn: AsyncConnection, list_id: str, version: int) -> bool:
    """Delete a list that still has this version; whether it had it. What it hit stays, for its days are evidence."""
    return (await conn.execute(sa.delete(FILTER_LISTS).where(_F.id == list_id, _F.version == version))).rowcount == 1


async def hits(conn: AsyncConnection, ids: Sequence[str], since: str) -> dict[str, int]:
    """How many messages each of these lists hit since a day, such as `2026-11-23`."""
    if not ids:
        return {}
    return {row.list: int(row.hits) for row in await conn.execute(_HITS, {"ids": list(ids), "since": since})}


def filter_list(row: ListRow) -> tuple[str, Action, Words]:
    """A stored list as filters take it: its id stands for its name, which may occur twice."""
    return row.head.id, Action(row.head.action), row.content
