"""Restores a backup into an empty home, or verifies it for nobody: all of it proves true, or nothing stays."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, inspect, update
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session, col

from models.accounts import WebSession
from models.audit import AuditHead
from models.bulk import go_on_counting, references_set_aside
from models.database import bound_engine, open_engine, unbind
from models.dump import Shape, load_rows
from models.errors import BadInput, IntegrityBroken, StorageFailed
from models.files import store
from models.home import Home, finish_home, hold_messages, make_home, take_away, write_secret
from models.opening import open_database
from models.runs import Run
from models.schema import building, is_empty, refuse_newer, upgrade_within
from models.settings import Settings
from models.tar import LARGEST
from models.trail import Author, Pending, Via, record
from models.triggers import missing_triggers
from states.actors import find_actor, require_admin
from states.backups.format import FILE_COLUMN, Closing, Opening, file_columns
from states.backups.named_files import named_files
from states.backups.reading import Backup, FileContent, KeyFile, Rows, opened
from states.backups.taking import figures
from states.calendar import today_in_indonesia
from states.verify import verify_trail

MADE_BY_MIGRATIONS = ("installation",)  # rows that a new database has, and that give way to those of the backup
ENDED = "Restored"  # of runs that were under way when the backup was taken

Now = Callable[[Home], datetime]


@dataclass(frozen=True)
class Restored:
    opening: Opening
    closing: Closing
    home: Home | None  # none: it was only verified
    keyless: bool = False  # no key opens the channels' addresses


def check_backup(path: Path, *, passphrase: str | None = None, despite_faults: bool = False) -> Restored:
    """Verify a backup as if it were restored; the rows go into a database that is thrown away.

    Raises BadInput for what is no backup or another passphrase, SchemaNew, StorageFailed; IntegrityBroken.
    """
    with opened(path, passphrase=passphrase) as backup, TemporaryDirectory(prefix="zi-check-") as folder:
        refuse_newer(backup.opening.revision)
        engine = open_engine(f"sqlite:///{Path(folder) / 'zi.db'}")
        try:
            with building(engine) as session:
                sums = _fill(session, backup, home=None, despite_faults=despite_faults)
        finally:
            engine.dispose()
        return Restored(backup.opening, sums, None)


def restore(
    path: Path,
    *,
    settings: Settings,
    now: Now,
    passphrase: str | None = None,
    despite_faults: bool = False,
    hold: bool = True,
    email: str | None = None,
) -> Restored:
    """Make the home that the settings name out of a backup; nothing is sent from it until messages are released.

    `email` names the admin who restores. Raises what `check_backup` raises; BadInput where a home or another database
    stands, Refused, NotFound. What was made is gone then.
    """
    with opened(path, passphrase=passphrase) as backup, ExitStack() as undo:
        refuse_newer(backup.opening.revision)
        existed = settings.home.absolute().exists()
        home = make_home(settings, sandbox=backup.opening.sandbox, purpose=backup.opening.purpose, with_key=False)
        undo.callback(take_away, home.path, wholly=not existed)
        undo.callback(unbind)
        moment = now(home)
        with _empty_database(home, undo) as engine, building(engine) as session:
            sums = _fill(session, backup, home=home, despite_faults=despite_faults, undo=undo)
            _settle(session, now=moment)
            record(session, _restored(session, backup.opening, sums, email=email, now=moment))
        if hold:
            hold_messages(home, since=moment)
        finish_home(home)
        undo.pop_all()
        unbind()
        return Restored(backup.opening, sums, home, keyless=not home.channel_key.exists())


@contextmanager
def _empty_database(home: Home, undo: ExitStack) -> Iterator[Engine]:
    """Raises BadInput where it has tables. A file of SQLite's outside the home is taken away again, too."""
    open_database(home, check=False)
    engine = bound_engine()
    if engine.dialect.name == "sqlite" and engine.url.database and not Path(engine.url.database).exists():
        for suffix in ("", "-wal", "-shm"):
            undo.callback(Path(f"{engine.url.database}{suffix}").unlink, missing_ok=True)
        undo.callback(unbind)
    if not is_empty(engine):
        raise BadInput("database_in_use")
    yield engine


def _fill(
    session: Session, backup: Backup, *, home: Home | None, despite_faults: bool, undo: ExitStack | None = None
) -> Closing:
    """Tables as they were, rows and files; then proved, and brought up to date."""
    opening, connection = backup.opening, session.connection()
    upgrade_within(connection, opening.revision)
    shapes = [one.shape for one in opening.tables]
    _check_shapes(connection, shapes)
    loaded, files = _load(session, backup, shapes, home=home, undo=undo)
    sums = backup.closing
    if sums is None or sums.rows != loaded:
        raise IntegrityBroken("backup_damaged", why="rows")
    if (sums.files, sums.file_bytes, sums.missing) != (files.count, files.size, files.missing):
        raise IntegrityBroken("backup_damaged", why="files")
    if (sums.missing or not opening.trail.sound) and not despite_faults:
        raise IntegrityBroken("backup_incomplete", missing=sums.missing)
    _check_trail(session, opening)
    upgrade_within(connection)
    if missing := missing_triggers(connection):
        raise IntegrityBroken("backup_damaged", why=", ".join(missing))
    return sums


@dataclass
class _Files:
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


def _load(
    session: Session, backup: Backup, shapes: list[Shape], *, home: Home | None, undo: ExitStack | None
) -> tuple[dict[str, int], _Files]:
    connection = session.connection()
    loaded = {shape.name: 0 for shape in shapes}
    parts = backup.parts()
    first: FileContent | None = None
    with references_kept(connection):
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
        files = _Files(expected)
        if first:
            files.take(first, home)
        for part in parts:
            if isinstance(part, FileContent):
                files.take(part, home)
        files.finish()
    return loaded, files


@contextmanager
def references_kept(connection: Connection) -> Iterator[None]:
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


def _check_shapes(connection: Connection, shapes: list[Shape]) -> None:
    """The tables and columns that the backup has are those of its revision: names are ours, never the archive's."""
    inspector = inspect(connection)
    standing = {
        name: {one["name"] for one in inspector.get_columns(name) if not one.get("computed")}
        for name in inspector.get_table_names()
        if name != "alembic_version"
    }
    if {shape.name: {name for name, _ in shape.columns} for shape in shapes} != standing:
        raise IntegrityBroken("backup_damaged", why="tables")


def _check_trail(session: Session, opening: Opening) -> None:
    verdict = verify_trail(session)
    if not opening.trail.sound:
        return
    if verdict.fault or (verdict.records, verdict.root) != (opening.trail.records, opening.trail.root):
        raise IntegrityBroken("backup_trail_differs", found=verdict.root, said=opening.trail.root)


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


def _settle(session: Session, *, now: datetime) -> None:
    """What was under way then is so no longer: runs, and browsers that were signed in."""
    session.execute(update(Run).where(col(Run.finished_at).is_(None)).values(finished_at=now, failure=ENDED))
    session.execute(update(WebSession).where(col(WebSession.ended_at).is_(None)).values(ended_at=now))


def _restored(session: Session, opening: Opening, sums: Closing, *, email: str | None, now: datetime) -> Pending:
    author = Author(None, Via.CLI)
    if email:
        actor = find_actor(session, email, today=today_in_indonesia(now), via=Via.CLI)
        require_admin(actor)
        author = actor.author
    return Pending(author, now, action="restored", subject="installation:1", details=figures(opening, sums))
