"""Rules over the LKE: blanks, unproven answers, scores under a threshold, unit and TPI far apart. Pure."""

from collections.abc import Iterator
from fractions import Fraction

from models.findings import Severity
from models.lke import Layer
from models.people import Role
from models.stages import Stage
from rulesets.figures import short
from rulesets.lke import Lke
from states.monev.observed import Observed
from states.monev.rule import Hit, Param, rule
from states.situation import LAYER_OF

TOTAL = "total"


@rule(Severity.WARNING)
def lke_incomplete(observed: Observed) -> Iterator[Hit]:
    """Items of the LKE are blank, and half of the time for them is gone or the date is near."""
    yield from _behind(observed, observed.situation.blank_items)


@rule(Severity.WARNING)
def evidence_missing(observed: Observed) -> Iterator[Hit]:
    """Questions score without evidence, and half of the time for it is gone or the date is near."""
    yield from _behind(observed, observed.situation.missing_evidence)


@rule(Severity.WARNING)
def score_below_threshold(observed: Observed) -> Iterator[Hit]:
    """The stage's layer misses thresholds of the target; how many, and which by the most.

    The unit's layer with its blanks, once half of the time is gone; the TPI's as soon as it is whole, since a sheet
    that is only begun misses every threshold.
    """
    situation = observed.situation
    layer = LAYER_OF.get(situation.stage)
    unmet = observed.scores[layer].unmet if layer and layer in observed.scores else ()
    ripe = not situation.blank_items if layer is Layer.TPI else observed.worrying
    if layer is None or not unmet or not ripe:
        return
    weakest = unmet[0]
    params: dict[str, Param] = {
        "count": len(unmet),
        "level": situation.target.value,
        "layer": layer.value,
        "threshold": weakest.title or TOTAL,
        "required": weakest.required,
        "actual": weakest.actual,
        "code": situation.code,
    }
    yield Hit(params)


@rule(Severity.WARNING, Role.KOORDINATOR)
def layers_far_apart(observed: Observed) -> Iterator[Hit]:
    """The whole layer of the TPI differs from the unit's: in the total, or in an area by a part of its weight."""
    situation = observed.situation
    first, second = observed.scores.get(Layer.UNIT), observed.scores.get(Layer.TPI)
    if situation.stage is not Stage.TPI_ASSESSMENT or situation.blank_items or first is None or second is None:
        return
    lke = situation.ruleset.lke
    for of, points in first.points.items():
        given = second.points[of]
        if abs(given - points) > _allowed(observed, lke, of):
            params: dict[str, Param] = {
                "threshold": TOTAL if of == TOTAL else _names(lke, of),
                "unit": short(points),
                "tpi": short(given),
                "gap": short(abs(given - points)),
                "code": situation.code,
            }
            yield Hit(params, item=of)


def area_weight(lke: Lke, area: str) -> Fraction:
    """Points that an area can bring, both halves together."""
    return sum((node.weight for node in lke.nodes if node.area == area), Fraction(0))


def _allowed(observed: Observed, lke: Lke, of: str) -> Fraction:
    """Points by which the two may differ."""
    limits = observed.limits
    return Fraction(limits.gap_points) if of == TOTAL else area_weight(lke, of) * limits.gap_percent / 100


def _names(lke: Lke, area: str) -> tuple[str, str]:
    title = lke.areas[area].title
    return str.__str__(title), title.english


def _behind(observed: Observed, count: int) -> Iterator[Hit]:
    if count and observed.due_on and observed.worrying:
        yield Hit({"due": observed.due_on.isoformat(), "code": observed.situation.code, "count": count})
