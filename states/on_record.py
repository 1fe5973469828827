"""All that is on record for some candidacies in many small rows, brought by one statement.

Papers, predicates, facts, waivers, figures, people, findings, the cycle's dates and the days off are each a few values
of one owner. One statement for each would cost more on the way than it brings.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Connection,
    Date,
    Select,
    SQLColumnExpression,
    String,
    cast,
    func,
    literal_column,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlmodel import col

from models.among import among
from models.candidacies import Level
from models.closures import Closure
from models.cycles import CycleDate, Holiday
from models.documents import Document, Waiver
from models.facts import Fact, Predicate
from models.findings import Finding, Origin
from models.ladders import CycleLadder
from models.lke import Layer, LayerSummary
from models.obligations import ObligationKind
from models.people import UNIT_ROLES, Membership
from models.stages import Stage
from models.windows import CycleWindow, WindowKind
from rulesets.ruleset import Scope
from states.days_off import DaysOff
from states.due_dates import Due, DueDates, Window
from states.ladder import Ladder, read_ladder
from states.situation import Held, LayerFigures, Paper


class Part(StrEnum):
    """What a row is; beside it whose it is, as the id of which table."""

    CANDIDACY_PAPER = "candidacy"  # papers are named after what they belong to
    UNIT_PAPER = "unit"
    CYCLE_PAPER = "cycle"
    AGENCY_PAPER = "agency"
    PREDICATE = "predicate"  # unit
    FACT = "fact"  # unit
    WAIVER = "waiver"  # candidacy
    FIGURES = "figures"  # candidacy
    PERSON = "person"  # unit
    FINDING = "finding"  # candidacy
    DUE = "due"  # cycle
    WINDOW = "window"  # cycle
    LADDER = "ladder"  # cycle
    CLOSURE = "closure"  # agency
    HOLIDAY = "holiday"  # nobody's: 0


PAPERS: Mapping[Scope, Part] = {
    "candidacy": Part.CANDIDACY_PAPER,
    "unit": Part.UNIT_PAPER,
    "cycle": Part.CYCLE_PAPER,
    "agency": Part.AGENCY_PAPER,
}


class Line(NamedTuple):
    """One row; what a part has no use for is None."""

    part: str
    owner: int
    number: Any  # int
    other: Any  # int
    word: Any  # str
    text: Any  # str
    day: Any  # date
    until: Any  # date


class OnRecord:
    """The rows by part and owner, and what they mean."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines: defaultdict[tuple[str, int], list[Line]] = defaultdict(list)
        for line in lines:
            self._lines[line.part, line.owner].append(line)
        self._papers: dict[tuple[Scope, int], tuple[Paper, ...]] = {}  # many candidacies share a cycle's

    def papers(self, scope: Scope, owner: int) -> tuple[Paper, ...]:
        """What is on file there, in the order of filing."""
        if (scope, owner) not in self._papers:
            filed = sorted(self._lines[PAPERS[scope], owner], key=lambda line: line.other)
            self._papers[scope, owner] = tuple(
                Paper(line.word, scope, line.text, line.day, line.number) for line in filed
            )
        return self._papers[scope, owner]

    def predicates(self, unit: int) -> tuple[Held, ...]:
        lines = self._lines[Part.PREDICATE, unit]
        return tuple(Held(Level(line.word), line.day, line.until) for line in lines)

    def fact_dates(self, unit: int) -> dict[str, date]:
        """The newest of each kind."""
        return {line.word: line.day for line in self._lines[Part.FACT, unit]}

    def waivers(self, candidacy: int) -> frozenset[str]:
        return frozenset(line.word for line in self._lines[Part.WAIVER, candidacy])

    def figures(self, candidacy: int) -> dict[Layer, LayerFigures]:
        return {
            Layer(line.word): LayerFigures(line.number, line.text, line.other)
            for line in self._lines[Part.FIGURES, candidacy]
        }

    def people_since(self, unit: int, day: date) -> frozenset[int]:
        """Who has had a role in the unit on that day or later."""
        lines = self._lines[Part.PERSON, unit]
        return frozenset(line.number for line in lines if line.until is None or line.until >= day)

    def who_found(self, candidacy: int) -> frozenset[int]:
        """Who raised findings for the TPI."""
        return frozenset(line.number for line in self._lines[Part.FINDING, candidacy])

    def found_in(self, candidacy: int, entry: int) -> int:
        """How many findings the TPI raised in one stay."""
        return sum(line.other == entry for line in self._lines[Part.FINDING, candidacy])

    def due_dates(self, cycles: Collection[int]) -> DueDates:
        dates = {
            (cycle, Stage(line.word)): Due(line.day, line.number, line.text)
            for cycle in cycles
            for line in self._lines[Part.DUE, cycle]
        }
        windows = {
            (cycle, WindowKind(line.word)): Window(line.day, line.until, line.text)
            for cycle in cycles
            for line in self._lines[Part.WINDOW, cycle]
        }
        return DueDates(dates, windows)

    def ladders(self, cycle: int) -> dict[ObligationKind, Ladder]:
        """The cycle's own."""
        lines = self._lines[Part.LADDER, cycle]
        return {ObligationKind(line.word): read_ladder(line.text.split()) for line in lines}

    def days_off(self, agencies: Collection[int]) -> DaysOff:
        return DaysOff(
            frozenset(line.day for line in self._lines[Part.HOLIDAY, 0]),
            {agency: frozenset(line.day for line in self._lines[Part.CLOSURE, agency]) for agency in agencies},
        )


