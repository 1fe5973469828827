"""Explains every date of one candidacy's current stage, from what is stored."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.closures import Closure
from models.cycles import Cycle, Holiday
from models.obligations import Obligation, ObligationKind, ObligationState
from models.people import Person, Role
from models.stages import CLOSED, Stage
from models.windows import WindowKind
from states.due_dates import load_due_dates
from states.ladder import EARLIEST, LATEST
from states.observe import observe_one
from states.owing import named_people
from states.reasons import DueReason, Names, OffDay, OffKind, RungReason, Source, counted_from, rung_reasons
from states.situation import Situation
from states.windows import WindowRow, windows_of

MARGIN = 31  # days beyond the ladder's ends; nobody is off for longer


@dataclass(frozen=True)
class OwedReason:
    """One open obligation, and its reminders."""

    kind: ObligationKind
    item: str
    owed_by: Role
    person: str | None  # the name of who owes it in person
    due_on: date | None
    own_ladder: bool  # the cycle's, not the common one
    rungs: tuple[RungReason, ...]


@dataclass(frozen=True)
class Explained:
    code: str
    cycle: str
    stage: Stage
    entered_on: date
    due_on: date | None
    reason: DueReason
    windows: tuple[WindowRow, ...]
    owed: tuple[OwedReason, ...]


def explain(session: Session, candidacy: Candidacy, *, now: datetime) -> Explained:
    """Where the due date of the current stage comes from, and when and why each reminder is said."""
    situation = observe_one(session, candidacy, now=now)
    cycle = session.get_one(Cycle, candidacy.cycle_id)
    current = situation.current
    due_on = None if situation.stage in CLOSED else current.due_on
    rows = _open_obligations(session, current.entry_id)
    named = named_people(session, rows, now=now)
    days = [current.entered_on, *(day for day in (due_on, *(row.due_on for row in rows)) if day)]
    names = _named_days_off(session, situation.place.agency_id, min(days), max(days))
    return Explained(
        code=candidacy.code,
        cycle=cycle.code,
        stage=situation.stage,
        entered_on=current.entered_on,
        due_on=due_on,
        reason=_reason(session, cycle, situation, names) if due_on else DueReason(Source.NONE),
        windows=tuple(windows_of(session, cycle)),
        owed=tuple(_owed(row, named.get(row.id), situation, names) for row in rows),
    )


def _reason(session: Session, cycle: Cycle, situation: Situation, names: Names) -> DueReason:
    due_dates = load_due_dates(session, {cycle.id})
    window = due_dates.windows.get((cycle.id, WindowKind.OBJECTION))
    if window and situation.stage is Stage.SUBMISSION_OBJECTION:
        return DueReason(Source.WINDOW, note=window.note)
    line = due_dates.dates.get((cycle.id, situation.stage))
    if line is None or line.working_days is None:
        return DueReason(Source.DATE, note=line.note if line else None)
    return counted_from(situation.current.entered_on, line.working_days, situation.calendar, names, note=line.note)


def _owed(row: Obligation, person: Person | None, situation: Situation, names: Names) -> OwedReason:
    ladder = situation.ladder(row.kind)
    rungs = rung_reasons(row.due_on, ladder, situation.calendar, names) if row.due_on else ()
    own_ladder = row.kind in situation.ladders
    return OwedReason(row.kind, row.item, row.owed_by, person.name if person else None, row.due_on, own_ladder, rungs)


def _open_obligations(session: Session, entry: int) -> list[Obligation]:
    """The stage's own first, then in the order of their kinds."""
    query = select(Obligation).where(col(Obligation.entry_id) == entry)
    rows = session.execute(query.where(col(Obligation.state) == ObligationState.OPEN)).scalars()
    order = list(ObligationKind)
    return sorted(rows, key=lambda row: (order.index(row.kind), row.item))


def _named_days_off(session: Session, agency: int, first: date, last: date) -> dict[date, OffDay]:
    """Closures, and over them the holidays, as far as the reminders of these days may reach."""
    first, last = first + timedelta(days=EARLIEST - MARGIN), last + timedelta(days=LATEST + MARGIN)
    closures = session.execute(
        select(Closure).where(col(Closure.agency_id) == agency).where(col(Closure.day).between(first, last))
    ).scalars()
    holidays = session.execute(select(Holiday).where(col(Holiday.day).between(first, last))).scalars()
    return {
        **{row.day: OffDay(row.day, OffKind.CLOSURE, row.name) for row in closures},
        **{row.day: OffDay(row.day, OffKind.HOLIDAY, row.name, row.estimated) for row in holidays},
    }
