"""How an account stands now, in a few counts that need no scan."""

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.talk import DeskState
from bot.store.tables import CONVERSATIONS, FOLLOWS

COUNTED_UPTO = 10_000
"""More than this many followers of a day are "many"."""


class DeskNow(msgspec.Struct, frozen=True, kw_only=True):
    """Who waits and who is looked after. `waiting_since`: since when the one who waits longest does, in milliseconds."""

    waiting: int
    held: int
    waiting_since: int | None


_C, _F = CONVERSATIONS.c, FOLLOWS.c
_IN_STATE = sa.select(sa.func.count(), sa.func.min(_C.waiting_since)).where(_C.account == sa.bindparam("of"), _C.desk == sa.bindparam("state_of"))
_FOLLOWED = sa.select(sa.func.count()).select_from(
    sa.select(_F.person).where(_F.account == sa.bindparam("of"), _F.at >= sa.bindparam("since")).limit(COUNTED_UPTO).subquery()
)


async def desk_now(conn: AsyncConnection, account: str) -> DeskNow:
    """An account's desk at this moment."""
    waiting, since = (await conn.execute(_IN_STATE, {"of": account, "state_of": str(DeskState.WAITING)})).one()
    held, _ = (await conn.execute(_IN_STATE, {"of": account, "state_of": str(DeskState.OPERATOR)})).one()
    return DeskNow(waiting=waiting, held=held, waiting_since=since)


async def followed_since(conn: AsyncConnection, account: str, since: int) -> int:
    """How many follow an account that did not before this moment, up to `COUNTED_UPTO`."""
    return int((await conn.execute(_FOLLOWED, {"of": account, "since": since})).scalar_one())
