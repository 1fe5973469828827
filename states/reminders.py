"""What is due to be said: finds obligations whose next rung has come, and queues the newest one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, literal_column, select, update
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.clock import AHEAD
from models.database import locked, reading, transaction
from models.inserts import insert_new
from models.messages import Notice, OutboxMessage
from models.obligations import Obligation, ObligationState
from models.people import Role
from states.days_off import DaysOff, hold_calendar, load_days_off
from states.escalation import with_head
from states.ladder import DatedRung, Rung, dated_rungs, newest_due, next_after
from states.ladders import Ladders, load_ladders
from states.notices import join_roles
from states.parts import WHOLE, Part

BATCH = 500  # obligations in one transaction: short enough for other writers, long enough to be quick


@dataclass(frozen=True)
class DueRung:
    obligation: Obligation
    candidacy: str  # code
    rung: DatedRung | None  # none: a holiday was added since, and nothing is due yet after all
    next_at: datetime | None


def queue_due_rungs(*, now: datetime, part: Part = WHOLE) -> int:
    """Queue the newest rung of every obligation that has one due; returns how many.

    Older rungs that were missed are covered by it. Running again, or twice at once, queues nothing twice:
    an outbox row is unique by obligation, due date and rung.
    """
    queued = 0
    while True:
        with transaction() as session:
            due = _due(session, now=now, part=part)
            queued += _queue(session, due, now=now)
        if len(due) < BATCH:
            return queued


def due_rungs(session: Session, *, now: datetime) -> list[tuple[Obligation, str, DatedRung]]:
    """What `queue_due_rungs` would find, without writing anything."""
    found: list[tuple[Obligation, str, DatedRung]] = []
    days_off, ladders = load_days_off(session), load_ladders(session)
    for row in session.execute(_query(now, WHOLE).order_by(col(Obligation.id))):
        due = _due_rung(row, days_off, ladders, now=now)
        if due.rung:
            found.append((due.obligation, due.candidacy, due.rung))
    return found


def wake_rungs(*, now: datetime) -> None:
    """Look again at what was reminded of by a clock that was ahead: it waits for that time, or for nothing more.

    What was said then stays said; the rungs before it are said when their days come.
    """
    said_ahead = (
        select(col(OutboxMessage.obligation_id))
        .where(col(OutboxMessage.kind) == Notice.DUE, col(OutboxMessage.queued_at) > now + AHEAD)
        .where(col(OutboxMessage.due_on) == col(Obligation.due_on))
    )
    with transaction() as session:
        still_owed = (col(Obligation.state) == ObligationState.OPEN, col(Obligation.id).in_(said_ahead))
        for obligation in locked(session, Obligation, *still_owed):
            obligation.next_at = now


def told_roles(obligation: Obligation, rung: Rung) -> tuple[Role, ...]:
    """Who hears it by role; what one person owes is told to that person beside these. Pure."""
    return rung.also if obligation.person_id is not None else (obligation.owed_by, *rung.also)


def rung_row(obligation: Obligation, rung: Rung, *, now: datetime) -> dict[str, Any]:
    """The outbox row of one rung."""
    return {
        "kind": Notice.DUE,
        "subject": f"obligation:{obligation.id}:{obligation.due_on}:{rung.name}",
        "candidacy_id": obligation.candidacy_id,
        "obligation_id": obligation.id,
        "due_on": obligation.due_on,
        "rung": rung.name,
        "roles": join_roles(told_roles(obligation, rung)),
        "queued_at": now,
    }


def oldest_unsaid(now: datetime) -> datetime | None:
    """Since when something has been waiting to be said; None when nothing is."""
    with reading() as session:
        query = select(col(Obligation.next_at)).where(*_waiting(now)).order_by(col(Obligation.next_at)).limit(1)
        return session.execute(query).scalar_one_or_none()


def _due(session: Session, *, now: datetime, part: Part) -> list[DueRung]:
    """One batch, locked; rows that another sweep holds are left to it."""
    hold_calendar(session)
    days_off, ladders = load_days_off(session), load_ladders(session)
    query = _query(now, part).order_by(col(Obligation.id)).limit(BATCH)
    rows = session.execute(query.with_for_update(of=Obligation, skip_locked=True)).all()
    return [_due_rung(row, days_off, ladders, now=now) for row in rows]


def _query(now: datetime, part: Part) -> Select[Obligation, str, int, Agency]:
    return (
        select(Obligation, col(Candidacy.code), col(Candidacy.cycle_id), Agency)
        .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Agency, col(Agency.id) == col(Unit.agency_id))
        .where(*_waiting(now))
        .where(part.holds, part.holds_zone)
    )


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Spelt out as text: SQLite leaves a partial index aside when the values it depends on are bound."""
    return (
        literal_column("obligation.state = 'open'"),
        literal_column("obligation.next_at IS NOT NULL"),
        col(Obligation.next_at) <= now,
    )


def _due_rung(row: Row[Obligation, str, int, Agency], days_off: DaysOff, ladders: Ladders, *, now: datetime) -> DueRung:
    obligation, code, cycle, agency = row
    assert obligation.due_on  # noqa: S101 - only what has a due date waits to be said
    calendar = days_off.calendar(agency.id, agency.zone)
    rungs = dated_rungs(obligation.due_on, calendar, ladders.of(cycle, obligation.kind))
    newest = with_head(newest_due(rungs, now=now), escalates=agency.escalate_to_head)
    return DueRung(obligation, code, newest, next_after(rungs, now=now))


def _queue(session: Session, due: list[DueRung], *, now: datetime) -> int:
    """Queue the rungs and set each obligation's next; a rung that was queued before is left as it is."""
    if not due:
        return 0
    rows = [rung_row(one.obligation, one.rung.rung, now=now) for one in due if one.rung]
    queued = insert_new(session, OutboxMessage, rows)
    session.connection().execute(
        update(Obligation.__table__)  # type: ignore[attr-defined]
        .where(Obligation.__table__.c.id == bindparam("this"))  # type: ignore[attr-defined]
        .values(next_at=bindparam("next")),
        [{"this": one.obligation.id, "next": one.next_at} for one in due],
    )
    return queued
