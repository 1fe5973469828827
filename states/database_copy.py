"""Copies an installation into another database: one snapshot, one transaction, verified before it counts."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select
from sqlmodel import Session, col

from models.audit import AuditHead
from models.copying import Progress, copy_rows, count_rows, is_empty
from models.database import storage_faults
from models.errors import BadInput, IntegrityBroken, UsageError
from models.installation import Installation
from models.merkle import root, unpack
from models.schema import changing, check_schema, current_revision, upgrade_within
from states.verify import verify_trail


@dataclass(frozen=True)
class Copied:
    rows: dict[str, int]  # by table
    records: int  # of the trail
    root: str  # hex, the same in both


def copy_database(source: Engine, target: Engine, *, progress: Progress) -> Copied:
    """Copy all of `source` into `target`, which is empty; on any fault it stays as it was, and `source` is only read.

    Raises UsageError for the same installation, BadInput for a target that is not empty, a value that does not fit or
    a source that went on meanwhile, SchemaOld and SchemaNew, IntegrityBroken where the trail does not verify.
    """
    check_schema(source)
    with _taken_away_if_new(target), storage_faults(), _snapshot(source) as here:
        if current_revision(target) is not None:
            check_schema(target)
        with changing(target) as there:
            _make_ready(here, there)
            copy_rows(here, there, progress=progress)
            copied = _verified(here, there)
            if _size(source) != copied.records:
                raise BadInput("copy_went_on")
    check_schema(target)
    return copied


@contextmanager
def _snapshot(source: Engine) -> Iterator[Connection]:
    """One look that nobody's writing changes; nobody waits for it, either."""
    if source.dialect.name == "postgresql":
        source = source.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with source.connect() as connection, connection.begin() as whole:
        yield connection
        whole.rollback()


@contextmanager
def _taken_away_if_new(target: Engine) -> Iterator[None]:
    """A SQLite file that was made for the copy goes with it."""
    name = target.url.database if target.dialect.name == "sqlite" else None
    existed = name is None or Path(name).exists()
    try:
        yield
    except BaseException:
        target.dispose()
        if name and not existed:
            for end in ("", "-wal", "-shm", "-journal"):
                Path(name + end).unlink(missing_ok=True)
        raise


def _make_ready(here: Connection, there: Connection) -> None:
    """Its tables are there, and nothing in them."""
    if not inspect(there).has_table("alembic_version"):
        if inspect(there).get_table_names():
            raise BadInput("copy_target_used")
        upgrade_within(there)
    code = select(col(Installation.code))
    if there.execute(code).scalar_one() == here.execute(code).scalar_one():
        raise UsageError("copy_onto_itself")
    if not is_empty(there):
        raise BadInput("copy_target_used")


def _verified(here: Connection, there: Connection) -> Copied:
    """The same rows by number, and a trail that is whole and has the same root."""
    rows = count_rows(there)
    if rows != count_rows(here):
        raise IntegrityBroken("copy_differs")
    head = here.execute(select(col(AuditHead.size), col(AuditHead.frontier))).one()
    with Session(there) as session:
        verdict = verify_trail(session)
    expected = root(unpack(head.frontier)).hex()
    if not verdict.ok or (verdict.records, verdict.root) != (head.size, expected):
        raise IntegrityBroken("copy_trail_broken", seq=verdict.fault.seq if verdict.fault else None)
    return Copied(rows, verdict.records, verdict.root)


def _size(source: Engine) -> int:
    with source.connect() as connection:
        size: int = connection.execute(select(col(AuditHead.size))).scalar_one()
        return size
