"""Working days: which days count, and how to move from a day to one that does. Pure."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
SATURDAY = 5


WIB = ZoneInfo("Asia/Jakarta")


def today_in_indonesia(now: datetime) -> date:
    """The day in western Indonesia, for what belongs to no agency: an agency's own day is its calendar's."""
    return now.astimezone(WIB).date()


@dataclass(frozen=True)
class WorkCalendar:
    """The holidays that are stored, and the agency's time zone."""

    zone: ZoneInfo
    holidays: AbstractSet[date] = field(default_factory=frozenset)

    def is_working(self, day: date) -> bool:
        return day.weekday() < SATURDAY and day not in self.holidays

    def on_or_before(self, day: date) -> date:
        while not self.is_working(day):
            day -= ONE_DAY
        return day

    def on_or_after(self, day: date) -> date:
        while not self.is_working(day):
            day += ONE_DAY
        return day

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; `day` itself is not counted."""
        for _ in range(count):
            day = self.on_or_after(day + ONE_DAY)
        return day

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=self.zone)

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()
