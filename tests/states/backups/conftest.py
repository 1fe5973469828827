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
from tests.states.backups.place import Place, clock


@pytest.fixture(scope="session", autouse=True)
def apprise_is_loaded() -> None:
    """Here, because loading it once warns of modules that Python will drop, and warnings are errors."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        open_address("json://127.0.0.1")


@pytest.fixture(scope="session")
def place_template(office_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a home on SQLite, made once, and the koordinator's password."""
    folder = tmp_path_factory.mktemp("place")
    path = folder / "zi.db"
    shutil.copy(office_template, path)
    engine = bind(f"sqlite:///{path}")
    place = Place.at(folder, f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    unbind()
    return folder, place.password


@pytest.fixture
def place(place_template: tuple[Path, str], tmp_path: Path) -> Iterator[Place]:
    with _copied(place_template, tmp_path) as copied:
        yield copied


@pytest.fixture(scope="session")
def archive(place_template: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of a copy of that home: taking it leaves a note in the database."""
    folder = tmp_path_factory.mktemp("archive")
    with _copied(place_template, folder) as place:
        back_up(folder / "zi.tar", home=place.home, clock=clock, wish=Wish())
    return (folder / "zi.tar").read_bytes()


@contextmanager
def _copied(template: tuple[Path, str], folder: Path) -> Iterator[Place]:
    source, password = template
    shutil.copytree(source / "home", folder / "home")
    shutil.copy(source / "zi.db", folder / "zi.db")
    url = f"sqlite:///{folder / 'zi.db'}"
    bind(url)
    yield Place.found(folder, url, password)
    unbind()
