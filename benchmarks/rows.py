"""One line of the table: what we do, what it is held against, and the bar, if there is one."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Bar:
    """A limit on a ratio; `at_most` or `at_least`."""

    limit: float
    sense: Literal["at_most", "at_least"] = "at_most"

    def met(self, ratio: float) -> bool:
        return ratio <= self.limit if self.sense == "at_most" else ratio >= self.limit

    def __str__(self) -> str:
        return f"{'<=' if self.sense == 'at_most' else '>='} {self.limit:g}"


@dataclass(frozen=True)
class Row:
    """A ratio, with both sides measured in one run, turn by turn; a figure that has no other side leaves it empty."""

    what: str  # "one move, SQLite"
    ours: str  # "812 moves/s", with its unit
    beside: str  # "its own statements through the bare driver"
    theirs: str  # "3,104 moves/s"
    ratio: float  # as the bar counts it: mostly our time for one time of theirs
    bar: Bar | None = None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.bar is None:
            return ""
        return "met" if self.bar.met(self.ratio) else "not met"
