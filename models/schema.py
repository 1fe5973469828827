"""The database's shape: which revision it has, and the way up and down (Alembic)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text
from sqlmodel import Session

from models.database import storage_faults, writing_connection
from models.errors import NotInitialised, SchemaNew, SchemaOld
from models.trail import write_pending

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
    "0015",
    "0016",
    "0017",
    "0018",
)  # oldest first; Alembic's own list, told here so that no command need import Alembic to check


def check_schema(engine: Engine) -> None:
    """Raise unless the database is at the newest revision."""
    revision = current_revision(engine)
    if revision is None:
        raise NotInitialised("no_schema")
    refuse_newer(revision)
    if revision != REVISIONS[-1]:
        raise SchemaOld("schema_old", found=revision, needed=REVISIONS[-1])


def current_revision(engine: Engine) -> str | None:
    with storage_faults(), engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up. Raises SchemaNew for one that is ahead of this version."""
    refuse_newer(current_revision(engine))
    if engine.dialect.name == "sqlite":
        _use_write_ahead_log(engine)
    with storage_faults(), changing(engine) as connection:
        upgrade_within(connection, revision)


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """The same in somebody's transaction, which may take it back."""
    from alembic import command  # noqa: PLC0415 - slow to import

    command.upgrade(_config(connection), revision)


@contextmanager
def building(engine: Engine) -> Iterator[Session]:
    """One transaction that makes tables and fills them: all of it and its trail is kept, or the database stays empty.

    SQLite enforces no reference meanwhile; `PRAGMA foreign_key_check` is for the block to ask.
    """
    if engine.dialect.name == "sqlite":
        _use_write_ahead_log(engine)
    with storage_faults(), changing(engine) as connection, Session(connection, expire_on_commit=False) as session:
        yield session
        session.flush()
        write_pending(session)


def is_empty(engine: Engine) -> bool:
    """Whether it has no table at all."""
    with storage_faults(), engine.connect() as connection:
        return not inspect(connection).get_table_names()


def downgrade(engine: Engine, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import

    with changing(engine) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """One transaction. SQLite changes a table by writing it anew, which no reference to it may notice: references are
    not enforced meanwhile, and all are checked before the commit (sqlite.org/lang_altertable.html, section 7)."""
    with writing_connection(engine) as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")  # a large table takes its time
                yield connection
            return
        cursor = connection.connection.cursor()
        cursor.execute("PRAGMA foreign_keys = OFF")
        try:
            with connection.begin():
                yield connection
                if dangling := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
                    raise RuntimeError(f"the migration leaves references to nothing: {dangling}")
        finally:
            cursor.execute("PRAGMA foreign_keys = ON")


def refuse_newer(revision: str | None) -> None:
    """Raise SchemaNew for a revision that this version does not know."""
    if revision is not None and revision not in REVISIONS:
        raise SchemaNew("schema_new", found=revision, known=REVISIONS[-1])


def _use_write_ahead_log(engine: Engine) -> None:
    """Readers do not wait for the writer. Set once: SQLite keeps it in the file."""
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA journal_mode = WAL")
    finally:
        connection.close()


def _config(connection: Connection) -> "Config":
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
