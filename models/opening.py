"""Opening a home: its database bound, at the revision this version needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import ArgumentError

from models.database import bind, unbind
from models.errors import UsageError
from models.home import Home, find_home
from models.schema import check_schema
from models.settings import Settings


@contextmanager
def opened_home(settings: Settings) -> Iterator[Home]:
    """The home that the settings name, for as long as the block lasts; raises what is wrong with it."""
    home = find_home(settings)
    open_database(home)
    try:
        yield home
    finally:
        unbind()


def open_database(home: Home, *, check: bool = True) -> None:
    """Bind it. Raises UsageError for a URL that is none, StorageFailed, and what check_schema raises."""
    try:
        engine = bind(home.database_url, home.pooling)
        if check:
            check_schema(engine)
    except ArgumentError as error:
        raise UsageError("bad_database_url") from error
