"""Kinds of dated facts, and the requirements a rule set makes of them. Pure.

A kind says what its values look like and which is better; a requirement says how good one must be for a level.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from models.agencies import AgencyKind
from models.candidacies import Level
from rulesets.data import Data
from rulesets.lines import Place

Of = Literal["agency", "unit"]
Years = Annotated[int, Field(gt=0)]

TEXT_LENGTH = 200  # characters
MOST_PERCENT = 100
_NUMBER = re.compile(r"[0-9]{1,9}([.,][0-9]{1,9})?")


class FactKind(Data):
    """What may be recorded: one of some words from best to worst, a percentage, a number up to a most, or a text."""

    words: tuple[str, ...] = ()  # best first
    percent: bool = False
    most: int | None = Field(default=None, gt=0)
    text: bool = False

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if sum((bool(self.words), self.percent, self.most is not None, self.text)) != 1:
            raise ValueError("needs exactly one of words, percent, most, text")
        return self

    @property
    def measured(self) -> bool:
        """Whether one value can be better than another."""
        return not self.text

    def read(self, value: str) -> str | None:
        """As it is stored: a word as this kind writes it, anything else as it came. None for what can't be taken."""
        said = " ".join(value.split())
        if self.words:
            return next((word for word in self.words if word.casefold() == said.casefold()), None)
        if self.text:
            return said if 0 < len(said) <= TEXT_LENGTH else None
        return said if _NUMBER.fullmatch(said) and _number(said) <= (self.most or MOST_PERCENT) else None

    def takes(self, value: str) -> bool:
        return self.read(value) == value

    def reaches(self, value: str, required: str) -> bool:
        """Whether it is as good as required; a value that this kind does not know reaches nothing."""
        if not self.takes(value):
            return False
        if self.words:
            return self.words.index(value) <= self.words.index(required)
        return _number(value) >= _number(required)


class Prerequisite(Data):
    """A fact that must be good enough before a unit is proposed."""

    fact: str
    of: Of
    agency_kinds: tuple[AgencyKind, ...] = tuple(AgencyKind)
    WBK: str | None = None
    WBBM: str | None = None
    years: Mapping[Level, Years] = {}  # how many years running; one where it is not said
    source: str

    def required(self, level: Level) -> str | None:
        return self.WBK if level is Level.WBK else self.WBBM


@dataclass(frozen=True)
class FactOnRecord:
    """A dated fact of the unit or its agency."""

    of: Of
    kind: str
    value: str
    dated_on: date
    valid_until: date | None
    document: int | None  # the paper behind it


Status = Literal["met", "unknown", "too_low", "expired", "not_running"]


@dataclass(frozen=True)
class Checked:
    """One prerequisite against what is on record."""

    rule: str  # the fact's kind
    of: Of
    required: str
    years: int
    actual: str | None
    dated_on: date | None
    valid_until: date | None
    document: int | None
    status: Status
    source: str

    @property
    def met(self) -> bool:
        return self.status == "met"


def check_facts(
    prerequisites: Iterable[Prerequisite],
    kinds: Mapping[str, FactKind],
    facts: Sequence[FactOnRecord],
    *,
    level: Level,
    agency_kind: AgencyKind,
    on: date,
) -> tuple[Checked, ...]:
    """Every prerequisite of this level for such an agency, on this day; facts of a later date are not yet known."""
    return tuple(
        _check(one, kinds[one.fact], facts, required, level=level, on=on)
        for one in prerequisites
        if (required := one.required(level)) is not None and agency_kind in one.agency_kinds
    )


def faults_of(prerequisites: Sequence[Prerequisite], kinds: Mapping[str, FactKind]) -> Iterator[tuple[Place, str]]:
    """Prerequisites over unknown facts or impossible values, with their place in the list."""
    for at, one in enumerate(prerequisites):
        if one.fact not in kinds:
            yield (at, "fact"), f"prerequisite {one.fact}: no such kind of fact"
            continue
        if not kinds[one.fact].measured:
            yield (at, "fact"), f"prerequisite {one.fact}: no text is better than another"
            continue
        if one.WBK is None and one.WBBM is None:
            yield (at,), f"prerequisite {one.fact}: needs a value for WBK, WBBM or both"
        for level in Level:
            if (value := one.required(level)) is not None and not kinds[one.fact].takes(value):
                yield (at, level.value), f"prerequisite {one.fact}: {value} is not a value of this fact"


def _number(value: str) -> Fraction:
    return Fraction(value.replace(",", "."))


def _check(
    one: Prerequisite, kind: FactKind, facts: Sequence[FactOnRecord], required: str, *, level: Level, on: date
) -> Checked:
    years = one.years.get(level, 1)
    known = sorted(
        (fact for fact in facts if fact.of == one.of and fact.kind == one.fact and fact.dated_on <= on),
        key=lambda fact: fact.dated_on,
        reverse=True,
    )
    newest = known[0] if known else None
    return Checked(
        rule=one.fact,
        of=one.of,
        required=required,
        years=years,
        actual=newest.value if newest else None,
        dated_on=newest.dated_on if newest else None,
        valid_until=newest.valid_until if newest else None,
        document=newest.document if newest else None,
        status=_status(kind, known, required, years=years, on=on),
        source=one.source,
    )


def _status(kind: FactKind, known: Sequence[FactOnRecord], required: str, *, years: int, on: date) -> Status:
    if not known:
        return "unknown"
    newest = known[0]
    if newest.valid_until and newest.valid_until < on:
        return "expired"
    if not kind.reaches(newest.value, required):
        return "too_low"
    by_year: dict[int, FactOnRecord] = {}
    for fact in known:  # the newest of a year speaks for it
        by_year.setdefault(fact.dated_on.year, fact)
    running = {year for year, fact in by_year.items() if kind.reaches(fact.value, required)}
    if any(newest.dated_on.year - back not in running for back in range(years)):
        return "not_running"
    return "met"
