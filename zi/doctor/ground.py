"""Does it stand on firm ground: the trail and its guards, the clock, the files, the stored holidays."""

import shutil
import stat
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.audit import AuditHead, AuditRecord
from models.home import Home
from models.trail import SKEW
from models.triggers import missing_triggers
from states.calendar import today_in_indonesia
from states.holidays import stored_days
from zi.doctor.check import Check, State

LEAST_FREE = 500  # MiB: below this a day of uploads may fill the disk


def ground(session: Session, home: Home, *, now: datetime) -> Iterator[Check]:
    yield _triggers(session)
    yield from _role(session)
    yield _head(session)
    yield _clock(session, now=now)
    yield _key(home)
    yield _disk(home)
    yield _holidays(session, now=now)


def _triggers(session: Session) -> Check:
    missing = missing_triggers(session.connection())
    return Check("triggers", State.FAIL if missing else State.OK, {"names": ", ".join(missing)}, integrity=True)


def _role(session: Session) -> Iterator[Check]:
    """On PostgreSQL: who could change the schema could take the guards away."""
    if session.get_bind().dialect.name != "postgresql":
        return
    from models.grants import standing_of  # noqa: PLC0415 - not needed on SQLite

    standing = standing_of(session.connection())
    if standing:
        state = State.WARN if standing.could_change_the_schema else State.OK
        yield Check("role", state, {"role": standing.role})


def _head(session: Session) -> Check:
    """As many records as the head says; `zi audit verify` looks at each of them."""
    size = session.execute(select(col(AuditHead.size))).scalar_one_or_none()
    last = session.execute(select(func.max(col(AuditRecord.seq)))).scalar_one_or_none()
    found = 0 if last is None else last + 1
    return Check("head", State.OK if size == found else State.FAIL, {"size": size, "found": found}, integrity=True)


def _clock(session: Session, *, now: datetime) -> Check:
    """Whoever stands before the last record can't record anything."""
    last = session.execute(select(col(AuditHead.last_at))).scalar_one_or_none()
    behind = bool(last) and datetime.fromisoformat(str(last)) - now > SKEW
    return Check("clock", State.FAIL if behind else State.OK, {"now": f"{now:%Y-%m-%d %H:%M}Z", "last": last or "-"})


def _key(home: Home) -> Check:
    """The key of the channels is there, and nobody else's to read."""
    try:
        mode = home.channel_key.stat().st_mode
    except OSError:
        return Check("key", State.FAIL, {"path": str(home.channel_key)})
    open_to_others = bool(mode & (stat.S_IRWXG | stat.S_IRWXO))
    return Check("key", State.WARN if open_to_others else State.OK, {"path": str(home.channel_key)})


def _disk(home: Home) -> Check:
    free = shutil.disk_usage(home.path).free // 2**20
    return Check("disk", State.WARN if free < LEAST_FREE else State.OK, {"free": free, "path": str(home.path)})


def _holidays(session: Session, *, now: datetime) -> Check:
    this = today_in_indonesia(now).year
    missing = [str(year) for year in (this, this + 1) if not stored_days(session, year)]
    return Check(
        "holidays", State.WARN if missing else State.OK, {"years": ", ".join(missing) or f"{this}, {this + 1}"}
    )
