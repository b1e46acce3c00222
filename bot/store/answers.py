"""What the reply engine leaves behind: its memory of a conversation, and a trace of each decision."""

from collections.abc import Sequence
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.dialects import both
from bot.store.tables import MESSAGES, REPLY_MEMORY, TRACES


class TraceRow(msgspec.Struct, frozen=True, kw_only=True):
    """Why a message was answered as it was, or not at all; `trace` is JSON text, `at` in milliseconds."""

    conversation: str
    seq: int
    at: int
    trace: str


def _remembered(insert: Any) -> Any:
    made = insert(REPLY_MEMORY)
    return made.on_conflict_do_update(index_elements=["conversation"], set_={"memory": made.excluded.memory})


def _traced(insert: Any) -> Any:
    made = insert(TRACES)
    return made.on_conflict_do_update(index_elements=["conversation", "seq"], set_={"trace": made.excluded.trace, "at": made.excluded.at})


_T = TRACES.c
_REMEMBER = both(_remembered)
_PUT_TRACES = both(_traced)
_MEMORY = sa.select(REPLY_MEMORY.c.memory).where(REPLY_MEMORY.c.conversation == sa.bindparam("of"))
_MEMORIES = sa.select(REPLY_MEMORY.c.conversation, REPLY_MEMORY.c.memory).where(REPLY_MEMORY.c.conversation.in_(sa.bindparam("ids", expanding=True)))
_TRACE = sa.select(_T.trace).where(_T.conversation == sa.bindparam("of"), _T.seq == sa.bindparam("number"))
_OLD = sa.select(_T.conversation, _T.seq).where(_T.at < sa.bindparam("before")).order_by(_T.at).limit(sa.bindparam("count"))
_EARLIER = (
    sa.select(MESSAGES.c.seq)
    .where(MESSAGES.c.conversation == sa.bindparam("of"), MESSAGES.c.seq < sa.bindparam("number"), MESSAGES.c.author == sa.bindparam("who"))
    .order_by(MESSAGES.c.seq)
    .limit(1)
)
_PURGE = sa.delete(TRACES).where(sa.tuple_(_T.conversation, _T.seq).in_(_OLD))


async def memory(conn: AsyncConnection, conversation: str) -> str | None:
    """What is remembered of a conversation, as JSON text."""
    found: str | None = (await conn.execute(_MEMORY, {"of": conversation})).scalar()
    return found


async def memories(conn: AsyncConnection, conversations: Sequence[str]) -> dict[str, str]:
    """What is remembered of several conversations, by conversation; nothing of those that are new."""
    if not conversations:
        return {}
    return {row[0]: row[1] for row in await conn.execute(_MEMORIES, {"ids": list(conversations)})}


async def remember(conn: AsyncConnection, conversation: str, memory: str) -> None:
    """Replace what is remembered of a conversation."""
    await conn.execute(_REMEMBER[conn.dialect.name], {"conversation": conversation, "memory": memory})


async def wrote_before(conn: AsyncConnection, conversation: str, person: str, seq: int) -> bool:
    """Whether a person wrote anything in a conversation before this message."""
    return (await conn.execute(_EARLIER, {"of": conversation, "number": seq, "who": person})).first() is not None


async def trace(conn: AsyncConnection, conversation: str, seq: int) -> str | None:
    """The trace of one message, as JSON text; None where nothing was decided or it was purged."""
    found: str | None = (await conn.execute(_TRACE, {"of": conversation, "number": seq})).scalar()
    return found


async def put_traces(conn: AsyncConnection, rows: Sequence[TraceRow]) -> None:
    """Keep traces; a second one of a message replaces the first."""
    if rows:
        await conn.execute(_PUT_TRACES[conn.dialect.name], [msgspec.structs.asdict(row) for row in rows])


async def purge_traces(conn: AsyncConnection, before: int, limit: int) -> int:
    """Delete at most `limit` traces older than `before`, the oldest first; how many."""
    return (await conn.execute(_PURGE, {"before": before, "count": limit})).rowcount
