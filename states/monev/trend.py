"""What changed between rounds, what an agency's figures come to, and which areas hold its units back. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from functools import cache

from models.candidacies import Level
from models.lke import Layer
from models.stages import Stage
from rulesets.library import find_ruleset
from states.monev.positions import Position

CENT = Decimal("0.01")
STAGES = tuple(Stage)


@dataclass(frozen=True)
class Change:
    """One candidacy in an earlier round and a later one; a side is None where it was not in that round."""

    code: str
    unit_name: str
    before: Position | None
    after: Position | None

    @property
    def stage_changed(self) -> bool:
        return self.before is not None and self.after is not None and self.before.stage is not self.after.stage

    def points(self, layer: Layer) -> Decimal | None:
        """By how many points the layer's total changed; None where one side has none."""
        if self.before is None or self.after is None:
            return None
        first, last = self.before.totals[layer], self.after.totals[layer]
        return None if first is None or last is None else Decimal(last) - Decimal(first)

    def count(self, name: str) -> int | None:
        """By how much a count changed: evidence, missing_evidence, or findings."""
        first, last = (_count(side, name) for side in (self.before, self.after))
        return None if first is None or last is None else last - first


@dataclass(frozen=True)
class Totals:
    """One round's figures for the whole agency."""

    candidacies: int
    open: int
    late: int
    designated: int
    answered_units: int  # with answers of their own
    unit_mean: Decimal | None  # mean total of the units' layers that were begun, two decimals
    tpi_mean: Decimal | None
    missing_evidence: int
    evidence: int
    accepted: int
    rejected: int
    info: int
    warning: int
    critical: int

    @property
    def findings(self) -> int:
        return self.info + self.warning + self.critical


@dataclass(frozen=True)
class AreaStanding:
    """One area over all units that answered it: mean percent of its weight, and how many miss the threshold."""

    code: str
    unit_mean: Decimal | None
    tpi_mean: Decimal | None
    unit_below: int  # units whose own answers miss the area's threshold for their target
    tpi_below: int
    units: int  # with answers of their own
    assessed: int  # with answers of the TPI
    required: tuple[Decimal, ...]  # the thresholds that apply here, in percent; none where the rule set has none
    gap: Decimal | None  # TPI less unit, the mean over those that have both


def changes(before: Sequence[Position], after: Sequence[Position]) -> Iterator[Change]:
    """Each candidacy of either round, by code."""
    first, last = ({one.code: one for one in side} for side in (before, after))
    for code in sorted({*first, *last}):
        here = last.get(code) or first[code]
        yield Change(code, here.unit_name, first.get(code), last.get(code))


def totals(positions: Sequence[Position]) -> Totals:
    opened = [one for one in positions if not one.closed]
    return Totals(
        candidacies=len(positions),
        open=len(opened),
        late=sum(one.days_late > 0 for one in positions),
        designated=sum(one.stage is Stage.DESIGNATION for one in positions),
        answered_units=sum(one.totals[Layer.UNIT] is not None for one in positions),
        unit_mean=mean(one.totals[Layer.UNIT] for one in positions),
        tpi_mean=mean(one.totals[Layer.TPI] for one in positions),
        missing_evidence=sum(one.missing_evidence or 0 for one in positions),
        evidence=sum(one.evidence for one in positions),
        accepted=sum(one.evidence_accepted for one in positions),
        rejected=sum(one.evidence_rejected for one in positions),
        info=sum(one.findings.info for one in positions),
        warning=sum(one.findings.warning for one in positions),
        critical=sum(one.findings.critical for one in positions),
    )


def funnel(positions: Iterable[Position]) -> dict[str, int]:
    """How many stand in each of the six stages, then in each closed one that has any; in the pipeline's order."""
    counts: dict[str, int] = {}
    for stage in STAGES:
        counts.setdefault(stage.parent, 0)
    for one in positions:
        counts[one.stage.parent] += 1
    shown = (Stage.COACHING, Stage.NOT_PROPOSED, Stage.WITHDRAWN, Stage.REVOKED)
    return {stage: count for stage, count in counts.items() if count or stage not in shown}


def areas(positions: Sequence[Position]) -> tuple[AreaStanding, ...]:
    """Every area, the one that holds units back most first: by the lowest mean, the TPI's where it has begun."""
    codes = dict.fromkeys(area for one in positions for area in one.areas)
    found = [_area(code, [one for one in positions if code in one.areas]) for code in codes]
    return tuple(sorted(found, key=holding_back))


def mean(values: Iterable[str | None]) -> Decimal | None:
    """Of those that are there; two decimals, cut and not rounded up."""
    there = [Decimal(value) for value in values if value is not None]
    return (sum(there, Decimal(0)) / len(there)).quantize(CENT, rounding=ROUND_DOWN) if there else None


def required_percent(position: Position) -> Decimal | None:
    """The least percent of each area's weight that the candidacy's target asks for."""
    return area_threshold(position.ruleset, position.target)


@cache
def area_threshold(ruleset: str, target: Level) -> Decimal | None:
    """The least percent of each area's weight that this predicate asks for under this rule set."""
    for threshold in find_ruleset(ruleset).thresholds:
        if threshold.of == "areas" and (least := threshold.required(target)) is not None:
            return Decimal(least.numerator) / Decimal(least.denominator)
    return None


def _area(code: str, positions: Sequence[Position]) -> AreaStanding:
    by_layer = {
        layer: [(one.areas[code][layer], required_percent(one)) for one in positions]
        for layer in (Layer.UNIT, Layer.TPI)
    }
    given = {layer: [(Decimal(v), least) for v, least in rows if v is not None] for layer, rows in by_layer.items()}
    below = {layer: sum(least is not None and v < least for v, least in rows) for layer, rows in given.items()}
    return AreaStanding(
        code=code,
        unit_mean=mean(one.areas[code][Layer.UNIT] for one in positions),
        tpi_mean=mean(one.areas[code][Layer.TPI] for one in positions),
        unit_below=below[Layer.UNIT],
        tpi_below=below[Layer.TPI],
        units=len(given[Layer.UNIT]),
        assessed=len(given[Layer.TPI]),
        required=tuple(sorted({least for rows in given.values() for _, least in rows if least is not None})),
        gap=mean(_gaps(code, positions)),
    )


def _gaps(code: str, positions: Sequence[Position]) -> Iterator[str]:
    for one in positions:
        unit, tpi = one.areas[code][Layer.UNIT], one.areas[code][Layer.TPI]
        if unit is not None and tpi is not None:
            yield str(Decimal(tpi) - Decimal(unit))


def holding_back(area: AreaStanding) -> Decimal:
    """By what areas are put in order: the mean, the TPI's where it has begun; those that nobody answered last."""
    chosen = area.tpi_mean if area.tpi_mean is not None else area.unit_mean
    return Decimal(101) if chosen is None else chosen


def _count(side: Position | None, name: str) -> int | None:
    if side is None:
        return None
    if name == "findings":
        return side.findings.total
    value: int | None = getattr(side, name)
    return value
