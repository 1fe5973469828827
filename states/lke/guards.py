"""Guards over the LKE: what is blank, unproven, too low or not yet so. Each names article, figure and person. Pure."""

from collections.abc import Iterable, Iterator
from datetime import date

from models.catalogue import Term, Word
from models.errors import Obstacle, Value
from models.lke import Layer
from rulesets.facts import Checked, check_facts
from rulesets.figures import at_least, at_most, short
from rulesets.lke import Lke
from rulesets.scoring import Scored
from rulesets.thresholds import Held, held_against
from states.lke.standing import Standing, Who
from states.situation import Guard, Situation

NAMED = 5  # questions named in one sentence; the list has the others


def unit_lke_incomplete(situation: Situation) -> Iterator[Obstacle]:
    """The unit has answered everything, what is only data too; surveys are asked for apart."""
    standing = _standing(situation)
    surveys = {code for code, question in standing.lke.questions.items() if question.survey}
    yield from _blanks(situation, Layer.UNIT, [code for code in standing.unit.unanswered if code not in surveys])


def tpi_lke_incomplete(situation: Situation) -> Iterator[Obstacle]:
    """The TPI has answers of its own to everything (90/2021 p.41-44)."""
    yield from _blanks(situation, Layer.TPI, _standing(situation).tpi.unanswered)


def survey_missing(situation: Situation) -> Iterator[Obstacle]:
    """The unit's own survey gives a value for service and one for anti-corruption (90/2021 p.13-14)."""
    standing = _standing(situation)
    for code, question in standing.lke.questions.items():
        if question.survey and code in standing.unit.unanswered:
            yield _obstacle(
                "survey_missing",
                standing.who_answers(Layer.UNIT, None),
                item=code,
                survey=Word(f"survey.{question.survey}"),
                code=situation.code,
                source=situation.ruleset.documents["survei_mandiri"].source,
            )


def evidence_missing(situation: Situation) -> Iterator[Obstacle]:
    """Every question that the unit scores on has something on file that was not rejected."""
    yield from _unproven(situation, Layer.UNIT)


def tpi_evidence_missing(situation: Situation) -> Iterator[Obstacle]:
    """Nor does the TPI give points, in what is proposed, for what it has no evidence for or has rejected itself."""
    yield from _unproven(situation, Layer.TPI)


def _unproven(situation: Situation, layer: Layer) -> Iterator[Obstacle]:
    standing = _standing(situation)
    for area, codes in _by_area(standing.lke, standing.unproven(layer)).items():
        yield _obstacle(
            "evidence_missing",
            standing.who_answers(Layer.UNIT, area),
            area=_area_title(standing.lke, area),
            count=len(codes),
            questions=_some(codes),
            code=situation.code,
            source=standing.lke.source,
        )


def threshold_unmet(situation: Situation) -> Iterator[Obstacle]:
    """The TPI's score reaches every threshold of the target, with blanks as zero; where it has begun to assess."""
    standing = _standing(situation)
    if not standing.tpi.answers:  # that the layer is blank is said by another guard
        return
    for held in held_against(situation.ruleset.thresholds, standing.tpi, situation.target):
        if not held.met:
            yield _unmet(situation, standing, held)


def prerequisite_unmet(situation: Situation) -> Iterator[Obstacle]:
    """Every fact that the rule set asks of agency and unit is on record, good enough and in force."""
    for checked in checked_facts(situation):
        rule = f"prerequisite_{checked.status}"
        if not checked.met and not situation.lifted(rule):
            yield _obstacle(
                rule,
                _standing(situation).koordinator,
                fact=checked.rule,
                fact_title=Word(f"fact.{checked.rule}"),
                required=checked.required,
                actual=checked.actual or "-",
                years=checked.years,
                dated=_day(checked.dated_on),
                until=_day(checked.valid_until),
                of=Word(f"scope.{checked.of}"),
                subject=situation.fact_subjects[checked.of],
                source=checked.source,
            )


def checked_facts(situation: Situation) -> tuple[Checked, ...]:
    rules = situation.ruleset
    return check_facts(
        rules.prerequisites,
        rules.facts,
        _standing(situation).facts,
        level=situation.target,
        agency_kind=situation.agency_kind,
        on=situation.effective_on,
    )


SELF_ASSESSMENT: tuple[Guard, ...] = (unit_lke_incomplete, survey_missing, evidence_missing)
PROPOSAL: tuple[Guard, ...] = (tpi_lke_incomplete, tpi_evidence_missing, threshold_unmet, prerequisite_unmet)
LKE_GUARDS = frozenset({*SELF_ASSESSMENT, *PROPOSAL})
"""Moves that ask one of these need the situation's LKE."""


def area_title(lke: Lke, scored: Scored, of: str) -> Term | Word:
    """The name of what a threshold is over: an area, a node, a question, or the total."""
    if of in lke.areas:
        return lke.areas[of].title
    if of in lke.by_code:
        return lke.by_code[of].title
    return scored.lke.questions[of].title if of in scored.questions else Word("lke.total")


def _standing(situation: Situation) -> Standing:
    assert situation.lke is not None, "observed without its LKE"  # noqa: S101
    return situation.lke


def _blanks(situation: Situation, layer: Layer, items: Iterable[str]) -> Iterator[Obstacle]:
    standing = _standing(situation)
    lke = standing.lke
    grouped = _by_area(lke, items, question=lambda code: lke.items[code].question.code)
    for area, codes in grouped.items():
        yield _obstacle(
            "lke_incomplete",
            standing.who_answers(layer, area),
            layer=layer.value,
            layer_title=Word(f"layer.{layer.value}"),
            area=_area_title(lke, area),
            count=len(codes),
            questions=_some(codes),
            code=situation.code,
            source=lke.source,
        )


def _unmet(situation: Situation, standing: Standing, held: Held) -> Obstacle:
    percent = " %" if held.unit == "percent" else ""
    area = held.of if held.of in standing.lke.areas else None
    return _obstacle(
        "threshold_unmet",
        standing.who_answers(Layer.UNIT, area),
        threshold=held.rule,
        threshold_title=area_title(standing.lke, standing.tpi, held.of),
        level=situation.target.value,
        required=f"{short(held.required)}{percent}",
        actual=f"{at_most(held.actual)}{percent}",
        gap=f"{at_least(held.short)}{percent}",
        code=situation.code,
        source=held.source,
    )


def _obstacle(rule: str, who: Who, **params: Value) -> Obstacle:
    return Obstacle(rule, {**params, "person": who.email or Word(f"role.{who.role.value}")}, who.role, who.email)


def _by_area(lke: Lke, codes: Iterable[str], question: object = None) -> dict[str | None, list[str]]:
    grouped: dict[str | None, list[str]] = {}
    for code in codes:
        owner = question(code) if callable(question) else code
        grouped.setdefault(lke.area_of[owner], []).append(code)
    return grouped


def _area_title(lke: Lke, area: str | None) -> Term | Word:
    return lke.areas[area].title if area else Word("lke.results")


def _some(codes: list[str]) -> str:
    rest = len(codes) - NAMED
    return ", ".join(codes[:NAMED]) + (f", +{rest}" if rest > 0 else "")


def _day(day: date | None) -> str:
    return day.isoformat() if day else "-"
