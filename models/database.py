"""The database: `transaction()` writes and alone commits, `reading()` reads.

SQLite: the driver's own BEGIN comes too late and lets two writers deadlock, so it is switched off and
BEGIN IMMEDIATE is sent where a transaction writes. PostgreSQL: READ COMMITTED, with row locks by `locked`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url, select
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlmodel import Session, SQLModel

from models.errors import NotInitialised, StorageFailed
from models.pooling import DEFAULTS, Pooling
from models.trail import write_pending

Row = TypeVar("Row", bound=SQLModel)

DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
NO_RIGHT = "42501"  # PostgreSQL's insufficient_privilege
BUSY_TIMEOUT = 30_000  # milliseconds that a SQLite writer waits for its turn

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
    """Raises ArgumentError for a URL that is none, or of a database that we do not speak with."""
    made = make_url(url)
    if made.drivername not in DRIVERS:
        raise ArgumentError(f"not one of {', '.join(DRIVERS)}")
    if made.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT / 1000}, **pooling.pool)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    engine = create_engine(url, connect_args=pooling.connecting(made), pool_pre_ping=True, **pooling.pool)
    if pooling.pgbouncer:
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(pooling.set_limits()))
    return engine


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work: all of it and its trail is kept, or nothing.

    Raises StorageFailed when the database can't be written.
    """
    engine = bound_engine().execution_options(writes=True)
    with storage_faults(), Session(engine, expire_on_commit=False) as session:
        yield session
        session.flush()
        write_pending(session)
        session.commit()


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
        if getattr(error.orig, "sqlstate", None) == NO_RIGHT:
            raise StorageFailed("database_rights", why=str(error.orig).splitlines()[0]) from error
        if type(error) not in (OperationalError, DatabaseError):  # the plain one: a file that is no database, or broken
            raise
        raise StorageFailed("database_failed", why=str(error.orig).splitlines()[0]) from error


def locked(session: Session, table: type[Row], *conditions: Any) -> list[Row]:
    """The rows that match, locked in the order of their ids, so that two writers never wait for each other."""
    primary_key = next(iter(table.__table__.primary_key))  # type: ignore[attr-defined]
    query = select(table).where(*conditions).order_by(primary_key).with_for_update()
    return list(session.execute(query.execution_options(populate_existing=True)).scalars())


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
