"""Pictures, voice notes and videos as rows, and in which conversations they are shown. Their bytes are in the media store."""

from collections.abc import Collection

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.model.people import Role
from bot.store.cursor import bounded
from bot.store.tables import CONVERSATIONS, GROUPS, MEDIA, MEDIA_USES, MEMBERS, MESSAGES, ROLES


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


_M, _U, _C, _S = MEDIA.c, MEDIA_USES.c, CONVERSATIONS.c, MESSAGES.c
_SHOWING_KINDS = ("image", "voice", "video")
_ADD = sa.insert(MEDIA)
_GET = sa.select(MEDIA).where(_M.id == sa.bindparam("media"))
_SHOWN_IN = sa.select(_U.media).where(_U.media == sa.bindparam("media"), _U.conversation == sa.bindparam("conversation"))
_SHOWING = (
    sa.select(_U.conversation)
    .where(_U.media == sa.bindparam("media"), _U.conversation > sa.bindparam("after"))
    .order_by(_U.conversation)
    .limit(sa.bindparam("count"))
)
_SHOWN_TO_BUYER = (
    sa.select(_U.media)
    .where(_U.media == sa.bindparam("media"), _U.conversation.in_(sa.select(_C.id).where(_C.person == sa.bindparam("who"))))
    .limit(1)
)
_ENTERED = (
    sa.select(MEMBERS.c.conversation)
    .select_from(MEMBERS.join(GROUPS, GROUPS.c.id == MEMBERS.c.conversation))
    .where(MEMBERS.c.person == sa.bindparam("who"), GROUPS.c.dissolved_at.is_(None))
)
_SHOWN_TO_MEMBER = (
    sa.select(_U.media)
    .where(
        _U.media == sa.bindparam("media"),
        _U.conversation.in_(_ENTERED),
    )
    .limit(1)
)
_ACCOUNTS = sa.select(ROLES.c.account).where(ROLES.c.person == sa.bindparam("who"), ROLES.c.role.in_(sa.bindparam("roles", expanding=True)))
_OF_ACCOUNTS = (
    sa.select(_C.id)
    .where(
        _C.id.in_(sa.bindparam("ids", expanding=True)),
        sa.or_(
            sa.and_(_C.kind == "direct", _C.account.in_(sa.bindparam("desks", expanding=True))),
            sa.and_(_C.kind == "group", _C.account.in_(sa.bindparam("groups", expanding=True))),
        ),
    )
    .limit(1)
)
_GROUP_STAFF = (str(Role.MODERATOR), str(Role.OWNER))
_USES_AT_ONCE = 50
_USES_LIMIT = 20
"""Staff see a file if one of the first thousand conversations that show it is their account's."""


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


async def unshow(conn: AsyncConnection, media: str, conversation: str) -> None:
    """A message that showed it was recalled: unless another one of the conversation does, it is shown there no more."""
    shows = sa.and_(_S.conversation == conversation, _S.kind.in_(_SHOWING_KINDS), _S.recalled_by.is_(None), _S.body.contains(media, autoescape=True))
    other = sa.select(_S.seq).where(shows).exists()
    await conn.execute(sa.delete(MEDIA_USES).where(_U.media == media, _U.conversation == conversation, ~other))


async def conversations_showing(conn: AsyncConnection, media: str, limit: int, after: str = "") -> list[str]:
    """The conversations that show it, in the order of ids after the given one."""
    return [row[0] for row in await conn.execute(_SHOWING, {"media": media, "after": after, "count": bounded(limit)})]


async def visible_to(conn: AsyncConnection, media: str, person: str, roles: Collection[Role]) -> bool:
    """Whether a conversation of this person shows it: as its buyer, as somebody in the group, or as staff of its account: of a
    direct conversation in one of these roles, of a group as those who moderate it.
    """
    for statement in (_SHOWN_TO_BUYER, _SHOWN_TO_MEMBER):
        if (await conn.execute(statement, {"media": media, "who": person})).first() is not None:
            return True
    desks = [row[0] for row in await conn.execute(_ACCOUNTS, {"who": person, "roles": sorted(str(role) for role in roles)})]
    groups = [row[0] for row in await conn.execute(_ACCOUNTS, {"who": person, "roles": _GROUP_STAFF})]
    return bool(desks or groups) and await _shown_to_accounts(conn, media, desks, groups)


async def _shown_to_accounts(conn: AsyncConnection, media: str, desks: list[str], groups: list[str]) -> bool:
    """An account's own picture may be shown in all its conversations, so they are looked through in portions; the first mostly tells."""
    after = ""
    for _ in range(_USES_LIMIT):
        ids = await conversations_showing(conn, media, _USES_AT_ONCE, after)
        if not ids:
            return False
        if (await conn.execute(_OF_ACCOUNTS, {"ids": ids, "desks": desks, "groups": groups})).first() is not None:
            return True
        after = ids[-1]
    return False
