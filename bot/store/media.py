"""Pictures, voice notes and videos as rows, and in which conversations they are shown. Their bytes are in the media store."""

from collections.abc import Collection

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.people import Role
from bot.store.cursor import bounded
from bot.store.tables import CONVERSATIONS, MEDIA, MEDIA_USES, ROLES


class MediaRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored file. `type` is its media type, `size` in bytes, `at` in milliseconds."""

    id: str
    owner: str
    kind: str
    type: str
    size: int
    at: int
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    thumbnail: bool = False


_M, _U, _C = MEDIA.c, MEDIA_USES.c, CONVERSATIONS.c
_ADD = sa.insert(MEDIA)
_GET = sa.select(MEDIA).where(_M.id == sa.bindparam("media"))
_SHOWN_IN = sa.select(_U.media).where(_U.media == sa.bindparam("media"), _U.conversation == sa.bindparam("conversation"))
_SHOWING = sa.select(_U.conversation).where(_U.media == sa.bindparam("media")).order_by(_U.conversation).limit(sa.bindparam("count"))
_SHOWN_TO_BUYER = (
    sa.select(_U.media)
    .where(_U.media == sa.bindparam("media"), _U.conversation.in_(sa.select(_C.id).where(_C.person == sa.bindparam("who"))))
    .limit(1)
)
_SHOWN_TO_STAFF = (
    sa.select(_U.media)
    .select_from(MEDIA_USES.join(CONVERSATIONS, _C.id == _U.conversation).join(ROLES, ROLES.c.account == _C.account))
    .where(_U.media == sa.bindparam("media"), ROLES.c.person == sa.bindparam("who"), ROLES.c.role.in_(sa.bindparam("roles", expanding=True)))
    .limit(1)
)


async def add(conn: AsyncConnection, row: MediaRow) -> None:
    """Record a stored file."""
    await conn.execute(_ADD, msgspec.structs.asdict(row))


async def get(conn: AsyncConnection, media: str) -> MediaRow | None:
    """One file's row."""
    row = (await conn.execute(_GET, {"media": media})).mappings().first()
    return None if row is None else MediaRow(**row)


async def shown_in(conn: AsyncConnection, media: str, conversation: str) -> bool:
    """Whether a message of this conversation shows it."""
    return (await conn.execute(_SHOWN_IN, {"media": media, "conversation": conversation})).first() is not None


async def conversations_showing(conn: AsyncConnection, media: str, limit: int) -> list[str]:
    """The conversations that show it, in the order of ids."""
    return [row[0] for row in await conn.execute(_SHOWING, {"media": media, "count": bounded(limit)})]


async def visible_to(conn: AsyncConnection, media: str, person: str, roles: Collection[Role]) -> bool:
    """Whether a conversation of this person shows it: as its buyer, or as staff of its account in one of these roles."""
    if (await conn.execute(_SHOWN_TO_BUYER, {"media": media, "who": person})).first() is not None:
        return True
    values = {"media": media, "who": person, "roles": sorted(str(role) for role in roles)}
    return (await conn.execute(_SHOWN_TO_STAFF, values)).first() is not None
