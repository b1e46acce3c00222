"""How each kind of database is reached: engines, pools, pragmas and timeouts, and which of its errors mean "not now"."""

import asyncio
import sqlite3
from pathlib import Path
from typing import Any, Protocol

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.model.basics import Invalid

BUSY_MS = 5_000
CONNECT_S = 2.0
POOL_WAIT_S = 3.0
STATEMENT_MS = 15_000
READERS = 4

_SHARED_PRAGMAS = (
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=134217728",
)
_WRITER_PRAGMAS = (
    *_SHARED_PRAGMAS,
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA cache_size=-32768",
    "PRAGMA journal_size_limit=67108864",
    "PRAGMA wal_autocheckpoint=4000",  # four times the default: pages written again and again are copied back once
)
_READER_PRAGMAS = (*_SHARED_PRAGMAS, "PRAGMA cache_size=-8192", "PRAGMA query_only=ON")

_SQLITE_OUTAGES = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
    }
)
_POSTGRES_OUTAGES = ("08", "28", "3D", "53", "57P", "58", "57014", "55P03", "40001", "40P01", "25P03", "25P04", "42501")
"""SQLSTATE prefixes: connection, sign-in refused, no such database, resources (disk, memory, connections), shutdown, system;
then statement cancelled by its timeout, lock not available, serialization failure, deadlock, transactions ended by the server
for being idle or long, and a right that is missing."""

