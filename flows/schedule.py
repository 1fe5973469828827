"""When each flow runs: the table from which `zi up`, `zi deploy`, `zi doctor` and the documentation are drawn."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"


@dataclass(frozen=True)
class Time:
    """A cron line in its own zone: without one, Prefect takes it for UTC."""

    cron: str
    zone: str = WIB
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scheduled:
    name: str  # of the flow, its module in flows/, and its run rows
    times: tuple[Time, ...]
    every: timedelta  # the longest that lies between two of its times
    retries: int = 2
    tried: bool = False  # runs every few seconds where a sandbox asks for it

    @property
    def entry_point(self) -> str:
        return f"flows.{self.name}:{self.name}"


SCHEDULE = (
    # Half past seven in each of the three zones, for the agencies there; the last one, in the west, for everybody.
    Scheduled(
        "remind",
        (
            Time("30 7 * * *", WIT, {"zone": WIT}),
            Time("30 7 * * *", WITA, {"zone": WITA}),
            Time("30 7 * * *", WIB),
        ),
        every=timedelta(days=1),
        tried=True,
    ),
    Scheduled("deliver", (Time("*/5 * * * *"),), every=timedelta(minutes=5), retries=0, tried=True),
    Scheduled("monev", (Time("0 6 * * 1"),), every=timedelta(days=7)),
    Scheduled("watch_designations", (Time("0 6 * * 4"),), every=timedelta(days=7)),
    # From the 20th of a quarter's last month to its end: a day that was missed is made up for by the next.
    Scheduled("quarterly_monev", (Time("0 4 20-31 3,6,9,12 *"),), every=timedelta(days=82)),
    Scheduled("tidy", (Time("0 2 * * *"),), every=timedelta(days=1)),
)

RETRY_AFTER = timedelta(minutes=2)

BY_NAME = {one.name: one for one in SCHEDULE}
