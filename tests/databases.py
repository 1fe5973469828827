"""Databases for tests: migrated once for each worker, then copied, so that a test begins in milliseconds.

`bound` and `both_offices` are for rules that a database could break: they are tried on both. `office` and its like
are on SQLite, to save time; `--database postgresql` puts these, too, on PostgreSQL, and leaves out what is SQLite's.
"""

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from models.cycles import Route
from models.database import bind, open_engine, unbind
from models.schema import upgrade
from tests.office import Office
from tests.postgres import fresh_database

DATABASES = ("sqlite", "postgresql")


@contextmanager
def copy_of(template: str, path: Path) -> Iterator[str]:
    """The URL of a database like this one, to which nobody is connected: on SQLite the file `path`."""
    url = make_url(template)
    if url.get_backend_name() == "sqlite":
        shutil.copy(str(url.database), path)
        yield f"sqlite:///{path}"
        return
    name = f"zi_{uuid4().hex}"
    engine = create_engine(url.set(database="postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {url.database}"))
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def settle(url: str) -> None:
    """Leave nothing in SQLite's write-ahead log, so that the file alone is the database."""
    if make_url(url).get_backend_name() == "sqlite":
        engine = open_engine(url)
        with engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()


def guard_dropped(name: str, dialect: str) -> str:
    """The statement that takes one of the trail's triggers away: on PostgreSQL it names the table, too."""
    table = re.split("_no_|_only_", name)[0]
    return f"DROP TRIGGER {name}" + ("" if dialect == "sqlite" else f" ON {table}")


@pytest.fixture(scope="session")
def database_kind(pytestconfig: pytest.Config) -> str:
    """What databases are where a test does not say: `sqlite`, or what --database asks for."""
    return str(pytestconfig.getoption("--database"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A migrated SQLite file."""
    return _migrated(f"sqlite:///{tmp_path_factory.mktemp('template') / 'zi.db'}")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """A migrated PostgreSQL database to copy others from."""
    with fresh_database(postgres_server) as url:
        yield _migrated(url)


@pytest.fixture(scope="session")
def migrated_template(database_kind: str, request: pytest.FixtureRequest) -> str:
    url: str = request.getfixturevalue("sqlite_template" if database_kind == "sqlite" else "postgres_template")
    return url


@pytest.fixture
def sqlite_url(sqlite_template: str, tmp_path: Path) -> Iterator[str]:
    """An empty, migrated database on SQLite, whatever else is tested on."""
    with copy_of(sqlite_template, tmp_path / "zi.db") as url:
        yield url


@pytest.fixture
def postgres_url(postgres_template: str, tmp_path: Path) -> Iterator[str]:
    with copy_of(postgres_template, tmp_path) as url:
        yield url


@pytest.fixture
def fresh_role(postgres_server: str) -> Iterator[str]:
    """A role of PostgreSQL that may log in, and nothing else. Ask for it before any database: it is dropped last."""
    name = f"zi_test_{uuid4().hex[:12]}"
    engine = create_engine(postgres_server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE ROLE {name} LOGIN"))
    yield name
    with engine.connect() as connection:
        connection.execute(text(f"DROP ROLE {name}"))


def as_role(url: str, role: str) -> str:
    """The same database, where nobody is asked for a password."""
    return make_url(url).set(username=role).render_as_string(hide_password=False)


@pytest.fixture
def migrated_url(database_kind: str, request: pytest.FixtureRequest) -> str:
    """An empty, migrated database, for rules that no database changes."""
    url: str = request.getfixturevalue("sqlite_url" if database_kind == "sqlite" else "postgres_url")
    return url


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The same test on both databases."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def bound(database_url: str) -> Iterator[str]:
    """An empty, migrated database that the services use; on both databases."""
    bind(database_url)
    yield database_url
    unbind()


@pytest.fixture
def both_offices(bound: str) -> Office:
    """A small agency at work, on both databases."""
    return Office.opened(bound)


@pytest.fixture(scope="session")
def office_template(migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The small agency's database, made once."""
    yield from _office_made(migrated_template, tmp_path_factory.mktemp("office"), Route.TPN)


@pytest.fixture(scope="session")
def own_route_template(migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same, in a cycle where the agency decides WBK itself."""
    yield from _office_made(migrated_template, tmp_path_factory.mktemp("own-route"), Route.OWN)


@pytest.fixture
def office(office_template: str, tmp_path: Path) -> Iterator[Office]:
    """A small agency at work, for rules that no database changes."""
    yield from _copied(office_template, tmp_path)


@pytest.fixture
def own_route_office(own_route_template: str, tmp_path: Path) -> Iterator[Office]:
    yield from _copied(own_route_template, tmp_path)


def _migrated(url: str) -> str:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    settle(url)
    return url


def _office_made(template: str, folder: Path, route: Route) -> Iterator[str]:
    with copy_of(template, folder / "zi.db") as url:
        bind(url)
        Office.opened(url, route=route)
        unbind()
        settle(url)
        yield url


def _copied(template: str, folder: Path) -> Iterator[Office]:
    with copy_of(template, folder / "office.db") as url:
        bind(url)
        yield Office(url)
        unbind()