def load_on_record(
    connection: Connection,
    *,
    candidacies: Collection[int],
    units: Collection[int],
    cycles: Collection[int],
    agencies: Collection[int],
) -> OnRecord:
    keys = {"candidacies": candidacies, "units": units, "cycles": cycles, "agencies": agencies}
    return OnRecord(map(Line._make, connection.execute(_ALL, keys)))


_VALUES: Mapping[str, Any] = {
    "number": BigInteger,
    "other": BigInteger,
    "word": String,
    "text": String,
    "day": Date,
    "until": Date,
}


def _part(part: Part, owner: SQLColumnExpression[Any], **values: SQLColumnExpression[Any]) -> Select[Any]:
    """The columns of one part; `values` are named as in `Line`."""
    return select(
        literal_column(f"'{part.value}'", String).label("part"),
        owner.label("owner"),
        *(
            (type_coerce(values[name], kind) if name in values else cast(null(), kind)).label(name)
            for name, kind in _VALUES.items()
        ),
    )


def _papers(part: Part, owner: SQLColumnExpression[Any], keys: str) -> Select[Any]:
    return _part(
        part,
        owner,
        number=col(Document.added_by),
        other=col(Document.id),
        word=col(Document.kind),
        text=col(Document.number),
        day=col(Document.dated_on),
    ).where(col(Document.withdrawn_at).is_(None), among(owner, keys))


def _facts() -> Select[Any]:
    """The newest day of each kind."""
    unit, kind = col(Fact.unit_id), col(Fact.kind)
    newest = _part(Part.FACT, unit, word=kind, day=func.max(col(Fact.dated_on)))
    return newest.where(among(unit, "units")).group_by(unit, kind)


def _waivers() -> Select[Any]:
    """Those that a second person has confirmed."""
    candidacy = col(Waiver.candidacy_id)
    confirmed = col(Waiver.confirmed_at).is_not(None)
    return _part(Part.WAIVER, candidacy, word=col(Waiver.kind)).where(among(candidacy, "candidacies"), confirmed)


def _people() -> Select[Any]:
    """Who has or had a role in the unit."""
    unit, role = col(Membership.unit_id), col(Membership.role)
    people = _part(Part.PERSON, unit, number=col(Membership.person_id), until=col(Membership.until))
    return people.where(among(unit, "units"), or_(*(role == one for one in sorted(UNIT_ROLES))))


def _findings() -> Select[Any]:
    """Those of the TPI."""
    candidacy = col(Finding.candidacy_id)
    findings = _part(Part.FINDING, candidacy, number=col(Finding.raised_by), other=col(Finding.entry_id))
    return findings.where(among(candidacy, "candidacies"), col(Finding.origin) == Origin.TPI)


_ALL = union_all(
    _papers(Part.CANDIDACY_PAPER, col(Document.candidacy_id), "candidacies"),
    _papers(Part.UNIT_PAPER, col(Document.unit_id), "units"),
    _papers(Part.CYCLE_PAPER, col(Document.cycle_id), "cycles"),
    _papers(Part.AGENCY_PAPER, col(Document.agency_id), "agencies"),
    _part(
        Part.PREDICATE,
        col(Predicate.unit_id),
        word=col(Predicate.level),
        day=col(Predicate.decreed_on),
        until=col(Predicate.revoked_on),
    ).where(among(col(Predicate.unit_id), "units")),
    _facts(),
    _waivers(),
    _part(
        Part.FIGURES,
        col(LayerSummary.candidacy_id),
        number=col(LayerSummary.answered),
        other=col(LayerSummary.missing_evidence),
        word=col(LayerSummary.layer),
        text=col(LayerSummary.total),
    ).where(among(col(LayerSummary.candidacy_id), "candidacies")),
    _people(),
    _findings(),
    _part(
        Part.DUE,
        col(CycleDate.cycle_id),
        number=col(CycleDate.working_days),
        word=col(CycleDate.stage),
        text=col(CycleDate.note),
        day=col(CycleDate.due),
    ).where(among(col(CycleDate.cycle_id), "cycles")),
    _part(
        Part.WINDOW,
        col(CycleWindow.cycle_id),
        word=col(CycleWindow.kind),
        text=col(CycleWindow.note),
        day=col(CycleWindow.opens),
        until=col(CycleWindow.closes),
    ).where(among(col(CycleWindow.cycle_id), "cycles")),
    _part(Part.LADDER, col(CycleLadder.cycle_id), word=col(CycleLadder.kind), text=col(CycleLadder.rungs)).where(
        among(col(CycleLadder.cycle_id), "cycles")
    ),
    _part(Part.CLOSURE, col(Closure.agency_id), day=col(Closure.day)).where(among(col(Closure.agency_id), "agencies")),
    _part(Part.HOLIDAY, literal_column("0", BigInteger), day=col(Holiday.day)),
)
