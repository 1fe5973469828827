"""Thresholds of a rule set, held against a sheet's score: met or not, and by how much. Compared unrounded."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from models.candidacies import Level
from models.catalogue import Term
from rulesets.data import Data, Exact
from rulesets.lines import Place
from rulesets.lke import Lke
from rulesets.scoring import Scored

TOTAL, AREAS = "total", "areas"


class Threshold(Data):
    """The least that something must reach, by level: points, or percent of an area's weight."""

    rule: str
    of: str  # `total`, `areas` (each of them), or the code of a node or a question
    WBK: Exact | None = None
    WBBM: Exact | None = None
    source: str

    def required(self, level: Level) -> Fraction | None:
        return self.WBK if level is Level.WBK else self.WBBM


@dataclass(frozen=True)
class Held:
    """One threshold against one score."""

    rule: str
    of: str  # `total`, an area, or the code of a node or a question
    required: Fraction
    actual: Fraction
    unit: Literal["points", "percent"]
    source: str
    title: Term | None  # of the node, question or area; None for the total
    survey: Fraction | None = None  # the survey's own value that it takes, 0 to 4

    @property
    def met(self) -> bool:
        return self.actual >= self.required

    @property
    def short(self) -> Fraction:
        """How much is missing; 0 where it is met."""
        return max(Fraction(0), self.required - self.actual)


def held_against(thresholds: tuple[Threshold, ...], scored: Scored, level: Level) -> tuple[Held, ...]:
    """Every threshold of this level, in the rule set's order."""
    return tuple(held for threshold in thresholds for held in _held(threshold, scored, level))


def faults_of(thresholds: tuple[Threshold, ...], lke: Lke) -> Iterator[tuple[Place, str]]:
    """Thresholds over things that the LKE lacks, or that nobody can reach; with their place in the list."""
    seen: set[str] = set()
    for at, threshold in enumerate(thresholds):
        if threshold.rule in seen:
            yield (at, "rule"), f"threshold {threshold.rule} stands there a second time"
        seen.add(threshold.rule)
        if threshold.WBK is None and threshold.WBBM is None:
            yield (at,), f"threshold {threshold.rule}: needs a value for WBK, WBBM or both"
        if threshold.of == AREAS:
            most = Fraction(100)
        elif threshold.of == TOTAL:
            most = lke.total
        elif threshold.of in lke.by_code:
            most = lke.by_code[threshold.of].weight
        elif threshold.of in lke.questions:
            most = lke.weight_of[threshold.of]
        else:
            yield (at, "of"), f"threshold {threshold.rule}: the LKE has no {threshold.of}"
            continue
        for level in Level:
            if (value := threshold.required(level)) is not None and value > most:
                yield (at, level.value), f"threshold {threshold.rule}: {float(value):g} is more than {float(most):g}"


def _held(threshold: Threshold, scored: Scored, level: Level) -> Iterator[Held]:
    required = threshold.required(level)
    if required is None:
        return
    lke, rule, source = scored.lke, threshold.rule, threshold.source
    if threshold.of == AREAS:
        for area, figure in scored.areas.items():
            title = lke.areas[area].title
            yield Held(f"{rule}_{area}", area, required, figure.percent, "percent", source, title)
        return
    actual = scored.points_of(threshold.of)
    yield Held(rule, threshold.of, required, actual, "points", source, *_named(lke, threshold.of, required))


def _named(lke: Lke, code: str, required: Fraction) -> tuple[Term | None, Fraction | None]:
    if code == TOTAL:
        return None, None
    node = lke.by_code.get(code)
    only = node.questions[0] if node and len(node.questions) == 1 else None
    question = lke.questions[code] if node is None else only
    title = node.title if node else lke.questions[code].title
    if question is None or question.survey is None or question.portion is None:
        return title, None
    return title, required / lke.weight_of[question.code] * question.portion.most
