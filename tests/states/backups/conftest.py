"""A home with something of everything, and one backup of it for all that only look."""

import shutil
import warnings
from collections.abc import Iterator
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
    folder, password = place_template
    shutil.copytree(folder / "home", tmp_path / "home")
    shutil.copy(folder / "zi.db", tmp_path / "zi.db")
    bind(f"sqlite:///{tmp_path / 'zi.db'}")
    yield Place.found(tmp_path, f"sqlite:///{tmp_path / 'zi.db'}", password)
    unbind()


@pytest.fixture(scope="session")
def archive(place_template: tuple[Path, str], tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup of that home."""
    folder, password = place_template
    bind(f"sqlite:///{folder / 'zi.db'}")
    path = tmp_path_factory.mktemp("archive") / "zi.tar"
    back_up(path, home=Place.found(folder, f"sqlite:///{folder / 'zi.db'}", password).home, clock=clock, wish=Wish())
    unbind()
    return path.read_bytes()
