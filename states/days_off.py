"""The days on which nobody works: the holidays of all, and each agency's own closures."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from models.closures import Closure
from models.cycles import Holiday
from models.database import directly
from models.installation import Installation
from states.calendar import WorkCalendar

_HOLD = select(col(Installation.id)).with_for_update(read=True)
_CHANGE = select(col(Installation.id)).with_for_update()


@dataclass(frozen=True)
class DaysOff:
    holidays: frozenset[date] = frozenset()
    closures: Mapping[int, frozenset[date]] = field(default_factory=dict)  # by agency; not there = none

    def calendar(self, agency_id: int, zone: str) -> WorkCalendar:
        closed = self.closures.get(agency_id)
        return WorkCalendar(ZoneInfo(zone), self.holidays | closed if closed else self.holidays)


def load_days_off(session: Session, agencies: Collection[int] | None = None) -> DaysOff:
    """Two queries; the closures of all agencies where none are named."""
    holidays = frozenset(session.execute(select(col(Holiday.day))).scalars())
    query = select(col(Closure.agency_id), col(Closure.day))
    if agencies is not None:
        query = query.where(col(Closure.agency_id).in_(agencies))
    closed: defaultdict[int, set[date]] = defaultdict(set)
    for agency, day in session.execute(query):
        closed[agency].add(day)
    return DaysOff(holidays, {agency: frozenset(days) for agency, days in closed.items()})


def hold_calendar(session: Session) -> None:
    """Let no day off be added or removed until this transaction ends: it sets dates by what it reads of them.

    Whoever takes this takes it before any other lock. SQLite has one writer at a time, and needs no lock.
    """
    connection = directly(session)
    if connection.dialect.name == "postgresql":
        connection.execute(_HOLD)


def change_calendar(session: Session) -> None:
    """Wait for those who hold the calendar, and let nobody set dates by it until this transaction ends."""
    session.execute(_CHANGE)
