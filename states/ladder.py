"""The ladder of reminders: which rungs an obligation has, when each is said, and to whom. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.people import Role
from states.calendar import WorkCalendar


@dataclass(frozen=True)
class Rung:
    """One reminder, some days from the due date; `also` hears it besides who owes."""

    days: int
    also: tuple[Role, ...] = ()

    @property
    def name(self) -> str:
        return f"H{self.days:+d}" if self.days else "H"


HEAD = (Role.PIMPINAN_UNIT,)
HEAD_AND_KOORDINATOR = (Role.PIMPINAN_UNIT, Role.KOORDINATOR)

LADDER = (
    Rung(-14),
    Rung(-7),
    Rung(-3),
    Rung(-1, HEAD),
    Rung(0, HEAD),
    Rung(1, HEAD_AND_KOORDINATOR),
    Rung(8, HEAD_AND_KOORDINATOR),
    Rung(15, HEAD_AND_KOORDINATOR),  # the eighth and last: from here on only digests speak of it
)


@dataclass(frozen=True)
class DatedRung:
    rung: Rung
    day: date  # when it is said
    at: datetime  # the start of that day in the agency's zone


def dated_rungs(due_on: date, calendar: WorkCalendar) -> tuple[DatedRung, ...]:
    """The ladder for one due date, in the order in which it is said.

    A rung up to the due date that falls on a day off is said on the last working day before it, so that
    somebody can still act. A later rung says that the date has passed, so it waits for the next working day:
    said before, it would not be true.
    """
    days = ((rung, due_on + timedelta(days=rung.days)) for rung in LADDER)
    moved = ((rung, calendar.on_or_before(day) if rung.days <= 0 else calendar.on_or_after(day)) for rung, day in days)
    return tuple(DatedRung(rung, day, calendar.start_of(day)) for rung, day in moved)


def newest_due(rungs: tuple[DatedRung, ...], *, now: datetime) -> DatedRung | None:
    """The newest rung that came due, said or not."""
    due = [dated for dated in rungs if dated.at <= now]
    return due[-1] if due else None


def next_after(rungs: tuple[DatedRung, ...], *, now: datetime) -> datetime | None:
    """When the first rung that is not due yet will be; None when there is nothing more to say."""
    return next((dated.at for dated in rungs if dated.at > now), None)
