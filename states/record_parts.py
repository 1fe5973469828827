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
    false,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from models.agencies import Agency, Unit
from models.among import among
from models.base import table_of
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
    FIGURES = "figures"  # candidacy; `number` answered, `id` without evidence
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


agency = table_of(Agency).c
unit = table_of(Unit).c
correction = table_of(Correction).c
stage_entry = table_of(StageEntry).c
closure = table_of(Closure).c
cycle = table_of(Cycle).c
cycle_date = table_of(CycleDate).c
holiday = table_of(Holiday).c
document = table_of(Document).c
waiver = table_of(Waiver).c
fact = table_of(Fact).c
predicate = table_of(Predicate).c
finding = table_of(Finding).c
cycle_ladder = table_of(CycleLadder).c
layer_summary = table_of(LayerSummary).c
membership = table_of(Membership).c
cycle_window = table_of(CycleWindow).c

_VALUES: Mapping[str, Any] = {
    "id": BigInteger,  # the row's own, or another that it names
    "by": BigInteger,  # whose hand it was: a person's id
    "number": BigInteger,
    "code": String,
    "word": String,  # a kind, level, role or stage, as it is stored
    "text": String,
    "day": Date,
    "until": Date,
    "due": Date,
    "undone": Boolean,
}
"""Columns of every part, after `part` and `owner`; what a part has no use for is NULL."""


def _names() -> Select[Any]:
    """No row, but the names and the types of all: a statement that is executed often has to say them only once."""
    columns = (cast(null(), kind).label(name) for name, kind in _VALUES.items())
    part, owner = cast(null(), String).label("part"), cast(null(), BigInteger).label("owner")
    return select(part, owner, *columns).where(false())


def _part(part: Part, owner: SQLColumnExpression[Any], **values: SQLColumnExpression[Any]) -> Select[Any]:
    """The columns of one part; `values` are named as in `_VALUES`."""
    return select(literal_column(f"'{part.value}'"), owner, *(values.get(name, null()) for name in _VALUES))


def _papers(part: Part, owner: SQLColumnExpression[Any], of_these: ColumnElement[bool]) -> Select[Any]:
    return _part(
        part,
        owner,
        id=document.id,
        by=document.added_by,
        word=document.kind,
        text=document.number,
        day=document.dated_on,
    ).where(document.withdrawn_at.is_(None), of_these)


def _facts() -> Select[Any]:
    """The newest day of each kind."""
    newest = _part(Part.FACT, fact.unit_id, word=fact.kind, day=func.max(fact.dated_on))
    return newest.where(among(fact.unit_id, "units")).group_by(fact.unit_id, fact.kind)


def _waivers() -> Select[Any]:
    """Those that a second person has confirmed."""
    waivers = _part(Part.WAIVER, waiver.candidacy_id, word=waiver.kind)
    return waivers.where(among(waiver.candidacy_id, "candidacies"), waiver.confirmed_at.is_not(None))


def _people() -> Select[Any]:
    """Who has or had a role in the unit."""
    people = _part(Part.PERSON, membership.unit_id, by=membership.person_id, until=membership.until)
    return people.where(
        among(membership.unit_id, "units"), or_(*(membership.role == role for role in sorted(UNIT_ROLES)))
    )


def _findings() -> Select[Any]:
    """Those of the TPI."""
    findings = _part(Part.FINDING, finding.candidacy_id, id=finding.entry_id, by=finding.raised_by)
    return findings.where(among(finding.candidacy_id, "candidacies"), finding.origin == Origin.TPI)


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


_AGENCIES = select(unit.agency_id).where(among(unit.id, "units"))

_UNITS = (
    select(unit.id, unit.parent_id, unit.agency_id, unit.code, unit.kind)
    .where(among(unit.id, "units"))
    .cte("units", recursive=True)
)
_UNITS_ABOVE = _UNITS.union(
    select(unit.id, unit.parent_id, unit.agency_id, unit.code, unit.kind).join(_UNITS, unit.id == _UNITS.c.parent_id)
)

ON_RECORD = union_all(
    _names(),
    _papers(Part.CANDIDACY_PAPER, document.candidacy_id, among(document.candidacy_id, "candidacies")),
    _papers(Part.UNIT_PAPER, document.unit_id, among(document.unit_id, "units")),
    _papers(Part.CYCLE_PAPER, document.cycle_id, among(document.cycle_id, "cycles")),
    _papers(Part.AGENCY_PAPER, document.agency_id, document.agency_id.in_(_AGENCIES)),
    _part(
        Part.PREDICATE,
        predicate.unit_id,
        word=predicate.level,
        day=predicate.decreed_on,
        until=predicate.revoked_on,
    ).where(among(predicate.unit_id, "units")),
    _facts(),
    _waivers(),
    _part(
        Part.FIGURES,
        layer_summary.candidacy_id,
        id=layer_summary.missing_evidence,
        number=layer_summary.answered,
        word=layer_summary.layer,
        text=layer_summary.total,
    ).where(among(layer_summary.candidacy_id, "candidacies")),
    _people(),
    _findings(),
    _part(
        Part.DUE,
        cycle_date.cycle_id,
        number=cycle_date.working_days,
        word=cycle_date.stage,
        text=cycle_date.note,
        day=cycle_date.due,
    ).where(among(cycle_date.cycle_id, "cycles")),
    _part(
        Part.WINDOW,
        cycle_window.cycle_id,
        word=cycle_window.kind,
        text=cycle_window.note,
        day=cycle_window.opens,
        until=cycle_window.closes,
    ).where(among(cycle_window.cycle_id, "cycles")),
    _part(Part.LADDER, cycle_ladder.cycle_id, word=cycle_ladder.kind, text=cycle_ladder.rungs).where(
        among(cycle_ladder.cycle_id, "cycles")
    ),
    _part(
        Part.STAY,
        stage_entry.candidacy_id,
        id=stage_entry.id,
        by=stage_entry.recorded_by,
        number=stage_entry.number,
        word=stage_entry.stage,
        text=stage_entry.move,
        day=stage_entry.entered_on,
        until=stage_entry.left_on,
        due=stage_entry.due_on,
        undone=stage_entry.undone,
    ).where(among(stage_entry.candidacy_id, "candidacies")),
    _part(Part.REQUEST, correction.candidacy_id).where(
        among(correction.candidacy_id, "candidacies"), correction.confirmed_by.is_(None)
    ),
    _part(Part.CLOSURES, closure.agency_id, text=_AllDays(closure.day))
    .where(closure.agency_id.in_(_AGENCIES))
    .group_by(closure.agency_id),
    _part(Part.HOLIDAYS, literal_column("0"), text=_AllDays(holiday.day)),
    _part(
        Part.ONE_UNIT,
        _UNITS_ABOVE.c.id,
        id=_UNITS_ABOVE.c.parent_id,
        number=_UNITS_ABOVE.c.agency_id,
        code=_UNITS_ABOVE.c.code,
        word=_UNITS_ABOVE.c.kind,
    ),
    _part(Part.ONE_AGENCY, agency.id, code=agency.code, word=agency.kind, text=agency.zone).where(
        agency.id.in_(_AGENCIES)
    ),
    _part(Part.ONE_CYCLE, cycle.id, code=cycle.ruleset, word=cycle.route, undone=cycle.record_only).where(
        among(cycle.id, "cycles")
    ),
)
"""Given `candidacies`, `units` and `cycles`, all three as ids."""
