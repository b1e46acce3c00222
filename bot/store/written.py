"""What members wrote in an account's groups, for looking back over it: group by group, in small bounded windows from its end."""

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.groups import NO_DESK
from bot.store.tables import CONVERSATIONS, MESSAGES

WINDOW = 200
"""Messages of one group that are looked at in one go."""

GROUPS_MOST = 500
_MEMBERS = ("follower", "operator")


class Written(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message of a member; `at` in milliseconds."""

    conversation: str
    seq: int
    author: str
    kind: str
    body: str
    at: int


_C, _M = CONVERSATIONS.c, MESSAGES.c
_LATELY = (
    sa.select(_C.id, _C.head)
    .where(_C.account == sa.bindparam("of"), _C.desk == NO_DESK, _C.last_at >= sa.bindparam("since"))
    .order_by(_C.last_at.desc(), _C.id.desc())
    .limit(GROUPS_MOST)
)
_HEAD = sa.select(_C.id, _C.head).where(_C.id == sa.bindparam("place"))
_WINDOW = (
    sa.select(_M.conversation, _M.seq, _M.author, _M.kind, _M.body, _M.at, _M.role, _M.recalled_by)
    .where(_M.conversation == sa.bindparam("place"), _M.seq <= sa.bindparam("last"), _M.seq > sa.bindparam("last") - WINDOW)
    .order_by(_M.seq.desc())
)


async def lately(conn: AsyncConnection, account: str, conversation: str | None, since: int) -> dict[str, int]:
    """The groups of an account that had a message since a moment, or one of its groups, each with its last seq; the liveliest first."""
    found = await (conn.execute(_LATELY, {"of": account, "since": since}) if conversation is None else conn.execute(_HEAD, {"place": conversation}))
    return {row.id: row.head for row in found}


async def window(conn: AsyncConnection, conversation: str, last: int, since: int) -> tuple[list[Written], bool]:
    """What members wrote and did not take back in the window that ends at a seq, the newest first; and whether there may be more before it."""
    rows = (await conn.execute(_WINDOW, {"place": conversation, "last": last})).all()
    found = [
        Written(conversation=row.conversation, seq=row.seq, author=row.author, kind=row.kind, body=row.body, at=row.at)
        for row in rows
        if row.at >= since and row.role in _MEMBERS and row.recalled_by is None
    ]
    return found, last > WINDOW and bool(rows) and rows[-1].at >= since
