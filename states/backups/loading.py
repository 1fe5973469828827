"""Loads the parts of a backup: keys into their places, rows into the tables, files into the folder."""

from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from models.audit import AuditHead
from models.bulk import go_on_counting, references_set_aside
from models.dump import Shape, load_rows
from models.errors import BadInput, IntegrityBroken, StorageFailed
from models.files import store
from models.home import Home, write_secret
from models.tar import LARGEST
from states.backups.format import FILE_COLUMN, file_columns
from states.backups.named_files import named_files
from states.backups.reading import Backup, FileContent, KeyFile, Rows

MADE_BY_MIGRATIONS = ("installation",)  # rows that a new database has, and that give way to those of the backup


@dataclass
class Files:
    """The files of the backup beside those that the restored rows name, both sorted."""

    expected: Iterator[str]
    count: int = 0
    size: int = 0
    missing: int = 0

    def take(self, content: FileContent, home: Home | None) -> None:
        for digest in self.expected:
            if digest == content.digest:
                break
            self.missing += 1
            if digest > content.digest:
                raise IntegrityBroken("backup_damaged", why=content.digest)  # no row names it
        else:
            raise IntegrityBroken("backup_damaged", why=content.digest)
        if home:
            _keep(content, home)
        self.count += 1
        self.size += content.size

    def finish(self) -> None:
        self.missing += sum(1 for _ in self.expected)


def load(
    session: Session, backup: Backup, shapes: list[Shape], *, home: Home | None, undo: ExitStack | None
) -> tuple[dict[str, int], Files]:
    """How many rows each table got, and what became of the files; no home = they are only looked at.

    Raises IntegrityBroken for what does not fit together; BadInput where another key is in a key's place.
    """
    connection = session.connection()
    loaded = {shape.name: 0 for shape in shapes}
    parts = backup.parts()
    first: FileContent | None = None
    with _references_proved(connection):
        _make_room(connection)
        for part in parts:
            if isinstance(part, FileContent):
                first = part
                break
            if isinstance(part, Rows):
                _load_rows(connection, part)
                loaded[part.shape.name] += len(part.rows)
            elif home:
                _place_key(part, home, undo)
    go_on_counting(connection, [shape.name for shape in shapes])
    with closing(named_files(session, file_columns(shapes), name=FILE_COLUMN)) as expected:
        files = Files(expected)
        if first:
            files.take(first, home)
        for part in parts:
            if isinstance(part, FileContent):
                files.take(part, home)
        files.finish()
    return loaded, files


@contextmanager
def _references_proved(connection: Connection) -> Iterator[None]:
    """Raises IntegrityBroken where rows refer to what is not there."""
    try:
        with references_set_aside(connection):
            yield
    except IntegrityError as error:
        raise IntegrityBroken("backup_damaged", why="references") from error
    if connection.dialect.name == "sqlite" and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
        raise IntegrityBroken("backup_damaged", why="references")


def _make_room(connection: Connection) -> None:
    for name in MADE_BY_MIGRATIONS:
        connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 - our own names


def _load_rows(connection: Connection, part: Rows) -> None:
    """The head of the trail has a row already, which no trigger lets go: it is written over, and only grows."""
    try:
        if part.shape.name == AuditHead.__tablename__:
            names = [name for name, _ in part.shape.columns]
            for row in part.rows:
                connection.execute(update(part.shape.table).values(dict(zip(names, row, strict=True))))
        else:
            load_rows(connection, part.shape, part.rows)
    except (IntegrityError, DataError) as error:
        raise IntegrityBroken("backup_damaged", why=f"tables/{part.shape.name}") from error


def _keep(content: FileContent, home: Home) -> None:
    kept = store(content, name=content.digest, folder=home.files, limit=LARGEST)  # type: ignore[arg-type]
    if kept.hash != content.digest:
        raise IntegrityBroken("backup_damaged", why=content.digest)


def _place_key(key: KeyFile, home: Home, undo: ExitStack | None) -> None:
    """Where the settings say that it lies. Raises BadInput where another one is there: nothing is written over."""
    path = {"channels.key": home.channel_key, "links.key": home.link_key}.get(key.name, home.keys / key.name)
    try:
        if path.exists():
            if path.read_bytes() != key.content:
                raise BadInput("backup_key_differs", path=str(path))
            return
        write_secret(path, key.content)
    except OSError as error:
        raise StorageFailed("home_not_writable", path=str(path), why=error.strerror or "") from error
    if undo:
        undo.callback(path.unlink, missing_ok=True)
