"""Missing evidence, told to each person once for each occasion; and the same words at once, for copying."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.catalogue import speaking
from models.database import reading, transaction
from models.inserts import in_pieces, insert_new
from models.messages import Notice, OutboxMessage
from models.people import Person
from notifications.backlog_words import backlog_values
from notifications.identity import MessageIds
from notifications.letter import Letter
from notifications.plans import PlannedMessage
from notifications.render import render
from states.calendar import today_in_indonesia
from states.days_off import DaysOff, load_days_off
from states.evidence.backlog import Backlog, backlogs
from states.evidence.occasions import newest_occasion
from states.evidence.wanting import Wanting, since_when, told_of, wanting
from states.notices import personal
from states.people import find_person
from states.preferences import load_preferences

BATCH = 500  # outbox rows in one transaction

Occasions = Mapping[int, date]
"""By person: the newest day on which they were to be told."""


@dataclass(frozen=True)
class Addressed:
    """A person's backlog in words, and where to copy them to."""

    person: Person
    backlog: Backlog
    letter: Letter


def queue_evidence_notices(*, now: datetime) -> int:
    """Queue a notice for everybody who was to be told today or before and was not; returns how many.

    A missed day is caught up with: the newest occasion is said, those before it are covered by it. Running again
    queues nothing, because an outbox row is unique by person and occasion. Memory: a row for each person.
    """
    with reading() as session:
        occasions = evidence_occasions(session, now=now)
    queued = 0
    for piece in in_pieces(sorted(occasions.items()), BATCH):
        rows = [
            personal(Notice.EVIDENCE, person_id=person, about=about(person, day), reference_id=None, now=now)
            for person, day in piece
        ]
        with transaction() as session:
            queued += insert_new(session, OutboxMessage, rows)
    return queued


def plan_evidence_notices(session: Session, *, now: datetime) -> Iterator[PlannedMessage]:
    """What `queue_evidence_notices` would queue; nothing is written."""
    ids = MessageIds.of(session)
    for piece in in_pieces(sorted(evidence_occasions(session, now=now).items())):
        subjects = {about(person, day): person for person, day in piece}
        known = set(
            session.execute(
                select(col(OutboxMessage.subject))
                .where(col(OutboxMessage.kind) == Notice.EVIDENCE)
                .where(col(OutboxMessage.subject).in_(subjects))
            ).scalars()
        )
        people = session.execute(
            select(Person).where(col(Person.id).in_([subjects[one] for one in subjects if one not in known]))
        ).scalars()
        new = {person: subject for subject, person in subjects.items() if subject not in known}
        for person in people:
            message_id = ids.notice(Notice.EVIDENCE, new[person.id], person.id)
            yield PlannedMessage(None, Notice.EVIDENCE.value, None, person.email, None, message_id)


def evidence_occasions(session: Session, *, now: datetime) -> dict[int, date]:
    """Everybody who has something to prove that was missing already on a day on which they were to be told."""
    occasions = _Occasions(load_days_off(session), now)
    newest: dict[int, date] = {}
    for piece in wanting(session):
        days = {one.id: day for one in piece if (day := occasions.of(one)) is not None}
        due = [one for one in piece if one.id in days]
        since = since_when(session, due, now=now)
        areas = {key: [area for area, at in of.items() if at <= days[key]] for key, of in since.items()}
        for key, people in told_of(session, due, areas, now=now).items():
            for person in people:
                newest[person] = max(days[key], newest.get(person, days[key]))
    return newest


def evidence_letters(session: Session, email: str | None = None, *, now: datetime) -> list[Addressed]:
    """What each person, or one, would be told now, by address and in their language.

    Raises NotFound for an unknown person.
    """
    people = None if email is None else {find_person(session, email).id}
    found = backlogs(session, people, now=now)
    rows = [
        person
        for piece in in_pieces(found)
        for person in session.execute(select(Person).where(col(Person.id).in_(piece))).scalars()
    ]
    wanted = load_preferences(session, found, now=now)
    addressed: list[Addressed] = []
    for person in sorted(rows, key=lambda one: one.email):
        with speaking(wanted[person.id].language if person.id in wanted else None):
            letter = letter_for(session, person, found[person.id], now=now)
        addressed.append(Addressed(person, found[person.id], letter))
    return addressed


def about(person_id: int, day: date) -> str:
    return f"person:{person_id}:{day}"


def letter_for(session: Session, person: Person, backlog: Backlog, *, now: datetime) -> Letter:
    """A backlog in words, as it is now."""
    subject = about(person.id, today_in_indonesia(now))
    message_id = MessageIds.of(session).notice(Notice.EVIDENCE, subject, person.id)
    values = backlog_values(backlog, person, now=now)
    return render(Notice.EVIDENCE, values, message_id=message_id, name=person.name, email=person.email)


@dataclass(frozen=True)
class _Occasions:
    """The newest day on which they were to be told, worked out once for all stays that are alike."""

    days_off: DaysOff
    now: datetime
    _known: dict[tuple[object, ...], date | None] = field(default_factory=dict)

    def of(self, one: Wanting) -> date | None:
        closed = one.agency if one.agency in self.days_off.closures else None
        alike = (one.stage, one.entered_on, one.due_on, one.zone, closed)
        if alike not in self._known:
            self._known[alike] = newest_occasion(
                one.stage,
                entered_on=one.entered_on,
                due_on=one.due_on,
                calendar=self.days_off.calendar(one.agency, one.zone),
                today=one.today(self.now),
            )
        return self._known[alike]
