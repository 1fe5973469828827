"""The database's shape: which revision it has, and the way up and down (Alembic)."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from models.database import storage_faults, writing_connection
from models.errors import NotInitialised, SchemaNew, SchemaOld

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
)  # oldest first; Alembic's own list, told here so that no command need import Alembic to check


def check_schema(engine: Engine) -> None:
    """Raise unless the database is at the newest revision."""
    revision = current_revision(engine)
    if revision is None:
        raise NotInitialised("no_schema")
    _refuse_newer(revision)
    if revision != REVISIONS[-1]:
        raise SchemaOld("schema_old", found=revision, needed=REVISIONS[-1])


def current_revision(engine: Engine) -> str | None:
    with storage_faults(), engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the database up. Raises SchemaNew for one that is ahead of this version."""
    from alembic import command  # noqa: PLC0415 - slow to import

    _refuse_newer(current_revision(engine))
    if engine.dialect.name == "sqlite":
        _use_write_ahead_log(engine)
    with storage_faults(), _changing(engine) as connection:
        command.upgrade(_config(connection), revision)


def downgrade(engine: Engine, revision: str) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import

    with _changing(engine) as connection:
        command.downgrade(_config(connection), revision)


@contextmanager
def _changing(engine: Engine) -> Iterator[Connection]:
    """One transaction. SQLite changes a table by writing it anew, which no reference to it may notice: references are
    not enforced meanwhile, and all are checked before the commit (sqlite.org/lang_altertable.html, section 7)."""
    with writing_connection(engine) as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
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


def _refuse_newer(revision: str | None) -> None:
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
