"""The database: `transaction()` writes and alone commits, `reading()` reads.

SQLite: the driver's own BEGIN comes too late and lets two writers deadlock, so it is switched off and
BEGIN IMMEDIATE is sent where a transaction writes. PostgreSQL: READ COMMITTED, with row locks by `locked`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, PoolProxiedConnection, create_engine, event, make_url, select
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlmodel import Session, SQLModel

from models.errors import NotInitialised, StorageFailed
from models.trail import write_pending

Row = TypeVar("Row", bound=SQLModel)

POOL = {"pool_size": 5, "max_overflow": 35}  # opened as needed: one for each page being made, or export on its way
BUSY_TIMEOUT = 30_000  # milliseconds that a SQLite writer waits for its turn

_WRITES = "writes"  # in a connection's info: its next BEGIN is one that writes
_DIRECT = "connection"  # in a session's info

_engine: Engine | None = None


def bind(url: str) -> Engine:
    """Use this database from here on, in this process."""
    global _engine
    unbind()
    _engine = open_engine(url)
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


def open_engine(url: str) -> Engine:
    if make_url(url).get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT / 1000}, **POOL)
        event.listen(engine, "connect", _prepare_sqlite)
        dialect: Any = engine.dialect
        dialect.do_begin = _begin_sqlite  # an event would do, and make every statement look for listeners of its own
        return engine
    return create_engine(url, pool_pre_ping=True, **POOL)


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
    except DatabaseError as error:
        if type(error) not in (OperationalError, DatabaseError):  # the plain one: a file that is no database, or broken
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
