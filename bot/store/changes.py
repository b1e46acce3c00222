"""What became of messages after they were posted, for those who had them already."""

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.talk import Change, change_of
from bot.store.case_tables import PURGES
from bot.store.tables import MESSAGES

SLACK_MS = 3_600_000
"""Purges are told again from so long before the last message that somebody has: a bell may have been lost while messages still came."""

PURGES_TOLD = 20

_M, _P = MESSAGES.c, PURGES.c
_RECALLED = (
    sa.select(_M.seq, _M.author, _M.recalled_by)
    .where(
        _M.conversation == sa.bindparam("of"),
        _M.seq > sa.bindparam("after"),
        _M.seq <= sa.bindparam("upto"),
        _M.recalled_by.is_not(None),
    )
    .order_by(_M.seq)
)
_AT = sa.select(_M.at).where(_M.conversation == sa.bindparam("of"), _M.seq == sa.bindparam("upto"))
_PURGED = (
    sa.select(_P.seqs, _P.by, _P.undone_at, _P.undone_by)
    .where(_P.conversation == sa.bindparam("of"), _P.touched_at >= sa.bindparam("since"))
    .order_by(_P.touched_at.desc(), _P.id.desc())
    .limit(PURGES_TOLD)
)


async def missed(conn: AsyncConnection, conversation: str, upto: int, count: int, *, floor: int = 0) -> list[Change]:
    """What may have become of messages up to a seq, and after `floor`, unknown to somebody who has them: in the order in which it is to be applied.

    Which of the last `count` were taken away, and by whom; and what was purged or restored, however old it is, since an hour before the last one.
    """
    values = {"of": conversation, "after": max(upto - count, floor), "upto": upto}
    rows = await conn.execute(_RECALLED, values)
    recalled = [Change((row.seq,), change_of(row.author, row.recalled_by), row.recalled_by) for row in rows]
    at = (await conn.execute(_AT, {"of": conversation, "upto": upto})).scalar()
    if at is None:
        return recalled
    # A seq may have been purged, restored and purged again: the latest word comes last.
    return [*await _purged(conn, conversation, at - SLACK_MS, floor, upto), *recalled]


async def _purged(conn: AsyncConnection, conversation: str, since: int, floor: int, upto: int) -> list[Change]:
    rows = (await conn.execute(_PURGED, {"of": conversation, "since": since})).all()
    found = []
    for row in reversed(rows):
        seqs = tuple(seq for seq in msgspec.json.decode(row.seqs, type=list[int]) if floor < seq <= upto)
        if seqs:
            restored = row.undone_at is not None
            found.append(Change(seqs, "restored" if restored else "removed", row.undone_by if restored else row.by))
    return found
