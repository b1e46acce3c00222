"""What the buyers of an account wrote, for looking back over it: conversation by conversation, in small bounded pages.

The log has no index by account and time, and gets none: it would make every message costlier. The account's conversations are found
by their last message, and in each the log is read backwards from its end, as far as its messages are recent enough.
"""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.talk import DeskState
from bot.store.tables import CONVERSATIONS, MESSAGES

WINDOW = 50
"""Messages of one conversation that are looked at in one go."""

Place = tuple[int, str]
"""Where a list of conversations goes on: the time of the last message, and the id."""

NEWEST: Place = (2**62, "~")


class Recent(msgspec.Struct, frozen=True, gc=False):
    """A conversation with a recent message; `last_at` in milliseconds."""

    conversation: str
    last_at: int


class Sent(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A message of a buyer. `first`: they wrote nothing before it. `at` in milliseconds."""

    conversation: str
    seq: int
    person: str
    kind: str
    body: str
    at: int
    first: bool


_C, _M, _E = CONVERSATIONS.c, MESSAGES.c, MESSAGES.alias("earlier").c
_RECENT = (
    sa.select(_C.id, _C.last_at)
    .where(
        _C.account == sa.bindparam("of"),
        _C.desk == sa.bindparam("state_of"),
        _C.last_at >= sa.bindparam("since"),
        sa.tuple_(_C.last_at, _C.id) < sa.tuple_(sa.bindparam("at"), sa.bindparam("before_id")),
        _C.kind == "direct",
    )
    .order_by(_C.last_at.desc(), _C.id.desc())
    .limit(sa.bindparam("count"))
)
_IDS = _C.id.in_(sa.bindparam("ids", expanding=True))
_EARLIER = sa.exists().where(_E.conversation == _M.conversation, _E.seq < _M.seq, _E.author == _M.author)
_SENT = (
    sa.select(_M.conversation, _M.seq, _M.author.label("person"), _M.kind, _M.body, _M.at, (~_EARLIER).label("first"))
    .select_from(CONVERSATIONS.join(MESSAGES, _M.conversation == _C.id))
    .where(
        _IDS,
        _M.seq <= _C.head - sa.bindparam("passed"),
        _M.seq > _C.head - sa.bindparam("passed") - WINDOW,
        _M.author == _C.person,
        _M.at >= sa.bindparam("since"),
        _M.recalled_by.is_(None),
    )
    .order_by(_M.conversation, _M.seq)
)
_DEEPER = (
    sa.select(_C.id)
    .select_from(CONVERSATIONS.join(MESSAGES, sa.and_(_M.conversation == _C.id, _M.seq == _C.head - sa.bindparam("passed"))))
    .where(_IDS, _M.at >= sa.bindparam("since"))
)


async def recent(conn: AsyncConnection, account: str, state: DeskState, since: int, after: Place, limit: int) -> list[Recent]:
    """An account's direct conversations in one state of the desk whose last message is not older, the newest first, after a place."""
    values = {"of": account, "state_of": str(state), "since": since, "at": after[0], "before_id": after[1], "count": limit}
    return [Recent(row.id, row.last_at) for row in await conn.execute(_RECENT, values)]


async def sent(conn: AsyncConnection, conversations: Sequence[str], since: int, passed: int = 0) -> list[Sent]:
    """What the buyers of these conversations wrote since then and did not take back, in order.

    Of each conversation one `WINDOW` of the log: the last one, or that before as many messages as were `passed` already.
    """
    if not conversations:
        return []
    rows = await conn.execute(_SENT, {"ids": list(conversations), "since": since, "passed": passed})
    return [Sent(**row) for row in rows.mappings()]


async def deeper(conn: AsyncConnection, conversations: Sequence[str], since: int, passed: int) -> list[str]:
    """Those of these conversations that have recent messages before the ones that were passed."""
    if not conversations:
        return []
    return [row[0] for row in await conn.execute(_DEEPER, {"ids": list(conversations), "since": since, "passed": passed})]
