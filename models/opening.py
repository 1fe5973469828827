"""Opening a home: its database bound, at the revision this version needs."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from models.database import bind, open_engine, unbind
from models.errors import UsageError
from models.home import Home, find_home
from models.schema import check_schema, current_revision, upgrade
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


def bring_up(home: Home) -> tuple[str | None, str | None]:
    """Migrate its database by the role that owns it, and give the role that we work as, where it is another, its
    rights. Returns the revision before and after. Raises as `open_database` does, and SchemaNew."""
    with owned(home) as engine:
        before = current_revision(engine)
        upgrade(engine)
        if role := working_role(home):
            from models.grants import grant  # noqa: PLC0415 - brings every table

            grant(engine, role)
        return before, current_revision(engine)


@contextmanager
def owned(home: Home) -> Iterator[Engine]:
    """The database by the role that owns it."""
    engine = open_engine(home.migration_url, home.pooling)
    try:
        yield engine
    finally:
        engine.dispose()


def working_role(home: Home) -> str | None:
    """The role of ZI_DATABASE_URL, where ZI_MIGRATION_DATABASE_URL names another one."""
    try:
        ours, owners = make_url(home.database_url), make_url(home.migration_url)
    except ArgumentError as error:
        raise UsageError("bad_database_url") from error
    return ours.username if ours.username != owners.username else None


def open_database(home: Home, *, check: bool = True) -> None:
    """Bind it. Raises UsageError for a URL that is none, StorageFailed, and what check_schema raises."""
    engine = bind(home.database_url, home.pooling)
    if check:
        check_schema(engine)
