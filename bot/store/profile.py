"""What the desk is told about a buyer beside their conversation."""

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.desk import Move
from bot.store import notes, people, tags
from bot.store.tables import CONVERSATIONS, DESK_LOG

_C, _L = CONVERSATIONS.c, DESK_LOG.c
_DIRECT = sa.select(_C.id, _C.created_at, _C.last_at, _C.head).where(_C.account == sa.bindparam("of"), _C.person == sa.bindparam("who"))
_CALLS = sa.select(sa.func.count()).select_from(DESK_LOG).where(_L.conversation == sa.bindparam("talk"), _L.move == str(Move.HAND_OFF))


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A buyer as the desk sees them. Times in milliseconds.

    `following_since`: None where they do not follow. `first_at`, `last_at`: when their conversation was made and when somebody last
    wrote in it. `messages`: of both sides. `calls`: how often the bot handed them to people. `notes`: how many there are.
    """

    person: str
    name: str
    avatar: str | None
    following_since: int | None
    source: str
    tags: tuple[str, ...]
    conversation: str | None
    first_at: int | None
    last_at: int | None
    messages: int
    calls: int
    notes: int


async def profile(conn: AsyncConnection, account: str, person: str) -> Profile | None:
    """A buyer who follows an account or has talked with it; None for anybody else."""
    follow = await people.follow_of(conn, account, person)
    talk = (await conn.execute(_DIRECT, {"of": account, "who": person})).first()
    if follow is None and talk is None:
        return None
    known = await people.person(conn, person)
    return Profile(
        person=person,
        name="" if known is None else known.name,
        avatar=None if known is None else known.avatar,
        following_since=None if follow is None else follow.at,
        source="" if follow is None else follow.source,
        tags=tuple(one.tag for one in await tags.of(conn, account, person)),
        conversation=None if talk is None else talk.id,
        first_at=None if talk is None else talk.created_at,
        last_at=None if talk is None else talk.last_at,
        messages=0 if talk is None else talk.head,
        calls=0 if talk is None else int((await conn.execute(_CALLS, {"talk": talk.id})).scalar_one()),
        notes=await notes.count(conn, account, person),
    )
