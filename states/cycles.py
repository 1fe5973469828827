"""Opening a cycle, its calendar, and the dates that follow from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency
from models.candidacies import Candidacy, StageEntry
from models.cycles import Cycle, CycleDate, Route
from models.database import locked
from models.errors import BadInput, Refused
from models.people import Role
from models.stages import CLOSED, Stage
from models.trail import Json, Pending, record
from rulesets.library import find_ruleset
from states.actors import Actor, Place, require, require_admin_or
from states.days_off import hold_calendar
from states.due_dates import load_due_dates
from states.holidays import store_missing_years
from states.lookups import find
from states.obligations import keep_in_step
from states.observe import calendar_of, observe
from states.writing import writing

FIRST_YEAR, LAST_YEAR = 2014, 2100  # the first rule on ZI is of 2014


@dataclass(frozen=True)
class Dated:
    """One line of a cycle's calendar: a day, or working days from entering the stage."""

    stage: Stage
    due: date | None = None
    working_days: int | None = None
    note: str | None = None


def open_cycle(
    agency: str, year: int, *, ruleset: str, route: Route, actor: Actor, now: datetime, record_only: bool = False
) -> str:
    """Open a cycle with the rule set's default calendar; returns its code.

    `record_only` keeps history: nobody is reminded, and monev is silent.

    Raises NotFound, UsageError (unknown rule set), BadInput (year, route), Refused.
    """
    rules = find_ruleset(ruleset)
    if route not in rules.routes:
        raise BadInput("route_not_in_ruleset", route=route.value, ruleset=ruleset)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadInput("year_out_of_range", value=year, first=FIRST_YEAR, last=LAST_YEAR)
    subject = f"cycle:{agency.upper()}-{year}"
    with writing("cycle_open", author=actor.author, now=now, subject=subject) as session:
        owner = locked(session, Agency, col(Agency.id) == find(session, Agency, agency).id)[0]
        require(actor, (Role.KOORDINATOR,), Place(owner.id), subject=subject)
        code = f"{owner.code}-{year}"
        if session.execute(select(Cycle).where(col(Cycle.code) == code)).first():
            raise Refused.because("cycle_already_open", subject=subject, code=code)
        cycle = Cycle(
            code=code,
            agency_id=owner.id,
            year=year,
            ruleset=ruleset,
            ruleset_hash=rules.hash,
            route=route,
            record_only=record_only,
        )
        session.add(cycle)
        session.flush()
        if not record_only:
            _write_dates(
                session, cycle, [Dated(one.stage, due=one.in_year(year), note=one.source) for one in rules.calendar]
            )
        store_missing_years(session, (year - 1, year, year + 1), author=actor.author, now=now)
        record(
            session,
            Pending(
                actor.author,
                now,
                action="cycle_opened",
                subject=f"cycle:{code}",
                details={
                    "ruleset": ruleset,
                    "ruleset_sha256": rules.hash,
                    "route": route.value,
                    "record_only": record_only,
                },
            ),
        )
        return code


def set_calendar(code: str, dates: Sequence[Dated], *, actor: Actor, now: datetime) -> int:
    """Set dates of a cycle; open candidacies and their obligations follow at once. Returns how many were moved."""
    with writing("calendar_set", author=actor.author, now=now, subject=f"cycle:{code.upper()}") as session:
        return write_calendar(session, code, dates, actor=actor, now=now)


def write_calendar(session: Session, code: str, dates: Sequence[Dated], *, actor: Actor, now: datetime) -> int:
    hold_calendar(session)
    cycle = find(session, Cycle, code)
    require_admin_or(actor, (Role.KOORDINATOR,), Place(cycle.agency_id), subject=f"cycle:{cycle.code}")
    candidacies = lock_open(session, cycle)
    before = _write_dates(session, cycle, dates)
    moved = follow_cycle(session, cycle, candidacies, now=now)
    for one in dates:
        record(
            session,
            Pending(
                actor.author,
                now,
                action="calendar_set",
                subject=f"cycle:{cycle.code}",
                before=before.get(one.stage),
                after=_plain(one.due, one.working_days),
                details={"stage": one.stage.value},
                texts={"note": one.note} if one.note else {},
            ),
        )
    return moved


def calendar_rows(session: Session, cycle_id: int) -> list[CycleDate]:
    rows = session.execute(select(CycleDate).where(col(CycleDate.cycle_id) == cycle_id)).scalars().all()
    order = list(Stage)
    return sorted(rows, key=lambda row: order.index(row.stage))


def _write_dates(session: Session, cycle: Cycle, dates: Sequence[Dated]) -> dict[Stage, Json]:
    """Set the rows; returns what stood there before, as the trail shows it."""
    rows = {row.stage: row for row in calendar_rows(session, cycle.id)}
    before = {stage: _plain(row.due, row.working_days) for stage, row in rows.items()}
    for one in dates:
        row = rows.setdefault(one.stage, CycleDate(cycle_id=cycle.id, stage=one.stage))
        row.due, row.working_days, row.note = one.due, one.working_days, one.note
        session.add(row)
    session.flush()
    return before


def lock_open(session: Session, cycle: Cycle) -> list[Candidacy]:
    """The cycle's open candidacies: their dates are about to change."""
    return locked(session, Candidacy, col(Candidacy.cycle_id) == cycle.id, col(Candidacy.stage).not_in(CLOSED))


def follow_cycle(session: Session, cycle: Cycle, candidacies: Sequence[Candidacy], *, now: datetime) -> int:
    """Give the current stays the due dates that the cycle now names; returns how many changed."""
    calendar = calendar_of(session, session.get_one(Agency, cycle.agency_id))
    due_dates = load_due_dates(session, {cycle.id})
    entries = session.execute(
        select(StageEntry)
        .where(col(StageEntry.candidacy_id).in_([candidacy.id for candidacy in candidacies]))
        .where(col(StageEntry.left_at).is_(None))
    ).scalars()
    moved = 0
    for entry in entries:
        new = due_dates.due_on(cycle.id, entry.stage, entry.entered_on, calendar)
        moved += entry.due_on != new
        entry.due_on = new
    session.flush()
    for candidacy, situation in zip(candidacies, observe(session, candidacies, now=now), strict=True):
        keep_in_step(session, candidacy, situation, now=now)
    return moved


def _plain(due: date | None, working_days: int | None) -> Json:
    return {"due": due.isoformat()} if due else {"working_days": working_days}
