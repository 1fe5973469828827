"""Fixtures of the tests that break things."""

from pathlib import Path

import pytest

from models.home import Home, finish_home, make_home
from models.settings import Settings
from tests.notifications.conftest import apprise_is_loaded  # noqa: F401 - a fixture
from tests.office import Office


@pytest.fixture
def work_home(both_offices: Office, tmp_path: Path) -> Home:
    """A home around the small agency's database."""
    return home_around(both_offices.url, tmp_path)


def home_around(url: str, folder: Path) -> Home:
    home = make_home(Settings(home=folder / "home", database_url=url), sandbox=True)
    finish_home(home)
    return home


@pytest.fixture
def work_home_of_office(office: Office, tmp_path: Path) -> Home:
    """The same on SQLite, where no database makes a difference."""
    return home_around(office.url, tmp_path)
