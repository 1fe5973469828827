"""Dated facts of agencies and units, with the paper behind them, and predicates from before this system."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Level
from models.catalogue import Word
from models.database import reading
from models.errors import BadInput, Refused
from models.facts import Fact, Predicate
from models.people import Role
from models.trail import Json, Pending, record
from rulesets.facts import MOST_PERCENT
from rulesets.library import fact_kinds, fact_owners
from states.actors import Actor, current, require_admin_or
from states.documents import Content, Filing, documents_of, file_document
from states.lookups import find
from states.observe import calendar_of
from states.subjects import Subject, after_change, find_subject, lock_covered, subject_of
from states.writing import writing

PAPER = "dokumen_fakta"

FactStatus = Literal["in_force", "expiring", "expired", "replaced"]


@dataclass(frozen=True)
class FactData:
    subject: str
    kind: str
    value: str
    dated_on: date
    valid_until: date | None = None


@dataclass(frozen=True)
class KnownFact:
    """One fact on record; only the newest of its kind is in force."""

    id: int
    subject: str  # as in unit:CODE
    kind: str
    value: str
    dated_on: date
    valid_until: date | None
    document: int | None
    status: FactStatus


@dataclass(frozen=True)
class PredicateData:
    unit: str
    level: Level
    decree: str | None
    decreed_on: date
    revoked_on: date | None = None


def add_fact(data: FactData, content: Content | None, *, actor: Actor, now: datetime) -> int:
    """Record or change one fact, with the paper that says so where there is one; returns its number.

    By an admin or a koordinator; the paper by whom the rule sets let file it. A paper that is on file already is taken
    as it is, for it may stand behind several facts. Raises NotFound, UsageError, BadInput, Refused.
    """
    with reading() as session:
        about = find_subject(session, data.subject).name
    with writing("fact_add", author=actor.author, now=now, subject=about) as session:
        actor = current(session, actor, now=now)
        subject = _subject(session, data.subject)
        _require_recorder(subject, actor)
        lock_covered(session, subject)
        document = _paper(session, subject, content, actor=actor, now=now) if content else None
        return write_fact(session, data, actor=actor, now=now, document=document).id


def write_fact(session: Session, data: FactData, *, actor: Actor, now: datetime, document: int | None = None) -> Fact:
    """Record or change one fact; obligations and guards see it at once."""
    value = check_fact(data)
    subject = _subject(session, data.subject)
    _require_recorder(subject, actor)
    _refuse_other_owner(subject, data.kind)
    _refuse_future(session, subject, data.dated_on, now=now)
    candidacies = lock_covered(session, subject)
    row = session.execute(
        select(Fact).where(_of(subject)).where(col(Fact.kind) == data.kind).where(col(Fact.dated_on) == data.dated_on)
    ).scalar_one_or_none()
    before = row.value if row else None
    row = row or Fact(
        agency_id=subject.id if subject.scope == "agency" else None,
        unit_id=subject.id if subject.scope == "unit" else None,
        kind=data.kind,
        value=value,
        dated_on=data.dated_on,
    )
    if document or value != before:  # the paper behind another value proves nothing of this one
        row.document_id = document
    row.value, row.valid_until = value, data.valid_until
    session.add(row)
    session.flush()
    record(session, _recorded(row, subject, before, actor=actor, now=now))
    after_change(session, candidacies, now=now)
    return row


def belongs_to(kind: str, scope: str) -> bool:
    """Whether a kind of fact is one of an agency's, or of a unit's; what no rule set asks for may be either's."""
    owners = fact_owners().get(kind)
    return owners is None or scope in owners


def facts_of_subject(session: Session, code: str, *, now: datetime, expiry_days: int) -> list[KnownFact]:
    """What is on record for an agency or a unit, by kind and date. Raises NotFound, UsageError, BadInput."""
    subject = _subject(session, code)
    today = calendar_of(session, session.get_one(Agency, subject.place.agency_id)).today(now)
    query = select(Fact).where(_of(subject)).order_by(col(Fact.kind), col(Fact.dated_on))
    rows = session.execute(query).scalars().all()
    newest = {row.kind: row.id for row in rows}
    return [
        KnownFact(
            id=row.id,
            subject=subject.name,
            kind=row.kind,
            value=row.value,
            dated_on=row.dated_on,
            valid_until=row.valid_until,
            document=row.document_id,
            status=_status(row, today, expiry_days) if newest[row.kind] == row.id else "replaced",
        )
        for row in rows
    ]


def check_fact(data: FactData) -> str:
    """The value as it is stored. Raises BadInput for an unknown kind, or a value that is none of its kind's."""
    if data.kind not in fact_kinds():
        raise BadInput("unknown_fact_kind", value=data.kind, known=", ".join(fact_kinds()))
    value = check_fact_value(data.kind, data.value)
    if data.valid_until and data.valid_until < data.dated_on:
        raise BadInput("valid_before_date", value=data.valid_until.isoformat(), date=data.dated_on.isoformat())
    return value


