"""The small agency with one open candidacy, and short words for handing it a file."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from models.database import bind, unbind
from tests.databases import copy_of, settle
from tests.office import Office
from tests.states.imports.desk import ImportDesk


@pytest.fixture(scope="session")
def desk_template(office_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The agency's database with RSUD-2026 in it, made once."""
    with copy_of(office_template, tmp_path_factory.mktemp("imports") / "zi.db") as url:
        bind(url)
        Office(url).open()
        unbind()
        settle(url)
        yield url


@pytest.fixture
def desk(desk_template: str, tmp_path: Path) -> Iterator[ImportDesk]:
    with copy_of(desk_template, tmp_path / "desk.db") as url:
        bind(url)
        yield ImportDesk(Office(url), tmp_path)
        unbind()


@pytest.fixture
def both_desks(both_offices: Office, tmp_path: Path) -> ImportDesk:
    """The same, on both databases."""
    both_offices.open()
    return ImportDesk(both_offices, tmp_path)
