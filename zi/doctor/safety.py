"""Could it be brought back, and does it say what it should: the last backup, and a hold on messages."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.audit import AuditRecord
from models.home import Home, held_since
from models.runs import Run
from zi.doctor.check import Check, State

BACKUP = "backup"  # what its run is called


def safety(session: Session, home: Home, *, now: datetime, warn_days: int) -> Iterator[Check]:
    yield _held(home)
    if warn_days:
        yield _backup(session, now=now, patience=timedelta(days=warn_days))


def _held(home: Home) -> Check:
    since = held_since(home)
    return Check("held", State.WARN if since else State.OK, {"since": f"{since:%Y-%m-%d %H:%M}Z" if since else "-"})


def _backup(session: Session, *, now: datetime, patience: timedelta) -> Check:
    """Days are counted from the last one that was whole; before the first, from the home's first record."""
    done = select(func.max(col(Run.started_at))).where(col(Run.flow) == BACKUP, col(Run.failure).is_(None))
    last = session.execute(done).scalar_one_or_none()
    if last is None:
        first = session.execute(
            select(col(AuditRecord.at)).order_by(col(AuditRecord.seq)).limit(1)
        ).scalar_one_or_none()
        late = first is not None and now - datetime.fromisoformat(first) > patience
        return Check("no_backup", State.WARN if late else State.OK)
    age = now - last
    return Check("backup", State.WARN if age > patience else State.OK, {"days": max(0, age.days)})
