"""Which candidacies are wanted, as SQL: the same filter for a list, a page, the board's columns and an export."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, case, false, func, literal, or_, select
from sqlmodel import Session, col

from models.agencies import ZONES, Agency, Unit
from models.candidacies import Candidacy, Level, StageEntry
from models.cycles import Cycle
from models.people import Role
from models.stages import CLOSED, Stage
from states.actors import Actor
from states.calendar import today_in_indonesia
from states.moves import STAGE_OWNER
from states.sight import covered_by, sees_units

ACTING = {**{stage: frozenset({owner}) for stage, owner in STAGE_OWNER.items()}}
ACTING[Stage.SELF_ASSESSMENT] |= {Role.POKJA}
"""Who has work to do in a stage."""

Selected = TypeVar("Selected", bound=Select)  # type: ignore[type-arg]


class Order(StrEnum):
    """What rows are sorted by; equal ones by code."""

    CODE = "code"
    UNIT = "unit"
    STAGE = "stage"
    DUE = "due"  # the most urgent first; those without a day last


@dataclass(frozen=True)
class Filter:
    """Which rows; all that is given has to hold. Codes in upper case."""

    agency: str | None = None
    cycle: str | None = None
    stage: str | None = None  # one of the six, or a stored one
    target: Level | None = None
    text: str = ""  # in the name or the code of the unit, or in the candidacy's code
    late: bool = False
    closed: bool = True  # closed ones too
    mine: bool = False  # whose stage is the business of a role of `seen_by`
    seen_by: Actor | None = None  # only what they may see; none: everything


@dataclass(frozen=True)
class Count:
    all: int = 0
    late: int = 0


def joined(query: Selected) -> Selected:
    """With unit, agency, cycle, and the stay that each is in."""
    return (
        query.select_from(Candidacy)
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Agency, col(Agency.id) == col(Unit.agency_id))
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .join(StageEntry, and_(col(StageEntry.candidacy_id) == col(Candidacy.id), col(StageEntry.left_at).is_(None)))
    )


def conditions(wanted: Filter, *, now: datetime) -> list[ColumnElement[bool]]:
    """Of a query that is `joined`."""
    found: list[ColumnElement[bool]] = []
    if wanted.agency:
        found.append(col(Agency.code) == wanted.agency)
    if wanted.cycle:
        found.append(col(Cycle.code) == wanted.cycle)
    if wanted.stage:
        found.append(col(Candidacy.stage).in_([one for one in Stage if wanted.stage in (one.value, one.parent)]))
    if wanted.target:
        found.append(col(Candidacy.target) == wanted.target)
    if words := wanted.text.strip():
        names = (col(Unit.name), col(Unit.code), col(Candidacy.code))
        found.append(or_(*(name.icontains(words, autoescape=True) for name in names)))
    if wanted.late:
        found.append(is_late(now))
    if not wanted.closed:
        found.append(col(Candidacy.stage).not_in(CLOSED))
    if wanted.seen_by is not None:
        found.append(sees_units(wanted.seen_by))
        if wanted.mine:
            found.append(_is_business_of(wanted.seen_by))
    return found


def is_late(now: datetime) -> ColumnElement[bool]:
    """Open, and past its day in the agency's zone."""
    return and_(col(Candidacy.stage).not_in(CLOSED), col(StageEntry.due_on) < today_there(now))


def today_there(now: datetime) -> ColumnElement[date]:
    """The day that it is in the zone of a row's agency."""
    return case(
        {zone: literal(now.astimezone(ZoneInfo(zone)).date()) for zone in ZONES},
        value=col(Agency.zone),
        else_=literal(today_in_indonesia(now)),
    )


def in_order(query: Selected, order: Order, *, down: bool = False) -> Selected:
    code, day = col(Candidacy.code), case((col(Candidacy.stage).in_(CLOSED), None), else_=col(StageEntry.due_on))
    number = case({stage: at for at, stage in enumerate(Stage)}, value=col(Candidacy.stage))
    by: dict[Order, ColumnElement[Any]] = {Order.UNIT: func.lower(col(Unit.name)), Order.STAGE: number, Order.DUE: day}
    first = [by[order]] if order in by else []
    ends = [day.is_(None)] if order is Order.DUE else []
    return query.order_by(*ends, *(one.desc() if down else one for one in (*first, code)))


def counts(session: Session, wanted: Filter, *, now: datetime) -> Mapping[Stage, Count]:
    """How many stand in each stored stage, and how many of these are late. One query."""
    late = func.sum(case((is_late(now), 1), else_=0))
    query = joined(select(col(Candidacy.stage), func.count(), late)).where(*conditions(wanted, now=now))
    found = session.execute(query.group_by(col(Candidacy.stage)))
    return {stage: Count(all_, int(late_)) for stage, all_, late_ in found}


def total(found: Iterable[Count]) -> Count:
    listed = list(found)
    return Count(sum(one.all for one in listed), sum(one.late for one in listed))


def _is_business_of(actor: Actor) -> ColumnElement[bool]:
    """Stages in which a role of the actor has work to do, where the actor has that role."""
    acting: dict[Role, list[Stage]] = {}
    for stage, roles in ACTING.items():
        for role in roles:
            acting.setdefault(role, []).append(stage)
    found = [
        and_(col(Candidacy.stage).in_(stages), covered_by([one for one in actor.roles if one.role is role]))
        for role, stages in acting.items()
        if any(one.role is role for one in actor.roles)
    ]
    return or_(*found) if found else false()
