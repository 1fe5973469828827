"""Being away: from when to when, and who hears meanwhile. What a deputy may do stays what it was."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.absences import Absence
from models.base import LARGEST_KEY
from models.database import locked
from models.errors import NotFound, Refused
from models.people import Person
from models.trail import Json, Pending, record
from states.actions.words import optional_line
from states.actors import Actor, current
from states.away import EVERYWHERE, IS_NOT_ENDED, serving_agencies
from states.calendar import today_in_indonesia
from states.people import find_person, require_keeper
from states.writing import writing


@dataclass(frozen=True)
class Leave:
    """One absence with the addresses of those whom it concerns."""

    row: Absence
    person: Person
    deputy: Person


def set_absence(
    email: str, *, since: date, until: date, deputy: str, note: str = "", actor: Actor, now: datetime
) -> int:
    """Returns its number. Raises NotFound, BadInput (note), Refused (days, deputy, overlap, role)."""
    with writing("absence_set", author=actor.author, now=now, subject="person:unknown") as session:
        actor = current(session, actor, now=now)
        person, other = find_person(session, email), find_person(session, deputy)
        locked(session, Person, col(Person.id).in_([person.id, other.id]))  # two absences of one person wait here
        require_keeper(session, actor, person, now=now)
        subject, today = f"person:{person.id}", today_in_indonesia(now)
        if until < since or until < today:
            raise Refused.because("absence_days", subject=subject, since=since.isoformat(), until=until.isoformat())
        _check_deputy(session, person, other, since=since, until=until, now=now)
        if found := _overlapping(session, person, since, until):
            raise Refused.because(
                "absence_overlaps",
                subject=subject,
                number=found.id,
                since=found.since.isoformat(),
                until=found.until.isoformat(),
            )
        row = Absence(
            person_id=person.id,
            since=since,
            until=until,
            deputy_id=other.id,
            note=optional_line(note, name="--note"),
            set_by=actor.person_id,
            set_at=now,
        )
        session.add(row)
        session.flush()
        record(session, _told("absence_set", row, actor, now=now))
        return row.id


def end_absence(number: int, *, actor: Actor, now: datetime) -> None:
    """Back before its time, or not going at all. Raises NotFound, Refused (over already, role)."""
    with writing("absence_end", author=actor.author, now=now, subject="person:unknown") as session:
        actor = current(session, actor, now=now)
        found = locked(session, Absence, col(Absence.id) == number) if 0 <= number <= LARGEST_KEY else []
        if not found:
            raise NotFound("unknown_absence", value=number)
        row = found[0]
        require_keeper(session, actor, session.get_one(Person, row.person_id), now=now)
        if row.ended_at is not None or row.until < today_in_indonesia(now):
            raise Refused.because("absence_over", subject=f"person:{row.person_id}", number=number)
        row.ended_at, row.ended_by = now, actor.person_id
        session.flush()
        record(session, _told("absence_ended", row, actor, now=now))


def list_absences(session: Session, email: str | None = None, *, past: bool = False, now: datetime) -> list[Leave]:
    """Of everybody or one person, by their first day: those that last or are to come, or all. Raises NotFound."""
    deputy = aliased(Person)
    query = (
        select(Absence, Person, deputy)
        .join(Person, col(Person.id) == col(Absence.person_id))
        .join(deputy, deputy.id == col(Absence.deputy_id))  # type: ignore[arg-type]
        .order_by(col(Absence.since), col(Absence.id))
    )
    if email is not None:
        query = query.where(col(Absence.person_id) == find_person(session, email).id)
    if not past:
        query = query.where(IS_NOT_ENDED, col(Absence.until) >= today_in_indonesia(now))
    return [Leave(row, person, other) for row, person, other in session.execute(query)]


def _check_deputy(session: Session, person: Person, deputy: Person, *, since: date, until: date, now: datetime) -> None:
    """Raises Refused for the person themselves, for somebody of another agency, and for who is away then."""
    subject = f"person:{person.id}"
    if deputy.id == person.id:
        raise Refused.because("deputy_same", subject=subject)
    serving = serving_agencies(session, [person.id, deputy.id], now=now)
    theirs, others = serving.get(person.id, set()), serving.get(deputy.id, set())
    if not others or not (EVERYWHERE in theirs | others or theirs & others):
        raise Refused.because("deputy_elsewhere", subject=subject, email=deputy.email)
    if found := _overlapping(session, deputy, since, until):
        raise Refused.because(
            "deputy_away",
            subject=subject,
            email=deputy.email,
            since=found.since.isoformat(),
            until=found.until.isoformat(),
        )


def _overlapping(session: Session, person: Person, since: date, until: date) -> Absence | None:
    query = (
        select(Absence)
        .where(IS_NOT_ENDED, col(Absence.person_id) == person.id)
        .where(col(Absence.since) <= until, col(Absence.until) >= since)
        .order_by(col(Absence.since))
        .limit(1)
    )
    found: Absence | None = session.execute(query).scalar_one_or_none()
    return found


def _told(action: str, row: Absence, actor: Actor, *, now: datetime) -> Pending:
    details: dict[str, Json] = {
        "absence": row.id,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
        "deputy": f"person:{row.deputy_id}",
    }
    texts = {"note": row.note} if row.note and action == "absence_set" else {}
    return Pending(actor.author, now, action=action, subject=f"person:{row.person_id}", details=details, texts=texts)
