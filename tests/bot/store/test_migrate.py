"""The schema's versions."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.model.basics import Conflict
from bot.store import migrate
from bot.store.migrate import current, head, require_head, upgrade
from bot.store.schema import METADATA
from bot.store.unit import Database

REVISIONS = sorted(path.name[:4] for path in (Path(migrate.__file__).parent / "migrations" / "versions").glob("0*.py"))


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database without tables."""
    return f"sqlite:///{tmp_path}/empty.db" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


async def test_an_empty_database_is_brought_to_the_head(empty_url: str) -> None:
    """The first upgrade applies every revision, the second none."""
    async with Database.at(empty_url) as db:
        assert await current(db) is None

        assert await upgrade(db) == REVISIONS
        assert await upgrade(db) == []
        assert await current(db) == head() == REVISIONS[-1]
        await require_head(db)


_SQLITE_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE name NOT LIKE '%alembic%'"
_POSTGRES_SCHEMA = """
SELECT 'column', c.relname, a.attname,
       concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, pg_get_expr(d.adbin, d.adrelid))
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE n.nspname = 'public' AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND c.relname <> 'alembic_version'
UNION ALL
SELECT 'index', tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
UNION ALL
SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND conrelid <> 0 AND conrelid::regclass::text <> 'alembic_version'
"""


async def _schema(db: Database) -> set[tuple[Any, ...]]:
    async with db.read() as connection:
        rows = await connection.exec_driver_sql(_SQLITE_SCHEMA if db.dialect == "sqlite" else _POSTGRES_SCHEMA)
        return {tuple(" ".join(str(value).split()) for value in row) for row in rows}


async def test_the_migrated_schema_equals_the_tables(empty_url: str) -> None:
    """Columns, types, defaults, keys, indexes and constraints are the same as the metadata would make them."""
    async with Database.at(empty_url) as db:
        await upgrade(db)
        migrated = await _schema(db)
        async with db.write() as connection:
            await connection.run_sync(METADATA.drop_all)
            await connection.run_sync(METADATA.create_all)
        declared = await _schema(db)

    assert len(declared) > 40
    assert migrated == declared


async def test_messages_lie_in_the_order_they_came_on_sqlite(db: Database) -> None:
    """A batch over many conversations fills pages at the end of the table instead of splitting one page of each."""
    if db.dialect == "sqlite":
        async with db.read() as connection:
            sql = (await connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'messages'")).scalar_one()
        assert "WITHOUT ROWID" not in sql


async def test_concurrent_starters_migrate_once(empty_url: str) -> None:
    """Four processes start together: one applies the revisions, three wait and find them done."""
    databases = [Database.at(empty_url) for _ in range(4)]

    applied = await asyncio.gather(*(upgrade(db) for db in databases))

    assert sorted(applied) == [[], [], [], REVISIONS]
    for db in databases:
        await db.close()


async def test_a_newer_database_is_refused(db: Database) -> None:
    """A program must not work on a schema it does not know, and says so."""
    async with db.write() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    try:
        with pytest.raises(Conflict, match="newer than this program"):
            await upgrade(db)
        with pytest.raises(Conflict, match="newer than this program"):
            await require_head(db)
    finally:
        async with db.write() as connection:
            await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")


async def test_a_database_behind_is_told_to_migrate(empty_url: str) -> None:
    """Where the program does not migrate by itself, it names the command."""
    async with Database.at(empty_url) as db:
        with pytest.raises(Conflict, match="weihub migrate"):
            await require_head(db)


async def test_a_failed_migration_leaves_nothing(empty_url: str) -> None:
    """Steps run in one transaction: a table that is in the way undoes the ones made before it."""
    async with Database.at(empty_url) as db:
        async with db.write() as connection:
            await connection.exec_driver_sql("CREATE TABLE media_uses (x INTEGER)")

        with pytest.raises(sa.exc.DBAPIError, match="media_uses"):
            await upgrade(db)

        assert await current(db) is None
        async with db.read() as connection:
            tables = await connection.run_sync(lambda sync: sa.inspect(sync).get_table_names())
        assert tables == ["media_uses"]


async def test_a_long_migration_is_not_cut(postgres_url: str) -> None:
    """The limits of ordinary statements do not hold for an overhaul."""
    async with Database.at(postgres_url) as db:
        async with db.write() as connection:
            limited = (await connection.exec_driver_sql("SHOW statement_timeout")).scalar_one()
        async with db.overhaul() as connection:
            unlimited = (await connection.exec_driver_sql("SHOW statement_timeout")).scalar_one()

    assert (limited, unlimited) == ("15s", "0")
