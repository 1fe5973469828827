"""Reads where an agency's candidacies stand now: in pieces, each with a fixed number of queries."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Row, Select, func, or_, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, StageEntry
from models.cycles import Cycle
from models.evidence import Evidence, EvidenceState
from models.findings import UNSETTLED, Finding, Severity
from models.lke import Layer, LayerSummary
from models.stages import CLOSED, Stage
from rulesets.answers import Answers
from rulesets.figures import floored
from rulesets.library import find_ruleset
from rulesets.lke import Lke
from rulesets.scoring import score
from states.lke.stored import stored_answers
from states.monev.positions import LAYERS, OpenFindings, Position, Shares

PIECE = 250  # candidacies whose answers are held at a time, at 127 a layer

Looked = Row[Candidacy, str, str, Cycle, StageEntry]


def positions_now(session: Session, agency: Agency, *, now: datetime) -> Iterator[Position]:
    """Candidacies that are open or were closed this year, by id; history (record-only cycles) is left out."""
    today = now.astimezone(ZoneInfo(agency.zone)).date()
    after = 0
    while piece := session.execute(_query(agency.id, today).where(col(Candidacy.id) > after).limit(PIECE)).all():
        after = piece[-1][0].id
        yield from _positions(session, piece, today=today, now=now)
        session.expunge_all()


def _query(agency: int, today: date) -> Select[Candidacy, str, str, Cycle, StageEntry]:
    return (
        select(Candidacy, col(Unit.code), col(Unit.name), Cycle, StageEntry)
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
        .join(StageEntry, (col(StageEntry.candidacy_id) == col(Candidacy.id)) & col(StageEntry.left_at).is_(None))
        .where(col(Cycle.agency_id) == agency)
        .where(col(Cycle.record_only).is_(False))
        .where(or_(col(Candidacy.stage).not_in(CLOSED), col(StageEntry.entered_on) >= date(today.year, 1, 1)))
        .order_by(col(Candidacy.id))
    )


def _positions(session: Session, piece: Sequence[Looked], *, today: date, now: datetime) -> Iterator[Position]:
    ids = [row[0].id for row in piece]
    answers = stored_answers(session, ids)
    summaries = _summaries(session, ids)
    evidence = _evidence(session, ids)
    findings = _findings(session, ids, now=now)
    for candidacy, unit, unit_name, cycle, entry in piece:
        lke = find_ruleset(cycle.ruleset).lke
        stage, here = Stage(candidacy.stage), summaries[candidacy.id]
        pieces = evidence[candidacy.id]
        due_on = None if stage in CLOSED else entry.due_on
        yield Position(
            candidacy_id=candidacy.id,
            code=candidacy.code,
            unit=unit,
            unit_name=unit_name,
            cycle=cycle.code,
            ruleset=cycle.ruleset,
            stage=stage,
            target=candidacy.target,
            entered_on=entry.entered_on,
            days_in_stage=max(0, (today - entry.entered_on).days),
            due_on=due_on,
            days_late=max(0, (today - due_on).days) if due_on else 0,
            items=len(lke.items),
            answered={layer: here[layer].answered if layer in here else 0 for layer in LAYERS},
            totals={layer: here[layer].total if layer in here else None for layer in LAYERS},
            areas=shares_of(lke, answers[candidacy.id]),
            missing_evidence=here[Layer.UNIT].missing_evidence if Layer.UNIT in here else None,
            evidence=sum(pieces.values()),
            evidence_accepted=pieces[EvidenceState.ACCEPTED],
            evidence_rejected=pieces[EvidenceState.REJECTED],
            findings=findings.get(candidacy.id, OpenFindings()),
        )


def shares_of(lke: Lke, answers: Mapping[Layer, Answers]) -> Shares:
    """Each area's percent of its weight, in each layer that was begun. Pure."""
    scored = {layer: score(lke, answers[layer]) if answers[layer] else None for layer in LAYERS}
    return {
        area: {layer: floored(one.areas[area].percent) if one else None for layer, one in scored.items()}
        for area in lke.areas
    }


def _summaries(session: Session, ids: list[int]) -> defaultdict[int, dict[Layer, LayerSummary]]:
    found: defaultdict[int, dict[Layer, LayerSummary]] = defaultdict(dict)
    for row in session.execute(select(LayerSummary).where(col(LayerSummary.candidacy_id).in_(ids))).scalars():
        found[row.candidacy_id][row.layer] = row
    return found


ON_FILE = (EvidenceState.WAITING, EvidenceState.ACCEPTED, EvidenceState.REJECTED)


def _evidence(session: Session, ids: list[int]) -> defaultdict[int, defaultdict[EvidenceState, int]]:
    found: defaultdict[int, defaultdict[EvidenceState, int]] = defaultdict(lambda: defaultdict(int))
    rows = session.execute(
        select(col(Evidence.candidacy_id), col(Evidence.state), func.count())
        .where(col(Evidence.candidacy_id).in_(ids))
        .where(col(Evidence.state).in_(ON_FILE))
        .group_by(col(Evidence.candidacy_id), col(Evidence.state))
    )
    for candidacy, state, count in rows:
        found[candidacy][state] = count
    return found


def _findings(session: Session, ids: list[int], *, now: datetime) -> dict[int, OpenFindings]:
    counts: defaultdict[int, dict[Severity, int]] = defaultdict(dict)
    oldest: dict[int, datetime] = {}
    rows = session.execute(
        select(col(Finding.candidacy_id), col(Finding.severity), func.count(), func.min(Finding.opened_at))
        .where(col(Finding.candidacy_id).in_(ids))
        .where(col(Finding.state).in_(UNSETTLED))
        .group_by(col(Finding.candidacy_id), col(Finding.severity))
    )
    for candidacy, severity, count, first in rows:
        counts[candidacy][severity] = count
        oldest[candidacy] = min(first, oldest.get(candidacy, first))
    return {
        candidacy: OpenFindings(
            info=by.get(Severity.INFO, 0),
            warning=by.get(Severity.WARNING, 0),
            critical=by.get(Severity.CRITICAL, 0),
            oldest_days=max(0, (now - oldest[candidacy]).days),
        )
        for candidacy, by in counts.items()
    }
