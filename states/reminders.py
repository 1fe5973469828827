"""What is due to be said: finds obligations whose next rung has come, and queues the newest one.

In batches, each with a fixed number of statements: what to say is worked out once for all obligations that are alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, literal_column, select
from sqlmodel import Session, col

from models.agencies import Agency
from models.candidacies import Candidacy
from models.cells import Cells, insert_cells, set_cells
from models.clock import AHEAD
from models.cycles import Cycle
from models.database import locked, reading, transaction
from models.messages import Notice, OutboxMessage
from models.obligations import Obligation, ObligationKind, ObligationState
from models.people import Role
from states.days_off import DaysOff, hold_calendar, load_days_off
from states.escalation import with_head
from states.ladder import DatedRung, Ladder, Rung, dated_rungs, newest_due, next_after
from states.ladders import Ladders, load_ladders
from states.notices import join_roles
from states.parts import WHOLE, Part

BATCH = 5_000  # obligations in one transaction: short enough for other writers, long enough to be quick

OUTBOX = ("kind", "subject", "candidacy_id", "obligation_id", "due_on", "rung", "roles", "queued_at")

Due = Row[int, int, int, ObligationKind, date | None, Role, int | None]
"""An obligation's id, candidacy, cycle, kind, day, who owes it, and which person."""


@dataclass(frozen=True)
class Said:
    """What is said of an obligation now, and when it is looked at again."""

    rung: DatedRung | None  # none: a holiday was added since, and nothing is due yet after all
    next_at: datetime | None


@dataclass(frozen=True)
class Saying:
    """Works out what is said, once for all obligations of one day, one ladder and one calendar."""

    days_off: DaysOff
    ladders: Ladders
    agencies: Mapping[int, Agency]  # by cycle
    now: datetime
    _known: dict[tuple[object, ...], Said] = field(default_factory=dict)

    def of(self, cycle: int, kind: ObligationKind, due_on: date) -> Said:
        agency, ladder = self.agencies[cycle], self.ladders.of(cycle, kind)
        closed = agency.id if agency.id in self.days_off.closures else None
        alike = (due_on, ladder, agency.zone, closed, agency.escalate_to_head)
        if alike not in self._known:
            self._known[alike] = self._work_out(due_on, ladder, agency)
        return self._known[alike]

    def _work_out(self, due_on: date, ladder: Ladder, agency: Agency) -> Said:
        rungs = dated_rungs(due_on, self.days_off.calendar(agency.id, agency.zone), ladder)
        newest = with_head(newest_due(rungs, now=self.now), escalates=agency.escalate_to_head)
        return Said(newest, next_after(rungs, now=self.now))


def queue_due_rungs(*, now: datetime, part: Part = WHOLE) -> int:
    """Queue the newest rung of every obligation that has one due; returns how many.

    Older rungs that were missed are covered by it. Running again, or twice at once, queues nothing twice:
    an outbox row is unique by obligation, due date and rung.
    """
    queued = 0
    while True:
        with transaction() as session:
            hold_calendar(session)
            due = _take(session, now=now, part=part)
            queued += _queue(session, due, now=now)
        if len(due) < BATCH:
            return queued


def due_rungs(session: Session, *, now: datetime) -> list[tuple[Obligation, str, DatedRung]]:
    """What `queue_due_rungs` would find, without writing anything."""
    saying = _load_saying(session, now=now)
    query = (
        select(Obligation, col(Candidacy.code), col(Candidacy.cycle_id))
        .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
        .where(*_waiting(now))
        .order_by(col(Obligation.id))
    )
    found: list[tuple[Obligation, str, DatedRung]] = []
    for obligation, code, cycle in session.execute(query):
        assert obligation.due_on  # noqa: S101 - only what has a due date waits to be said
        if rung := saying.of(cycle, obligation.kind, obligation.due_on).rung:
            found.append((obligation, code, rung))
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


