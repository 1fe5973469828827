"""Units that hold a predicate, and when the next letter on each is due. A fixed number of queries for any number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Level
from models.facts import Predicate, PredicateReport
from models.inserts import in_pieces
from models.stages import SUBMISSION_STEPS

REPORT_YEARS = 2  # at least every two years (90/2021 p.61-63)
PIECE = 1_000  # units

HoldingStatus = Literal["ok", "soon", "due", "excused"]


@dataclass(frozen=True)
class Holding:
    """The highest predicate that a unit holds: the letter is on that one (our reading of 90/2021 p.61-63)."""

    unit: str
    unit_name: str
    agency: str
    level: Level
    decree: str | None
    decreed_on: date
    today: date  # in the agency's zone
    reported_on: date | None = None
    still_meets: bool | None = None
    excused: bool = False  # a WBK that is proposed for WBBM

    @property
    def due_on(self) -> date:
        return years_later(max(self.decreed_on, self.reported_on or self.decreed_on), REPORT_YEARS)

    def status(self, *, lead_days: int) -> HoldingStatus:
        if self.excused:
            return "excused"
        if self.today >= self.due_on:
            return "due"
        return "soon" if self.due_on - timedelta(days=lead_days) <= self.today else "ok"


def holdings(session: Session, *, now: datetime) -> Iterator[Holding]:
    """All of them, by unit. A generator: the caller holds the session open."""
    ids = session.execute(
        select(col(Unit.id)).where(col(Unit.id).in_(select(col(Predicate.unit_id)))).order_by(col(Unit.code))
    )
    for piece in in_pieces(ids.scalars().all(), PIECE):
        here = holdings_of(session, piece, now=now)
        yield from (here[unit] for unit in piece if unit in here)


def holdings_of(session: Session, units: Sequence[int], *, now: datetime) -> dict[int, Holding]:
    """By unit; those that hold nothing today are left out."""
    reports = _reports(session, units)
    excused = _proposed_for_wbbm(session, units)
    rows = session.execute(
        select(Predicate, Unit, Agency)
        .join(Unit, col(Unit.id) == col(Predicate.unit_id))
        .join(Agency, col(Agency.id) == col(Unit.agency_id))
        .where(col(Predicate.unit_id).in_(units))
        .order_by(col(Predicate.decreed_on), col(Predicate.id))
    )
    held: dict[int, Holding] = {}
    for predicate, unit, agency in rows:
        today = now.astimezone(ZoneInfo(agency.zone)).date()
        before = held.get(unit.id)
        lower = before is not None and before.level is Level.WBBM and predicate.level is Level.WBK
        if lower or not _in_force(predicate, today):
            continue
        report = reports.get((unit.id, predicate.level))
        held[unit.id] = Holding(
            unit=unit.code,
            unit_name=unit.name,
            agency=agency.code,
            level=predicate.level,
            decree=predicate.decree,
            decreed_on=predicate.decreed_on,
            today=today,
            reported_on=report.reported_on if report else None,
            still_meets=report.still_meets if report else None,
            excused=predicate.level is Level.WBK and unit.id in excused,
        )
    return held


def years_later(day: date, years: int) -> date:
    """The same day; the 28th where there is no 29 February."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _in_force(predicate: Predicate, day: date) -> bool:
    return predicate.decreed_on <= day and (predicate.revoked_on is None or predicate.revoked_on > day)


def _reports(session: Session, units: Sequence[int]) -> dict[tuple[int, Level], PredicateReport]:
    """The newest of each unit and level."""
    query = select(PredicateReport).where(col(PredicateReport.unit_id).in_(units))
    rows = session.execute(query.order_by(col(PredicateReport.reported_on))).scalars()
    return {(row.unit_id, row.level): row for row in rows}


def _proposed_for_wbbm(session: Session, units: Sequence[int]) -> set[int]:
    rows = session.execute(
        select(col(Candidacy.unit_id))
        .where(col(Candidacy.unit_id).in_(units))
        .where(col(Candidacy.target) == Level.WBBM)
        .where(col(Candidacy.stage).in_(SUBMISSION_STEPS))
    )
    return set(rows.scalars())
