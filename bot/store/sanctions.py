"""Mutes and bans in groups, and the append-only log of every act."""

from typing import Any, Literal

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.case_tables import GROUP_LOG
from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.tables import PEOPLE, SANCTIONS

SANCTIONS_LIMIT = 20_000
"""Mutes and bans of one group together."""

Kind = Literal["mute", "ban"]


class Sanction(msgspec.Struct, frozen=True, kw_only=True):
    """A mute or a ban; one without `until` has no end. `name` is the person's, where the hub knows it."""

    person: str
    kind: Kind
    until: int | None
    reason: str
    by: str
    at: int
    name: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a group's log: who did what to whom, why, until when. `ref` names what else it was about."""

    account: str
    conversation: str
    at: int
    act: str
    actor: str
    target: str | None = None
    until: int | None = None
    reason: str = ""
    ref: str = ""


class Logged(Line, frozen=True, kw_only=True):
    """A line as it stands in the log."""

    id: int


_S, _L = SANCTIONS.c, GROUP_LOG.c


def _put(insert: Any) -> Any:
    made = insert(SANCTIONS)
    names = ("until", "reason", "by", "at")
    return made.on_conflict_do_update(index_elements=["conversation", "person", "kind"], set_={name: made.excluded[name] for name in names})


_PUT = both(_put)
_ONE = sa.and_(_S.conversation == sa.bindparam("group"), _S.person == sa.bindparam("who"), _S.kind == sa.bindparam("sort"))
_IN_FORCE = sa.or_(_S.until.is_(None), _S.until > sa.bindparam("now"))
_SANCTION = sa.select(_S.person, _S.kind, _S.until, _S.reason, _S.by, _S.at)
_GET = _SANCTION.where(_ONE, _IN_FORCE)
_LIFT = sa.delete(SANCTIONS).where(_ONE)
_COUNT = sa.select(sa.func.count()).select_from(
    sa.select(_S.person).where(_S.conversation == sa.bindparam("group")).limit(sa.bindparam("most")).subquery()
)
_ENDED = sa.delete(SANCTIONS).where(_S.conversation == sa.bindparam("group"), _S.until <= sa.bindparam("now"))
_PAGE = (
    _SANCTION.add_columns(sa.func.coalesce(PEOPLE.c.name, "").label("name"))
    .select_from(SANCTIONS.outerjoin(PEOPLE, PEOPLE.c.id == _S.person))
    .where(
        _S.conversation == sa.bindparam("group"),
        _IN_FORCE,
        sa.tuple_(_S.at, _S.person, _S.kind) < sa.tuple_(sa.bindparam("at"), sa.bindparam("who"), sa.bindparam("sort")),
    )
    .order_by(_S.at.desc(), _S.person.desc(), _S.kind.desc())
    .limit(sa.bindparam("count"))
)
_WRITE = sa.insert(GROUP_LOG)
_LOG = (
    sa.select(GROUP_LOG)
    .where(_L.conversation == sa.bindparam("group"), _L.id < sa.bindparam("before"))
    .order_by(_L.id.desc())
    .limit(sa.bindparam("count"))
)
_SINCE = (
    sa.select(_L.at, _L.actor, _L.ref)
    .where(_L.conversation == sa.bindparam("group"), _L.act == sa.bindparam("deed"), _L.at > sa.bindparam("since"))
    .order_by(_L.at)
    .limit(sa.bindparam("count"))
)


async def impose(conn: AsyncConnection, group: str, sanction: Sanction) -> bool:
    """Mute or ban somebody in a locked group; a second one replaces the first. False where there are too many, those that have ended not counted."""
    known = await conn.execute(_GET, {"group": group, "who": sanction.person, "sort": sanction.kind, "now": sanction.at})
    if known.first() is None and await _is_full(conn, group):
        await conn.execute(_ENDED, {"group": group, "now": sanction.at})
        if await _is_full(conn, group):
            return False
    values = {name: getattr(sanction, name) for name in ("person", "kind", "until", "reason", "by", "at")}
    await conn.execute(_PUT[conn.dialect.name], {"conversation": group, **values})
    return True


async def _is_full(conn: AsyncConnection, group: str) -> bool:
    return int((await conn.execute(_COUNT, {"group": group, "most": SANCTIONS_LIMIT})).scalar_one()) >= SANCTIONS_LIMIT


async def lift(conn: AsyncConnection, group: str, person: str, kind: Kind) -> bool:
    """End a sanction before its time; whether there was one."""
    return (await conn.execute(_LIFT, {"group": group, "who": person, "sort": kind})).rowcount == 1


async def sanction(conn: AsyncConnection, group: str, person: str, kind: Kind, now: int) -> Sanction | None:
    """The mute or ban somebody is under now."""
    row = (await conn.execute(_GET, {"group": group, "who": person, "sort": kind, "now": now})).mappings().first()
    return None if row is None else Sanction(**row)


async def sanctions(conn: AsyncConnection, group: str, now: int, cursor: str | None, limit: int) -> Page[Sanction]:
    """A page of what is in force in a group, the newest first.

    Raises:
        Invalid: a bad cursor.
    """
    at, who, sort = decode(cursor, int, str, str) if cursor else (2**62, "", "")
    values = {"group": group, "now": now, "at": at, "who": who, "sort": sort, "count": bounded(limit) + 1}
    rows = (await conn.execute(_PAGE, values)).mappings()
    return page([Sanction(**row) for row in rows], bounded(limit), lambda one: (one.at, one.person, one.kind))


async def write(conn: AsyncConnection, line: Line) -> None:
    """Write a line, inside the transaction that does what it tells."""
    await conn.execute(_WRITE, msgspec.structs.asdict(line))


async def log(conn: AsyncConnection, group: str, cursor: str | None, limit: int) -> Page[Logged]:
    """A page of a group's log, the newest first.

    Raises:
        Invalid: a bad cursor.
    """
    before = decode(cursor, int)[0] if cursor else 2**62
    rows = (await conn.execute(_LOG, {"group": group, "before": before, "count": bounded(limit) + 1})).mappings()
    return page([Logged(**row) for row in rows], bounded(limit), lambda line: (line.id,))


async def done_since(conn: AsyncConnection, group: str, act: str, since: int, limit: int) -> list[tuple[int, str, str]]:
    """When, by whom and about what an act was done after a moment, the first ones first."""
    rows = await conn.execute(_SINCE, {"group": group, "deed": act, "since": since, "count": limit})
    return [(row.at, row.actor, row.ref) for row in rows]
