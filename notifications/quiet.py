"""When a message may reach somebody who wants to be left alone at times. Pure.

Holding is of delivery, never of evaluation: what is due is found, queued and counted as said at its time.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.messages import OutboxMessage
from notifications.patience import looks_ahead
from states.calendar import ONE_DAY, WorkCalendar
from states.quiet_hours import QuietHours, Window

STILL_OF_USE = timedelta(hours=2)  # before the due day ends


def held_until(
    moment: datetime, hours: QuietHours, calendar: WorkCalendar, *, due_ends: datetime | None = None
) -> datetime | None:
    """When a message that is due at `moment` may go, in UTC; None = at once.

    `calendar` is the person's: their zone, holidays, their agency's closures. `due_ends` is given for a reminder that
    looks ahead. The rule: such a reminder waits only where it still arrives two hours or more before its due day
    ends; else it goes at once, in the night or on a holiday, because after that it would be of no use or not true.
    Hours that leave no room hold nothing.
    """
    if hours.never or hours.room <= 0:
        return None
    at = moment.astimezone(calendar.zone)
    while (later := _later(at, hours, calendar)) is not None:
        at = later
    if at <= moment or (due_ends is not None and at > due_ends - STILL_OF_USE):
        return None
    return at.astimezone(UTC)


def due_ends(message: OutboxMessage, zone: str) -> datetime | None:
    """The end of the due day in the agency's zone, for a reminder that looks ahead (H-14 to H); None for all else."""
    if message.due_on is None or not looks_ahead(message.rung):
        return None
    return datetime.combine(message.due_on, time.max, tzinfo=ZoneInfo(zone))


def _later(at: datetime, hours: QuietHours, calendar: WorkCalendar) -> datetime | None:
    """The next local time at which this one reason to wait has passed; None where there is none."""
    day, clock = at.date(), at.time()
    if hours.working_days_only:
        if not calendar.is_working(day):
            return calendar.start_of(calendar.on_or_after(day))
        if hours.work and clock < hours.work.begins:
            return _at(day, hours.work.begins, calendar)
        if hours.work and clock >= hours.work.ends:
            return calendar.start_of(calendar.on_or_after(day + ONE_DAY))
    if hours.quiet and hours.quiet.has(clock):
        return _at(day + ONE_DAY if _ends_tomorrow(hours.quiet, clock) else day, hours.quiet.ends, calendar)
    return None


def _ends_tomorrow(window: Window, clock: time) -> bool:
    return window.wraps and clock >= window.begins


def _at(day: date, clock: time, calendar: WorkCalendar) -> datetime:
    return datetime.combine(day, clock, tzinfo=calendar.zone)
