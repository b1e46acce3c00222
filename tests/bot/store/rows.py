"""The shortest ways to write and to read something."""

import sqlalchemy as sa

from bot.store.tables import PEOPLE
from bot.store.unit import Database


async def put(db: Database, name: str) -> None:
    """Store a person."""
    async with db.write() as conn:
        await conn.execute(sa.insert(PEOPLE).values(id=name, name=name, created_at=1))


async def names(db: Database) -> list[str]:
    """Who is stored."""
    async with db.read() as conn:
        return [row[0] for row in await conn.execute(sa.select(PEOPLE.c.id).order_by(PEOPLE.c.id))]
