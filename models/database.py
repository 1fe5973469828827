"""The database: `transaction()` writes and alone commits, `reading()` reads.

SQLite: the driver's own BEGIN comes too late and lets two writers deadlock, so it is switched off and
BEGIN IMMEDIATE is sent where a transaction writes. PostgreSQL: READ COMMITTED, with row locks by `locked`.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, PoolProxiedConnection, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session, SQLModel

from models.errors import NotInitialised, StorageFailed, UsageError
from models.pooling import DEFAULTS, Pooling
from models.trail import write_pending

Row = TypeVar("Row", bound=SQLModel)

DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
NO_RIGHT = "42501"  # PostgreSQL's insufficient_privilege
BUSY_TIMEOUT = 30_000  # milliseconds that a SQLite writer waits for its turn
READ_ONLY = "25006"  # and its read_only_sql_transaction

_WRITES = "writes"  # in a connection's info: its next BEGIN is one that writes
_DIRECT = "connection"  # in a session's info

_engine: Engine | None = None


def bind(url: str, pooling: Pooling = DEFAULTS) -> Engine:
    """Use this database from here on, in this process."""
    global _engine
    unbind()
    _engine = open_engine(url, pooling)
    return _engine


def unbind() -> None:
    global _engine
    if _engine is not None:
        _engine.dispose()
    _engine = None


def bound_engine() -> Engine:
    if _engine is None:
        raise NotInitialised("not_bound")
    return _engine


def open_engine(url: str, pooling: Pooling = DEFAULTS) -> Engine:
    """Raises UsageError for a URL that none of our databases has. No error and no log tells a statement's values."""
    asked = _checked(url)
    if asked.get_backend_name() == "sqlite":
        waiting = {"timeout": BUSY_TIMEOUT / 1000}
        engine = create_engine(_as_it_lies(asked), hide_parameters=True, connect_args=waiting, **pooling.pool)
        event.listen(engine, "connect", _prepare_sqlite)
        dialect: Any = engine.dialect
        dialect.do_begin = _begin_sqlite  # an event would do, and make every statement look for listeners of its own
        return engine
    connecting = pooling.connecting(asked)
    engine = create_engine(asked, hide_parameters=True, connect_args=connecting, pool_pre_ping=True, **pooling.pool)
    if pooling.pgbouncer:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(pooling.set_limits()))
    return engine


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: all of it and its trail is kept, or nothing.

    Raises StorageFailed when the database can't be written.
    """
    with (
        storage_faults(),
        writing_connection(bound_engine()) as connection,
        Session(connection, expire_on_commit=False) as session,
    ):
        yield session
        session.flush()
        write_pending(session)
        session.commit()


@contextmanager
def writing_connection(engine: Engine) -> Iterator[Connection]:
    """A connection that writes from its first statement on: SQLite has to know that when it begins."""
    with engine.connect() as connection:
        info = connection.info
        info[_WRITES] = True
        try:
            yield connection
        finally:
            info.pop(_WRITES, None)


@contextmanager
def reading() -> Iterator[Session]:
    """One consistent look; whatever is changed in it is thrown away."""
    engine = bound_engine()
    if engine.dialect.name == "postgresql":  # where each statement would see what was committed just before it
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with storage_faults(), Session(engine, expire_on_commit=False, autoflush=False) as session:
        yield session


@contextmanager
def storage_faults() -> Iterator[None]:
    """What the driver says of a database out of reach, read-only, full or broken becomes StorageFailed.

    The driver's first line says what is wrong; the statement and its values stay out of it.
    """
    try:
        yield
    except PoolTimeoutError as error:
        raise StorageFailed("pool_exhausted") from error
    except DatabaseError as error:
        code = getattr(error.orig, "sqlstate", None)
        if code == NO_RIGHT:
            raise StorageFailed("database_rights", why=str(error.orig).splitlines()[0]) from error
        plain = type(error) in (OperationalError, DatabaseError)  # the latter: a file that is no database, or broken
        if not plain and code != READ_ONLY and not error.connection_invalidated:
            raise
        raise StorageFailed("database_failed", why=str(error.orig).splitlines()[0]) from error


def directly(session: Session) -> Connection:
    """The session's connection, for statements that need no ORM. What the session has not written yet is written first.

    Objects that the session holds know nothing of what is changed through it.
    """
    if session.autoflush:
        session.flush()
    connection: Connection | None = session.info.get(_DIRECT)
    if connection is None or connection.closed:
        connection = session.info[_DIRECT] = session.connection()
    return connection


def locked(session: Session, table: type[Row], *conditions: Any) -> list[Row]:
    """The rows that match, locked in the order of their ids, so that two writers never wait for each other."""
    primary_key = next(iter(table.__table__.primary_key))  # type: ignore[attr-defined]
    query = select(table).where(*conditions).order_by(primary_key).with_for_update()
    return list(session.execute(query.execution_options(populate_existing=True)).scalars())


def _checked(url: str) -> URL:
    """An @ that was left in a password as it is ends up in the host, and would be told with it in every error."""
    try:
        asked = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError("bad_database_url") from None
    if asked.drivername not in DRIVERS or "@" in (asked.host or ""):
        raise UsageError("bad_database_url")
    return asked


def _as_it_lies(asked: URL) -> URL:
    """SQLite puts two files beside one with a write-ahead log; where none can be put, it has to be told that nobody
    writes. Not while there is a log that was not worked into the file: what is only there would be missing."""
    path = Path(asked.database or "").absolute()
    if asked.query or not path.is_file() or not os.statvfs(path).f_flag & os.ST_RDONLY:
        return asked
    log = path.with_name(f"{path.name}-wal")
    if log.exists() and log.stat().st_size:
        return asked
    return asked.set(database=f"file:{quote(str(path))}", query={"mode": "ro", "immutable": "1", "uri": "true"})


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_sqlite(connection: PoolProxiedConnection) -> None:
    cursor = connection.cursor()
    cursor.execute("BEGIN IMMEDIATE" if connection.info.get(_WRITES) else "BEGIN")
    cursor.close()
