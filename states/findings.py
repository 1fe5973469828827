"""Findings of the TPI: raised by an assessor, answered by the unit, closed by an assessor."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.database import locked, reading
from models.errors import NotFound, Refused
from models.findings import Finding, FindingState, Origin, Severity
from models.messages import Notice
from models.people import Role
from models.trail import Pending, record
from states.actors import Actor, current, require
from states.lookups import find
from states.notices import queue_notice
from states.observe import observe_one
from states.subjects import after_change
from states.writing import writing

TPI_RULE = "tpi"


def raise_finding(code: str, text: str, *, actor: Actor, now: datetime) -> int:
    """Put a finding of the TPI on record; returns its number. Raises NotFound, Refused."""
    with writing("finding_raise", author=actor.author, now=now, subject=f"candidacy:{code.upper()}") as session:
        actor = current(session, actor, now=now)
        candidacy = locked(session, Candidacy, col(Candidacy.id) == find(session, Candidacy, code).id)[0]
        situation = observe_one(session, candidacy, now=now, actor=actor)
        require(actor, (Role.TPI,), situation.place, subject=candidacy.code)
        if situation.acts_for_unit(actor.person_id):
            raise Refused.because("assesses_own_work", subject=candidacy.code, email=actor.email)
        if not text.strip():
            raise Refused.because("finding_without_text", subject=candidacy.code)
        finding = Finding(
            candidacy_id=candidacy.id,
            entry_id=situation.current.entry_id,
            origin=Origin.TPI,
            rule=TPI_RULE,
            item=str(_count(session, candidacy) + 1),
            severity=Severity.WARNING,
            owner=Role.PIMPINAN_UNIT,
            text=text.strip(),
            raised_by=actor.person_id,
            opened_at=now,
        )
        session.add(finding)
        session.flush()
        queue_notice(
            session,
            Notice.FINDING,
            candidacy=candidacy,
            about=f"finding:{finding.id}:0",
            reference_id=finding.id,
            roles=(Role.PIMPINAN_UNIT,),
            now=now,
        )
        record(
            session,
            Pending(
                actor.author,
                now,
                action="finding_raised",
                subject=f"candidacy:{candidacy.code}",
                details={"finding": finding.id},
                texts={"text": text.strip()},
            ),
        )
        after_change(session, [candidacy], now=now)
        return finding.id


def close_finding(number: int, *, actor: Actor, now: datetime) -> None:
    """The TPI is satisfied. Raises NotFound, Refused."""
    with reading() as session:
        code = session.get_one(Candidacy, _find(session, number).candidacy_id).code
    with writing("finding_close", author=actor.author, now=now, subject=f"candidacy:{code}") as session:
        candidacy = locked(session, Candidacy, col(Candidacy.code) == code)[0]
        finding = _find(session, number)
        situation = observe_one(session, candidacy, now=now, actor=actor)
        require(actor, (Role.TPI,), situation.place, subject=code)
        if finding.origin is not Origin.TPI:
            raise Refused.because("finding_of_monev", subject=code)
        if finding.state is FindingState.CLOSED:
            raise Refused.because("finding_closed_already", subject=code, number=number)
        finding.state, finding.closed_at = FindingState.CLOSED, now
        session.flush()
        record(
            session,
            Pending(
                actor.author,
                now,
                action="finding_closed",
                subject=f"candidacy:{code}",
                details={"finding": finding.id},
            ),
        )
        after_change(session, [candidacy], now=now)


def _find(session: Session, number: int) -> Finding:
    finding = session.get(Finding, number)
    if finding is None:
        raise NotFound("unknown_finding", value=number)
    return finding


def _count(session: Session, candidacy: Candidacy) -> int:
    count: int = session.execute(
        select(func.count())
        .select_from(Finding)
        .where(col(Finding.candidacy_id) == candidacy.id)
        .where(col(Finding.origin) == Origin.TPI)
    ).scalar_one()
    return count
