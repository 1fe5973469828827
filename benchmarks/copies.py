"""A database that is filled once, and copies of it: two sides that do the same each need one of their own."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from uuid import uuid4

from sqlalchemy import NullPool, create_engine, make_url, text

from benchmarks.databases import bound_to, migrate, postgres_server, settle
from models.database import bound_engine

Copy = Callable[[], str]
"""Makes a copy and says its URL; it is gone when the filled database is."""

Fill = Callable[[], object]
"""Puts something into the database that is bound."""


@contextmanager
def filled_sqlite(fill: Fill) -> Iterator[Copy]:
    with tempfile.TemporaryDirectory(prefix="zi-bench-") as folder:
        original = Path(folder) / "original.db"
        numbers = count()

        def copy() -> str:
            path = Path(folder) / f"copy-{next(numbers)}.db"
            shutil.copy(original, path)
            return f"sqlite:///{path}"

        migrate(f"sqlite:///{original}")
        with bound_to(f"sqlite:///{original}"):
            fill()
            settle()
            with bound_engine().connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        yield copy


@contextmanager
def filled_postgres(fill: Fill) -> Iterator[Copy]:
    with postgres_server() as server:
        made: list[str] = []

        def create(template: str) -> str:
            made.append(f"zi_bench_{uuid4().hex}")
            _administer(server, f"CREATE DATABASE {made[-1]} TEMPLATE {template}")
            return make_url(server).set(database=made[-1]).render_as_string(hide_password=False)

        try:
            original = create("template0")
            migrate(original)
            with bound_to(original):
                fill()
                settle()
            yield lambda: create(made[0])
        finally:
            for name in made:
                _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(server: str, statement: str) -> None:
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
