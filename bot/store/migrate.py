"""The schema's versions: where a database stands, where this program wants it, and the way there (Alembic)."""

from pathlib import Path

import sqlalchemy as sa
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from bot.model.basics import Conflict
from bot.store.schema import METADATA
from bot.store.unit import Database

_FOLDER = Path(__file__).with_name("migrations")
_LOCK = 0x7765696875620001
"""The key of PostgreSQL's advisory lock that keeps starters apart: "weihub" and a number."""


def head() -> str:
    """The revision this program is written for."""
    revision = _scripts().get_current_head()
    if revision is None:
        raise LookupError(f"no migrations in {_FOLDER}")
    return revision


async def current(db: Database) -> str | None:
    """The revision of a database; None for an empty one.

    Raises:
        Unavailable: it cannot be reached.
    """
    async with db.read() as connection:
        return await connection.run_sync(_current)


async def upgrade(db: Database) -> list[str]:
    """Bring a database to `head`, in one transaction, and return the revisions that were applied; none when it was there.

    Several processes may do this at once: one works, the others wait and find it done.

    Raises:
        Conflict: the database is newer than this program.
        Unavailable: it cannot be reached.
    """
    async with db.overhaul() as connection:
        if db.dialect == "postgresql":
            await connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        return await connection.run_sync(_upgrade)


async def require_head(db: Database) -> None:
    """Refuse a database that this program cannot work on.

    Raises:
        Conflict: it was not migrated yet, or it is newer than this program.
        Unavailable: it cannot be reached.
    """
    revision = await current(db)
    wanted = head()
    if revision == wanted:
        return
    _refuse_newer(_scripts(), revision)
    raise Conflict(
        f"数据库版本是 {revision or '空'}，程序需要 {wanted}：请先运行 weihub migrate。",
        f"The database is at revision {revision or '(empty)'}, this program needs {wanted}: run `weihub migrate` first.",
        revision=revision or "",
    )


def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_FOLDER))


def _current(connection: sa.Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _upgrade(connection: sa.Connection) -> list[str]:
    """Everything in the caller's transaction: a step that fails undoes them all, on both dialects."""
    scripts = _scripts()
    context = MigrationContext.configure(connection, opts={"target_metadata": METADATA})
    before = context.get_current_revision()
    _refuse_newer(scripts, before)
    steps = list(scripts.iterate_revisions("head", before or "base"))[::-1]
    with Operations.context(context):
        for step in steps:
            step.module.upgrade()
            context.stamp(scripts, step.revision)
    return [step.revision for step in steps]


def _refuse_newer(scripts: ScriptDirectory, revision: str | None) -> None:
    known = {script.revision for script in scripts.walk_revisions()}
    if revision is not None and revision not in known:
        raise Conflict(
            f"数据库版本 {revision} 比这个程序新：请升级程序，或恢复旧的备份。",
            f"The database is at revision {revision}, newer than this program: upgrade the program, or restore an older backup.",
            revision=revision,
        )
