"""How far the LKE of one candidacy is: all that its guards look at. Pure data."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from models.lke import Layer
from models.people import Role
from rulesets.answers import Answers
from rulesets.facts import FactOnRecord
from rulesets.lke import Lke
from rulesets.scoring import Scored, score
from states.evidence.counting import Counted, without_evidence


@dataclass(frozen=True)
class Who:
    """A role and the person who has to act in it, where somebody holds it."""

    role: Role
    email: str | None


NOBODY = Who(Role.KOORDINATOR, None)


@dataclass(frozen=True)
class Standing:
    lke: Lke
    answers: Mapping[Layer, Answers] = field(default_factory=dict)
    evidence: Counted = field(default_factory=dict)
    facts: tuple[FactOnRecord, ...] = ()
    unit_side: Mapping[str | None, Who] = field(default_factory=dict)  # by area; None = the results
    tpi_side: Mapping[str | None, Who] = field(default_factory=dict)
    koordinator: Who = NOBODY

    @cached_property
    def unit(self) -> Scored:
        return score(self.lke, self.answers.get(Layer.UNIT, {}))

    @cached_property
    def tpi(self) -> Scored:
        return score(self.lke, self.answers.get(Layer.TPI, {}))

    @cached_property
    def missing_evidence(self) -> tuple[str, ...]:
        """Questions that the unit scores on and has nothing on file for."""
        return self.unproven(Layer.UNIT)

    def unproven(self, layer: Layer) -> tuple[str, ...]:
        """Questions that this layer scores on and that have nothing on file that counts."""
        scored = self.tpi if layer is Layer.TPI else self.unit
        return without_evidence(self.lke, scored.questions, self.evidence)

    def who_answers(self, layer: Layer, area: str | None) -> Who:
        side = self.tpi_side if layer is Layer.TPI else self.unit_side
        return side.get(area, self.koordinator)
