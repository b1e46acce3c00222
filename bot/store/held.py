"""What filters found, as rows: their hits, counted by list and day, and messages that wait for a moderator outside of the log."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.filter_tables import FILTER_DAYS, FILTER_HITS, HELD
from bot.store.tables import GROUPS, MESSAGES

State = Literal["waiting", "releasing", "released", "refused"]

KEPT_MS = 30 * 86_400_000
"""How long hits, their counts and decided messages are kept."""

WAITS_MS = 7 * 86_400_000
"""How long a message waits before it counts as refused."""


class Spoke(msgspec.Struct, frozen=True, kw_only=True):
    """A sign as it is kept with what it spoke about; `list` is the id of an own list, `start` and `end` are code points of the text."""

    kind: str
    name: str
    word: str
    action: str
    evidence: float
    list: str | None = None
    start: int | None = None
    end: int | None = None


class HeldRow(msgspec.Struct, frozen=True, kw_only=True):
    """A message that waits, or waited: what would be stored in the log, why it waits, and what became of it."""

    id: str
    account: str
    conversation: str
    author: str
    author_name: str
    role: str
    key: str
    kind: str
    body: str
    reply_to: int | None
    text: str
    signals: tuple[Spoke, ...]
    score: float
    at: int
    state: State = "waiting"
    decided_by: str | None = None
    decided_at: int | None = None
    reason: str = ""
    seq: int | None = None


class HitRow(msgspec.Struct, frozen=True, kw_only=True):
    """A message that a filter spoke about; `text` as it was written. `held`: it waits, or waited, under this id. `seq`: where it stands in the log."""

    id: str
    account: str
    conversation: str
    author: str
    key: str
    action: str
    score: float
    text: str
    signals: tuple[Spoke, ...]
    at: int
    held: str | None = None
    seq: int | None = None
    author_name: str = ""


_H, _I, _D, _M = HELD.c, FILTER_HITS.c, FILTER_DAYS.c, MESSAGES.c
_SPOKE = msgspec.json.Decoder(tuple[Spoke, ...])
_WAITING = _H.state.in_(("waiting", "releasing"))
_BY_KEY = sa.select(HELD).where(_H.author == sa.bindparam("who"), _H.key == sa.bindparam("key_of"))
_ONE = sa.select(HELD).where(_H.id == sa.bindparam("id_of"))
_LOCKED = _ONE.with_for_update()
_COUNT = sa.select(sa.func.count()).select_from(HELD).where(_H.conversation == sa.bindparam("place"), _WAITING)
_COUNT_OF = _COUNT.where(_H.author == sa.bindparam("who"))
_IDS_OF = sa.select(_H.id).where(_H.conversation == sa.bindparam("place"), _H.author == sa.bindparam("who"), _WAITING).order_by(_H.at, _H.id)
_LOCK = sa.select(GROUPS.c.id).where(GROUPS.c.id.in_(sa.bindparam("places", expanding=True))).order_by(GROUPS.c.id).with_for_update()
_HOLD = both(lambda insert: insert(HELD).on_conflict_do_nothing(index_elements=["author", "key"]))
_HIT = both(lambda insert: insert(FILTER_HITS).on_conflict_do_nothing(index_elements=["author", "key"]))


def _add_day(insert: Any) -> Any:
    made = insert(FILTER_DAYS)
    return made.on_conflict_do_update(index_elements=["list", "conversation", "day"], set_={"hits": _D.hits + made.excluded.hits})


_DAY = both(_add_day)
_PAGE = (
    sa.select(HELD)
    .where(_H.conversation == sa.bindparam("place"), _WAITING, sa.tuple_(_H.at, _H.id) > sa.tuple_(sa.bindparam("after"), sa.bindparam("after_id")))
    .order_by(_H.at, _H.id)
    .limit(sa.bindparam("count"))
)
_HITS = (
    sa.select(FILTER_HITS, _M.seq.label("seq"))
    .select_from(FILTER_HITS.outerjoin(MESSAGES, sa.and_(_M.author == _I.author, _M.key == _I.key, _M.conversation == _I.conversation)))
    .where(_I.conversation == sa.bindparam("place"), sa.tuple_(_I.at, _I.id) < sa.tuple_(sa.bindparam("before"), sa.bindparam("before_id")))
    .order_by(_I.at.desc(), _I.id.desc())
    .limit(sa.bindparam("count"))
)
_DAYS = (
    sa.select(_D.list, sa.func.sum(_D.hits).label("hits"))
    .where(_D.conversation == sa.bindparam("place"), _D.day >= sa.bindparam("since"))
    .group_by(_D.list)
)
_OVERDUE = sa.select(HELD).where(_H.state == sa.bindparam("state_of"), _H.at < sa.bindparam("before")).order_by(_H.at).limit(sa.bindparam("count"))


def _held(row: Any) -> HeldRow:
    return HeldRow(**{**row, "signals": _SPOKE.decode(row["signals"])})


def _hit(row: Any) -> HitRow:
    return HitRow(**{**row, "signals": _SPOKE.decode(row["signals"])})


def _json(signals: Sequence[Spoke]) -> str:
    return msgspec.json.encode(signals).decode()


async def by_key(conn: AsyncConnection, author: str, key: str) -> HeldRow | None:
    """The message somebody sent under a key, if it waits or waited."""
    row = (await conn.execute(_BY_KEY, {"who": author, "key_of": key})).mappings().first()
    return None if row is None else _held(row)


async def get(conn: AsyncConnection, held: str, *, lock: bool = False) -> HeldRow | None:
    """One message that waits or waited."""
    row = (await conn.execute(_LOCKED if lock else _ONE, {"id_of": held})).mappings().first()
    return None if row is None else _held(row)


async def lock(conn: AsyncConnection, conversations: Sequence[str]) -> None:
    """Let nobody else hold messages in these until the transaction ends, so that their numbers can be relied on."""
    await conn.execute(_LOCK, {"places": sorted(set(conversations))})


async def waiting(conn: AsyncConnection, conversation: str, author: str | None = None) -> int:
    """How many messages wait in a conversation, or how many of one person."""
    values = {"place": conversation} if author is None else {"place": conversation, "who": author}
    return int((await conn.execute(_COUNT if author is None else _COUNT_OF, values)).scalar_one())


async def waiting_of(conn: AsyncConnection, conversation: str, author: str) -> list[str]:
    """The messages of one person that wait in a conversation, the longest wait first: their ids."""
    return list((await conn.execute(_IDS_OF, {"place": conversation, "who": author})).scalars())


async def hold(conn: AsyncConnection, row: HeldRow) -> bool:
    """Let a message wait; False if its author has sent one under this key before that waits or waited."""
    values = {**msgspec.structs.asdict(row), "signals": _json(row.signals)}
    return (await conn.execute(_HOLD[conn.dialect.name], values)).rowcount == 1


async def hit(conn: AsyncConnection, row: HitRow) -> bool:
    """Keep what a filter found in a message; False if that is kept already."""
    values = {name: getattr(row, name) for name in HitRow.__struct_fields__ if name not in {"seq", "author_name"}}
    return (await conn.execute(_HIT[conn.dialect.name], {**values, "signals": _json(row.signals)})).rowcount == 1


async def count(conn: AsyncConnection, hits: Counter[tuple[str, str, str]]) -> None:
    """Count hits by (list, conversation, day)."""
    for name, conversation, day in sorted(hits):
        values = {"list": name, "conversation": conversation, "day": day, "hits": hits[name, conversation, day]}
        await conn.execute(_DAY[conn.dialect.name], values)


async def listed(conn: AsyncConnection, conversation: str, cursor: str | None, limit: int) -> Page[HeldRow]:
    """A page of the messages that wait in a conversation, the longest wait first.

    Raises:
        Invalid: a bad cursor.
    """
    after, after_id = decode(cursor, int, str) if cursor else (-1, "")
    values = {"place": conversation, "after": after, "after_id": after_id, "count": bounded(limit) + 1}
    rows = (await conn.execute(_PAGE, values)).mappings()
    return page([_held(row) for row in rows], bounded(limit), lambda row: (row.at, row.id))


async def hits(conn: AsyncConnection, conversation: str, cursor: str | None, limit: int) -> Page[HitRow]:
    """A page of what filters found in a conversation, the newest first.

    Raises:
        Invalid: a bad cursor.
    """
    before, before_id = decode(cursor, int, str) if cursor else (2**62, "")
    values = {"place": conversation, "before": before, "before_id": before_id, "count": bounded(limit) + 1}
    rows = (await conn.execute(_HITS, values)).mappings()
    return page([_hit(row) for row in rows], bounded(limit), lambda row: (row.at, row.id))


async def counts(conn: AsyncConnection, conversation: str, since: str) -> Mapping[str, int]:
    """How many messages each list, own or not, hit in a conversation since a day."""
    return {row.list: int(row.hits) for row in await conn.execute(_DAYS, {"place": conversation, "since": since})}


async def claim(conn: AsyncConnection, held: str, by: str, now: int) -> None:
    """Note who releases a locked message that waits, before it is stored in the log."""
    await conn.execute(sa.update(HELD).where(_H.id == held).values(state="releasing", decided_by=by, decided_at=now))


async def settle(conn: AsyncConnection, row: HeldRow, state: State, **more: Any) -> bool:
    """Say what became of a message, if it still is in the state that it was found in; whether it was."""
    statement = sa.update(HELD).where(_H.id == row.id, _H.state == row.state)
    return (await conn.execute(statement.values(state=state, **more))).rowcount == 1


async def overdue(conn: AsyncConnection, state: State, before: int, limit: int) -> list[HeldRow]:
    """Messages in a state that came before a moment, the oldest first."""
    return [_held(row) for row in (await conn.execute(_OVERDUE, {"state_of": state, "before": before, "count": limit})).mappings()]


async def purge(conn: AsyncConnection, before: int, day: str, limit: int) -> bool:
    """Delete hits from before a moment, messages decided before it, and counts from before a day, at most so many of each; whether that was all."""
    old_hits = sa.select(_I.id).where(_I.at < before).order_by(_I.at, _I.id).limit(limit)
    old_held = sa.select(_H.id).where(_H.decided_at < before, _H.state.in_(("released", "refused"))).order_by(_H.decided_at).limit(limit)
    keys = (_D.list, _D.conversation, _D.day)
    old_days = sa.select(*keys).where(_D.day < day).order_by(_D.day).limit(limit)
    gone = [
        (await conn.execute(sa.delete(FILTER_HITS).where(_I.id.in_(old_hits)))).rowcount,
        (await conn.execute(sa.delete(HELD).where(_H.id.in_(old_held)))).rowcount,
        (await conn.execute(sa.delete(FILTER_DAYS).where(sa.tuple_(*keys).in_(old_days)))).rowcount,
    ]
    return max(gone) < limit
