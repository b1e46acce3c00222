"""What was done in a group, read in order for its export and counted for its statistics: by the log, the hours of cases, and dense numbers."""

import itertools
from collections.abc import Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.groups import SYSTEM
from bot.store import timeline
from bot.store.case_tables import CASE_HOURS, CASES, GROUP_LOG
from bot.store.sanctions import Logged

HOUR_MS = 3_600_000
CASES_LIMIT = 10_000
"""Decided cases of which the times are looked at."""


class Acts(msgspec.Struct, frozen=True):
    """How often somebody did something within an hour since 1970."""

    hour: int
    act: str
    actor: str
    count: int


class Counted(msgspec.Struct, frozen=True):
    """How many signals of a sort came within an hour since 1970."""

    hour: int
    what: str
    count: int


class Decided(msgspec.Struct, frozen=True):
    """By whom a case was decided, and how long it had been open, in milliseconds."""

    by: str
    took_ms: int


_L, _H, _K = GROUP_LOG.c, CASE_HOURS.c, CASES.c
_LINES = (
    sa.select(GROUP_LOG)
    .where(
        _L.conversation == sa.bindparam("group"),
        _L.at >= sa.bindparam("begin"),
        _L.at < sa.bindparam("end"),
        sa.tuple_(_L.at, _L.id) > sa.tuple_(sa.bindparam("after"), sa.bindparam("after_id")),
    )
    .order_by(_L.at, _L.id)
    .limit(sa.bindparam("count"))
)
_HOUR = _L.at.op("/", return_type=sa.BigInteger())(sa.literal_column(str(HOUR_MS)))
_ACTS = (
    sa.select(_HOUR.label("hour"), _L.act, _L.actor, sa.func.count().label("count"))
    .where(_L.conversation == sa.bindparam("group"), _L.at >= sa.bindparam("begin"), _L.at < sa.bindparam("end"))
    .group_by(_HOUR, _L.act, _L.actor)
)
_COUNTED = sa.select(_H.hour, _H.what, _H["count"].label("count")).where(
    _H.conversation == sa.bindparam("group"), _H.hour >= sa.bindparam("begin"), _H.hour < sa.bindparam("end")
)
_DECIDED = (
    sa.select(_K.decided_by, (_K.decided_at - _K.opened_at).label("took_ms"))
    .where(
        _K.conversation == sa.bindparam("group"),
        _K.decided_at >= sa.bindparam("begin"),
        _K.decided_at < sa.bindparam("end"),
        _K.decided_by != SYSTEM,
    )
    .order_by(_K.decided_at.desc())
    .limit(CASES_LIMIT)
)


async def lines(conn: AsyncConnection, group: str, begin: int, end: int, after: tuple[int, int], limit: int) -> list[Logged]:
    """The lines of a group's log from a moment to before another, oldest first, after a line's moment and id."""
    values = {"group": group, "begin": begin, "end": end, "after": after[0], "after_id": after[1], "count": limit}
    return [Logged(**row) for row in (await conn.execute(_LINES, values)).mappings()]


async def acts(conn: AsyncConnection, group: str, begin: int, end: int) -> list[Acts]:
    """What was done from a moment to before another, by hour, act and actor."""
    return [Acts(**row) for row in (await conn.execute(_ACTS, {"group": group, "begin": begin, "end": end})).mappings()]


async def counted(conn: AsyncConnection, group: str, begin: int, end: int) -> list[Counted]:
    """Which signals came from an hour to before another, both since 1970."""
    return [Counted(**row) for row in (await conn.execute(_COUNTED, {"group": group, "begin": begin, "end": end})).mappings()]


async def decided(conn: AsyncConnection, group: str, begin: int, end: int) -> list[Decided]:
    """The cases that people decided from a moment to before another."""
    rows = await conn.execute(_DECIDED, {"group": group, "begin": begin, "end": end})
    return [Decided(row.decided_by, row.took_ms) for row in rows]


async def messages(conn: AsyncConnection, group: str, bounds: Sequence[int]) -> list[int]:
    """How many messages were posted between each moment and the next: numbers are dense, so it is what lies between theirs."""
    heads = await timeline.last_before(conn, group, bounds)
    return [after - before for before, after in itertools.pairwise(heads)]
