"""Restores a backup into an empty home, or verifies it for nobody: all of it proves true, or nothing stays."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, inspect, update
from sqlmodel import Session, col

from models.accounts import WebSession
from models.database import bound_engine, open_engine, unbind
from models.dump import Shape
from models.errors import BadInput, IntegrityBroken
from models.home import Home, finish_home, hold_messages, make_home, take_away
from models.opening import open_database
from models.runs import Run
from models.schema import building, is_empty, refuse_newer, upgrade_within
from models.settings import Settings
from models.trail import Author, Pending, Via, record
from models.triggers import missing_triggers
from states.actors import find_actor, require_admin
from states.backups import noting
from states.backups.format import Closing, Opening
from states.backups.loading import load
from states.backups.reading import Backup, opened
from states.calendar import today_in_indonesia
from states.verify import verify_trail

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
    loaded, files = load(session, backup, shapes, home=home, undo=undo)
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
    return noting.restored(opening, sums, author=author, now=now)
