"""The shape of a rule set: what one regulation asks, as data."""

from collections.abc import Mapping
from datetime import date
from typing import Literal

from pydantic import Field

from models.agencies import AgencyKind
from models.candidacies import Level
from models.cycles import Route
from models.people import Role
from models.stages import Stage
from rulesets.data import Data
from rulesets.facts import FactKind, Prerequisite
from rulesets.lke import Lke
from rulesets.thresholds import Threshold

Scope = Literal["agency", "cycle", "unit", "candidacy"]


class DocumentRule(Data):
    """One kind of document: who may file it, and what makes it whole."""

    filed_by: tuple[Role, ...] = Field(min_length=1)  # the first of them owes it
    signed_by: Role | None = None  # who signs it, where the rule says so
    numbered: bool = False  # counts only with its number and its date
    scopes: tuple[Scope, ...] = ("agency", "cycle", "unit", "candidacy")
    counts_as: Literal["answer", "assessment"] | None = None  # who files it has answered, or assessed
    closes: Literal["tpi"] | None = None  # the layer of the LKE that is not written any more after it
    source: str


class Requirement(Data):
    """One document that one move needs, perhaps only for some."""

    document: str
    agency_kinds: tuple[AgencyKind, ...] = tuple(AgencyKind)
    except_unit_kinds: tuple[str, ...] = ()
    levels: tuple[Level, ...] = tuple(Level)

    def applies(self, *, agency_kind: AgencyKind, unit_kind: str | None, level: Level) -> bool:
        return (
            agency_kind in self.agency_kinds
            and level in self.levels
            and (unit_kind or "") not in self.except_unit_kinds
        )


class Clock(Data):
    """How long a unit must have been building before it is proposed."""

    months: int = Field(gt=0)
    document: str  # counted from this document's date ...
    fact: str  # ... or, where it is not on file, from this fact's
    source: str


class RevocationBar(Data):
    years: int = Field(gt=0)  # from the revocation decree
    levels: tuple[Level, ...]
    source: str


class WaiverRule(Data):
    """A clause that lifts some rules for some units."""

    lifts: tuple[str, ...]
    agency_kinds: tuple[AgencyKind, ...]
    core_services: tuple[str, ...]
    document: str
    source: str


class DefaultDate(Data):
    stage: Stage
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    source: str

    def in_year(self, year: int) -> date:
        return date(year, self.month, self.day)


class RuleSet(Data):
    name: str
    title: str
    lke: Lke
    routes: tuple[Route, ...]
    own_route_levels: tuple[Level, ...] = ()
    criteria: tuple[str, ...] = Field(min_length=1)  # the selection criteria a unit is measured by
    criteria_source: str
    documents: dict[str, DocumentRule]
    requirements: dict[str, tuple[Requirement, ...]]  # by move
    clock: Clock | None = None
    revocation_bar: RevocationBar | None = None
    wbbm_needs_wbk: str  # the article
    waivers: Mapping[str, WaiverRule] = {}
    calendar: tuple[DefaultDate, ...] = ()
    thresholds: tuple[Threshold, ...] = Field(min_length=1)
    facts: dict[str, FactKind]
    prerequisites: tuple[Prerequisite, ...]
    hash: str  # SHA-256 of the two files, so that a cycle can tell whether its rules were changed

    def required(self, move: str, *, agency_kind: AgencyKind, unit_kind: str | None, level: Level) -> tuple[str, ...]:
        """The kinds of document that `move` needs for such a unit."""
        return tuple(
            requirement.document
            for requirement in self.requirements.get(move, ())
            if requirement.applies(agency_kind=agency_kind, unit_kind=unit_kind, level=level)
        )
