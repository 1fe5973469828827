"""Databases to measure on, gone afterwards: a SQLite file, or a PostgreSQL server that keeps what it promises.

Both wait for the disk as a deployment's do; the tests' server does not, and would flatter whatever commits.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.database import bind, bound_engine, open_engine, unbind
from models.schema import upgrade
from tests.postgres import Postgres, fresh_database

POSTGRES_URL = "ZI_BENCH_POSTGRES_URL"  # of a server to make databases in, instead of one of our own


@contextmanager
def sqlite_url() -> Iterator[str]:
    """An empty, migrated database."""
    with tempfile.TemporaryDirectory(prefix="zi-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'zi.db'}"
        migrate(url)
        yield url


@contextmanager
def postgres_server() -> Iterator[str]:
    """Raises NoPostgres where there is none."""
    if lent := os.environ.get(POSTGRES_URL):
        yield lent
        return
    server = Postgres.found(durable=True)
    try:
        server.start()
        yield server.url
    finally:
        server.stop()


@contextmanager
def postgres_url(server: str) -> Iterator[str]:
    """An empty, migrated database in it."""
    with fresh_database(server) as url:
        migrate(url)
        yield url


@contextmanager
def bound_to(url: str) -> Iterator[None]:
    """The services use it."""
    bind(url)
    try:
        yield
    finally:
        unbind()


def settle() -> None:
    """What was just put in by the thousand is counted, so that the planner knows it; call before measuring."""
    engine = bound_engine()
    vacuum = "VACUUM ANALYZE" if engine.dialect.name == "postgresql" else "ANALYZE"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(vacuum)


def migrate(url: str) -> None:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
