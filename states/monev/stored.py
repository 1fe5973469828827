"""Rounds as they are stored: rows to and from positions, and which rounds there are."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.lke import Layer
from models.people import Person
from models.rounds import MonevRound, RoundRow
from models.stages import Stage
from states.monev.positions import LAYERS, OpenFindings, Position, areas_json, hash_of_rows
from states.monev.quarters import Quarter

PIECE = 1_000  # rows held at a time
DAYS = ("entered_on", "due_on")


@dataclass(frozen=True)
class Kept:
    """One stored round, without its rows."""

    id: int
    quarter: Quarter
    taken_at: datetime
    taken_by: str | None  # e-mail; none = the system
    rows: int
    rows_hash: str


def rounds_of(session: Session, agency: Agency, *, last: int | None = None) -> tuple[Kept, ...]:
    """By quarter, oldest first; with `last` only so many of the newest."""
    counted = (
        select(func.count()).select_from(RoundRow).where(col(RoundRow.round_id) == col(MonevRound.id)).scalar_subquery()
    )
    query = (
        select(MonevRound, col(Person.email), counted)
        .outerjoin(Person, col(Person.id) == col(MonevRound.taken_by))
        .where(col(MonevRound.agency_id) == agency.id)
        .order_by(col(MonevRound.year).desc(), col(MonevRound.quarter).desc())
        .limit(last)
    )
    kept = [
        Kept(one.id, Quarter(one.year, one.quarter), one.taken_at, email, rows, one.rows_hash)
        for one, email, rows in session.execute(query)
    ]
    return tuple(reversed(kept))


def positions_of(session: Session, round_id: int) -> Iterator[Position]:
    """Its rows, by candidacy id."""
    query = (
        select(RoundRow, col(Candidacy.code), col(Unit.code), col(Unit.name), col(Cycle.code), col(Cycle.ruleset))
        .join(Candidacy, col(Candidacy.id) == col(RoundRow.candidacy_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .where(col(RoundRow.round_id) == round_id)
        .order_by(col(RoundRow.candidacy_id))
        .limit(PIECE)
    )
    after = 0
    while piece := session.execute(query.where(col(RoundRow.candidacy_id) > after)).all():
        after = piece[-1][0].candidacy_id
        yield from (_position(row) for row in piece)
        session.expunge_all()


def is_intact(session: Session, kept: Kept) -> bool:
    """Whether the rows still are those that the trail's record vouches for."""
    return hash_of_rows(positions_of(session, kept.id)) == kept.rows_hash


def row_of(position: Position) -> dict[str, Any]:
    """A row's columns, as JSON can hold them."""
    return {
        "candidacy_id": position.candidacy_id,
        "stage": position.stage.value,
        "target": position.target.value,
        "entered_on": position.entered_on.isoformat(),
        "days_in_stage": position.days_in_stage,
        "due_on": position.due_on.isoformat() if position.due_on else None,
        "days_late": position.days_late,
        "items": position.items,
        "unit_answered": position.answered[Layer.UNIT],
        "tpi_answered": position.answered[Layer.TPI],
        "unit_total": position.totals[Layer.UNIT],
        "tpi_total": position.totals[Layer.TPI],
        "areas": json.dumps(areas_json(position.areas)),
        "missing_evidence": position.missing_evidence,
        "evidence": position.evidence,
        "evidence_accepted": position.evidence_accepted,
        "evidence_rejected": position.evidence_rejected,
        "open_info": position.findings.info,
        "open_warning": position.findings.warning,
        "open_critical": position.findings.critical,
        "oldest_days": position.findings.oldest_days,
    }


def parse_row(line: str) -> dict[str, Any]:
    """The same columns out of one line of JSON, with dates as dates."""
    row: dict[str, Any] = json.loads(line)
    return row | {name: date.fromisoformat(row[name]) if row[name] else None for name in DAYS}


def _position(row: Row[RoundRow, str, str, str, str, str]) -> Position:
    kept, code, unit, unit_name, cycle, ruleset = row
    areas: Mapping[str, Mapping[str, str | None]] = json.loads(kept.areas)
    return Position(
        candidacy_id=kept.candidacy_id,
        code=code,
        unit=unit,
        unit_name=unit_name,
        cycle=cycle,
        ruleset=ruleset,
        stage=Stage(kept.stage),
        target=kept.target,
        entered_on=kept.entered_on,
        days_in_stage=kept.days_in_stage,
        due_on=kept.due_on,
        days_late=kept.days_late,
        items=kept.items,
        answered={Layer.UNIT: kept.unit_answered, Layer.TPI: kept.tpi_answered},
        totals={Layer.UNIT: kept.unit_total, Layer.TPI: kept.tpi_total},
        areas={area: {layer: shares[layer.value] for layer in LAYERS} for area, shares in areas.items()},
        missing_evidence=kept.missing_evidence,
        evidence=kept.evidence,
        evidence_accepted=kept.evidence_accepted,
        evidence_rejected=kept.evidence_rejected,
        findings=OpenFindings(kept.open_info, kept.open_warning, kept.open_critical, kept.oldest_days),
    )
