"""What people asked not to hear for a while, and which rungs that keeps from them.

An acknowledged obligation is not said again to that person until the day before it is due; when it is late already,
until it climbs to somebody else. The last rung of a ladder is always said. A snooze keeps every rung from that person
until its day; then the newest is said. Others hear what they would have heard.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from models.inserts import in_pieces
from models.obligations import Obligation
from models.quieting import Acknowledgement, Snooze
from states.calendar import WorkCalendar
from states.ladder import Ladder

URGENT_FROM = -1  # days from the due date
LONGEST = timedelta(days=14)
LONGEST_WHEN_LATE = timedelta(days=7)

Of = tuple[int, int]  # an obligation's id, and a person's


def is_urgent(days: int, ladder: Ladder) -> bool:
    """Whether nobody is spared the rung of this day: from the day before on, and the last one in any case. Pure."""
    return days >= min(URGENT_FROM, ladder[-1].days)


def is_spared(days: int, ladder: Ladder) -> bool:
    """Whether who has acknowledged it is spared the rung of this day. Pure."""
    if not is_urgent(days, ladder):
        return True
    rung = next((one for one in ladder if one.days == days), None)
    return days > 0 and rung is not None and not rung.also and rung is not ladder[-1]


def latest_day(due_on: date, *, today: date, calendar: WorkCalendar) -> date:
    """Until when something may be snoozed: two weeks, but no longer than to the day on which it is said that it is
    due; a week when that has passed. Pure."""
    if today > due_on:
        return today + LONGEST_WHEN_LATE
    return min(today + LONGEST, calendar.on_or_before(due_on))


@dataclass(frozen=True)
class Quiet:
    """All that was asked about some obligations and still holds."""

    acknowledged: Collection[Of] = frozenset()
    snoozed: Collection[Of] = frozenset()

    def keeps(self, obligation: int, person: int, days: int, ladder: Ladder) -> bool:
        """Whether this rung is kept from this person."""
        one = (obligation, person)
        return one in self.snoozed or (one in self.acknowledged and is_spared(days, ladder))


def still_holds(table: type[Acknowledgement] | type[Snooze]) -> ColumnElement[bool]:
    """Neither was the date moved since, nor the obligation opened again; over a query that has joined it."""
    since = func.coalesce(col(Obligation.dated_at), col(Obligation.opened_at))
    return (col(table.due_on) == col(Obligation.due_on)) & (col(table.at) >= since)


def load_quiet(session: Session, obligations: Iterable[int], *, ended_by: datetime | None = None) -> Quiet:
    """Two queries. A snooze lasts until a run has ended it; `ended_by` takes those for ended that are over then."""
    acknowledged: set[Of] = set()
    snoozed: set[Of] = set()
    for piece in in_pieces(set(obligations)):
        acknowledged.update(_of(session, Acknowledgement, piece))
        lasting: list[ColumnElement[bool]] = [col(Snooze.ended_at).is_(None)]
        if ended_by is not None:
            lasting.append(col(Snooze.ends_at) > ended_by)
        snoozed.update(_of(session, Snooze, piece, *lasting))
    return Quiet(acknowledged, snoozed)


def _of(
    session: Session, table: type[Acknowledgement] | type[Snooze], obligations: list[int], *more: ColumnElement[bool]
) -> Iterable[Of]:
    rows = session.execute(
        select(col(table.obligation_id), col(table.person_id))
        .join(Obligation, col(Obligation.id) == col(table.obligation_id))
        .where(col(table.obligation_id).in_(obligations), still_holds(table), *more)
    )
    return [(obligation, person) for obligation, person in rows]
