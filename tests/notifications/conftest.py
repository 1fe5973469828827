"""Fixtures of the messages' tests."""

import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.catalogue import use_language
from models.database import bind, unbind
from models.home import Home, finish_home, make_home
from models.settings import Settings
from notifications.address import open_address
from tests.databases import copy_of
from tests.notifications.peers import MailPeer, WebPeer, mail_peer, web_peer
from tests.notifications.world import World


@pytest.fixture(scope="session", autouse=True)
def apprise_is_loaded() -> None:
    """Here, because loading it once warns of modules that Python will drop, and warnings are errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        open_address("json://127.0.0.1")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = make_home(Settings(home=tmp_path / "home"), sandbox=True)
    finish_home(made)
    return made


@pytest.fixture
def kind(database_kind: str) -> str:
    """Overridden by tests that have something to show on PostgreSQL, too."""
    return database_kind


@pytest.fixture
def bound(kind: str, home: Home, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty database of the home's own, for child processes, too."""
    if kind == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        monkeypatch.setenv("ZI_DATABASE_URL", url)
        bind(url)
        yield url
        unbind()
        return
    with copy_of(request.getfixturevalue("sqlite_template"), home.path / "zi.db") as url:
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
