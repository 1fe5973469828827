"""Monev at a glance, over an agency or all units that somebody sees: each figure by one query, however many units.

What can't be added up in SQL, the exact points of the areas, is read as a stream and added up on the way.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, StageEntry
from models.cycles import Cycle
from models.findings import UNSETTLED, Finding, Severity
from models.lke import Layer, LayerSummary
from models.people import Role
from models.rounds import MonevRound, RoundRow
from models.stages import CLOSED, SUBMISSION, SUBMISSION_STEPS, Stage
from states.actors import Actor
from states.calendar import today_in_indonesia
from states.monev.area_sums import add_up, mean
from states.monev.quarters import Quarter
from states.monev.trend import AreaStanding
from states.reports.open_findings import AGES, WEIGHT
from states.sight import sees_units

QUARTERS = 8  # two years
PAGE = 50
STREAMED = 2_000  # rows held at a time

SHOWN = tuple(dict.fromkeys(stage.parent for stage in Stage))


@dataclass(frozen=True)
class Step:
    """One of the six stages, or a closed one."""

    stage: str
    now: int
    ever: int  # candidacies that are or were in it


@dataclass(frozen=True)
class QuarterFigures:
    """All rounds of one quarter that are seen, added up."""

    quarter: Quarter
    candidacies: int
    open: int
    late: int
    designated: int
    unit_mean: Decimal | None
    tpi_mean: Decimal | None
    missing_evidence: int
    findings: int


@dataclass(frozen=True)
class Wanted:
    """Which open findings; all that is given has to hold."""

    severity: Severity | None = None
    owner: Role | None = None
    area: str = ""


@dataclass(frozen=True)
class Listed:
    """An open finding, what it is about and where that is shown."""

    finding: Finding
    unit: str | None
    candidacy: str | None
    days: int


@dataclass(frozen=True)
class Panorama:
    actor: Actor
    now: datetime
    agency: str = ""  # code; none: all that is seen

    def funnel(self, session: Session) -> list[Step]:
        """In the pipeline's order; the closed stages only where anything is or was in them."""
        here = self._candidacies(select(_parent(col(Candidacy.stage)), func.count()).select_from(Candidacy))
        now: dict[str, int] = {stage: many for stage, many in session.execute(here.group_by(literal_column("shown")))}
        stays = select(_parent(col(StageEntry.stage)), func.count(func.distinct(StageEntry.candidacy_id)))
        been = self._candidacies(
            stays.select_from(StageEntry).join(Candidacy, col(Candidacy.id) == col(StageEntry.candidacy_id))
        )
        been = been.where(col(StageEntry.undone).is_(False)).group_by(literal_column("shown"))
        ever: dict[str, int] = {stage: many for stage, many in session.execute(been)}
        steps = [Step(stage, now.get(stage, 0), ever.get(stage, 0)) for stage in SHOWN]
        return [one for one in steps if one.ever or one.stage not in ENDED]

    def trend(self, session: Session) -> list[QuarterFigures]:
        """The last quarters that have a round, oldest first; each over the units that are seen."""
        row = RoundRow
        figures = (
            func.count().label("candidacies"),
            func.sum(case((col(row.stage).not_in(CLOSED), 1), else_=0)).label("open"),
            func.sum(case((col(row.days_late) > 0, 1), else_=0)).label("late"),
            func.sum(case((col(row.stage) == Stage.DESIGNATION, 1), else_=0)).label("designated"),
            func.sum(_scaled(row.unit_total)).label("unit"),
            func.count(col(row.unit_total)).label("units"),
            func.sum(_scaled(row.tpi_total)).label("tpi"),
            func.count(col(row.tpi_total)).label("tpis"),
            func.coalesce(func.sum(row.missing_evidence), 0).label("missing"),
            func.sum(col(row.open_info) + col(row.open_warning) + col(row.open_critical)).label("findings"),
        )
        query = (
            select(col(MonevRound.year), col(MonevRound.quarter), *figures)
            .select_from(MonevRound)
            .join(RoundRow, col(RoundRow.round_id) == col(MonevRound.id))
            .join(Candidacy, col(Candidacy.id) == col(RoundRow.candidacy_id))
            .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .where(*self._units())
            .group_by(col(MonevRound.year), col(MonevRound.quarter))
            .order_by(col(MonevRound.year).desc(), col(MonevRound.quarter).desc())
            .limit(QUARTERS)
        )
        return [_quarter(one) for one in reversed(session.execute(query).all())]

    def areas(self, session: Session) -> list[AreaStanding]:
        """Of candidacies that are open or ended this year, as in the report; the area that holds most back first."""
        query = self._candidacies(
            select(
                col(Cycle.ruleset),
                col(Candidacy.target),
                col(Candidacy.id),
                col(LayerSummary.layer),
                col(LayerSummary.figures),
            )
            .select_from(LayerSummary)
            .join(Candidacy, col(Candidacy.id) == col(LayerSummary.candidacy_id))
            .join(
                StageEntry, and_(col(StageEntry.candidacy_id) == col(Candidacy.id), col(StageEntry.left_at).is_(None))
            )
        )
        new_year = date(today_in_indonesia(self.now).year, 1, 1)
        query = query.where(
            col(LayerSummary.layer).in_((Layer.UNIT, Layer.TPI)),
            col(LayerSummary.answered) > 0,
            col(LayerSummary.figures).is_not(None),
            or_(col(Candidacy.stage).not_in(CLOSED), col(StageEntry.entered_on) >= new_year),
        ).order_by(col(Candidacy.id))
        return add_up(tuple(row) for row in session.execute(query.execution_options(yield_per=STREAMED)))

    def ages(self, session: Session) -> list[tuple[str, dict[str, int]]]:
        """How old the open findings are, as the report groups them, by severity."""
        group = case(
            *(
                (col(Finding.opened_at) > literal(self.now - timedelta(days=end + 1)), name)
                for end, name in AGES
                if end is not None
            ),
            else_=AGES[-1][1],
        ).label("age")
        query = self._findings(select(group, col(Finding.severity), func.count())).group_by(
            literal_column("age"), col(Finding.severity)
        )
        found = {(name, severity): count for name, severity, count in session.execute(query)}
        return [(name, {one.value: found.get((name, one), 0) for one in WEIGHT}) for _, name in AGES]

    def count(self, session: Session, wanted: Wanted) -> int:
        found: int = session.execute(self._wanted(self._findings(select(func.count())), wanted)).scalar_one()
        return found

    def findings(self, session: Session, wanted: Wanted, *, offset: int = 0) -> list[Listed]:
        """The weightiest first, then the oldest."""
        query = self._wanted(self._findings(select(Finding, col(Unit.name), col(Candidacy.code))), wanted)
        weight = case({severity: at for at, severity in enumerate(WEIGHT)}, value=col(Finding.severity))
        ordered = query.order_by(weight, col(Finding.opened_at), col(Finding.id)).offset(offset).limit(PAGE)
        return [
            Listed(finding, unit, candidacy, max(0, (self.now - finding.opened_at).days))
            for finding, unit, candidacy in session.execute(ordered)
        ]

    def _candidacies(self, query: Select) -> Select:  # type: ignore[type-arg]
        """Of units that are seen, in cycles that are no mere history."""
        return (
            query.join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
            .where(col(Cycle.record_only).is_(False), *self._units())
        )

    def _findings(self, query: Select) -> Select:  # type: ignore[type-arg]
        return (
            query.select_from(Finding)
            .outerjoin(Candidacy, col(Candidacy.id) == col(Finding.candidacy_id))
            .outerjoin(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
            .outerjoin(Unit, col(Unit.id) == func.coalesce(col(Finding.unit_id), col(Candidacy.unit_id)))
            .where(col(Finding.state).in_(UNSETTLED))
            .where(or_(col(Cycle.id).is_(None), col(Cycle.record_only).is_(False)), *self._units())
        )

    def _wanted(self, query: Select, wanted: Wanted) -> Select:  # type: ignore[type-arg]
        asked = ((Finding.severity, wanted.severity), (Finding.owner, wanted.owner), (Finding.area, wanted.area))
        return query.where(and_(True, *(col(column) == value for column, value in asked if value)))

    def _units(self) -> Iterator[ColumnElement[bool]]:
        yield sees_units(self.actor)
        if self.agency:
            yield col(Unit.agency_id).in_(select(col(Agency.id)).where(col(Agency.code) == self.agency.upper()))


ENDED = {stage.value for stage in CLOSED if stage is not Stage.DESIGNATION}


def _parent(stage: Any) -> ColumnElement[str]:
    """The stage that people see."""
    known: dict[Stage, str] = dict.fromkeys(SUBMISSION_STEPS, SUBMISSION)
    return case({**{one: one.value for one in Stage}, **known}, value=stage).label("shown")


def _scaled(points: Any) -> ColumnElement[int]:
    """Points with four decimals as whole ten-thousandths, which both databases add up exactly."""
    return cast(func.replace(points, ".", ""), BigInteger)


def _quarter(row: Row[Any]) -> QuarterFigures:
    return QuarterFigures(
        quarter=Quarter(row.year, row.quarter),
        candidacies=row.candidacies,
        open=int(row.open),
        late=int(row.late),
        designated=int(row.designated),
        unit_mean=mean(int(row.unit or 0), row.units),
        tpi_mean=mean(int(row.tpi or 0), row.tpis),
        missing_evidence=int(row.missing),
        findings=int(row.findings),
    )
