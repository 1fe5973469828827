"""Waivers: a rule lifted for one candidacy, where the rule set has such a clause and two people agree."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.cycles import Cycle
from models.database import locked, reading
from models.documents import Waiver
from models.errors import NotFound, Refused, UsageError
from models.people import Role
from models.trail import Pending, record
from rulesets.library import find_ruleset
from states.actors import Actor, require
from states.corrections import CONFIRMERS
from states.documents import Content, Filing, file_document
from states.lookups import find
from states.subjects import after_change, subject_of
from states.writing import writing


def request_waiver(code: str, kind: str, *, reason: str, content: Content, actor: Actor, now: datetime) -> None:
    """Ask for a waiver, with its document. Raises UsageError (unknown kind), NotFound, Refused."""
    with writing("waiver_request", author=actor.author, now=now, subject=f"candidacy:{code.upper()}") as session:
        candidacy = locked(session, Candidacy, col(Candidacy.id) == find(session, Candidacy, code).id)[0]
        subject = subject_of(session, candidacy)
        ruleset = find_ruleset(session.get_one(Cycle, candidacy.cycle_id).ruleset)
        if kind not in ruleset.waivers:
            known = ", ".join(ruleset.waivers) or "-"
            raise UsageError("unknown_waiver", value=kind, known=known, ruleset=ruleset.name)
        rule = ruleset.waivers[kind]
        require(actor, (Role.KOORDINATOR,), subject.place, subject=subject.code)
        if not reason.strip():
            raise Refused.because("reason_missing", subject=subject.code)
        unit = session.get_one(Unit, candidacy.unit_id)
        agency = session.get_one(Agency, unit.agency_id)
        if agency.kind not in rule.agency_kinds or unit.core_service not in rule.core_services:
            raise Refused.because("waiver_not_for_unit", subject=subject.code, kind=kind, source=rule.source)
        if _find(session, candidacy, kind):
            raise Refused.because("waiver_already_asked", subject=subject.code, kind=kind)
        document = file_document(session, subject, Filing(rule.document, content), actor=actor, now=now)
        session.add(
            Waiver(
                candidacy_id=candidacy.id,
                kind=kind,
                reason=reason.strip(),
                document_id=document.id,
                requested_by=actor.person_id,
                requested_at=now,
            )
        )
        session.flush()
        record(
            session,
            Pending(
                actor.author,
                now,
                action="waiver_requested",
                subject=subject.name,
                details={"kind": kind, "document": document.id},
                texts={"reason": reason.strip()},
            ),
        )


def confirm_waiver(code: str, kind: str, *, actor: Actor, now: datetime) -> None:
    """Let a waiver count. Raises NotFound, Refused when the same person asked for it."""
    with reading() as session:
        find(session, Candidacy, code)
    with writing("waiver_confirm", author=actor.author, now=now, subject=f"candidacy:{code.upper()}") as session:
        candidacy = locked(session, Candidacy, col(Candidacy.id) == find(session, Candidacy, code).id)[0]
        subject = subject_of(session, candidacy)
        require(actor, CONFIRMERS, subject.place, subject=subject.code)
        waiver = _find(session, candidacy, kind)
        if waiver is None:
            raise NotFound("waiver_not_asked", code=candidacy.code, kind=kind)
        if waiver.requested_by == actor.person_id:
            raise Refused.because("second_person_needed", subject=subject.code, email=actor.email)
        if waiver.confirmed_at is not None:
            raise Refused.because("waiver_already_confirmed", subject=subject.code, kind=kind)
        waiver.confirmed_by, waiver.confirmed_at = actor.person_id, now
        session.flush()
        record(
            session,
            Pending(
                actor.author,
                now,
                action="waiver_confirmed",
                subject=subject.name,
                details={"kind": kind, "requested_by": f"person:{waiver.requested_by}"},
            ),
        )
        after_change(session, [candidacy], now=now)


def _find(session: Session, candidacy: Candidacy, kind: str) -> Waiver | None:
    return session.execute(
        select(Waiver).where(col(Waiver.candidacy_id) == candidacy.id).where(col(Waiver.kind) == kind)
    ).scalar_one_or_none()
