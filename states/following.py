"""Dates follow: when days off or a ladder change, due dates and next reminders of open candidacies are set anew.

In pieces with a fixed number of statements each, so that 30,000 candidacies need no more memory than one piece.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import BindParameter, ColumnElement, bindparam, literal_column, select, update
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, StageEntry
from models.obligations import Obligation, ObligationKind
from models.stages import CLOSED, Stage
from states.calendar import WorkCalendar
from states.days_off import DaysOff
from states.due_dates import DueDates, load_due_dates
from states.ladder import DatedRung, dated_rungs, next_after_change
from states.ladders import Ladders

PIECE = 2_000  # candidacies

OF_THE_STAGE = (ObligationKind.STAGE, ObligationKind.DOCUMENTS)
"""What ends with the stage; a proposal ends with its window, an action on its own target."""


@dataclass(frozen=True)
class Dating:
    """What dates are made of, besides the cycles' calendars."""

    days_off: DaysOff
    ladders: Ladders


@dataclass(frozen=True)
class Followed:
    """How many candidacies get another due date, and how many reminders another day."""

    due_dates: int = 0
    reminders: int = 0

    def __add__(self, other: "Followed") -> "Followed":
        return Followed(self.due_dates + other.due_dates, self.reminders + other.reminders)


@dataclass(frozen=True)
class _Stay:
    entry: int
    stage: Stage
    entered_on: date
    due_on: date | None
    cycle: int
    agency: int
    zone: str


@dataclass
class _Changes:
    """What one piece of candidacies needs, as parameters of the statements that do it."""

    stays: list[dict[str, object]] = field(default_factory=list)
    dated: list[dict[str, object]] = field(default_factory=list)  # obligations with another due date, and new rungs
    said: list[dict[str, object]] = field(default_factory=list)  # obligations whose next rung alone moves

    @property
    def counted(self) -> Followed:
        return Followed(len(self.stays), len(self.dated) + len(self.said))


def follow(
    session: Session, before: Dating, after: Dating, *conditions: ColumnElement[bool], now: datetime
) -> Followed:
    """Bring open candidacies from one dating to the other; the caller has called `change_calendar`.

    `conditions` are about `Candidacy` or `Unit` and say which; without any, it is all of them.
    """
    total = Followed()
    for ids in _pieces(session, conditions):
        changes = _changes(session, ids, before, after)
        _write(session, changes, now=now)
        total += changes.counted
    session.expire_all()  # rows were changed behind the session's back
    return total


def would_follow(session: Session, before: Dating, after: Dating, *conditions: ColumnElement[bool]) -> Followed:
    """The same, counted and not done."""
    pieces = (_changes(session, ids, before, after).counted for ids in _pieces(session, conditions))
    return sum(pieces, start=Followed())


