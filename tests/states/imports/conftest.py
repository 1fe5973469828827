"""The small agency with one open candidacy, and short words for handing it a file."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database import bind, unbind
from tests.office import Office
from tests.states.imports.desk import ImportDesk


@pytest.fixture(scope="session")
def desk_template(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The agency's database with RSUD-2026 in it, made once."""
    path = tmp_path_factory.mktemp("imports") / "zi.db"
    shutil.copy(office_template, path)
    engine = bind(f"sqlite:///{path}")
    Office(str(engine.url)).open()
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    unbind()
    return path


@pytest.fixture
def desk(desk_template: Path, tmp_path: Path) -> Iterator[ImportDesk]:
    path = tmp_path / "desk.db"
    shutil.copy(desk_template, path)
    bind(f"sqlite:///{path}")
    yield ImportDesk(Office(f"sqlite:///{path}"), tmp_path)
    unbind()


@pytest.fixture
def both_desks(both_offices: Office, tmp_path: Path) -> ImportDesk:
    """The same, on both databases."""
    both_offices.open()
    return ImportDesk(both_offices, tmp_path)
