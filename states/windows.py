"""The ministry's windows in a cycle: when proposals and objections are taken; each year has its own."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.cycles import Cycle
from models.errors import BadInput, NotFound
from models.people import Role
from models.trail import Json, Pending, record
from models.windows import CycleWindow, WindowKind
from states.actors import Actor, Place, current, require_admin_or
from states.cycles import FIRST_YEAR, LAST_YEAR, follow_cycle, lock_open
from states.days_off import hold_calendar
from states.due_dates import Window
from states.lookups import find
from states.writing import writing


@dataclass(frozen=True)
class WindowRow:
    """One window of a cycle, as it is shown."""

    kind: WindowKind
    window: Window


def set_window(code: str, kind: WindowKind, window: Window | None, *, actor: Actor, now: datetime) -> int:
    """Set the days of a window, or take it out; deadlines and reminders follow at once.

    Returns how many stages got another due date. Raises NotFound (a cycle, or a window to take out), BadInput
    (days), Refused.
    """
    if window:
        _check(window)
    subject = f"cycle:{code.strip().upper()}"
    with writing("window_set", author=actor.author, now=now, subject=subject) as session:
        hold_calendar(session)
        cycle = find(session, Cycle, code)
        actor = current(session, actor, now=now)
        require_admin_or(actor, (Role.KOORDINATOR,), Place(cycle.agency_id), subject=f"cycle:{cycle.code}")
        candidacies = lock_open(session, cycle)
        before = _write(session, cycle, kind, window, now=now)
        moved = follow_cycle(session, cycle, candidacies, now=now)
        record(
            session,
            Pending(
                actor.author,
                now,
                action="window_set" if window else "window_removed",
                subject=f"cycle:{cycle.code}",
                before=before,
                after=_plain(window),
                details={"window": kind.value},
                texts={"note": window.note} if window and window.note else {},
            ),
        )
        return moved


def windows_of(session: Session, cycle: Cycle) -> list[WindowRow]:
    """The proposal's first."""
    rows = {row.kind: row for row in _rows(session, cycle)}
    return [WindowRow(kind, _window(rows[kind])) for kind in WindowKind if kind in rows]


def _check(window: Window) -> None:
    for day in (window.opens, window.closes):
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise BadInput("year_out_of_range", value=day.year, first=FIRST_YEAR, last=LAST_YEAR)
    if window.closes < window.opens:
        raise BadInput("window_backwards", opens=window.opens.isoformat(), closes=window.closes.isoformat())


def _write(session: Session, cycle: Cycle, kind: WindowKind, window: Window | None, *, now: datetime) -> Json:
    """Set or delete the row; returns what stood there before, as the trail shows it."""
    row = next((row for row in _rows(session, cycle) if row.kind is kind), None)
    before = _plain(_window(row)) if row else None
    if window:
        row = row or CycleWindow(
            cycle_id=cycle.id, kind=kind, opens=window.opens, closes=window.closes, made_at=now, set_at=now
        )
        row.opens, row.closes, row.note, row.set_at = window.opens, window.closes, window.note, now
        session.add(row)
    elif row:
        session.delete(row)
    else:
        raise NotFound("unknown_window", kind=kind.value, cycle=cycle.code)
    session.flush()
    return before


def _rows(session: Session, cycle: Cycle) -> list[CycleWindow]:
    return list(session.execute(select(CycleWindow).where(col(CycleWindow.cycle_id) == cycle.id)).scalars())


def _window(row: CycleWindow) -> Window:
    return Window(row.opens, row.closes, row.note)


def _plain(window: Window | None) -> Json:
    return {"opens": window.opens.isoformat(), "closes": window.closes.isoformat()} if window else None
