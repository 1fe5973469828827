"""The one statement that brings all that is on record for some candidacies, in many small rows.

Places, stays, papers, predicates, facts, waivers, figures, people, findings, the cycle's dates and the days off are
each a few values of one owner. A statement for each of them would cost more on its way than it brings.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
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
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlmodel import col

from models.agencies import Agency, Unit
from models.among import among
from models.candidacies import Correction, StageEntry
from models.closures import Closure
from models.cycles import Cycle, CycleDate, Holiday
from models.documents import Document, Waiver
from models.facts import Fact, Predicate
from models.findings import Finding, Origin
from models.ladders import CycleLadder
from models.lke import LayerSummary
from models.people import UNIT_ROLES, Membership
from models.windows import CycleWindow
from rulesets.ruleset import Scope


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
    CLOSURES = "closures"  # agency; all days in one text
    HOLIDAYS = "holidays"  # nobody's: 0; the same
    STAY = "stay"  # candidacy
    REQUEST = "request"  # candidacy: a correction that waits for a second person
    ONE_UNIT = "one unit"  # unit: one of these, or one that stands above them
    ONE_AGENCY = "one agency"  # agency: of these units
    ONE_CYCLE = "one cycle"  # cycle


PAPERS: Mapping[Scope, Part] = {
    "candidacy": Part.CANDIDACY_PAPER,
    "unit": Part.UNIT_PAPER,
    "cycle": Part.CYCLE_PAPER,
    "agency": Part.AGENCY_PAPER,
}


_VALUES: Mapping[str, Any] = {
    "id": BigInteger,
    "by": BigInteger,
    "number": BigInteger,
    "code": String,
    "word": String,
    "text": String,
    "day": Date,
    "until": Date,
    "due": Date,
    "undone": Boolean,
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


def _papers(part: Part, owner: SQLColumnExpression[Any], of_these: ColumnElement[bool]) -> Select[Any]:
    return _part(
        part,
        owner,
        id=col(Document.id),
        by=col(Document.added_by),
        word=col(Document.kind),
        text=col(Document.number),
        day=col(Document.dated_on),
    ).where(col(Document.withdrawn_at).is_(None), of_these)


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
    people = _part(Part.PERSON, unit, by=col(Membership.person_id), until=col(Membership.until))
    return people.where(among(unit, "units"), or_(*(role == one for one in sorted(UNIT_ROLES))))


def _findings() -> Select[Any]:
    """Those of the TPI."""
    candidacy = col(Finding.candidacy_id)
    findings = _part(Part.FINDING, candidacy, id=col(Finding.entry_id), by=col(Finding.raised_by))
    return findings.where(among(candidacy, "candidacies"), col(Finding.origin) == Origin.TPI)


class _AllDays(FunctionElement[str]):
    """In one text: there are many, and mostly they are those of the time before."""

    inherit_cache = True
    type = String()
    name = "all_days"


@compiles(_AllDays)
def _in_sqlite(element: _AllDays, compiler: SQLCompiler, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)})"


@compiles(_AllDays, "postgresql")
def _in_postgresql(element: _AllDays, compiler: SQLCompiler, **options: Any) -> str:
    return f"string_agg(({compiler.process(element.clauses, **options)})::text, ',')"


_AGENCIES = select(col(Unit.agency_id)).where(among(col(Unit.id), "units"))

_UNITS = (
    select(col(Unit.id), col(Unit.parent_id), col(Unit.agency_id), col(Unit.code), col(Unit.kind))
    .where(among(col(Unit.id), "units"))
    .cte("units", recursive=True)
)
_UNITS_ABOVE = _UNITS.union(
    select(col(Unit.id), col(Unit.parent_id), col(Unit.agency_id), col(Unit.code), col(Unit.kind)).join(
        _UNITS, col(Unit.id) == _UNITS.c.parent_id
    )
)

ON_RECORD = union_all(
    _papers(Part.CANDIDACY_PAPER, col(Document.candidacy_id), among(col(Document.candidacy_id), "candidacies")),
    _papers(Part.UNIT_PAPER, col(Document.unit_id), among(col(Document.unit_id), "units")),
    _papers(Part.CYCLE_PAPER, col(Document.cycle_id), among(col(Document.cycle_id), "cycles")),
    _papers(Part.AGENCY_PAPER, col(Document.agency_id), col(Document.agency_id).in_(_AGENCIES)),
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
        id=col(LayerSummary.missing_evidence),
        number=col(LayerSummary.answered),
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
    _part(
        Part.STAY,
        col(StageEntry.candidacy_id),
        id=col(StageEntry.id),
        by=col(StageEntry.recorded_by),
        number=col(StageEntry.number),
        word=col(StageEntry.stage),
        text=col(StageEntry.move),
        day=col(StageEntry.entered_on),
        until=col(StageEntry.left_on),
        due=col(StageEntry.due_on),
        undone=col(StageEntry.undone),
    ).where(among(col(StageEntry.candidacy_id), "candidacies")),
    _part(Part.REQUEST, col(Correction.candidacy_id)).where(
        among(col(Correction.candidacy_id), "candidacies"), col(Correction.confirmed_by).is_(None)
    ),
    _part(Part.CLOSURES, col(Closure.agency_id), text=_AllDays(col(Closure.day)))
    .where(col(Closure.agency_id).in_(_AGENCIES))
    .group_by(col(Closure.agency_id)),
    _part(Part.HOLIDAYS, literal_column("0", BigInteger), text=_AllDays(col(Holiday.day))),
    _part(
        Part.ONE_UNIT,
        _UNITS_ABOVE.c.id,
        id=_UNITS_ABOVE.c.parent_id,
        number=_UNITS_ABOVE.c.agency_id,
        code=_UNITS_ABOVE.c.code,
        word=_UNITS_ABOVE.c.kind,
    ),
    _part(Part.ONE_AGENCY, col(Agency.id), code=col(Agency.code), word=col(Agency.kind), text=col(Agency.zone)).where(
        col(Agency.id).in_(_AGENCIES)
    ),
    _part(
        Part.ONE_CYCLE, col(Cycle.id), code=col(Cycle.ruleset), word=col(Cycle.route), undone=col(Cycle.record_only)
    ).where(among(col(Cycle.id), "cycles")),
)
"""Given `candidacies`, `units` and `cycles`, all three as ids."""
