"""Where direct conversations stand on the desk, how they move, and the canned replies of operators."""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.basics import Conflict
from bot.model.desk import Waiting
from bot.model.talk import DeskState
from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.tables import CANNED, CONVERSATIONS, DESK_LOG, PEOPLE

HELD_LIMIT = 500
"""Conversations of one operator that are listed at most."""

_BEGIN = (2**62, "\U0010ffff")


class DeskRow(msgspec.Struct, frozen=True, kw_only=True):
    """Where a direct conversation stands. Times in milliseconds; `away_since` is when its operator was first missed."""

    conversation: str
    account: str
    person: str
    state: DeskState
    operator: str | None
    team: str | None
    waiting_since: int | None
    away_since: int | None
    last_at: int


class DeskItem(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in a list of the desk, with its buyer and its last seq."""

    row: DeskRow
    name: str
    avatar: str | None
    head: int


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the desk's log. `waited_ms` is how long the buyer had waited when a person took over."""

    account: str
    conversation: str
    at: int
    move: str
    before: DeskState
    after: DeskState
    actor: str
    operator: str | None = None
    team: str | None = None
    waited_ms: int | None = None
    reason: str = ""


_C, _L = CONVERSATIONS.c, DESK_LOG.c
COLUMNS = (
    _C.id.label("conversation"),
    _C.account,
    _C.person,
    _C.desk.label("state"),
    _C.operator,
    _C.team,
    _C.waiting_since,
    _C.away_since,
    _C.last_at,
)
"""What a `DeskRow` is made of."""

_ROWS = sa.select(*COLUMNS).where(_C.kind == "direct")
_ROW = _ROWS.where(_C.id == sa.bindparam("conversation"))
_SOME_ROWS = _ROWS.where(_C.id.in_(sa.bindparam("ids", expanding=True)))
_LOCKED_ROW = _ROW.with_for_update()
_MOVE = (
    sa.update(CONVERSATIONS)
    .where(
        _C.id == sa.bindparam("which"),
        _C.kind == "direct",
        _C.desk == sa.bindparam("expected"),
        _C.operator.is_not_distinct_from(sa.bindparam("expected_operator", type_=sa.String)),
    )
    .values(
        desk=sa.bindparam("to_state"),
        operator=sa.bindparam("to_operator"),
        team=sa.bindparam("to_team"),
        waiting_since=sa.bindparam("since"),
        away_since=sa.bindparam("away"),
    )
)


def _row(row: Any) -> DeskRow:
    return DeskRow(**{**{name: row[name] for name in DeskRow.__struct_fields__}, "state": DeskState(row["state"])})


async def desk_row(conn: AsyncConnection, conversation: str, *, lock: bool = False) -> DeskRow | None:
    """Where a direct conversation stands; None where there is none. With `lock` nobody moves it, or writes into it, until the transaction ends."""
    row = (await conn.execute(_LOCKED_ROW if lock else _ROW, {"conversation": conversation})).mappings().first()
    return None if row is None else _row(row)


async def desk_rows(conn: AsyncConnection, conversations: Sequence[str]) -> dict[str, DeskRow]:
    """Where those of the given direct conversations stand that there are, by conversation."""
    if not conversations:
        return {}
    rows = (await conn.execute(_SOME_ROWS, {"ids": list(conversations)})).mappings()
    return {row["conversation"]: _row(row) for row in rows}


async def move(conn: AsyncConnection, row: DeskRow, *, expect: DeskRow) -> bool:
    """Move a conversation to where `row` says, if state and operator still are as in `expect`; False if somebody was first.

    Of many who move it at once, exactly one succeeds.
    """
    values = {
        "which": expect.conversation,
        "expected": str(expect.state),
        "expected_operator": expect.operator,
        "to_state": str(row.state),
        "to_operator": row.operator,
        "to_team": row.team,
        "since": row.waiting_since,
        "away": row.away_since,
    }
    return (await conn.execute(_MOVE, values)).rowcount == 1


_LOG = sa.insert(DESK_LOG)
_HISTORY = (
    sa.select(DESK_LOG)
    .where(_L.conversation == sa.bindparam("of"), sa.tuple_(_L.at, _L.id) < sa.tuple_(sa.bindparam("at"), sa.bindparam("before_id")))
    .order_by(_L.at.desc(), _L.id.desc())
    .limit(sa.bindparam("count"))
)
_WAITS = (
    sa.select(_L.waited_ms)
    .where(_L.account == sa.bindparam("of"), _L.at >= sa.bindparam("since"), _L.waited_ms.is_not(None))
    .order_by(_L.at.desc())
    .limit(sa.bindparam("count"))
)


async def log_move(
    conn: AsyncConnection,
    *,
    before: DeskRow,
    after: DeskRow,
    at: int,
    move: str,
    actor: str,
    waited_ms: int | None = None,
    reason: str = "",
) -> None:
    """Write a move into the log, inside the transaction that makes it."""
    values = {"account": after.account, "conversation": after.conversation, "at": at, "move": str(move), "actor": actor, "reason": reason}
    values |= {"before": str(before.state), "after": str(after.state), "operator": after.operator, "team": after.team, "waited_ms": waited_ms}
    await conn.execute(_LOG, values)


async def history(conn: AsyncConnection, conversation: str, cursor: str | None, limit: int) -> Page[Moved]:
    """A page of a conversation's moves, the newest first.

    Raises:
        Invalid: a bad cursor.
    """
    at, before = decode(cursor, int, int) if cursor else (2**62, 2**62)
    rows = (await conn.execute(_HISTORY, {"of": conversation, "at": at, "before_id": before, "count": bounded(limit) + 1})).mappings().all()
    cut = page(rows, bounded(limit), lambda row: (row["at"], row["id"]))
    return Page([_moved(row) for row in cut.items], cut.cursor)


def _moved(row: sa.RowMapping) -> Moved:
    values: dict[str, Any] = {name: row[name] for name in Moved.__struct_fields__}
    return Moved(**{**values, "before": DeskState(row["before"]), "after": DeskState(row["after"])})


async def recent_waits_s(conn: AsyncConnection, account: str, since: int, limit: int) -> list[float]:
    """How long buyers waited before a person took over, in seconds, the latest first, not before `since`."""
    rows = await conn.execute(_WAITS, {"of": account, "since": since, "count": bounded(limit)})
    return [row[0] / 1000 for row in rows]


_WAITING = sa.and_(_C.account == sa.bindparam("of"), _C.desk == str(DeskState.WAITING))
_ALL_WAITING = sa.select(sa.func.count()).select_from(CONVERSATIONS).where(_C.desk == str(DeskState.WAITING))
_IN_QUEUE = _C.team.is_not_distinct_from(sa.bindparam("in_team", type_=sa.String))
_QUEUE = (
    sa.select(_C.id, sa.func.coalesce(_C.waiting_since, 0)).where(_WAITING, _IN_QUEUE).order_by(_C.waiting_since, _C.id).limit(sa.bindparam("count"))
)
_AHEAD = (
    sa.select(sa.func.count())
    .select_from(CONVERSATIONS)
    .where(
        _WAITING,
        _IN_QUEUE,
        _C.waiting_since <= sa.bindparam("since"),
        sa.or_(_C.waiting_since < sa.bindparam("since"), _C.id < sa.bindparam("which")),
    )
)
_BUYERS = sa.select(_C.id, _C.person).where(_C.id.in_(sa.bindparam("ids", expanding=True)), _C.kind == "direct")
_HELD = (
    _ROWS.where(_C.operator == sa.bindparam("who"), _C.desk == str(DeskState.OPERATOR)).order_by(_C.last_at.desc(), _C.id.desc()).limit(HELD_LIMIT)
)
_LOADS = (
    sa.select(_C.operator, sa.func.count())
    .where(
        _C.operator.in_(sa.bindparam("persons", expanding=True)),
        _C.desk == str(DeskState.OPERATOR),
        _C.account == sa.bindparam("of"),
    )
    .group_by(_C.operator)
)


async def queue(conn: AsyncConnection, account: str, team: str | None, limit: int) -> list[Waiting]:
    """Those who wait for a team of an account, or for anybody (None), the longest first."""
    rows = await conn.execute(_QUEUE, {"of": account, "in_team": team, "count": bounded(limit)})
    return [Waiting(row[0], row[1]) for row in rows]


async def all_waiting(conn: AsyncConnection) -> int:
    """How many conversations wait, in every account."""
    return int((await conn.execute(_ALL_WAITING)).scalar_one())


async def place(conn: AsyncConnection, row: DeskRow) -> int:
    """The place in its queue, from 1, of a conversation that waits."""
    values = {"of": row.account, "in_team": row.team, "since": row.waiting_since or 0, "which": row.conversation}
    return 1 + int((await conn.execute(_AHEAD, values)).scalar_one())


async def buyers(conn: AsyncConnection, conversations: Sequence[str]) -> dict[str, str]:
    """Whose these direct conversations are, by conversation."""
    if not conversations:
        return {}
    return {row[0]: row[1] for row in await conn.execute(_BUYERS, {"ids": list(conversations)})}


async def held_by(conn: AsyncConnection, person: str) -> list[DeskRow]:
    """What an operator looks after, the latest message first, at most 500."""
    return [_row(row) for row in (await conn.execute(_HELD, {"who": person})).mappings()]


async def loads(conn: AsyncConnection, account: str, persons: Sequence[str]) -> dict[str, int]:
    """How many conversations of an account each of these operators looks after; 0 is told too."""
    if not persons:
        return {}
    rows = await conn.execute(_LOADS, {"of": account, "persons": list(persons)})
    return {**dict.fromkeys(persons, 0), **{row[0]: row[1] for row in rows}}


_DESK_PAGE = (
    sa.select(*COLUMNS, sa.func.coalesce(PEOPLE.c.name, "").label("name"), PEOPLE.c.avatar, _C.head)
    .select_from(CONVERSATIONS.outerjoin(PEOPLE, PEOPLE.c.id == _C.person))
    .where(
        _C.account == sa.bindparam("of"),
        _C.desk == sa.bindparam("state_of"),
        _C.kind == "direct",
        sa.tuple_(_C.last_at, _C.id) < sa.tuple_(sa.bindparam("at"), sa.bindparam("before_id")),
    )
    .order_by(_C.last_at.desc(), _C.id.desc())
    .limit(sa.bindparam("count"))
)
_OPEN = _ROWS.where(_C.desk == sa.bindparam("state_of"), _C.id > sa.bindparam("after_id")).order_by(_C.id).limit(sa.bindparam("count"))
_IDLE = _OPEN.where(_C.last_at < sa.bindparam("before_at"))
_HELD_BY = sa.and_(_C.id == sa.bindparam("which"), _C.desk == str(DeskState.OPERATOR), _C.operator == sa.bindparam("who"))
_MISSED = sa.update(CONVERSATIONS).where(_HELD_BY, _C.away_since.is_(None)).values(away_since=sa.bindparam("since"))
_BACK = sa.update(CONVERSATIONS).where(_HELD_BY).values(away_since=None)


async def conversations_of_desk(conn: AsyncConnection, account: str, state: DeskState | None, cursor: str | None, limit: int) -> Page[DeskItem]:
    """A page of an account's direct conversations in one state, or in any, the latest message first.

    Raises:
        Invalid: a bad cursor.
    """
    at, before = decode(cursor, int, str) if cursor else _BEGIN
    found: list[DeskItem] = []
    for each in [state] if state is not None else list(DeskState):
        values = {"of": account, "state_of": str(each), "at": at, "before_id": before, "count": bounded(limit) + 1}
        rows = (await conn.execute(_DESK_PAGE, values)).mappings()
        found += [DeskItem(row=_row(row), name=row["name"], avatar=row["avatar"], head=row["head"]) for row in rows]
    found.sort(key=lambda item: (item.row.last_at, item.row.conversation), reverse=True)
    return page(found, bounded(limit), lambda item: (item.row.last_at, item.row.conversation))


async def held_by_operators(conn: AsyncConnection, after: str, limit: int) -> list[DeskRow]:
    """Conversations that operators hold, in any account, in the order of ids after the given one: a sweeper's walk."""
    rows = await conn.execute(_OPEN, {"state_of": str(DeskState.OPERATOR), "after_id": after, "count": limit})
    return [_row(row) for row in rows.mappings()]


async def idle(conn: AsyncConnection, before: int, limit: int, *, state: DeskState = DeskState.OPERATOR, after: str = "") -> list[DeskRow]:
    """Conversations of a state whose last message is older than `before`, in the order of ids after the given one."""
    rows = await conn.execute(_IDLE, {"state_of": str(state), "after_id": after, "before_at": before, "count": limit})
    return [_row(row) for row in rows.mappings()]


async def missed(conn: AsyncConnection, conversation: str, operator: str, at: int) -> bool:
    """Note since when the operator of a conversation is missed; False if they do not hold it or were missed before."""
    return (await conn.execute(_MISSED, {"which": conversation, "who": operator, "since": at})).rowcount == 1


async def back(conn: AsyncConnection, conversation: str, operator: str) -> bool:
    """Note that the operator of a conversation is here; False if they do not hold it."""
    return (await conn.execute(_BACK, {"which": conversation, "who": operator})).rowcount == 1


class CannedRow(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that operators keep ready."""

    id: str
    account: str
    title: str
    text: str
    at: int


_N = CANNED.c
_ONE_CANNED = sa.and_(_N.account == sa.bindparam("of"), _N.id == sa.bindparam("which"))
_MAKE_CANNED = both(lambda insert: insert(CANNED).on_conflict_do_nothing())
_CANNED = sa.select(CANNED).where(_ONE_CANNED)
_TITLE_TAKEN = sa.select(_N.id).where(_N.account == sa.bindparam("of"), _N.title == sa.bindparam("called"), _N.id != sa.bindparam("which"))
_EDIT_CANNED = sa.update(CANNED).where(_ONE_CANNED).values(title=sa.bindparam("called"), text=sa.bindparam("words"), at=sa.bindparam("now"))
_DROP_CANNED = sa.delete(CANNED).where(_ONE_CANNED)
_CANNED_PAGE = (
    sa.select(CANNED).where(_N.account == sa.bindparam("of"), _N.title > sa.bindparam("after")).order_by(_N.title).limit(sa.bindparam("count"))
)


async def create_canned(conn: AsyncConnection, canned: CannedRow) -> None:
    """Keep a reply ready.

    Raises:
        Conflict: the account has one of this title.
    """
    if (await conn.execute(_MAKE_CANNED[conn.dialect.name], msgspec.structs.asdict(canned))).rowcount != 1:
        raise _title_taken()


async def edit_canned(conn: AsyncConnection, canned: CannedRow) -> bool:
    """Replace title and text; False if the account has no such reply.

    Raises:
        Conflict: the account has another one of this title.
    """
    if (await conn.execute(_TITLE_TAKEN, {"of": canned.account, "called": canned.title, "which": canned.id})).first() is not None:
        raise _title_taken()
    values = {"of": canned.account, "which": canned.id, "called": canned.title, "words": canned.text, "now": canned.at}
    return (await conn.execute(_EDIT_CANNED, values)).rowcount == 1


async def drop_canned(conn: AsyncConnection, account: str, id: str) -> bool:  # noqa: A002 # the column's name
    """Keep a reply no longer; False if the account has no such reply."""
    return (await conn.execute(_DROP_CANNED, {"of": account, "which": id})).rowcount == 1


async def canned_by_id(conn: AsyncConnection, account: str, id: str) -> CannedRow | None:  # noqa: A002 # the column's name
    """One reply of an account."""
    row = (await conn.execute(_CANNED, {"of": account, "which": id})).mappings().first()
    return None if row is None else CannedRow(**row)


async def canned(conn: AsyncConnection, account: str, cursor: str | None, limit: int) -> Page[CannedRow]:
    """A page of an account's replies in the order of titles.

    Raises:
        Invalid: a bad cursor.
    """
    after = decode(cursor, str)[0] if cursor else ""
    rows = (await conn.execute(_CANNED_PAGE, {"of": account, "after": after, "count": bounded(limit) + 1})).mappings()
    return page([CannedRow(**row) for row in rows], bounded(limit), lambda row: (row.title,))


def _title_taken() -> Conflict:
    return Conflict("已有同名的快捷回复。", "There is a canned reply of this title.", path="title")