def _pieces(session: Session, conditions: Sequence[ColumnElement[bool]]) -> Iterator[list[int]]:
    query = (
        select(col(Candidacy.id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .where(col(Candidacy.stage).not_in(CLOSED), *conditions)
        .order_by(col(Candidacy.id))
        .limit(PIECE)
    )
    last = 0
    while ids := list(session.execute(query.where(col(Candidacy.id) > last)).scalars()):
        yield ids
        last = ids[-1]


def _changes(session: Session, ids: list[int], before: Dating, after: Dating) -> _Changes:
    stays = {stay.entry: stay for stay in _stays(session, ids)}
    due_dates = load_due_dates(session, {stay.cycle for stay in stays.values()})
    was, will_be = _Said(before), _Said(after)
    changes = _Changes()
    moved: dict[int, date] = {}  # by entry
    for stay in stays.values():
        if not _counts_days(due_dates, stay):
            continue
        new = due_dates.due_on(stay.cycle, stay.stage, stay.entered_on, will_be.calendar(stay))
        if new and new != stay.due_on:
            moved[stay.entry] = new
            changes.stays.append({"this": stay.entry, "due": new})
    for obligation, entry, kind, due_on, next_at in _open_obligations(session, list(stays)):
        stay = stays[entry]
        if entry in moved and kind in OF_THE_STAGE:
            first = will_be.rungs(stay, kind, moved[entry])[0].at
            changes.dated.append({"this": obligation, "due": moved[entry], "next": first})
            continue
        old, new_ones = was.rungs(stay, kind, due_on), will_be.rungs(stay, kind, due_on)
        new_next = next_at if old == new_ones else next_after_change(old, new_ones, next_at=next_at)
        if new_next != next_at:
            changes.said.append({"this": obligation, "next": new_next})
    return changes


def _counts_days(due_dates: DueDates, stay: _Stay) -> bool:
    """Whether the end of this stay depends on days off."""
    line = due_dates.dates.get((stay.cycle, stay.stage))
    return line is not None and line.working_days is not None


class _Said:
    """When rungs are said by one dating; remembered, for many obligations share agency, ladder and due date."""

    def __init__(self, dating: Dating) -> None:
        self._dating = dating
        self._calendars: dict[int, WorkCalendar] = {}
        self._rungs: dict[tuple[int, ObligationKind, date], tuple[DatedRung, ...]] = {}

    def calendar(self, stay: _Stay) -> WorkCalendar:
        if stay.agency not in self._calendars:
            self._calendars[stay.agency] = self._dating.days_off.calendar(stay.agency, stay.zone)
        return self._calendars[stay.agency]

    def rungs(self, stay: _Stay, kind: ObligationKind, due_on: date) -> tuple[DatedRung, ...]:
        key = (stay.cycle, kind, due_on)
        if key not in self._rungs:
            ladder = self._dating.ladders.of(stay.cycle, kind)
            self._rungs[key] = dated_rungs(due_on, self.calendar(stay), ladder)
        return self._rungs[key]


def _stays(session: Session, ids: list[int]) -> Iterator[_Stay]:
    columns = (
        col(StageEntry.id),
        col(StageEntry.stage),
        col(StageEntry.entered_on),
        col(StageEntry.due_on),
        col(Candidacy.cycle_id),
        col(Agency.id),
        col(Agency.zone),
    )
    rows = session.execute(
        select(*columns)
        .join(Candidacy, col(Candidacy.id) == col(StageEntry.candidacy_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Agency, col(Agency.id) == col(Unit.agency_id))
        .where(literal_column("stage_entry.left_at IS NULL"), col(Candidacy.id).in_(ids))
    )
    return (_Stay(*row) for row in rows)


def _open_obligations(
    session: Session, entries: list[int]
) -> Iterator[tuple[int, int, ObligationKind, date, datetime | None]]:
    columns = (
        col(Obligation.id),
        col(Obligation.entry_id),
        col(Obligation.kind),
        col(Obligation.due_on),
        col(Obligation.next_at),
    )
    rows = session.execute(
        select(*columns)
        .where(literal_column("obligation.state = 'open'"), col(Obligation.due_on).is_not(None))
        .where(col(Obligation.entry_id).in_(entries))
        .order_by(col(Obligation.id))
    )
    return ((number, entry, kind, due_on, next_at) for number, entry, kind, due_on, next_at in rows)


def _write(session: Session, changes: _Changes, *, now: datetime) -> None:
    connection = session.connection()
    entry, owed = StageEntry.__table__, Obligation.__table__  # type: ignore[attr-defined]
    due: BindParameter[date] = bindparam("due")
    next_at: BindParameter[datetime | None] = bindparam("next")
    still_open = (owed.c.id == bindparam("this"), owed.c.state == "open")
    for statement, rows in (
        (update(entry).where(entry.c.id == bindparam("this")).values(due_on=due), changes.stays),
        (update(owed).where(*still_open).values(due_on=due, next_at=next_at, dated_at=now), changes.dated),
        (update(owed).where(*still_open).values(next_at=next_at), changes.said),
    ):
        if rows:
            connection.execute(statement, rows)
