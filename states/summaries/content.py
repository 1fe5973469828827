"""What a summary says: figures and codes as JSON, so that it reads alike whenever and in whatever language."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.findings import Finding, FindingState, Severity
from models.inserts import in_pieces
from models.lke import Layer
from models.people import Role
from models.stages import CLOSED, Stage
from states.board import next_owner
from states.calendar import today_in_indonesia
from states.holders import first_person
from states.observe import observe
from states.situation import Situation
from states.way_on import missing_by_role

PIECE = 1_000  # candidacies loaded at a time
LISTED = 10  # units of one kind that are told by name; the rest is counted
WEEK = timedelta(days=7)
SOON = timedelta(days=14)

HEAD_SIGNS = ("surat_usulan", "keputusan_pimpinan_instansi")
"""Letters and decisions of the agency head; a rule set names other papers that the head signs."""

Entry = dict[str, Any]


@dataclass
class Top:
    """The largest few by a number, and how many there were; memory does not grow with them."""

    count: int = 0
    kept: list[tuple[int, Entry]] = field(default_factory=list)

    def add(self, size: int, entry: Entry) -> None:
        self.count += 1
        self.kept = sorted([*self.kept, (size, entry)], key=lambda one: (-one[0], one[1]["candidacy"]))[:LISTED]

    @property
    def entries(self) -> list[Entry]:
        return [entry for _, entry in self.kept]


@dataclass
class _Gathered:
    stages: Counter[Stage] = field(default_factory=Counter)
    late_by_stage: Counter[Stage] = field(default_factory=Counter)
    late: Top = field(default_factory=Top)
    evidence: Top = field(default_factory=Top)
    questions: int = 0
    asked: dict[tuple[str, str], Top] = field(default_factory=dict)  # what, and of which paper or role

    def ask(self, what: str, item: str, size: int, entry: Entry) -> None:
        self.asked.setdefault((what, item), Top()).add(size, entry)


def gather(session: Session, agency: Agency, *, now: datetime) -> dict[str, Any]:
    """How the agency's candidacies stand; a fixed number of queries for each piece of them."""
    found = _Gathered()
    for piece in in_pieces(_open_ones(session, agency), PIECE):
        _look(session, piece, found, now=now)
    found.stages.update(_closed_ones(session, agency, year=now.astimezone(ZoneInfo(agency.zone)).year))
    critical, count = _critical(session, agency)
    return {
        "as_of": now.astimezone(ZoneInfo(agency.zone)).date().isoformat(),
        "open": sum(number for stage, number in found.stages.items() if stage not in CLOSED),
        "funnel": [
            {"stage": stage.value, "count": found.stages[stage], "late": found.late_by_stage[stage]}
            for stage in Stage
            if found.stages[stage]
        ],
        "late": {"count": found.late.count, "listed": found.late.entries},
        "evidence": {
            "candidacies": found.evidence.count,
            "questions": found.questions,
            "listed": found.evidence.entries,
        },
        "critical": {"count": count, "listed": critical},
        "asked": [
            {"what": what, "item": item, "count": top.count, "units": [one["unit"] for one in top.entries]}
            for (what, item), top in sorted(found.asked.items(), key=lambda one: (ORDER.index(one[0][0]), one[0][1]))
        ],
    }


ORDER = ("papers", "roles", "late", "evidence")
"""What only the head can do first."""


def _look(session: Session, piece: list[tuple[Candidacy, str]], found: _Gathered, *, now: datetime) -> None:
    situations = observe(session, [candidacy for candidacy, _ in piece], now=now)
    named = [(one, unit, situation) for (one, unit), situation in zip(piece, situations, strict=True)]
    owners = {(one.id, owner) for one, _, situation in named if (owner := next_owner(situation))}
    people = first_person(session, owners, today=today_in_indonesia(now))
    for one, unit, situation in named:
        entry = {"candidacy": one.code, "unit": unit}
        found.stages[situation.stage] += 1
        _late(situation, entry, found)
        _unproven(situation, entry, found)
        for kind in _to_sign(situation):
            found.ask("papers", kind, 0, entry)
        owner = next_owner(situation)
        if owner and (one.id, owner) not in people:
            found.ask("roles", owner.value, 0, entry)


def _late(situation: Situation, entry: Entry, found: _Gathered) -> None:
    due = situation.current.due_on
    if due is None or due >= situation.today:
        return
    days = (situation.today - due).days
    found.late_by_stage[situation.stage] += 1
    found.late.add(days, {**entry, "stage": situation.stage.value, "due": due.isoformat(), "days": days})
    if days > WEEK.days:
        found.ask("late", "", days, entry)


def _unproven(situation: Situation, entry: Entry, found: _Gathered) -> None:
    figures = situation.figures.get(Layer.UNIT)
    if not figures or not figures.missing_evidence:
        return
    number, due = figures.missing_evidence, situation.current.due_on
    found.questions += number
    found.evidence.add(number, {**entry, "questions": number})
    if due and timedelta(0) <= due - situation.today <= SOON:
        found.ask("evidence", "", number, entry)


def _to_sign(situation: Situation) -> Iterable[str]:
    """Once the TPI assesses: before, nobody knows what there will be to sign."""
    if situation.stage is not Stage.TPI_ASSESSMENT:
        return ()
    rules = situation.ruleset.documents
    missing = (kind for kinds in missing_by_role(situation).values() for kind in kinds)
    return [kind for kind in missing if kind in HEAD_SIGNS or rules[kind].signed_by is Role.PIMPINAN]


def _open_ones(session: Session, agency: Agency) -> Iterable[tuple[Candidacy, str]]:
    query = (
        select(Candidacy, col(Unit.name))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .where(col(Unit.agency_id) == agency.id, col(Cycle.record_only).is_(False))
        .where(col(Candidacy.stage).not_in(CLOSED))
        .order_by(col(Candidacy.id))
        .limit(PIECE)
    )
    after = 0
    while piece := session.execute(query.where(col(Candidacy.id) > after)).all():
        after = piece[-1][0].id
        yield from ((candidacy, unit) for candidacy, unit in piece)


def _closed_ones(session: Session, agency: Agency, *, year: int) -> Mapping[Stage, int]:
    """How this year's ended."""
    rows = session.execute(
        select(col(Candidacy.stage), func.count())
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .where(col(Cycle.agency_id) == agency.id, col(Cycle.year) == year, col(Cycle.record_only).is_(False))
        .where(col(Candidacy.stage).in_(CLOSED))
        .group_by(col(Candidacy.stage))
    )
    return {Stage(stage): count for stage, count in rows}


def _critical(session: Session, agency: Agency) -> tuple[list[Entry], int]:
    """The oldest critical findings that are open, and how many there are."""
    query = (
        select(Finding, col(Candidacy.code), col(Unit.name))
        .join(Candidacy, col(Candidacy.id) == col(Finding.candidacy_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .where(col(Unit.agency_id) == agency.id)
        .where(col(Finding.state) == FindingState.OPEN, col(Finding.severity) == Severity.CRITICAL)
    )
    count: int = session.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = session.execute(query.order_by(col(Finding.opened_at), col(Finding.id)).limit(LISTED))
    return [
        {
            "candidacy": code,
            "unit": unit,
            "rule": finding.rule,
            "params": json.loads(finding.params),
            "text": finding.text,
        }
        for finding, code, unit in rows
    ], count
