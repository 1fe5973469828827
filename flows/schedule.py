"""When each flow runs: the table from which `zi up`, `zi deploy`, `zi doctor` and the documentation are drawn.

As intervals from a first time, not as cron lines: the scheduler of Prefect 3.9 fails on those with a time zone on
Python 3.11 and 3.12. Indonesia has no daylight saving time, so a day's distance keeps the hour.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
MONDAY, THURSDAY = 0, 3

DAY, WEEK = timedelta(days=1), timedelta(days=7)


@dataclass(frozen=True)
class Time:
    """Every so often from this moment on."""

    every: timedelta
    first: datetime
    parameters: Mapping[str, str] = field(default_factory=dict)


def at(hour: int, minute: int = 0, *, zone: str = WIB, weekday: int = MONDAY) -> datetime:
    """A moment long ago: 2024 began on a Monday."""
    return datetime(2024, 1, 1 + weekday, hour, minute, tzinfo=ZoneInfo(zone))


class FanOut(Enum):
    """How several runs of one flow share its work at the same time."""

    SHARDS = "shards"  # each takes its part of all candidacies
    SENDERS = "senders"  # each takes what no other has taken


@dataclass(frozen=True)
class Scheduled:
    name: str  # of the flow, its module in flows/, and its run rows
    times: tuple[Time, ...]
    retries: int = 2
    tried: bool = False  # runs every few seconds where a sandbox asks for it
    fan_out: FanOut | None = None  # none: one run does it all

    @property
    def entry_point(self) -> str:
        return f"flows.{self.name}:{self.name}"

    @property
    def every(self) -> timedelta:
        return max(time.every for time in self.times)


SCHEDULE = (
    # Half past seven in each of the three zones, for the agencies there; the last one, in the west, for everybody.
    Scheduled(
        "remind",
        (
            Time(DAY, at(7, 30, zone=WIT), {"zone": WIT}),
            Time(DAY, at(7, 30, zone=WITA), {"zone": WITA}),
            Time(DAY, at(7, 30)),
        ),
        tried=True,
        fan_out=FanOut.SHARDS,
    ),
    Scheduled(  # not tried again: the next one is near
        "deliver", (Time(timedelta(minutes=5), at(0)),), retries=0, tried=True, fan_out=FanOut.SENDERS
    ),
    Scheduled("monev", (Time(WEEK, at(6, weekday=MONDAY)),), fan_out=FanOut.SHARDS),
    Scheduled("watch_designations", (Time(WEEK, at(6, weekday=THURSDAY)),)),
    Scheduled("checkpoint", (Time(DAY, at(3)),)),
    Scheduled("quarterly_monev", (Time(DAY, at(4)),)),  # daily, and it decides: a missed day is made up for
    Scheduled("tidy", (Time(DAY, at(2)),)),
)

RETRY_AFTER = timedelta(minutes=2)

BY_NAME = {one.name: one for one in SCHEDULE}
