"""When a stage must be left, as the cycle's calendar and its windows say."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from models.cycles import CycleDate
from models.stages import Stage
from models.windows import CycleWindow, WindowKind
from states.calendar import WorkCalendar


@dataclass(frozen=True)
class Window:
    """From which day to which something is taken; the last day counts."""

    opens: date
    closes: date
    note: str | None = None


@dataclass(frozen=True)
class Due:
    """One line of a cycle's calendar: a day, or working days from entering the stage."""

    due: date | None = None
    working_days: int | None = None
    note: str | None = None


@dataclass(frozen=True)
class DueDates:
    """All that some cycles say of when stages must be left."""

    dates: Mapping[tuple[int, Stage], Due] = field(default_factory=dict)
    windows: Mapping[tuple[int, WindowKind], Window] = field(default_factory=dict)

    def due_on(self, cycle_id: int, stage: Stage, entered_on: date, calendar: WorkCalendar) -> date | None:
        """None where the calendar names no date. The objection's own window goes before the calendar's line."""
        window = self.windows.get((cycle_id, WindowKind.OBJECTION))
        if window and stage is Stage.SUBMISSION_OBJECTION:
            return window.closes
        line = self.dates.get((cycle_id, stage))
        if line is None or line.due is not None:
            return line.due if line else None
        return calendar.add_working_days(entered_on, line.working_days or 0)

    def windows_of(self, cycle_id: int) -> dict[WindowKind, Window]:
        return {kind: window for (cycle, kind), window in self.windows.items() if cycle == cycle_id}


def load_due_dates(session: Session, cycles: Collection[int]) -> DueDates:
    """Two queries."""
    lines = session.execute(select(CycleDate).where(col(CycleDate.cycle_id).in_(cycles))).scalars()
    return DueDates(
        {(row.cycle_id, row.stage): Due(row.due, row.working_days, row.note) for row in lines},
        load_windows(session, cycles),
    )


def load_windows(session: Session, cycles: Collection[int]) -> dict[tuple[int, WindowKind], Window]:
    rows = session.execute(select(CycleWindow).where(col(CycleWindow.cycle_id).in_(cycles))).scalars()
    return {(row.cycle_id, row.kind): Window(row.opens, row.closes, row.note) for row in rows}


def due_date(session: Session, cycle_id: int, stage: Stage, entered_on: date, calendar: WorkCalendar) -> date | None:
    """When one stay of a candidacy of this cycle must end; None where its calendar names no date."""
    return load_due_dates(session, {cycle_id}).due_on(cycle_id, stage, entered_on, calendar)
