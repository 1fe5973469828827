"""Quarters of the year, in an agency's own zone. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MONTHS = 3  # in a quarter
CLOSING = 10  # days before its last one: our own choice


@dataclass(frozen=True, order=True)
class Quarter:
    year: int
    number: int  # 1 to 4

    @property
    def first(self) -> date:
        return date(self.year, MONTHS * (self.number - 1) + 1, 1)

    @property
    def last(self) -> date:
        return self.next.first - timedelta(days=1)

    @property
    def closes_from(self) -> date:
        """From here to its last day its round is taken: late enough to tell of it, with days left to catch up."""
        return self.last - timedelta(days=CLOSING)

    @property
    def next(self) -> "Quarter":
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


def quarter_of(day: date) -> Quarter:
    return Quarter(day.year, (day.month - 1) // MONTHS + 1)


def running_quarter(now: datetime, zone: str) -> Quarter:
    """The quarter that runs there: a round can only tell how things stand, never how they stood."""
    return quarter_of(now.astimezone(ZoneInfo(zone)).date())
