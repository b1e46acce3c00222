"""Messages that a moderator removed at once: kept aside for a day, then emptied for good."""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.basics import new_id
from bot.model.cases import PURGE_LIMIT, UNDO_MS
from bot.model.talk import BODIES, SystemBody, media_of
from bot.store import timeline
from bot.store.case_tables import PURGES
from bot.store.cursor import Page, bounded, decode, page
from bot.store.dialects import both
from bot.store.tables import MEDIA_USES, MESSAGES, PINS

EMPTIED_AT_ONCE = 20
MEDIA_AT_ONCE = 50
_SHOWING = ("image", "voice", "video")
_EMPTY = msgspec.json.encode(SystemBody(event="removed")).decode()


class Purge(msgspec.Struct, frozen=True, kw_only=True):
    """What was removed of one author in a group. Until a day after it may be undone; then it is settled, and the bodies are gone."""

    id: str
    account: str
    conversation: str
    person: str
    by: str
    at: int
    seqs: tuple[int, ...]
    undone_at: int | None = None
    settled: bool = False


_M, _P = MESSAGES.c, PURGES.c
_IN = sa.and_(_M.conversation == sa.bindparam("of"), _M.seq.in_(sa.bindparam("seqs", expanding=True)))
_WRITTEN = (
    sa.select(_M.seq)
    .where(
        _M.conversation == sa.bindparam("of"),
        _M.author == sa.bindparam("who"),
        _M.seq > sa.bindparam("after"),
        _M.recalled_by.is_(None),
    )
    .order_by(_M.seq.desc())
    .limit(sa.bindparam("count"))
)
_MEDIA = sa.select(_M.kind, _M.body).where(_IN, _M.kind.in_(_SHOWING))
_STILL_SHOWING = sa.select(_M.kind, _M.body).where(_M.conversation == sa.bindparam("of"), _M.kind.in_(_SHOWING), _M.recalled_by.is_(None))
_SHOW = both(lambda insert: insert(MEDIA_USES).on_conflict_do_nothing())
_BY_ID = sa.select(PURGES).where(_P.id == sa.bindparam("id_of"))
# One that was not undone was last touched when it was made, and that is indexed.
_RECENT = (
    sa.select(PURGES)
    .where(
        _P.conversation == sa.bindparam("of"),
        _P.touched_at >= sa.bindparam("since"),
        _P.settled.is_(False),
        sa.tuple_(_P.touched_at, _P.id) < sa.tuple_(sa.bindparam("before"), sa.bindparam("before_id")),
    )
    .order_by(_P.touched_at.desc(), _P.id.desc())
    .limit(sa.bindparam("count"))
)
_OVER = sa.select(PURGES).where(_P.settled.is_(False), _P.at < sa.bindparam("before")).order_by(_P.at).limit(EMPTIED_AT_ONCE)


async def written(conn: AsyncConnection, group: str, person: str, since: int) -> list[int]:
    """What somebody wrote in a group since then that is still to be seen, ascending; one more than 1,000 at most, the newest."""
    (after,) = await timeline.last_before(conn, group, [since])
    rows = await conn.execute(_WRITTEN, {"of": group, "who": person, "after": after, "count": PURGE_LIMIT + 1})
    return sorted(rows.scalars())


async def remove(conn: AsyncConnection, account: str, group: str, person: str, by: str, seqs: Sequence[int], now: int) -> Purge:
    """Take messages away from everybody; what they say is kept aside. They are pinned no more, and what they alone showed is shown no more."""
    values = {"of": group, "seqs": list(seqs)}
    media = _shown((await conn.execute(_MEDIA, values)).all())
    await conn.execute(sa.update(MESSAGES).where(_IN, _M.recalled_by.is_(None)).values(recalled_by=by), values)
    await conn.execute(sa.delete(PINS).where(PINS.c.conversation == group, PINS.c.seq.in_(seqs)))
    if media:
        await _unshow(conn, group, sorted(media))
    purge = Purge(id=new_id(), account=account, conversation=group, person=person, by=by, at=now, seqs=tuple(seqs))
    plain = {name: getattr(purge, name) for name in ("id", "account", "conversation", "person", "by", "at")}
    await conn.execute(sa.insert(PURGES).values(**plain, touched_at=now, seqs=msgspec.json.encode(purge.seqs).decode()))
    return purge


