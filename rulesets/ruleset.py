"""The shape of a rule set file, checked when it is read."""

import tomllib
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.agencies import AgencyKind
from models.candidacies import Level
from models.cycles import Route
from models.people import Role
from models.stages import Stage

Scope = Literal["agency", "cycle", "unit", "candidacy"]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DocumentRule(_Data):
    """One kind of document: who may file it, and what makes it whole."""

    filed_by: tuple[Role, ...] = Field(min_length=1)  # the first of them owes it
    numbered: bool = False  # counts only with its number and its date
    scopes: tuple[Scope, ...] = ("agency", "cycle", "unit", "candidacy")
    counts_as: Literal["answer", "assessment"] | None = None  # who files it has answered, or assessed
    source: str


class Requirement(_Data):
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


class Clock(_Data):
    """How long a unit must have been building before it is proposed."""

    months: int = Field(gt=0)
    document: str  # counted from this document's date ...
    fact: str  # ... or, where it is not on file, from this fact's
    source: str


class RevocationBar(_Data):
    years: int = Field(gt=0)  # from the revocation decree
    levels: tuple[Level, ...]
    source: str


class WaiverRule(_Data):
    """A clause that lifts some rules for some units."""

    lifts: tuple[str, ...]
    agency_kinds: tuple[AgencyKind, ...]
    core_services: tuple[str, ...]
    document: str
    source: str


class DefaultDate(_Data):
    stage: Stage
    month: int = Field(ge=1, le=12)
    day: int = Field(ge=1, le=31)
    source: str

    def in_year(self, year: int) -> date:
        return date(year, self.month, self.day)


class RuleSet(_Data):
    name: str
    title: str
    routes: tuple[Route, ...]
    own_route_levels: tuple[Level, ...] = ()
    criteria: tuple[str, ...] = Field(min_length=1)  # the selection criteria a unit is measured by
    criteria_source: str
    documents: dict[str, DocumentRule]
    requirements: dict[str, tuple[Requirement, ...]]  # by move
    clock: Clock | None = None
    revocation_bar: RevocationBar | None = None
    wbbm_needs_wbk: str  # the article
    waivers: dict[str, WaiverRule] = {}
    calendar: tuple[DefaultDate, ...] = ()
    hash: str = ""  # SHA-256 of the file, so that a cycle can tell whether its rules were changed

    def required(self, move: str, *, agency_kind: AgencyKind, unit_kind: str | None, level: Level) -> tuple[str, ...]:
        """The kinds of document that `move` needs for such a unit."""
        return tuple(
            requirement.document
            for requirement in self.requirements.get(move, ())
            if requirement.applies(agency_kind=agency_kind, unit_kind=unit_kind, level=level)
        )


class BrokenRuleSet(Exception):
    """A rule set file that contradicts itself: the product can't start with it."""


def read_ruleset(path: Path) -> RuleSet:
    content = path.read_bytes()
    try:
        ruleset = RuleSet.model_validate({**tomllib.loads(content.decode()), "hash": sha256(content).hexdigest()})
    except (tomllib.TOMLDecodeError, ValidationError) as error:
        raise BrokenRuleSet(f"{path.name}: {error}") from error
    if ruleset.name != path.stem:
        raise BrokenRuleSet(f"{path.name}: its name is {ruleset.name!r}")
    if unknown := _named_documents(ruleset) - set(ruleset.documents):
        raise BrokenRuleSet(f"{path.name}: documents without a definition: {', '.join(sorted(unknown))}")
    return ruleset


def _named_documents(ruleset: RuleSet) -> set[str]:
    named = {requirement.document for needed in ruleset.requirements.values() for requirement in needed}
    named.update(waiver.document for waiver in ruleset.waivers.values())
    if ruleset.clock:
        named.add(ruleset.clock.document)
    return named
