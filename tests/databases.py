"""Databases for tests: migrated once for each worker, then copied, so that a test begins in milliseconds."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

from models.cycles import Route
from models.database import bind, open_engine, unbind
from models.schema import upgrade
from tests.office import Office
from tests.postgres import fresh_database


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file; nothing is left in its write-ahead log."""
    path = tmp_path_factory.mktemp("template") / "zi.db"
    engine = open_engine(f"sqlite:///{path}")
    upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """A migrated PostgreSQL database to copy others from."""
    with fresh_database(postgres_server) as url:
        engine = open_engine(url)
        upgrade(engine)
        engine.dispose()
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    path = tmp_path / "zi.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres_server: str, postgres_template: str) -> Iterator[str]:
    name = f"zi_{uuid4().hex}"
    engine = create_engine(postgres_server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {make_url(postgres_template).database}"))
    yield make_url(postgres_server).set(database=name).render_as_string(hide_password=False)
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@pytest.fixture(params=["sqlite", "postgresql"])
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
def office_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small agency's database, made once."""
    return _office_file(sqlite_template, tmp_path_factory.mktemp("office"), Route.TPN)


@pytest.fixture(scope="session")
def own_route_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, in a cycle where the agency decides WBK itself."""
    return _office_file(sqlite_template, tmp_path_factory.mktemp("own-route"), Route.OWN)


@pytest.fixture
def office(office_template: Path, tmp_path: Path) -> Iterator[Office]:
    """A small agency at work, on SQLite: for rules that no database changes."""
    yield from _copied(office_template, tmp_path)


@pytest.fixture
def own_route_office(own_route_template: Path, tmp_path: Path) -> Iterator[Office]:
    yield from _copied(own_route_template, tmp_path)


def _office_file(template: Path, folder: Path, route: Route) -> Path:
    path = folder / "zi.db"
    shutil.copy(template, path)
    engine = bind(f"sqlite:///{path}")
    Office.opened(str(engine.url), route=route)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    unbind()
    return path


def _copied(template: Path, folder: Path) -> Iterator[Office]:
    path = folder / "office.db"
    shutil.copy(template, path)
    url = f"sqlite:///{path}"
    bind(url)
    yield Office(url)
    unbind()
