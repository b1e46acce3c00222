"""Where moments lie in a conversation. Messages have no index by time, and need none: their times follow their numbers, which are dense."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.tables import CONVERSATIONS, MESSAGES

_M = MESSAGES.c
_HEAD = sa.select(CONVERSATIONS.c.head).where(CONVERSATIONS.c.id == sa.bindparam("of"))
_TIMES = sa.select(_M.seq, _M.at).where(_M.conversation == sa.bindparam("of"), _M.seq.in_(sa.bindparam("seqs", expanding=True)))


async def last_before(conn: AsyncConnection, conversation: str, moments: Sequence[int]) -> list[int]:
    """The last seq before each of at most a hundred moments, 0 where there is none: halving, for all moments in the same few questions."""
    head = (await conn.execute(_HEAD, {"of": conversation})).scalar() or 0
    low, high = [0] * len(moments), [head] * len(moments)
    while open_ones := [at for at in range(len(moments)) if low[at] < high[at]]:
        middles = {at: (low[at] + high[at] + 1) // 2 for at in open_ones}
        rows = await conn.execute(_TIMES, {"of": conversation, "seqs": sorted(set(middles.values()))})
        times = {row.seq: row.at for row in rows}
        for at, middle in middles.items():
            if times.get(middle, 0) < moments[at]:
                low[at] = middle
            else:
                high[at] = middle - 1
    return low