@lru_cache(maxsize=1_000)
def said_roles(owed_by: Role, in_person: bool, rung: Rung) -> str:
    """Who hears it by role; what one person owes is told to that person beside these. Pure."""
    return join_roles(rung.also if in_person else (owed_by, *rung.also))


def rung_row(obligation: Obligation, rung: Rung, *, now: datetime) -> dict[str, Any]:
    """The outbox row of one rung."""
    return {
        "kind": Notice.DUE,
        "subject": f"obligation:{obligation.id}:{obligation.due_on}:{rung.name}",
        "candidacy_id": obligation.candidacy_id,
        "obligation_id": obligation.id,
        "due_on": obligation.due_on,
        "rung": rung.name,
        "roles": said_roles(obligation.owed_by, obligation.person_id is not None, rung),
        "queued_at": now,
    }


def oldest_unsaid(now: datetime) -> datetime | None:
    """Since when something has been waiting to be said; None when nothing is."""
    with reading() as session:
        query = select(col(Obligation.next_at)).where(*_waiting(now)).order_by(col(Obligation.next_at)).limit(1)
        return session.execute(query).scalar_one_or_none()


def _take(session: Session, *, now: datetime, part: Part) -> Sequence[Due]:
    """One batch, locked; rows that another sweep holds are left to it. By time, as the index has them."""
    query = waiting_query(now, part).order_by(col(Obligation.next_at), col(Obligation.id)).limit(BATCH)
    return session.execute(query.with_for_update(of=Obligation, skip_locked=True)).all()


def waiting_query(
    now: datetime, part: Part = WHOLE
) -> Select[int, int, int, ObligationKind, date | None, Role, int | None]:
    """All that has a rung to be said by now."""
    query = (
        select(
            col(Obligation.id),
            col(Obligation.candidacy_id),
            col(Candidacy.cycle_id),
            col(Obligation.kind),
            col(Obligation.due_on),
            col(Obligation.owed_by),
            col(Obligation.person_id),
        )
        .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
        .where(*_waiting(now), part.holds)
    )
    if part.zone is None:
        return query
    return (
        query.join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .join(Agency, col(Agency.id) == col(Cycle.agency_id))
        .where(part.holds_zone)
    )


def _waiting(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Spelt out as text: SQLite leaves a partial index aside when the values it depends on are bound."""
    return (
        literal_column("obligation.state = 'open'"),
        literal_column("obligation.next_at IS NOT NULL"),
        col(Obligation.next_at) <= now,
    )


def _load_saying(session: Session, *, now: datetime) -> Saying:
    rows = session.execute(select(col(Cycle.id), Agency).join(Agency, col(Agency.id) == col(Cycle.agency_id)))
    agencies = {cycle: agency for cycle, agency in rows}
    return Saying(load_days_off(session), load_ladders(session), agencies, now)


def _queue(session: Session, due: Sequence[Due], *, now: datetime) -> int:
    """Queue the rungs and set each obligation's next; a rung that was queued before is left as it is."""
    if not due:
        return 0
    saying = _load_saying(session, now=now)
    outbox: list[Cells] = []
    following: list[tuple[datetime | None, int]] = []
    in_order = sorted(due, key=lambda row: row[0])  # as most indexes have them
    for key, candidacy, cycle, kind, due_on, owed_by, person in in_order:
        assert due_on  # noqa: S101 - only what has a due date waits to be said
        said = saying.of(cycle, kind, due_on)
        following.append((said.next_at, key))
        if said.rung:
            rung = said.rung.rung
            subject, roles = f"obligation:{key}:{due_on}:{rung.name}", said_roles(owed_by, person is not None, rung)
            outbox.append((Notice.DUE, subject, candidacy, key, due_on, rung.name, roles, now))
    connection = session.connection()
    queued = insert_cells(connection, OutboxMessage.__table__, OUTBOX, outbox)  # type: ignore[attr-defined]
    set_cells(connection, Obligation.__table__, "next_at", following)  # type: ignore[attr-defined]
    return queued