async def _unshow(conn: AsyncConnection, group: str, media: Sequence[str]) -> None:
    """What no other message of the group shows, it shows no more. Spam repeats its pictures: there are few of them, looked for together."""
    for some in (media[first : first + MEDIA_AT_ONCE] for first in range(0, len(media), MEDIA_AT_ONCE)):
        holds = sa.or_(*(_M.body.contains(one, autoescape=True) for one in some))
        gone = set(some) - _shown((await conn.execute(_STILL_SHOWING.where(holds), {"of": group})).all())
        await conn.execute(sa.delete(MEDIA_USES).where(MEDIA_USES.c.conversation == group, MEDIA_USES.c.media.in_(sorted(gone))))


async def restore(conn: AsyncConnection, purge: Purge, by: str, now: int) -> None:
    """Let what was purged be seen again, but what its author took back since."""
    values = {"of": purge.conversation, "seqs": list(purge.seqs)}
    await conn.execute(sa.update(MESSAGES).where(_IN, _M.recalled_by != purge.person).values(recalled_by=None), values)
    media = _shown((await conn.execute(_MEDIA.where(_M.recalled_by.is_(None)), values)).all())
    if media:
        uses = [{"media": one, "conversation": purge.conversation} for one in sorted(media)]
        await conn.execute(_SHOW[conn.dialect.name], uses)
    await conn.execute(sa.update(PURGES).where(_P.id == purge.id).values(undone_at=now, undone_by=by, touched_at=now, settled=True))


def _shown(rows: Sequence[Any]) -> set[str]:
    return {media for kind, body in rows for media in media_of(msgspec.json.decode(body, type=BODIES[kind]))}


async def get(conn: AsyncConnection, purge: str, *, lock: bool = False) -> Purge | None:
    """A purge; with `lock` nobody else undoes it or empties it until the transaction ends."""
    row = (await conn.execute(_BY_ID.with_for_update() if lock else _BY_ID, {"id_of": purge})).mappings().first()
    return None if row is None else _purge(row)


async def undoable(conn: AsyncConnection, group: str, now: int, cursor: str | None, limit: int) -> Page[Purge]:
    """A page of a group's purges that can be undone, the newest first.

    Raises:
        Invalid: a bad cursor.
    """
    before, before_id = decode(cursor, int, str) if cursor else (2**62, "")
    values = {"of": group, "since": now - UNDO_MS, "before": before, "before_id": before_id, "count": bounded(limit) + 1}
    rows = (await conn.execute(_RECENT, values)).mappings()
    return page([_purge(row) for row in rows], bounded(limit), lambda one: (one.at, one.id))


def _purge(row: sa.RowMapping) -> Purge:
    plain = {name: row[name] for name in Purge.__struct_fields__ if name not in {"seqs", "settled"}}
    return Purge(**plain, seqs=msgspec.json.decode(row["seqs"], type=tuple[int, ...]), settled=bool(row["settled"]))


async def empty(conn: AsyncConnection, now: int) -> bool:
    """Delete for good what purges removed that can be undone no more, at most 20 purges at once; whether that was all."""
    rows = (await conn.execute(_OVER.with_for_update(skip_locked=True), {"before": now - UNDO_MS})).mappings().all()
    for row in rows:
        purge = _purge(row)
        values = {"of": purge.conversation, "seqs": list(purge.seqs)}
        await conn.execute(sa.update(MESSAGES).where(_IN).values(kind=SystemBody.kind, body=_EMPTY), values)
        await conn.execute(sa.update(PURGES).where(_P.id == purge.id).values(settled=True))
    return len(rows) < EMPTIED_AT_ONCE
