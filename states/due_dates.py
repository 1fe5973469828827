"""When a stage must be left, as the cycle's calendar says."""

from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from models.cycles import CycleDate
from models.stages import Stage
from states.calendar import WorkCalendar


def due_date(session: Session, cycle_id: int, stage: Stage, entered_on: date, calendar: WorkCalendar) -> date | None:
    """When the cycle's calendar wants a stage to be left; None where it names no date."""
    row: CycleDate | None = session.execute(
        select(CycleDate).where(col(CycleDate.cycle_id) == cycle_id).where(col(CycleDate.stage) == stage)
    ).scalar_one_or_none()
    if row is None:
        return None
    if row.due is not None:
        return row.due
    return calendar.add_working_days(entered_on, row.working_days or 0)
