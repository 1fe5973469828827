"""When digests are made: half past seven where the person is, daily or on Mondays. Pure."""

from datetime import UTC, date, datetime, time, timedelta

from states.calendar import ONE_DAY, WorkCalendar

DIGEST_HOUR = time(7, 30)
WEEK = timedelta(days=7)


def next_daily(now: datetime, calendar: WorkCalendar, *, working_days_only: bool) -> datetime:
    """The first after `now`; on the next working day where the person wants none on days off."""
    today = calendar.today(now)
    return _first(now, calendar, (today, today + ONE_DAY), working_days_only=working_days_only)


def next_weekly(now: datetime, calendar: WorkCalendar, *, working_days_only: bool) -> datetime:
    """The same for Mondays. Two Mondays of a long closure become one day."""
    monday = calendar.today(now) - timedelta(days=calendar.today(now).weekday())
    return _first(now, calendar, (monday, monday + WEEK), working_days_only=working_days_only)


def _first(now: datetime, calendar: WorkCalendar, days: tuple[date, date], *, working_days_only: bool) -> datetime:
    moved = (calendar.on_or_after(day) if working_days_only else day for day in days)
    moments = (datetime.combine(day, DIGEST_HOUR, tzinfo=calendar.zone) for day in moved)
    return next(moment for moment in moments if moment > now).astimezone(UTC)