_POSTGRES_PARAMETERS = {"host", "port", "ssl", "sslmode"}
_SSL_MODES = {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"}


class _Adapted(Protocol):
    """What SQLAlchemy's asynchronous adapters give to pool events."""

    @property
    def driver_connection(self) -> Any: ...

    def cursor(self) -> Any: ...


def sqlite_engines(url: sa.URL) -> tuple[AsyncEngine, sa.Engine, sa.Engine]:
    """One connection that writes, a few that may only read in threads, and one that writes whole batches in a thread; on one file.

    Raises:
        Invalid: the URL names no file, or a folder that does not exist.
    """
    if not url.database or url.database == ":memory:":
        raise Invalid("SQLite 地址必须写明文件。", "A SQLite address must name a file: sqlite:///path/hub.db", path="database")
    if not Path(url.database).parent.is_dir():
        folder = Path(url.database).parent
        raise Invalid(f"数据库所在的文件夹不存在：{folder}", f"The folder of the database does not exist: {folder}", path="database")
    asynchronous = url.set(drivername="sqlite+aiosqlite")
    writer = create_async_engine(asynchronous, **_sqlite_options(1))
    synchronous = url.set(drivername="sqlite+pysqlite")
    reader = sa.create_engine(synchronous, **_sqlite_options(READERS))
    batcher = sa.create_engine(synchronous, **_sqlite_options(1))
    _prepare(writer.sync_engine, _WRITER_PRAGMAS, "BEGIN IMMEDIATE")
    _prepare(reader, _READER_PRAGMAS, "BEGIN")
    _prepare(batcher, _WRITER_PRAGMAS, "BEGIN IMMEDIATE")
    return writer, reader, batcher


def _sqlite_options(size: int) -> dict[str, Any]:
    """isolation_level=None keeps the driver from beginning transactions by itself, so that only we begin them.

    Parameters stay out of errors: errors are logged, and parameters are what people wrote.
    """
    return {
        "hide_parameters": True,
        "pool_size": size,
        "max_overflow": 0,
        "pool_timeout": POOL_WAIT_S,
        "connect_args": {"isolation_level": None, "timeout": BUSY_MS / 1000},
    }


def _prepare(engine: sa.Engine, pragmas: tuple[str, ...], begin: str) -> None:

    def prepare(connection: _Adapted, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in pragmas:
            cursor.execute(pragma)
        cursor.close()

    def start(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    sa.event.listen(engine, "connect", prepare)
    sa.event.listen(engine, "begin", start)
    sa.event.listen(engine, "handle_error", _keep_cancelled)


def _keep_cancelled(context: sa.ExceptionContext) -> None:
    """A cancelled statement is interrupted and ends in the driver's thread before the rollback does: the connection stays good.

    Closing it instead would leave its open statement, and with that the write lock, to the garbage collector.
    """
    if not isinstance(context.original_exception, asyncio.CancelledError):
        return
    context.is_disconnect = False
    if context.connection is not None and not context.connection.invalidated:
        adapted: Any = context.connection.connection.dbapi_connection
        adapted.run_async(lambda driver: driver.interrupt())


def postgres_engines(url: sa.URL, pool: int) -> tuple[AsyncEngine, AsyncEngine, AsyncEngine]:
    """One pool seen twice, to write at READ COMMITTED and to read one unchanging snapshot; and a connection without time limits.

    Raises:
        Invalid: a parameter of the address that the driver does not know.
    """
    url = url.set(drivername="postgresql+asyncpg", query=_postgres_query(url))
    options = {"pool_size": pool, "max_overflow": 0, "pool_timeout": POOL_WAIT_S, "hide_parameters": True}
    writer = create_async_engine(url, connect_args=_postgres_options(STATEMENT_MS, BUSY_MS), **options)
    sa.event.listen(writer.sync_engine, "checkout", _refuse_closed)
    reader = writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return writer, reader, create_async_engine(url, poolclass=sa.NullPool, hide_parameters=True, connect_args=_postgres_options(0, 0))


def _postgres_query(url: sa.URL) -> dict[str, str | tuple[str, ...]]:
    """The parameters of an address as the driver calls them; it would stumble over others only when it connects."""
    query = {("ssl" if name == "sslmode" else name): value for name, value in url.query.items()}
    unknown = sorted(url.query.keys() - _POSTGRES_PARAMETERS)
    if unknown or query.get("ssl", "prefer") not in _SSL_MODES:
        wrong = unknown[0] if unknown else "sslmode"
        raise Invalid(f"数据库地址的参数不对：{wrong}", f"The database address has a parameter that cannot be: {wrong}", path="database")
    return query


def _postgres_options(statement_ms: int, lock_ms: int) -> dict[str, Any]:
    """The server ends what takes too long; the driver gives up a little later, in case the server is frozen or gone."""
    return {
        "timeout": CONNECT_S,
        "command_timeout": statement_ms / 1000 + CONNECT_S if statement_ms else None,
        "prepared_statement_cache_size": 500,
        "server_settings": {
            "application_name": "weihub",
            "default_transaction_isolation": "read committed",
            "statement_timeout": str(statement_ms),
            "lock_timeout": str(lock_ms),
            "idle_in_transaction_session_timeout": "60000",
            "jit": "off",
        },
    }


def _refuse_closed(connection: _Adapted, _record: object, _proxy: object) -> None:
    """A server that went away closed its sockets: the driver knows without a round trip, and the pool makes new ones."""
    if connection.driver_connection.is_closed():
        raise sa.exc.InvalidatePoolError


def is_outage(error: BaseException) -> bool:
    """Whether an error means that the database cannot do it now, rather than that the statement is wrong."""
    if isinstance(error, sa.exc.TimeoutError | OSError):
        return True
    if not isinstance(error, sa.exc.DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.Error):
        code: int = getattr(error.orig, "sqlite_errorcode", 0)
        return code & 0xFF in _SQLITE_OUTAGES or (code & 0xFF == sqlite3.SQLITE_READONLY and code != sqlite3.SQLITE_READONLY)
    return str(getattr(error.orig, "sqlstate", None) or "").startswith(_POSTGRES_OUTAGES)


def is_bad_value(error: BaseException) -> bool:
    """Whether an error means that a value given to a statement is none a database can hold."""
    if isinstance(error, UnicodeEncodeError | OverflowError):
        return True
    if not isinstance(error, sa.exc.DBAPIError) or error.orig is None:
        return False
    refused_here = isinstance(error.orig.__cause__, asyncpg.DataError)
    return refused_here or str(getattr(error.orig, "sqlstate", None) or "").startswith("22")
