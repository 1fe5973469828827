"""How far a candidacy is from its predicate: score, thresholds, prerequisites, and what has changed since proposed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from models.candidacies import Candidacy, Level
from models.cycles import Cycle
from models.lke import Layer, SurveySource
from rulesets.facts import Checked, check_facts
from rulesets.ruleset import RuleSet
from rulesets.scoring import Scored, score
from rulesets.thresholds import Held, held_against
from states.evidence.counting import Counted, without_evidence
from states.lke.snapshots import changed_since
from states.lke.stored import answer_rows
from states.observe import observe_one
from states.situation import Situation


@dataclass(frozen=True)
class Readiness:
    situation: Situation
    layer: Layer
    scored: Scored
    thresholds: dict[Level, tuple[Held, ...]]
    prerequisites: dict[Level, tuple[Checked, ...]]
    evidence: Counted
    changed_since: int | None  # answers and evidence that differ from what was proposed
    sources: Mapping[str, SurveySource]  # whose survey each value is, by item
    ruleset_unchanged: bool  # since the cycle was opened

    @property
    def ruleset(self) -> RuleSet:
        return self.situation.ruleset

    def eligible(self, level: Level) -> bool:
        """Whether every score threshold of the level is met."""
        return all(held.met for held in self.thresholds[level])

    @property
    def missing_evidence(self) -> tuple[str, ...]:
        return without_evidence(self.scored.lke, self.scored.questions, self.evidence)


def readiness(session: Session, candidacy: Candidacy, *, layer: Layer | None, now: datetime) -> Readiness:
    """By the layer asked for; the TPI's where it has begun, else the unit's."""
    situation = observe_one(session, candidacy, now=now, lke=True)
    standing = situation.lke
    assert standing  # noqa: S101 - asked for just above
    chosen = layer or (Layer.TPI if standing.answers.get(Layer.TPI) else Layer.UNIT)
    scored = score(standing.lke, standing.answers.get(chosen, {}))
    cycle = session.get_one(Cycle, candidacy.cycle_id)
    return Readiness(
        situation=situation,
        layer=chosen,
        scored=scored,
        thresholds={level: held_against(situation.ruleset.thresholds, scored, level) for level in Level},
        prerequisites={level: _checked(situation, level, on=situation.today) for level in Level},
        evidence=standing.evidence,
        changed_since=changed_since(session, candidacy.id),
        sources=_sources(session, candidacy, chosen),
        ruleset_unchanged=cycle.ruleset_hash == situation.ruleset.hash,
    )


def _sources(session: Session, candidacy: Candidacy, layer: Layer) -> dict[str, SurveySource]:
    rows = answer_rows(session, candidacy.id, layer)
    return {item: row.source for item, row in rows.items() if row.source is not None}


def _checked(situation: Situation, level: Level, *, on: date) -> tuple[Checked, ...]:
    rules = situation.ruleset
    facts = situation.lke.facts if situation.lke else ()
    return check_facts(rules.prerequisites, rules.facts, facts, level=level, agency_kind=situation.agency_kind, on=on)
