"""The two-yearly letter on a unit that holds a predicate: still meets it, or no longer (90/2021 p.61-63)."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Level
from models.database import locked, reading
from models.errors import BadInput, Refused
from models.facts import Predicate, PredicateReport
from models.people import Role
from models.trail import Json, Pending, record
from states.actors import Actor, current, require_admin_or
from states.documents import Content, Filing, documents_of, file_document
from states.lookups import find
from states.observe import calendar_of
from states.subjects import Subject, subject_of
from states.writing import writing

PAPER = "laporan_predikat"
MOST = 100  # points
_SCORE = re.compile(r"[0-9]{1,3}([.,][0-9]{1,4})?")


@dataclass(frozen=True)
class ReportData:
    unit: str
    level: Level
    reported_on: date
    still_meets: bool
    score: str | None = None
    note: str = ""


def report_predicate(data: ReportData, content: Content | None, *, actor: Actor, now: datetime) -> int:
    """Record or change the letter of one day, by an admin or a koordinator; returns its number.

    Raises BadInput (score), NotFound, Refused (role, date to come, predicate not held on that day).
    """
    score = check_score(data.score)
    with reading() as session:
        about = subject_of(session, find(session, Unit, data.unit)).name
    with writing("predicate_report", author=actor.author, now=now, subject=about) as session:
        actor = current(session, actor, now=now)
        unit = locked(session, Unit, col(Unit.id) == find(session, Unit, data.unit).id)[0]
        subject = subject_of(session, unit)
        require_admin_or(actor, (Role.KOORDINATOR,), subject.place, subject=subject.name)
        _refuse_future(session, subject, data.reported_on, now=now)
        _refuse_not_held(session, unit, data)
        row = session.execute(
            select(PredicateReport)
            .where(col(PredicateReport.unit_id) == unit.id)
            .where(col(PredicateReport.level) == data.level)
            .where(col(PredicateReport.reported_on) == data.reported_on)
        ).scalar_one_or_none()
        before = _verdict(row) if row else None
        row = row or PredicateReport(
            unit_id=unit.id,
            level=data.level,
            reported_on=data.reported_on,
            still_meets=data.still_meets,
            recorded_by=actor.person_id,
            recorded_at=now,
        )
        row.still_meets, row.score, row.note = data.still_meets, score, data.note.strip() or None
        row.recorded_by, row.recorded_at = actor.person_id, now
        if content:
            row.document_id = _paper(session, subject, content, actor=actor, now=now)
        session.add(row)
        session.flush()
        record(session, _recorded(row, subject, before, actor=actor, now=now))
        return row.id


def check_score(score: str | None) -> str | None:
    """Points with a decimal point. Raises BadInput for what is no number from 0 to 100."""
    if score is None:
        return None
    said = score.strip().replace(",", ".")
    if not _SCORE.fullmatch(said) or Decimal(said) > MOST:
        raise BadInput("bad_report_score", value=score, most=MOST)
    return said


def _refuse_future(session: Session, subject: Subject, day: date, *, now: datetime) -> None:
    today = calendar_of(session, session.get_one(Agency, subject.place.agency_id)).today(now)
    if day > today:
        raise Refused.because("date_in_future", subject=subject.name, date=day.isoformat(), today=today.isoformat())


def _refuse_not_held(session: Session, unit: Unit, data: ReportData) -> None:
    query = select(Predicate).where(col(Predicate.unit_id) == unit.id).where(col(Predicate.level) == data.level)
    day = data.reported_on
    for one in session.execute(query).scalars():
        if one.decreed_on <= day and (one.revoked_on is None or one.revoked_on > day):
            return
    raise Refused.because(
        "predicate_not_held", subject=f"unit:{unit.code}", level=data.level.value, date=day.isoformat(), code=unit.code
    )


def _paper(session: Session, subject: Subject, content: Content, *, actor: Actor, now: datetime) -> int:
    """The number of the document with this content: on file already, or filed now."""
    for known in documents_of(session, subject):
        same = (known.file_hash == content.file.hash) if content.file else (known.url == content.url)
        if same and known.kind == PAPER and known.withdrawn_at is None:
            return known.id
    return file_document(session, subject, Filing(PAPER, content), actor=actor, now=now).id


def _verdict(row: PredicateReport) -> str:
    return "still_meets" if row.still_meets else "no_longer"


def _recorded(row: PredicateReport, subject: Subject, before: str | None, *, actor: Actor, now: datetime) -> Pending:
    details: dict[str, Json] = {"level": row.level.value, "reported_on": row.reported_on.isoformat(), "report": row.id}
    if row.document_id:
        details["document"] = row.document_id
    if row.score:
        details["score"] = row.score
    return Pending(
        actor.author,
        now,
        action="predicate_reported",
        subject=subject.name,
        before=before,
        after=_verdict(row),
        details=details,
        texts={"note": row.note} if row.note else {},
    )
