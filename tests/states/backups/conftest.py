"""A home with something of everything, and one backup of it for all that only look."""

import shutil
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.database import bind, unbind
from notifications.address import open_address
from states.backups.taking import Wish, back_up
from tests.databases import copy_of, settle
from tests.states.backups.place import Place, clock


@pytest.fixture(scope="session", autouse=True)
def apprise_is_loaded() -> None:
    """Here, because loading it once warns of modules that Python will drop, and warnings are errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        open_address("json://127.0.0.1")


Template = tuple[Path, str, str]  # the home's folder, the URL of its database, and the koordinator's password


@pytest.fixture(scope="session")
def place_template(office_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """Made once, to copy from."""
    folder = tmp_path_factory.mktemp("place")
    with copy_of(office_template, folder / "zi.db") as url:
        bind(url)
        place = Place.at(folder, url)
        unbind()
        settle(url)
        yield folder, url, place.password


@pytest.fixture
def place(place_template: Template, tmp_path: Path) -> Iterator[Place]:
    with _copied(place_template, tmp_path) as copied:
        yield copied


@pytest.fixture(scope="session")
def archive(place_template: Template, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of a copy of that home: taking it leaves a note in the database."""
    folder = tmp_path_factory.mktemp("archive")
    with _copied(place_template, folder) as place:
        back_up(folder / "zi.tar", home=place.home, clock=clock, wish=Wish())
    return (folder / "zi.tar").read_bytes()


@contextmanager
def _copied(template: Template, folder: Path) -> Iterator[Place]:
    source, database, password = template
    shutil.copytree(source / "home", folder / "home")
    with copy_of(database, folder / "zi.db") as url:
        bind(url)
        yield Place.found(folder, url, password)
        unbind()
