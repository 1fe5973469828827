"""The ladder of reminders: which rungs an obligation has, when each is said, and to whom. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise

from models.errors import BadInput
from models.people import Role
from states.calendar import WorkCalendar

MOST_RUNGS = 8  # more than that nobody reads
EARLIEST, LATEST = -90, 60  # days from the due date


@dataclass(frozen=True)
class Rung:
    """One reminder, some days from the due date; `also` hears it besides who owes."""

    days: int
    also: tuple[Role, ...] = ()

    @property
    def name(self) -> str:
        return f"H{self.days:+d}" if self.days else "H"

    @property
    def written(self) -> str:
        """As people write it: `H-1:pimpinan_unit`."""
        return ":".join(part for part in (self.name, ",".join(self.also)) if part)


Ladder = tuple[Rung, ...]

HEAD = (Role.PIMPINAN_UNIT,)
HEAD_AND_KOORDINATOR = (Role.PIMPINAN_UNIT, Role.KOORDINATOR)

LADDER: Ladder = (
    Rung(-14),
    Rung(-7),
    Rung(-3),
    Rung(-1, HEAD),
    Rung(0, HEAD),
    Rung(1, HEAD_AND_KOORDINATOR),
    Rung(8, HEAD_AND_KOORDINATOR),
    Rung(15, HEAD_AND_KOORDINATOR),  # the eighth and last: from here on only digests speak of it
)
"""Where a cycle has none of its own."""


@dataclass(frozen=True)
class DatedRung:
    rung: Rung
    day: date  # when it is said
    at: datetime  # the start of that day in the agency's zone


def dated_rungs(due_on: date, calendar: WorkCalendar, ladder: Ladder = LADDER) -> tuple[DatedRung, ...]:
    """The ladder for one due date, in the order in which it is said.

    A rung up to the due date that falls on a day off is said on the last working day before it, so that
    somebody can still act. A later rung says that the date has passed, so it waits for the next working day:
    said before, it would not be true.
    """
    days = ((rung, due_on + timedelta(days=rung.days)) for rung in ladder)
    moved = ((rung, calendar.on_or_before(day) if rung.days <= 0 else calendar.on_or_after(day)) for rung, day in days)
    return tuple(DatedRung(rung, day, calendar.start_of(day)) for rung, day in moved)


def newest_due(rungs: tuple[DatedRung, ...], *, now: datetime) -> DatedRung | None:
    """The newest rung that came due, said or not."""
    due = [dated for dated in rungs if dated.at <= now]
    return due[-1] if due else None


def next_after(rungs: tuple[DatedRung, ...], *, now: datetime) -> datetime | None:
    """When the first rung that is not due yet will be; None when there is nothing more to say."""
    return next((dated.at for dated in rungs if dated.at > now), None)


def next_after_change(
    before: tuple[DatedRung, ...], after: tuple[DatedRung, ...], *, next_at: datetime | None
) -> datetime | None:
    """When the next rung is said after days off or the ladder have changed under an obligation.

    What was said stays said: the first rung that was not said yet, or the first of the new ladder that is later
    than all that were.
    """
    unsaid = [dated.rung.days for dated in before if next_at is not None and dated.at >= next_at]
    from_day = unsaid[0] if unsaid else before[-1].rung.days + 1
    return next((dated.at for dated in after if dated.rung.days >= from_day), None)


def read_ladder(words: Iterable[str]) -> Ladder:
    """Rungs as people write them (`H-30 H-1:pimpinan_unit H`), put in order.

    Raises BadInput for a word that is no rung, an unknown role, a rung too far away, twice the same day, none at
    all, or more than eight.
    """
    rungs = sorted((_read_rung(word) for word in words), key=lambda rung: rung.days)
    if not 0 < len(rungs) <= MOST_RUNGS:
        raise BadInput("ladder_length", count=len(rungs), most=MOST_RUNGS)
    for first, second in pairwise(rungs):
        if first.days == second.days:
            raise BadInput("rung_twice", value=first.name)
    return tuple(rungs)


def days_named(name: str) -> int:
    """How far from the due date the rung of this name is said."""
    return int(name.removeprefix("H") or 0)


def _read_rung(word: str) -> Rung:
    name, colon, listed = word.strip().partition(":")
    found = re.fullmatch(r"H([+-][0-9]{1,3})?", name.upper())
    if not found:
        raise BadInput("bad_rung", value=word)
    days = int(found[1] or 0)
    if not EARLIEST <= days <= LATEST:
        raise BadInput("rung_too_far", value=word, first=Rung(EARLIEST).name, last=Rung(LATEST).name)
    return Rung(days, tuple(dict.fromkeys(_read_role(one, word) for one in listed.split(","))) if colon else ())


def _read_role(text: str, word: str) -> Role:
    try:
        return Role(text.strip().lower())
    except ValueError:
        raise BadInput("rung_role", value=word, known=", ".join(Role)) from None
