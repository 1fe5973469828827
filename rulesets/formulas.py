"""The three formulas an LKE knows, as data: a share of a whole, a fall from year to year, and a part of a maximum.

Each gives 0 to 1. A division by nothing has a value that the file must name, so that no score depends on chance.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from pydantic import Field, model_validator

from rulesets.data import Data, Exact

Numbers = Mapping[str, Fraction]

ONE, ZERO = Fraction(1), Fraction(0)


@dataclass(frozen=True)
class Value:
    """What a formula gave, and which of its cases applied."""

    value: Fraction
    case: str  # "formula", or the case of the zero that was met


class Ratio(Data):
    """min(1, sum of `part` / sum of `whole`)."""

    part: tuple[str, ...] = Field(min_length=1)
    whole: tuple[str, ...] = Field(min_length=1)
    when_zero: Exact  # the value where the whole is 0
    within: bool = False  # the part is counted out of the whole, so it can't be more

    @property
    def inputs(self) -> tuple[str, ...]:
        return (*self.whole, *self.part)

    @property
    def text(self) -> str:
        whole = " + ".join(self.whole)
        return f"min(1, {' + '.join(self.part)} / {f'({whole})' if len(self.whole) > 1 else whole})"

    def of(self, numbers: Numbers) -> Value:
        whole = sum((numbers[key] for key in self.whole), ZERO)
        if whole == 0:
            return Value(self.when_zero, "none_to_count")
        return Value(min(ONE, sum((numbers[key] for key in self.part), ZERO) / whole), "formula")

    def contradicts(self, numbers: Numbers) -> bool:
        """Whether the part is more than the whole it is counted out of."""
        if not self.within:
            return False
        return sum((numbers[key] for key in self.part), ZERO) > sum((numbers[key] for key in self.whole), ZERO)


class Fall(Data):
    """(before - after) / before, held between 0 and 1."""

    before: str
    after: str
    both_zero: Exact  # nothing before and nothing now
    from_zero: Exact  # nothing before, something now

    @property
    def inputs(self) -> tuple[str, ...]:
        return (self.before, self.after)

    @property
    def text(self) -> str:
        return f"max(0, ({self.before} - {self.after}) / {self.before})"

    def of(self, numbers: Numbers) -> Value:
        before, after = numbers[self.before], numbers[self.after]
        if before == 0:
            return Value(self.both_zero, "none_both_years") if after == 0 else Value(self.from_zero, "none_before")
        return Value(max(ZERO, (before - after) / before), "formula")

    def contradicts(self, _numbers: Numbers) -> bool:
        return False


class Portion(Data):
    """value / most, where the question itself is the one number."""

    most: Exact
    percent: bool = False  # the number is a percentage

    @model_validator(mode="after")
    def _positive(self) -> Self:
        if self.most <= 0:
            raise ValueError("the most must be more than 0")
        return self
