"""Recording dated facts of agencies and units, and predicates from before this system."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Level
from models.errors import BadInput, Refused
from models.facts import Fact, Predicate
from models.people import Role
from models.trail import Pending, record
from states.actors import Actor, require_admin_or
from states.lookups import find
from states.observe import calendar_of
from states.subjects import Subject, after_change, find_subject, lock_covered, subject_of

GRADES = "AA|A|BB|B|CC|C|D"
PERCENT = r"100([.,]0+)?|[1-9]?[0-9]([.,][0-9]+)?"

FACT_VALUES = {
    "opini_bpk": "WTP|WDP|TMP|TW",
    "sakip": GRADES,
    "sakip_internal": GRADES,
    "indeks_rb": GRADES,
    "maturitas_spip": r"5([.,]0+)?|[0-4]([.,][0-9]+)?",
    "tindak_lanjut": PERCENT,  # follow-up of APIP and BPK findings
    "lhkpn": PERCENT,
    "lhkan": PERCENT,
    "sk_penetapan_unit": r".{1,200}",  # the SK's number; its date starts the building clock
}
"""What may be recorded, and what its value looks like."""


@dataclass(frozen=True)
class FactData:
    subject: str
    kind: str
    value: str
    dated_on: date
    valid_until: date | None = None


@dataclass(frozen=True)
class PredicateData:
    unit: str
    level: Level
    decree: str | None
    decreed_on: date
    revoked_on: date | None = None


def write_fact(session: Session, data: FactData, *, actor: Actor, now: datetime) -> None:
    """Record or change one fact; obligations and guards see it at once."""
    check_fact(data)
    subject = find_subject(session, data.subject)
    if subject.scope not in ("agency", "unit"):
        raise BadInput("fact_subject", value=data.subject)
    require_admin_or(actor, (Role.KOORDINATOR,), subject.place, subject=subject.name)
    _refuse_future(session, subject, data.dated_on, now=now)
    candidacies = lock_covered(session, subject)
    column = col(Fact.agency_id if subject.scope == "agency" else Fact.unit_id)
    row = session.execute(
        select(Fact)
        .where(column == subject.id)
        .where(col(Fact.kind) == data.kind)
        .where(col(Fact.dated_on) == data.dated_on)
    ).scalar_one_or_none()
    before = row.value if row else None
    row = row or Fact(
        agency_id=subject.id if subject.scope == "agency" else None,
        unit_id=subject.id if subject.scope == "unit" else None,
        kind=data.kind,
        value=data.value,
        dated_on=data.dated_on,
    )
    row.value, row.valid_until = data.value, data.valid_until
    session.add(row)
    session.flush()
    texts = {"before": before, "value": data.value}
    record(
        session,
        Pending(
            actor.author,
            now,
            action="fact_recorded",
            subject=subject.name,
            details={
                "kind": data.kind,
                "dated_on": data.dated_on.isoformat(),
                **({"valid_until": data.valid_until.isoformat()} if data.valid_until else {}),
            },
            texts={name: text for name, text in texts.items() if text},
        ),
    )
    after_change(session, candidacies, now=now)


def check_fact(data: FactData) -> None:
    """Raises BadInput for an unknown kind, or a value that does not look like one of its kind."""
    if data.kind not in FACT_VALUES:
        raise BadInput("unknown_fact_kind", value=data.kind, known=", ".join(FACT_VALUES))
    check_fact_value(data.kind, data.value)
    if data.valid_until and data.valid_until < data.dated_on:
        raise BadInput("valid_before_date", value=data.valid_until.isoformat(), date=data.dated_on.isoformat())


def check_fact_value(kind: str, value: str) -> None:
    if not re.fullmatch(FACT_VALUES[kind], value):
        raise BadInput("bad_fact_value", kind=kind, value=value)


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


def _refuse_future(session: Session, subject: Subject, day: date, *, now: datetime) -> None:
    today = calendar_of(session, session.get_one(Agency, subject.place.agency_id)).today(now)
    if day > today:
        raise Refused.because("date_in_future", subject=subject.name, date=day.isoformat(), today=today.isoformat())
