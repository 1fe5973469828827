"""Stored holidays: taken from the `holidays` package by a command that shows what would change."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version

from sqlalchemy import select
from sqlmodel import Session, col

from models.cycles import Holiday
from models.trail import Author, Pending, record
from states.actors import Actor, require_admin
from states.days_off import DaysOff, change_calendar, load_days_off
from states.following import Dating, Followed, follow, would_follow
from states.ladders import load_ladders
from states.writing import writing

ESTIMATED = "perkiraan"  # the package marks days that rest on a computed lunar date with this word


@dataclass(frozen=True)
class Day:
    day: date
    name: str
    estimated: bool


@dataclass(frozen=True)
class Difference:
    """What a refresh would change in one year."""

    year: int
    added: tuple[Day, ...]
    removed: tuple[Day, ...]
    renamed: tuple[Day, ...]

    @property
    def changes_days(self) -> bool:
        """Whether a day becomes or ceases to be a holiday; another name alone moves nothing."""
        return bool(self.added or self.removed)


def published_days(year: int) -> tuple[Day, ...]:
    """National holidays and cuti bersama of one year, as the installed package has them."""
    import holidays  # noqa: PLC0415 - slow to import, and few commands need it

    found = holidays.country_holidays("ID", years=year, categories=("public", "government"), language="id")
    return tuple(Day(day, name, ESTIMATED in name.lower()) for day, name in sorted(found.items()))


def compare(session: Session, year: int) -> Difference:
    stored = {row.day: Day(row.day, row.name, row.estimated) for row in stored_days(session, year)}
    published = {one.day: one for one in published_days(year)}
    return Difference(
        year=year,
        added=tuple(one for day, one in published.items() if day not in stored),
        removed=tuple(one for day, one in stored.items() if day not in published),
        renamed=tuple(one for day, one in published.items() if day in stored and stored[day] != one),
    )


def refresh_holidays(year: int, *, actor: Actor, now: datetime) -> tuple[Difference, Followed]:
    """Store what the package says of one year; the dates of open candidacies follow at once."""
    with writing("holidays_refresh", author=actor.author, now=now, subject=f"holidays:{year}") as session:
        require_admin(actor)
        change_calendar(session)
        before = Dating(load_days_off(session), load_ladders(session))
        difference = compare(session, year)
        after = Dating(_with(difference, before.days_off), before.ladders)
        followed = follow(session, before, after, now=now) if difference.changes_days else Followed()
        _store(session, difference, author=actor.author, now=now, followed=followed)
        return difference, followed


def plan_refresh(session: Session, year: int) -> tuple[Difference, Followed]:
    """What `refresh_holidays` would do, without writing anything."""
    before = Dating(load_days_off(session), load_ladders(session))
    difference = compare(session, year)
    after = Dating(_with(difference, before.days_off), before.ladders)
    return difference, would_follow(session, before, after) if difference.changes_days else Followed()


def _with(difference: Difference, days_off: DaysOff) -> DaysOff:
    gone = {one.day for one in difference.removed}
    return DaysOff(days_off.holidays - gone | {one.day for one in difference.added}, days_off.closures)


def store_missing_years(session: Session, years: Iterable[int], *, author: Author, now: datetime) -> None:
    """Store years that have no row yet, and let dates follow; never touches a year that has one."""
    for year in years:
        if stored_days(session, year):
            continue
        change_calendar(session)
        before = Dating(load_days_off(session), load_ladders(session))
        difference = compare(session, year)
        followed = follow(session, before, Dating(_with(difference, before.days_off), before.ladders), now=now)
        _store(session, difference, author=author, now=now, followed=followed)


def stored_days(session: Session, year: int) -> list[Holiday]:
    first, last = date(year, 1, 1), date(year, 12, 31)
    query = select(Holiday).where(col(Holiday.day).between(first, last)).order_by(col(Holiday.day))
    return list(session.execute(query).scalars())


def _store(session: Session, difference: Difference, *, author: Author, now: datetime, followed: Followed) -> None:
    source = f"holidays {version('holidays')}"
    for one in difference.removed:
        session.delete(session.get_one(Holiday, one.day))
    for one in difference.added:
        session.add(Holiday(day=one.day, name=one.name, estimated=one.estimated, source=source))
    for one in difference.renamed:
        row = session.get_one(Holiday, one.day)
        row.name, row.estimated, row.source = one.name, one.estimated, source
    session.flush()
    if difference.added or difference.removed or difference.renamed:
        record(
            session,
            Pending(
                author,
                now,
                action="holidays_stored",
                subject=f"holidays:{difference.year}",
                details={
                    "source": source,
                    "added": [one.day.isoformat() for one in difference.added],
                    "removed": [one.day.isoformat() for one in difference.removed],
                    "renamed": [one.day.isoformat() for one in difference.renamed],
                    "due_dates_moved": followed.due_dates,
                    "reminders_moved": followed.reminders,
                },
            ),
        )
