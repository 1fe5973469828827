"""Adds up what thousands of units reached in each area, in whole numbers: exact, and quick enough for a page. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from fractions import Fraction
from functools import cache
from json import loads

from models.candidacies import Level
from models.lke import Layer
from rulesets.library import find_ruleset
from states.monev.trend import CENT, AreaStanding, area_threshold, holding_back

TEN_THOUSAND = 10_000  # points and percents have four decimals

Figures = tuple[str, Level, int, Layer, str]
"""Rule set, target, candidacy, layer, and the layer's exact points as they are kept: {"MP": "183/20"}."""


def add_up(rows: Iterable[Figures]) -> list[AreaStanding]:
    """Of the unit's and the TPI's layers, by candidacy; the area that holds most back first."""
    sums: dict[str, Sums] = {}
    last = 0
    other: dict[str, int] = {}  # what the first layer of the candidacy before came to
    for ruleset, target, candidacy, layer, figures in rows:
        percents = percents_of(ruleset, figures)
        least = _least(ruleset, target)
        both = other if candidacy == last else {}
        for area, percent in percents.items():
            if area not in sums:
                sums[area] = Sums()
            sums[area].add(layer, percent, least, both.get(area))
        last, other = candidacy, percents
    return sorted((one.standing(area) for area, one in sums.items()), key=holding_back)


def percents_of(ruleset: str, figures: str) -> dict[str, int]:
    """Each area's percent of its weight, in ten-thousandths, rounded down."""
    weights = _weights(ruleset)
    return {area: _share(points, *weights[area]) for area, points in loads(figures).items() if area in weights}


def mean(total: int, count: int) -> Decimal | None:
    """Of ten-thousandths; two decimals, cut and not rounded up."""
    return (Decimal(total) / count / TEN_THOUSAND).quantize(CENT, rounding=ROUND_DOWN) if count else None


@dataclass
class Sums:
    """What one area comes to so far."""

    total: dict[Layer, int] = field(default_factory=lambda: {Layer.UNIT: 0, Layer.TPI: 0})
    count: dict[Layer, int] = field(default_factory=lambda: {Layer.UNIT: 0, Layer.TPI: 0})
    below: dict[Layer, int] = field(default_factory=lambda: {Layer.UNIT: 0, Layer.TPI: 0})
    required: set[int] = field(default_factory=set)
    gap: int = 0
    gaps: int = 0

    def add(self, layer: Layer, percent: int, least: int | None, other: int | None) -> None:
        """`least` is the threshold; `other` what the candidacy's other layer came to, where it has come before."""
        self.total[layer] += percent
        self.count[layer] += 1
        if least is not None:
            self.required.add(least)
            self.below[layer] += percent < least
        if other is not None:
            self.gap += percent - other if layer is Layer.TPI else other - percent
            self.gaps += 1

    def standing(self, area: str) -> AreaStanding:
        return AreaStanding(
            code=area,
            unit_mean=mean(self.total[Layer.UNIT], self.count[Layer.UNIT]),
            tpi_mean=mean(self.total[Layer.TPI], self.count[Layer.TPI]),
            unit_below=self.below[Layer.UNIT],
            tpi_below=self.below[Layer.TPI],
            units=self.count[Layer.UNIT],
            assessed=self.count[Layer.TPI],
            required=tuple(Decimal(least) / TEN_THOUSAND for least in sorted(self.required)),
            gap=mean(self.gap, self.gaps),
        )


def _share(points: str, over: int, under: int) -> int:
    """Points as they are kept, "183/20" or "7", times over, divided by under."""
    numerator, _, denominator = points.partition("/")
    return int(numerator) * over // (int(denominator or 1) * under)


@cache
def _weights(ruleset: str) -> dict[str, tuple[int, int]]:
    """By area what its points are multiplied with and divided by to be ten-thousandths of a percent of its weight."""
    lke = find_ruleset(ruleset).lke
    factors = {
        area: Fraction(100 * TEN_THOUSAND) / sum((node.weight for node in lke.nodes if node.area == area), Fraction(0))
        for area in lke.areas
    }
    return {area: (factor.numerator, factor.denominator) for area, factor in factors.items()}


@cache
def _least(ruleset: str, target: Level) -> int | None:
    least = area_threshold(ruleset, target)
    return None if least is None else int(least * TEN_THOUSAND)
