"""Fixtures of the messages' tests."""

import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from models import schema
from models.catalogue import use_language
from models.database import bind, open_engine, unbind
from models.home import Home, finish_home, make_home
from models.settings import Settings
from notifications.address import open_address
from tests.notifications.peers import MailPeer, WebPeer, mail_peer, web_peer
from tests.notifications.world import World


@pytest.fixture(scope="session", autouse=True)
def apprise_is_loaded() -> None:
    """Here, because loading it once warns of modules that Python will drop, and warnings are errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        open_address("json://127.0.0.1")


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrated once, copied for each test."""
    path = tmp_path_factory.mktemp("empty") / "zi.db"
    engine = open_engine(f"sqlite:///{path}")
    schema.upgrade(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = make_home(Settings(home=tmp_path / "home"), sandbox=True)
    finish_home(made)
    return made


@pytest.fixture
def kind() -> str:
    """Overridden by tests that have something to show on PostgreSQL, too."""
    return "sqlite"


@pytest.fixture
def bound(kind: str, home: Home, empty_database: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if kind == "postgresql":
        url: str = request.getfixturevalue("fresh_postgres")
        schema.upgrade(bind(url))
    else:
        shutil.copy(empty_database, home.path / "zi.db")
        url = home.database_url
        bind(url)
    yield url
    unbind()


@pytest.fixture
def world(home: Home, bound: str) -> World:
    return World(home)


@pytest.fixture(params=["id", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    use_language(request.param)
    yield request.param
    use_language("id")


@pytest.fixture
def web() -> Iterator[WebPeer]:
    with web_peer() as peer:
        yield peer


@pytest.fixture
def smtp() -> Iterator[MailPeer]:
    with mail_peer() as peer:
        yield peer
