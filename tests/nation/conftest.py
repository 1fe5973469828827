"""A small nation, made once for each database and copied for each test."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.database import bind, unbind
from tests.databases import copy_of, settle
from zi.demo.nation.build import build_nation

NOW = datetime(2026, 11, 25, 1, 0, tzinfo=UTC)  # 08:00 in Jakarta
MANY = 60  # candidacies


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def sqlite_nation(sqlite_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of one to copy from."""
    with _built(sqlite_template, tmp_path_factory.mktemp("nation") / "zi.db") as url:
        yield url


@pytest.fixture(scope="session")
def postgres_nation(postgres_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with _built(postgres_template, tmp_path_factory.mktemp("nation")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def nation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A nation that the services use; on both databases."""
    template = request.getfixturevalue("sqlite_nation" if request.param == "sqlite" else "postgres_nation")
    with copy_of(template, tmp_path / "nation.db") as url:
        bind(url)
        yield request.param
        unbind()


@contextmanager
def _built(template: str, path: Path) -> Iterator[str]:
    with copy_of(template, path) as url:
        bind(url)
        build_nation(MANY, now=NOW)
        unbind()
        settle(url)
        yield url
