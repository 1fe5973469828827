"""Looks at every open candidacy, opens what the rules find, and closes what is no longer so."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.audit import AuditRecord
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.database import locked, reading, transaction
from models.facts import Fact
from models.findings import Finding, FindingState, Origin, Severity
from models.messages import Notice
from models.people import Membership, Role
from models.stages import CLOSED
from models.trail import Json, Pending, record
from states.actors import SYSTEM, Held, valid_on
from states.calendar import today_in_indonesia
from states.monev.action_rules import items_past
from states.monev.rules import DatedFact, Found, Observed, find_all
from states.moves import STAGE_OWNER
from states.notices import queue_notice
from states.obligations import missing_by_role
from states.observe import observe
from states.situation import Situation

TOLD_AT_ONCE = (Severity.CRITICAL,)  # the others are read in the list; reminders name missing papers already
AGENCY_WIDE = ("fact_expired",)
BATCH = 200  # candidacies looked at and written in one transaction


@dataclass(frozen=True)
class Swept:
    looked_at: int = 0
    opened: int = 0
    closed: int = 0
    open_now: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(
            self.looked_at + other.looked_at,
            self.opened + other.opened,
            self.closed + other.closed,
            self.open_now + other.open_now,
        )


def sweep_findings(*, now: datetime, idle_days: int, expiry_days: int) -> Swept:
    """Bring the findings of monev up to date; running again changes nothing."""
    total = Swept()
    for ids in _batches():
        with transaction() as session:
            candidacies = locked(session, Candidacy, col(Candidacy.id).in_(ids))
            for candidacy, observed in _observe(session, candidacies, now=now, idle=idle_days, expiry=expiry_days):
                total += _keep_findings(session, candidacy, observed, now=now)
    return total


def found_now(*, now: datetime, idle_days: int, expiry_days: int) -> list[tuple[str, Found]]:
    """What the rules would find, by candidacy, without writing anything."""
    found: list[tuple[str, Found]] = []
    for ids in _batches():
        with reading() as session:
            candidacies = session.execute(select(Candidacy).where(col(Candidacy.id).in_(ids))).scalars().all()
            for candidacy, observed in _observe(session, candidacies, now=now, idle=idle_days, expiry=expiry_days):
                found.extend((candidacy.code, one) for one in find_all(observed))
    return found


def _batches() -> Iterable[list[int]]:
    after = 0
    while True:
        with reading() as session:
            query = (
                select(col(Candidacy.id))
                .join(Cycle, col(Cycle.id) == col(Candidacy.cycle_id))
                .where(col(Cycle.record_only).is_(False))
                .where(col(Candidacy.stage).not_in(CLOSED) | col(Candidacy.id).in_(_with_open_findings()))
                .where(col(Candidacy.id) > after)
                .order_by(col(Candidacy.id))
                .limit(BATCH)
            )
            ids = list(session.execute(query).scalars())
        if not ids:
            return
        yield ids
        after = ids[-1]


def _with_open_findings() -> Select[int]:
    return (
        select(col(Finding.candidacy_id))
        .where(col(Finding.state) == FindingState.OPEN)
        .where(col(Finding.origin) == Origin.MONEV)
    )


def _observe(
    session: Session, candidacies: Sequence[Candidacy], *, now: datetime, idle: int, expiry: int
) -> list[tuple[Candidacy, Observed]]:
    situations = observe(session, candidacies, now=now)
    last = _last_records(session, candidacies)
    facts = _ending_facts(session, candidacies)
    held = _held_roles(session, today_in_indonesia(now))
    newest = max((situation.today for situation in situations), default=today_in_indonesia(now))
    actions = items_past(session, [candidacy.id for candidacy in candidacies], day=newest)
    return [
        (
            candidacy,
            Observed(
                situation,
                last_record_on=last.get(candidacy.code, situation.current.entered_on),
                facts=tuple(facts.get(candidacy.unit_id, ())),
                unheard=_unheard(situation, held),
                idle_days=idle,
                expiry_days=expiry,
                actions=actions.get(candidacy.id, ()),
            ),
        )
        for candidacy, situation in zip(candidacies, situations, strict=True)
    ]


def _keep_findings(session: Session, candidacy: Candidacy, observed: Observed, *, now: datetime) -> Swept:
    found = {} if candidacy.stage in CLOSED else {(one.rule, one.item): one for one in find_all(observed)}
    rows = {
        (row.rule, row.item): row
        for row in session.execute(
            select(Finding).where(col(Finding.candidacy_id) == candidacy.id).where(col(Finding.origin) == Origin.MONEV)
        ).scalars()
    }
    opened = closed = 0
    for key, one in found.items():
        row = rows.get(key)
        if row is not None and row.state is FindingState.OPEN:
            row.params = _params(one)
            if row.severity is not one.severity:
                _weigh_anew(session, candidacy, row, one.severity, now=now)
            continue
        row = row or Finding(
            candidacy_id=candidacy.id,
            entry_id=observed.situation.current.entry_id,
            origin=Origin.MONEV,
            rule=one.rule,
            item=one.item,
            severity=one.severity,
            owner=one.owner,
            opened_at=now,
            reopened=-1,  # counted up to 0 below
        )
        row.state, row.closed_at, row.opened_at, row.params = FindingState.OPEN, None, now, _params(one)
        row.entry_id, row.reopened = observed.situation.current.entry_id, row.reopened + 1
        session.add(row)
        session.flush()
        if row.severity in TOLD_AT_ONCE:
            _tell(session, candidacy, row, now=now)
        _note(session, candidacy, row, "finding_opened", now=now)
        opened += 1
    for key, row in rows.items():
        if key not in found and row.state is FindingState.OPEN:
            row.state, row.closed_at = FindingState.CLOSED, now
            _note(session, candidacy, row, "finding_closed", now=now)
            closed += 1
    session.flush()
    return Swept(looked_at=1, opened=opened, closed=closed, open_now=len(found))


def _weigh_anew(session: Session, candidacy: Candidacy, row: Finding, severity: Severity, *, now: datetime) -> None:
    """What was a warning has become critical, or less so; what has become critical is told."""
    row.severity = severity
    if severity in TOLD_AT_ONCE:
        _tell(session, candidacy, row, now=now)
    _note(session, candidacy, row, "finding_weighed", now=now)


def _tell(session: Session, candidacy: Candidacy, row: Finding, *, now: datetime) -> None:
    """A fact of an agency stands in the way of all its units, but is told once."""
    once = f"{row.rule}:{row.item}:{row.params}" if row.rule in AGENCY_WIDE else f"finding:{row.id}:{row.reopened}"
    queue_notice(
        session,
        Notice.FINDING,
        candidacy=candidacy,
        about=once,
        reference_id=row.id,
        roles=(row.owner,),
        now=now,
    )


def _note(session: Session, candidacy: Candidacy, row: Finding, action: str, *, now: datetime) -> None:
    details: dict[str, Json] = {"finding": row.id, "item": row.item, "severity": row.severity.value}
    record(
        session,
        Pending(SYSTEM, now, action=action, subject=f"candidacy:{candidacy.code}", rule=row.rule, details=details),
    )


def _params(found: Found) -> str:
    return json.dumps(found.params, sort_keys=True)


def _last_records(session: Session, candidacies: Sequence[Candidacy]) -> dict[str, date]:
    """The last day somebody (not monev itself) recorded anything about each candidacy."""
    subjects = [f"candidacy:{candidacy.code}" for candidacy in candidacies]
    rows = session.execute(
        select(col(AuditRecord.subject), func.max(col(AuditRecord.at)))
        .where(col(AuditRecord.subject).in_(subjects))
        .where(col(AuditRecord.actor) != SYSTEM.code)
        .where(col(AuditRecord.action) != "refused")
        .group_by(col(AuditRecord.subject))
    )
    return {subject.removeprefix("candidacy:"): date.fromisoformat(at[:10]) for subject, at in rows}


def _ending_facts(session: Session, candidacies: Sequence[Candidacy]) -> dict[int, list[DatedFact]]:
    """The newest fact of each kind that has an end, of each unit and its agency, by unit."""
    units = {
        unit.id: unit
        for unit in session.execute(
            select(Unit).where(col(Unit.id).in_([candidacy.unit_id for candidacy in candidacies]))
        ).scalars()
    }
    agencies = {
        agency.id: agency.code
        for agency in session.execute(
            select(Agency).where(col(Agency.id).in_({unit.agency_id for unit in units.values()}))
        ).scalars()
    }
    newest: dict[tuple[str, int, str], Fact] = {}
    rows = session.execute(
        select(Fact)
        .where(or_(col(Fact.unit_id).in_(units), col(Fact.agency_id).in_(agencies)))
        .order_by(col(Fact.dated_on))
    ).scalars()
    for row in rows:
        scope, owner = ("unit", row.unit_id) if row.unit_id is not None else ("agency", row.agency_id)
        newest[scope, owner or 0, row.kind] = row
    ending: dict[int, list[DatedFact]] = {}
    for (scope, owner, kind), row in newest.items():
        if row.valid_until is None:
            continue
        for unit in units.values():
            if owner == (unit.id if scope == "unit" else unit.agency_id):
                subject = unit.code if scope == "unit" else agencies[unit.agency_id]
                ending.setdefault(unit.id, []).append(DatedFact(subject, kind, row.valid_until))
    return ending


def _held_roles(session: Session, today: date) -> list[Held]:
    rows = session.execute(
        select(col(Membership.role), col(Membership.agency_id), col(Membership.unit_id))
        .where(*valid_on(today))
        .distinct()
    )
    return [Held(role, agency, unit) for role, agency, unit in rows]


def _unheard(situation: Situation, held: list[Held]) -> tuple[Role, ...]:
    owing = {*missing_by_role(situation)}
    if situation.stage in STAGE_OWNER:
        owing.add(STAGE_OWNER[situation.stage])
    reached = {one.role for one in held if situation.place.covered_by(one)}
    return tuple(sorted(owing - reached))
