"""What is due and when, of the units that somebody sees, or that is theirs to do: a span of days, a page at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    and_,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
)
from sqlmodel import Session, col

from models.actions import ActionItem
from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.facts import Predicate
from models.inserts import in_pieces
from models.obligations import Obligation, ObligationKind
from models.people import Person, Role
from models.stages import CLOSED, Stage
from models.windows import CycleWindow, WindowKind
from states.actors import Actor
from states.board_query import today_there
from states.holdings import PIECE, Holding, holdings_of
from states.sight import covered_by, sees_units

PAGE = 100

Found = Row[Obligation, Candidacy, Unit, str, str, bool]


class Edge(StrEnum):
    """Of a window, which has two days."""

    OPENS = "opens"
    CLOSES = "closes"


@dataclass(frozen=True)
class Owed:
    """One obligation that is open, with its day."""

    on: date
    kind: ObligationKind
    unit: str
    candidacy: str
    stage: Stage
    role: Role
    person: str | None  # the name of who owes it in person
    activity: str | None  # of the action plan
    late: bool


@dataclass(frozen=True)
class WindowDay:
    on: date
    edge: Edge
    kind: WindowKind
    cycle: str
    note: str | None


@dataclass(frozen=True)
class Span:
    """Which days, both included; without a first all that is late before the last."""

    first: date | None
    last: date


@dataclass(frozen=True)
class Agenda:
    """For one visitor at one time; `mine` narrows it to what the visitor owes, in person or by a role."""

    actor: Actor
    now: datetime
    agency: str = ""  # code
    mine: bool = False

    def owed(self, session: Session, span: Span, *, offset: int = 0, limit: int = PAGE) -> list[Owed]:
        """By day, then by candidacy."""
        late = (col(Obligation.due_on) < today_there(self.now)).label("late")
        query = self._select(span, Obligation, Candidacy, Unit, col(ActionItem.activity), col(Person.name), late)
        ordered = query.order_by(col(Obligation.due_on), col(Candidacy.code), col(Obligation.id))
        return [_owed(row) for row in session.execute(ordered.offset(offset).limit(limit))]

    def count(self, session: Session, span: Span) -> int:
        found: int = session.execute(self._select(span, func.count())).scalar_one()
        return found

    def windows(self, session: Session, span: Span) -> list[WindowDay]:
        """The days on which the ministry's windows open and close, in cycles that are seen, or where one proposes."""
        if span.first is None:
            return []
        proposing = {one.agency_id for one in self.actor.roles if one.role is Role.KOORDINATOR and one.agency_id}
        seen = select(col(Candidacy.cycle_id)).join(Unit, col(Unit.id) == col(Candidacy.unit_id)).where(*self._units())
        rows = session.execute(
            select(CycleWindow, col(Cycle.code))
            .join(Cycle, col(Cycle.id) == col(CycleWindow.cycle_id))
            .where(col(Cycle.record_only).is_(False))
            .where(col(Cycle.agency_id).in_(proposing) if self.mine else col(Cycle.id).in_(seen))
            .where(col(CycleWindow.opens) <= span.last, col(CycleWindow.closes) >= span.first)
            .order_by(col(Cycle.code), col(CycleWindow.id))
        ).all()
        days = [
            WindowDay(on, edge, window.kind, cycle, window.note)
            for window, cycle in rows
            for on, edge in ((window.opens, Edge.OPENS), (window.closes, Edge.CLOSES))
        ]
        return [one for one in days if span.first <= one.on <= span.last]

    def reports(self, session: Session, span: Span) -> list[Holding]:
        """Units whose two-yearly report is due in these days; the koordinator's to do."""
        held = select(col(Predicate.unit_id)).join(Unit, col(Unit.id) == col(Predicate.unit_id))
        held = held.join(Agency, col(Agency.id) == col(Unit.agency_id)).where(*self._units())
        if self.mine:
            held = held.where(covered_by([one for one in self.actor.roles if one.role is Role.KOORDINATOR]))
        ids = session.execute(held.distinct().order_by(col(Predicate.unit_id))).scalars()
        found = [one for piece in in_pieces(ids, PIECE) for one in holdings_of(session, piece, now=self.now).values()]
        due = [one for one in found if not one.excused and _within(one, span)]
        return sorted(due, key=lambda one: (one.due_on, one.unit))

    def _select(self, span: Span, *columns: object) -> Select[Obligation, Candidacy, Unit, str, str, bool]:
        query: Select[Obligation, Candidacy, Unit, str, str, bool] = (
            select(*columns)  # type: ignore[call-overload]
            .select_from(Obligation)
            .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
            .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .join(Agency, col(Agency.id) == col(Unit.agency_id))
            .outerjoin(Person, col(Person.id) == col(Obligation.person_id))
            .outerjoin(ActionItem, _IS_OF_ITEM)
            .where(literal_column("obligation.state = 'open'"), col(Obligation.due_on) <= span.last)
            .where(col(Candidacy.stage).not_in(CLOSED), *self._units())
            .where(self._is_mine() if self.mine else true())
        )
        if span.first is None:
            return query.where(col(Obligation.due_on) < today_there(self.now))
        return query.where(col(Obligation.due_on) >= span.first)

    def _units(self) -> Iterator[ColumnElement[bool]]:
        yield sees_units(self.actor)
        if self.agency:
            yield col(Unit.agency_id).in_(select(col(Agency.id)).where(col(Agency.code) == self.agency.upper()))

    def _is_mine(self) -> ColumnElement[bool]:
        """In person, or by a role that covers the unit where nobody is named: as the board tells what is one's own."""
        by_role = [
            and_(col(Obligation.owed_by) == role, covered_by([one for one in self.actor.roles if one.role is role]))
            for role in sorted({one.role for one in self.actor.roles})
        ]
        return or_(
            col(Obligation.person_id) == self.actor.person_id,
            and_(col(Obligation.person_id).is_(None), or_(*by_role) if by_role else false()),
        )


_IS_OF_ITEM = and_(
    col(Obligation.kind) == ObligationKind.ACTION,
    col(ActionItem.candidacy_id) == col(Obligation.candidacy_id),
    cast(col(ActionItem.id), String) == col(Obligation.item),
)


def _within(one: Holding, span: Span) -> bool:
    if span.first is None:
        return one.due_on <= span.last and one.due_on < one.today
    return span.first <= one.due_on <= span.last


def _owed(found: Found) -> Owed:
    row, candidacy, unit, activity, person, late = found
    assert row.due_on  # noqa: S101 - asked for
    return Owed(
        on=row.due_on,
        kind=row.kind,
        unit=unit.name,
        candidacy=candidacy.code,
        stage=candidacy.stage,
        role=row.owed_by,
        person=person,
        activity=activity,
        late=bool(late),
    )
