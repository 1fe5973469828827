"""When PortalRB may fetch: in the proposal window of a cycle, its last day counted, in the agency's zone."""

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency
from models.cycles import Cycle
from models.windows import CycleWindow, WindowKind
from states.due_dates import Window, load_windows
from states.portal.refusals import outside_window


class WindowState(StrEnum):
    NONE = "none"  # the cycle has no proposal window
    TO_COME = "to_come"
    OPEN = "open"
    OVER = "over"


def state_of(window: Window | None, today: date) -> WindowState:
    if window is None:
        return WindowState.NONE
    if today < window.opens:
        return WindowState.TO_COME
    return WindowState.OPEN if today <= window.closes else WindowState.OVER


def window_of(session: Session, cycle: Cycle) -> Window | None:
    return load_windows(session, {cycle.id}).get((cycle.id, WindowKind.PROPOSAL))


def today_at(agency: Agency, now: datetime) -> date:
    return now.astimezone(ZoneInfo(agency.zone)).date()


def is_open(session: Session, cycle: Cycle, agency: Agency, *, now: datetime) -> bool:
    return state_of(window_of(session, cycle), today_at(agency, now)) is WindowState.OPEN


def open_cycle(session: Session, agency: Agency, *, now: datetime) -> Cycle:
    """The agency's cycle whose window is open; the newest where there are several. Raises PortalRefused."""
    today = today_at(agency, now)
    query = (
        select(Cycle)
        .join(CycleWindow, col(CycleWindow.cycle_id) == col(Cycle.id))
        .where(col(Cycle.agency_id) == agency.id)
        .where(col(Cycle.record_only).is_(False))
        .where(col(CycleWindow.kind) == WindowKind.PROPOSAL)
        .where(col(CycleWindow.opens) <= today)
        .where(col(CycleWindow.closes) >= today)
        .order_by(col(Cycle.year).desc())
    )
    cycle: Cycle | None = session.execute(query).scalars().first()
    if cycle is None:
        raise outside_window()
    return cycle
