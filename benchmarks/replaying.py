"""A database's own statements: taken down while something is done, and done again through the bare driver.

The second time on a copy of the database as it was before, so that every statement meets the same rows, hits as many,
and is committed in the same transactions.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, event, make_url

from models.database import BUSY_TIMEOUT

COMMIT, ROLLBACK = "COMMIT", "ROLLBACK"


@dataclass(frozen=True)
class Step:
    """One call of the driver: a statement with its values, once or once for each of them, or the end of it all."""

    statement: str
    values: Any = None
    many: bool = False
    brings: bool = False  # rows, to be fetched


@contextmanager
def taken_down(engine: Engine) -> Iterator[list[Step]]:
    """All that this engine asks of its driver inside the block."""
    steps: list[Step] = []

    def executed(_connection: Connection, cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        steps.append(Step(statement, values, many, brings=cursor.description is not None))

    def begun(connection: Connection) -> None:
        if connection.dialect.name == "sqlite":  # psycopg begins by itself
            steps.append(Step("BEGIN IMMEDIATE"))

    def committed(_connection: Connection) -> None:
        steps.append(Step(COMMIT))

    def rolled_back(_connection: Connection) -> None:
        steps.append(Step(ROLLBACK))

    listeners: tuple[tuple[str, Callable[..., None]], ...] = (
        ("after_cursor_execute", executed),
        ("begin", begun),
        ("commit", committed),
        ("rollback", rolled_back),
    )
    for name, listener in listeners:
        event.listen(engine, name, listener)
    try:
        yield steps
    finally:
        for name, listener in listeners:
            event.remove(engine, name, listener)


@contextmanager
def bare_connection(url: str) -> Iterator[Any]:
    """The driver's own connection, set as models.database sets it."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        connection = sqlite3.connect(parsed.database or "", timeout=BUSY_TIMEOUT / 1000, isolation_level=None)
        for pragma in ("foreign_keys = ON", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")
        try:
            yield connection
        finally:
            connection.close()
        return
    plain = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as postgres:
        yield postgres


def replay(connection: Any, steps: list[Step]) -> None:
    """Each statement on a cursor of its own, as SQLAlchemy does; rows are fetched and thrown away."""
    for step in steps:
        if step.statement == COMMIT:
            connection.commit()
        elif step.statement == ROLLBACK:
            connection.rollback()
        else:
            cursor = connection.cursor()
            if step.many:
                cursor.executemany(step.statement, step.values)
            else:
                cursor.execute(step.statement, step.values or ())
            if step.brings:
                cursor.fetchall()
            cursor.close()
