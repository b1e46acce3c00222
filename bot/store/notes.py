"""What staff note about the buyers of their account."""

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.cursor import Page, bounded, decode, page
from bot.store.note_tables import NOTES
from bot.store.tables import PEOPLE

NOTES_LIMIT = 200
"""Notes about one buyer."""

_N = NOTES.c
_OF = sa.and_(_N.account == sa.bindparam("of"), _N.person == sa.bindparam("who"))
_ONE = sa.and_(_OF, _N.id == sa.bindparam("which"))
_NEWEST = (2**62, "\U0010ffff")


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A note about a buyer, by somebody of the staff. Times in milliseconds."""

    id: str
    account: str
    person: str
    author: str
    author_name: str = ""
    text: str
    at: int
    edited_at: int | None = None


_SHOWN = sa.select(NOTES, sa.func.coalesce(PEOPLE.c.name, "").label("author_name")).select_from(NOTES.outerjoin(PEOPLE, PEOPLE.c.id == _N.author))
_GET = _SHOWN.where(_ONE)
_LISTED = (
    _SHOWN.where(_OF, sa.tuple_(_N.at, _N.id) < sa.tuple_(sa.bindparam("before"), sa.bindparam("before_id")))
    .order_by(_N.at.desc(), _N.id.desc())
    .limit(sa.bindparam("count"))
)
_COUNT = sa.select(sa.func.count()).select_from(NOTES).where(_OF)
_ADD = sa.insert(NOTES)
_EDIT = sa.update(NOTES).where(_ONE).values(text=sa.bindparam("words"), edited_at=sa.bindparam("now"))
_DROP = sa.delete(NOTES).where(_ONE)


async def add(conn: AsyncConnection, note: Note) -> None:
    """Keep a note. How many there may be is for the caller to count."""
    values = {name: value for name, value in msgspec.structs.asdict(note).items() if name != "author_name"}
    await conn.execute(_ADD, values)


async def count(conn: AsyncConnection, account: str, person: str) -> int:
    """How many notes there are about a buyer."""
    return int((await conn.execute(_COUNT, {"of": account, "who": person})).scalar_one())


async def get(conn: AsyncConnection, account: str, person: str, id: str) -> Note | None:  # noqa: A002 # the column's name
    """One note about a buyer."""
    row = (await conn.execute(_GET, {"of": account, "who": person, "which": id})).mappings().first()
    return None if row is None else Note(**row)


async def listed(conn: AsyncConnection, account: str, person: str, cursor: str | None, limit: int) -> Page[Note]:
    """A page of the notes about a buyer, the newest first.

    Raises:
        Invalid: a bad cursor.
    """
    before, before_id = decode(cursor, int, str) if cursor else _NEWEST
    values = {"of": account, "who": person, "before": before, "before_id": before_id, "count": bounded(limit) + 1}
    rows = (await conn.execute(_LISTED, values)).mappings()
    return page([Note(**row) for row in rows], bounded(limit), lambda note: (note.at, note.id))


async def edit(conn: AsyncConnection, note: Note, text: str, now: int) -> None:
    """Let a note say something else."""
    await conn.execute(_EDIT, {"of": note.account, "who": note.person, "which": note.id, "words": text, "now": now})


async def drop(conn: AsyncConnection, note: Note) -> None:
    """Keep a note no longer."""
    await conn.execute(_DROP, {"of": note.account, "who": note.person, "which": note.id})
