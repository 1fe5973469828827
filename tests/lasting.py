"""A database for a whole file of tests: what each of them does in it is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlmodel import Session

from models.database import open_engine
from models.schema import upgrade
from tests.postgres import fresh_database

NAMES = ("sqlite", "postgresql")


@contextmanager
def lasting_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The URL of a migrated database of the kind that the fixture's parameter names."""
    if request.param == "sqlite":
        yield _migrated(f"sqlite:///{folder / 'zi.db'}")
        return
    with fresh_database(request.getfixturevalue("postgres_server")) as url:
        yield _migrated(url)


@contextmanager
def lasting_session(url: str) -> Iterator[Session]:
    """One session, whose transaction is never committed."""
    engine = open_engine(url)
    with Session(engine, autoflush=False) as session:
        yield session
    engine.dispose()


@contextmanager
def taken_back(session: Session) -> Iterator[None]:
    with session.begin_nested() as saved:
        yield
        saved.rollback()
    session.expunge_all()


def _migrated(url: str) -> str:
    engine = open_engine(url)
    upgrade(engine)
    engine.dispose()
    return url
