"""A small nation, made once for each database and copied for each test."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from models.database import bind, unbind
from zi.demo.nation.build import build_nation

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # 08:00 in Jakarta
MANY = 60  # candidacies


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def sqlite_nation(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("nation") / "zi.db"
    shutil.copy(sqlite_template, path)
    _build(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_nation(postgres_server: str, postgres_template: str) -> Iterator[str]:
    """A database to copy from; nobody is connected to it."""
    with _copy_of(postgres_template, postgres_server) as url:
        _build(url)
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def nation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A nation that the services use; on both databases."""
    if request.param == "sqlite":
        path = tmp_path / "nation.db"
        shutil.copy(request.getfixturevalue("sqlite_nation"), path)
        bind(f"sqlite:///{path}")
        yield request.param
        unbind()
        return
    server, template = request.getfixturevalue("postgres_server"), request.getfixturevalue("postgres_nation")
    with _copy_of(template, server) as url:
        bind(url)
        yield request.param
        unbind()


@contextmanager
def _copy_of(template: str, server: str) -> Iterator[str]:
    name = f"zi_{uuid4().hex}"
    engine = create_engine(server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {make_url(template).database}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _build(url: str) -> None:
    engine = bind(url)
    build_nation(MANY, now=NOW)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    unbind()