def check_fact_value(kind: str, value: str) -> str:
    """The value in the kind's own letters. Raises BadInput that says what is accepted."""
    stored = fact_kinds()[kind].read(value)
    if stored is None:
        raise BadInput("bad_fact_value", kind=kind, value=value, accepted=accepted_values(kind))
    return stored


def accepted_values(kind: str) -> str:
    one = fact_kinds()[kind]
    if one.text:
        return Word("fact_value.text")
    return ", ".join(one.words) or f"0-{one.most or MOST_PERCENT}"


def write_predicate(session: Session, data: PredicateData, *, actor: Actor, now: datetime, source: str = "") -> None:
    """Record or change a predicate that a unit was given outside this system; `source` says who published it."""
    unit = find(session, Unit, data.unit)
    subject = subject_of(session, unit)
    require_admin_or(actor, (Role.KOORDINATOR,), subject.place, subject=subject.name)
    _refuse_future(session, subject, max(data.decreed_on, data.revoked_on or data.decreed_on), now=now)
    if data.revoked_on and data.revoked_on < data.decreed_on:
        raise BadInput("revoked_before_decree", value=data.revoked_on.isoformat(), date=data.decreed_on.isoformat())
    candidacies = lock_covered(session, subject)
    row = session.execute(
        select(Predicate)
        .where(col(Predicate.unit_id) == unit.id)
        .where(col(Predicate.level) == data.level)
        .where(col(Predicate.decreed_on) == data.decreed_on)
    ).scalar_one_or_none()
    row = row or Predicate(unit_id=unit.id, level=data.level, decreed_on=data.decreed_on)
    row.decree, row.revoked_on = data.decree, data.revoked_on
    session.add(row)
    session.flush()
    record(
        session,
        Pending(
            actor.author,
            now,
            action="predicate_recorded",
            subject=subject.name,
            details={
                "level": data.level.value,
                "decreed_on": data.decreed_on.isoformat(),
                **({"revoked_on": data.revoked_on.isoformat()} if data.revoked_on else {}),
            },
            texts={name: text for name, text in (("decree", data.decree), ("source", source)) if text},
        ),
    )
    after_change(session, candidacies, now=now)


def _refuse_other_owner(subject: Subject, kind: str) -> None:
    """A fact of the agency put down for a unit would look like one that is missing, and the other way round."""
    if not belongs_to(kind, subject.scope):
        other: Literal["agency", "unit"] = "unit" if subject.scope == "agency" else "agency"
        raise BadInput("fact_of_other", fact=Word(f"fact.{kind}"), subject=subject.name, owner=Word(f"scope.{other}"))


def _refuse_future(session: Session, subject: Subject, day: date, *, now: datetime) -> None:
    today = calendar_of(session, session.get_one(Agency, subject.place.agency_id)).today(now)
    if day > today:
        raise Refused.because("date_in_future", subject=subject.name, date=day.isoformat(), today=today.isoformat())


def _subject(session: Session, code: str) -> Subject:
    subject = find_subject(session, code)
    if subject.scope not in ("agency", "unit"):
        raise BadInput("fact_subject", value=code)
    return subject


def _require_recorder(subject: Subject, actor: Actor) -> None:
    require_admin_or(actor, (Role.KOORDINATOR,), subject.place, subject=subject.name)


def _of(subject: Subject) -> ColumnElement[bool]:
    return col(Fact.agency_id if subject.scope == "agency" else Fact.unit_id) == subject.id


def _paper(session: Session, subject: Subject, content: Content, *, actor: Actor, now: datetime) -> int:
    """The number of the document with this content: on file already, or filed now."""
    for known in documents_of(session, subject):
        same = (known.file_hash == content.file.hash) if content.file else (known.url == content.url)
        if same and known.kind == PAPER and known.withdrawn_at is None:
            return known.id
    return file_document(session, subject, Filing(PAPER, content), actor=actor, now=now).id


def _status(row: Fact, today: date, expiry_days: int) -> FactStatus:
    if row.valid_until is None:
        return "in_force"
    if row.valid_until < today:
        return "expired"
    return "expiring" if row.valid_until <= today + timedelta(days=expiry_days) else "in_force"


def _recorded(row: Fact, subject: Subject, before: str | None, *, actor: Actor, now: datetime) -> Pending:
    details: dict[str, Json] = {"kind": row.kind, "dated_on": row.dated_on.isoformat()}
    if row.valid_until:
        details["valid_until"] = row.valid_until.isoformat()
    if row.document_id:
        details["document"] = row.document_id
    texts = {"before": before, "value": row.value}
    return Pending(
        actor.author,
        now,
        action="fact_recorded",
        subject=subject.name,
        details=details,
        texts={name: text for name, text in texts.items() if text},
    )
