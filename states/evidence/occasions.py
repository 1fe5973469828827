"""When people are told what they still have to prove. Pure.

Each Monday while the unit assesses itself; in every stage that collects evidence also at half time and 14, 7, 3 and 1
days before it ends. On a day off it is said on the working day before, the Monday's on the one after.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from models.stages import Stage
from states.calendar import WorkCalendar

BEFORE = (14, 7, 3, 1)  # days before the stage ends
WEEK = timedelta(days=7)


def newest_occasion(
    stage: Stage, *, entered_on: date, due_on: date | None, calendar: WorkCalendar, today: date
) -> date | None:
    """The last day of this stay, today or before, on which it was to be said; None before the first."""
    days = [*_before_the_end(entered_on, due_on, calendar)]
    if stage is Stage.SELF_ASSESSMENT:
        days.extend(_mondays(calendar, today))
    return max((day for day in days if entered_on <= day <= today), default=None)


def _before_the_end(entered_on: date, due_on: date | None, calendar: WorkCalendar) -> Iterator[date]:
    if due_on is None:
        return
    yield calendar.on_or_before(entered_on + (due_on - entered_on) // 2)
    for days in BEFORE:
        yield calendar.on_or_before(due_on - timedelta(days=days))


def _mondays(calendar: WorkCalendar, today: date) -> Iterator[date]:
    """This week's and the last one's: a week without any working day leaves that one standing."""
    monday = today - timedelta(days=today.weekday())
    yield calendar.on_or_after(monday)
    yield calendar.on_or_after(monday - WEEK)
