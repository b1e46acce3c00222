"""The lists of the desk that are not simply the latest conversations: who waits longest, what somebody holds, buyers of a name."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.talk import DeskState
from bot.store import desk
from bot.store.cursor import Page, bounded, decode, encode, page
from bot.store.desk import DeskItem, DeskRow
from bot.store.tables import CONVERSATIONS, PEOPLE

SEARCHED = 1_000
"""So many conversations of each state are looked through for a name at once; a page may hold fewer than asked for, with more behind it."""

_C = CONVERSATIONS.c
_BEGIN = (2**62, "\U0010ffff")
_ITEMS = (
    sa.select(*desk.COLUMNS, sa.func.coalesce(PEOPLE.c.name, "").label("name"), PEOPLE.c.avatar, _C.head)
    .select_from(CONVERSATIONS.outerjoin(PEOPLE, PEOPLE.c.id == _C.person))
    .where(_C.account == sa.bindparam("of"), _C.kind == "direct")
    .limit(sa.bindparam("count"))
)
_LONGEST = _ITEMS.where(
    _C.desk == str(DeskState.WAITING), sa.tuple_(_C.waiting_since, _C.id) > sa.tuple_(sa.bindparam("since"), sa.bindparam("after_id"))
).order_by(_C.waiting_since, _C.id)
_LATEST = sa.tuple_(_C.last_at, _C.id) < sa.tuple_(sa.bindparam("at"), sa.bindparam("before_id"))
_HELD = _ITEMS.where(_C.operator == sa.bindparam("who"), _C.desk == str(DeskState.OPERATOR), _LATEST).order_by(_C.last_at.desc(), _C.id.desc())
_OF_STATE = _ITEMS.where(_C.desk == sa.bindparam("state_of"), _LATEST).order_by(_C.last_at.desc(), _C.id.desc())


def item(row: Any) -> DeskItem:
    """A row of a list, with its buyer."""
    place = DeskRow(**{**{name: row[name] for name in DeskRow.__struct_fields__}, "state": DeskState(row["state"])})
    return DeskItem(row=place, name=row["name"], avatar=row["avatar"], head=row["head"])


async def longest_waiting(conn: AsyncConnection, account: str, cursor: str | None, limit: int) -> Page[DeskItem]:
    """A page of those who wait, in whichever queue, the longest first.

    Raises:
        Invalid: a bad cursor.
    """
    since, after = decode(cursor, int, str) if cursor else (-1, "")
    rows = (await conn.execute(_LONGEST, {"of": account, "since": since, "after_id": after, "count": bounded(limit) + 1})).mappings()
    return page([item(row) for row in rows], bounded(limit), lambda one: (one.row.waiting_since or 0, one.row.conversation))


async def held_by(conn: AsyncConnection, account: str, operator: str, cursor: str | None, limit: int) -> Page[DeskItem]:
    """A page of what an operator holds of an account, the latest message first.

    Raises:
        Invalid: a bad cursor.
    """
    at, before = decode(cursor, int, str) if cursor else _BEGIN
    values = {"of": account, "who": operator, "at": at, "before_id": before, "count": bounded(limit) + 1}
    rows = (await conn.execute(_HELD, values)).mappings()
    return page([item(row) for row in rows], bounded(limit), _latest)


async def named(conn: AsyncConnection, account: str, name: str, state: DeskState | None, cursor: str | None, limit: int) -> Page[DeskItem]:
    """A page of the conversations in one state, or in any, whose buyer's name holds these letters, the latest message first.

    Raises:
        Invalid: a bad cursor.
    """
    at, before = decode(cursor, int, str) if cursor else _BEGIN
    found: list[DeskItem] = []
    for each in [state] if state is not None else list(DeskState):
        values = {"of": account, "state_of": str(each), "at": at, "before_id": before, "count": SEARCHED + 1}
        found += [item(row) for row in (await conn.execute(_OF_STATE, values)).mappings()]
    found.sort(key=_latest, reverse=True)
    searched, wanted = found[:SEARCHED], name.casefold()
    matching = [one for one in searched if wanted in one.name.casefold()]
    shown = matching[: bounded(limit)]
    last = shown[-1] if len(matching) > len(shown) else searched[-1] if len(found) > SEARCHED else None
    return Page(shown, None if last is None else encode(*_latest(last)))


def _latest(one: DeskItem) -> tuple[int, str]:
    return one.row.last_at, one.row.conversation
