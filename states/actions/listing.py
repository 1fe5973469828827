"""Action plans as they stand: of one candidacy, of one person, what is late. Read in pieces of a fixed size."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, literal_column, select, tuple_
from sqlmodel import Session, col

from models.actions import WHOLE, ActionItem
from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.people import Person
from models.stages import CLOSED, Stage
from states.areas import area_named
from states.calendar import today_in_indonesia
from states.lookups import find
from states.people import find_person

PIECE = 1_000  # items loaded at a time

IS_OPEN: ColumnElement[bool] = literal_column("action_item.progress < 100 AND action_item.dropped_at IS NULL")
"""Spelt out: SQLite leaves a partial index aside when the values it depends on are bound."""


Columns = tuple[ActionItem, str, Stage, bool, str, str, str]  # the last two are None where there is no PIC


@dataclass(frozen=True)
class Filter:
    """Which items; none = all."""

    candidacy: str | None = None
    agency: str | None = None
    late: bool = False
    pic: str | None = None  # e-mail
    area: str | None = None  # by its letters or its name
    dropped: bool = False  # those, too


@dataclass(frozen=True)
class Listed:
    """An item with what stands round it."""

    item: ActionItem
    candidacy: str
    pic: str | None  # e-mail
    pic_name: str | None
    days_left: int | None  # calendar days to the target, negative when late; None where nothing is owed any more

    @property
    def late(self) -> bool:
        return self.days_left is not None and self.days_left < 0

    @property
    def state(self) -> str:
        if self.item.dropped_at:
            return "dropped"
        return "done" if self.item.progress == WHOLE else "open"


def list_items(session: Session, wanted: Filter, *, now: datetime) -> Iterator[Listed]:
    """By candidacy, then by number. A generator: the caller holds the session open. Raises NotFound."""
    query = _query(session, wanted, now=now)
    after: ColumnElement[bool] | None = None
    while piece := session.execute((query if after is None else query.where(after)).limit(PIECE)).all():
        for item, code, stage, record_only, zone, email, name in piece:
            open_still = item.is_open and stage not in CLOSED and not record_only
            days = (item.target_on - _today(zone, now)).days if open_still else None
            one = Listed(item, code, email, name, days)
            if (one.late or not wanted.late) and _in_area(item.area, wanted.area):
                yield one
        last, code = piece[-1][0], piece[-1][1]
        after = tuple_(col(Candidacy.code), col(ActionItem.id)) > tuple_(code, last.id)
        session.expunge_all()


def late_count(session: Session, candidacy: Candidacy, *, today: date) -> int:
    """How many open items of one candidacy are past their target."""
    if candidacy.stage in CLOSED:
        return 0
    query = select(col(ActionItem.id)).where(col(ActionItem.candidacy_id) == candidacy.id, IS_OPEN)
    return len(session.execute(query.where(col(ActionItem.target_on) < today)).all())


def _query(session: Session, wanted: Filter, *, now: datetime) -> Select[*Columns]:
    query = (
        select(
            ActionItem,
            col(Candidacy.code),
            col(Candidacy.stage),
            col(Cycle.record_only),
            col(Agency.zone),
            col(Person.email),
            col(Person.name),
        )
        .join(Candidacy, col(Candidacy.id) == col(ActionItem.candidacy_id))
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Agency, col(Agency.id) == col(Unit.agency_id))
        .outerjoin(Person, col(Person.id) == col(ActionItem.pic_id))
        .order_by(col(Candidacy.code), col(ActionItem.id))
    )
    if wanted.candidacy:
        query = query.where(col(Candidacy.id) == find(session, Candidacy, wanted.candidacy).id)
    if wanted.agency:
        query = query.where(col(Agency.id) == find(session, Agency, wanted.agency).id)
    if wanted.pic:
        query = query.where(col(ActionItem.pic_id) == find_person(session, wanted.pic).id)
    if wanted.late:  # the rest is told apart by each agency's own day
        newest = today_in_indonesia(now) + timedelta(days=1)
        query = query.where(IS_OPEN, col(ActionItem.target_on) < newest, col(Candidacy.stage).not_in(CLOSED))
    elif not wanted.dropped:
        query = query.where(col(ActionItem.dropped_at).is_(None))
    return query


def _in_area(area: str, wanted: str | None) -> bool:
    """The same area under another name is the same."""
    if wanted is None:
        return True
    named = area_named(wanted)
    return area_named(area) == named if named else area.casefold() == " ".join(wanted.split()).casefold()


def _today(zone: str, now: datetime) -> date:
    return now.astimezone(ZoneInfo(zone)).date()
