"""The life of a finding: raised by the TPI, answered by its owner, verified and closed, or opened again.

Monev's own findings are opened and closed by its sweep; what people do with them is here, too.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.database import locked, reading
from models.errors import Refused
from models.findings import Finding, FindingState, Origin, Severity
from models.messages import Notice
from models.people import UNIT_ROLES, Role
from models.trail import Json, Pending, record
from states.actors import Actor, current, require
from states.areas import checked_areas
from states.finding_access import (
    Case,
    find_finding,
    require_judge,
    require_owner,
    subject_of_finding,
    take_up,
    told_of_response,
)
from states.lookups import find
from states.monev.keeping import open_again
from states.monev.telling import tell_answered, tell_owner
from states.notices import queue_notice
from states.observe import observe_one
from states.subjects import after_change
from states.writing import writing

TPI_RULE = "tpi"


def raise_finding(code: str, text: str, *, area: str | None = None, actor: Actor, now: datetime) -> int:
    """Put a finding of the TPI on record, perhaps of one area; returns its number.

    Raises BadInput (area), NotFound, Refused.
    """
    area = checked_areas(area)
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
            area=area,
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
                details={"finding": finding.id, **({"area": area} if area else {})},
                texts={"text": text.strip()},
            ),
        )
        after_change(session, [candidacy], now=now)
        return finding.id


def respond_to_finding(number: int, text: str, *, actor: Actor, now: datetime) -> str:
    """What its owner did or has to say; a later response stands in place of an earlier one. Returns its subject.

    Raises NotFound, Refused (role, area, own assessment, no text, closed).
    """
    with _taken_up("finding_respond", number, actor=actor, now=now) as (session, case):
        row, actor = case.finding, case.actor
        require_owner(case)
        if not text.strip():
            raise Refused.because("response_without_text", subject=case.label, number=number)
        if row.state is FindingState.CLOSED:
            raise Refused.because("finding_closed_already", subject=case.label, number=number)
        before, row.state = row.state, FindingState.ANSWERED
        row.response, row.responded_by, row.responded_at = text.strip(), actor.person_id, now
        # Who answers for the unit may not assess it: the trail tells the two apart.
        action = "finding_answered" if row.owner in UNIT_ROLES else "finding_explained"
        _note(session, case, action, before, {"response": text.strip()}, now=now)
        if case.place:
            tell_answered(session, row, told_of_response(row), candidacy=case.candidacy, unit=case.unit, now=now)
        return case.subject


def verify_finding(number: int, note: str = "", *, until: date | None = None, actor: Actor, now: datetime) -> str:
    """A response is enough: closed. Of monev it is taken as an explanation, until a day or as long as the cause lasts.

    Raises NotFound, Refused (role, own work, own response, no response yet, closed, a day that has gone by).
    """
    with _taken_up("finding_verify", number, actor=actor, now=now) as (session, case):
        row, actor = case.finding, case.actor
        require_judge(case)
        if row.state is FindingState.CLOSED:
            raise Refused.because("finding_closed_already", subject=case.label, number=number)
        if row.state is FindingState.OPEN:
            raise Refused.because("finding_not_answered", subject=case.label, number=number)
        if row.responded_by == actor.person_id:
            raise Refused.because("own_response", subject=case.label, number=number, email=actor.email)
        _check_until(case, until)
        before = row.state
        _close(case, now=now)
        row.accepted_until = until
        action = "finding_verified" if row.origin is Origin.TPI else "finding_accepted"
        _note(session, case, action, before, {"note": note.strip()}, now=now, until=until)
        return case.subject


def close_finding(number: int, *, actor: Actor, now: datetime) -> None:
    """The TPI is satisfied, with a response or without. Raises NotFound, Refused."""
    with _taken_up("finding_close", number, actor=actor, now=now) as (session, case):
        row, actor = case.finding, case.actor
        if row.origin is not Origin.TPI:
            raise Refused.because("finding_of_monev", subject=case.label, number=number)
        require_judge(case)
        if row.state is FindingState.CLOSED:
            raise Refused.because("finding_closed_already", subject=case.label, number=number)
        before = row.state
        _close(case, now=now)
        _note(session, case, "finding_closed", before, {}, now=now)
        if case.candidacy:
            after_change(session, [case.candidacy], now=now)


def reopen_finding(number: int, reason: str, *, actor: Actor, now: datetime) -> str:
    """A response is not enough, or what was closed was closed too early: open again, and its owner is told.

    Raises NotFound, Refused (role, own work, no reason, open already, closed by monev itself).
    """
    with _taken_up("finding_reopen", number, actor=actor, now=now) as (session, case):
        row, actor = case.finding, case.actor
        require_judge(case)
        if not reason.strip():
            raise Refused.because("reason_missing", subject=case.label)
        if row.state is FindingState.OPEN:
            raise Refused.because("finding_open_already", subject=case.label, number=number)
        if row.origin is Origin.MONEV and row.state is FindingState.CLOSED and row.closed_by is None:
            raise Refused.because("finding_reopens_itself", subject=case.label, number=number)
        before = row.state
        open_again(row, now=now)
        _note(session, case, "finding_reopened", before, {"reason": reason.strip()}, now=now)
        tell_owner(session, row, candidacy=case.candidacy, unit=case.unit, now=now)
        return case.subject


@contextmanager
def _taken_up(action: str, number: int, *, actor: Actor, now: datetime) -> Iterator[tuple[Session, Case]]:
    """The finding, locked, and the actor with the roles held now."""
    with reading() as session:
        about = subject_of_finding(session, find_finding(session, number))
    with writing(action, author=actor.author, now=now, subject=about) as session:
        yield session, take_up(session, number, actor=current(session, actor, now=now), now=now)


def _check_until(case: Case, until: date | None) -> None:
    if until is None:
        return
    if case.finding.origin is Origin.TPI:
        raise Refused.because("until_of_tpi", subject=case.label, number=case.finding.id)
    if until < case.today:
        params = {"date": until.isoformat(), "today": case.today.isoformat()}
        raise Refused.because("until_in_past", subject=case.label, **params)


def _close(case: Case, *, now: datetime) -> None:
    """In the stay in which somebody said so: in a later one monev asks anew."""
    row = case.finding
    row.state, row.closed_at, row.closed_by = FindingState.CLOSED, now, case.actor.person_id
    if case.situation and row.origin is Origin.MONEV:
        row.entry_id = case.situation.current.entry_id


def _note(
    session: Session,
    case: Case,
    action: str,
    before: FindingState,
    texts: dict[str, str],
    *,
    now: datetime,
    until: date | None = None,
) -> None:
    row = case.finding
    details: dict[str, Json] = {"finding": row.id, **({"until": until.isoformat()} if until else {})}
    session.flush()
    record(
        session,
        Pending(
            case.actor.author,
            now,
            action=action,
            subject=case.subject,
            before=before.value,
            after=row.state.value,
            rule=row.rule,
            details=details,
            texts={name: text for name, text in texts.items() if text},
        ),
    )


def _count(session: Session, candidacy: Candidacy) -> int:
    count: int = session.execute(
        select(func.count())
        .select_from(Finding)
        .where(col(Finding.candidacy_id) == candidacy.id)
        .where(col(Finding.origin) == Origin.TPI)
    ).scalar_one()
    return count
