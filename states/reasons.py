"""Why a date is what it is: where it comes from, which days were passed over, and when each rung is said. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from states.calendar import ONE_DAY, WorkCalendar
from states.ladder import DatedRung, Ladder, dated_rungs


class OffKind(StrEnum):
    HOLIDAY = "holiday"
    CLOSURE = "closure"
    WEEKEND = "weekend"


class Source(StrEnum):
    DATE = "date"  # a day that the cycle's calendar names
    WORKING_DAYS = "working_days"  # so many working days after the stage was entered
    WINDOW = "window"  # the day a window closes
    NONE = "none"  # nobody set one


@dataclass(frozen=True)
class OffDay:
    """A day that was passed over, and why nobody works on it."""

    day: date
    kind: OffKind
    name: str | None = None  # a weekend has none
    estimated: bool = False  # rests on a computed lunar date, not on the decree


Names = Mapping[date, OffDay]
"""The holidays and closures that are known, by day."""


@dataclass(frozen=True)
class DueReason:
    """Where a due date comes from."""

    source: Source
    note: str | None = None
    working_days: int | None = None
    skipped: tuple[OffDay, ...] = ()  # between entering and the due date, those that were not counted


@dataclass(frozen=True)
class RungReason:
    """When one rung is said, and why not on its own day."""

    dated: DatedRung
    own_day: date  # as many days from the due date as its name says
    skipped: tuple[OffDay, ...]  # from its own day to the day it is said; empty = it is said on its own day


def counted_from(
    entered_on: date, working_days: int, calendar: WorkCalendar, names: Names, *, note: str | None = None
) -> DueReason:
    """Why the `working_days`-th working day after `entered_on` is the day it is."""
    due_on = calendar.add_working_days(entered_on, working_days)
    passed = _days(entered_on + ONE_DAY, due_on)
    return DueReason(Source.WORKING_DAYS, note, working_days, _off(passed, calendar, names))


def rung_reasons(due_on: date, ladder: Ladder, calendar: WorkCalendar, names: Names) -> tuple[RungReason, ...]:
    """Each rung in the order in which it is said, with the days off that moved it, the nearest to its own day first."""
    return tuple(_rung_reason(dated, due_on, calendar, names) for dated in dated_rungs(due_on, calendar, ladder))


def _rung_reason(dated: DatedRung, due_on: date, calendar: WorkCalendar, names: Names) -> RungReason:
    own = due_on + timedelta(days=dated.rung.days)
    passed = _days(dated.day, own) if dated.day < own else _days(own, dated.day)
    skipped = _off(passed, calendar, names)
    return RungReason(dated, own, skipped[::-1] if dated.day < own else skipped)


def _days(first: date, last: date) -> Sequence[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _off(days: Sequence[date], calendar: WorkCalendar, names: Names) -> tuple[OffDay, ...]:
    return tuple(names.get(day) or OffDay(day, OffKind.WEEKEND) for day in days if not calendar.is_working(day))
