"""One line of the table: what we do, what it is held against, and the bar, if there is one."""

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self


@dataclass(frozen=True)
class Bar:
    """A limit on a ratio; `at_most` or `at_least`. `unit` where the figure is no ratio: " MiB", " %"."""

    limit: float
    sense: Literal["at_most", "at_least"] = "at_most"
    unit: str = "x"

    def met(self, ratio: float) -> bool:
        return ratio <= self.limit if self.sense == "at_most" else ratio >= self.limit

    def __str__(self) -> str:
        return f"{'<=' if self.sense == 'at_most' else '>='} {self.limit:g}{self.unit}"


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

    @property
    def figure(self) -> str:
        """The ratio with its unit, as the bar counts it."""
        return f"{self.ratio:.3g}{self.bar.unit if self.bar else 'x'}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, members: dict[str, Any]) -> Self:
        bar = members["bar"]
        return cls(**{**members, "bar": Bar(**bar) if bar else None})
