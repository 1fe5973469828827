"""What is owed: of one candidacy, or by one person; with who asked to be spared, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.inserts import in_pieces
from models.obligations import Obligation, ObligationState
from models.people import Person
from models.quieting import Acknowledgement, Snooze
from states.actors import Actor
from states.away import EVERYWHERE, serving_agencies
from states.lookups import find
from states.owing import owing_people
from states.quieting import still_holds

Asking = TypeVar("Asking", Acknowledgement, Snooze)


@dataclass(frozen=True)
class Asked:
    """Somebody asked to be spared: until a day, or with a note."""

    email: str
    at: datetime
    note: str | None = None
    until: date | None = None


@dataclass
class Listed:
    obligation: Obligation
    candidacy: str
    today: date  # in the agency's zone
    people: Sequence[Person]  # who owes it now
    acknowledged: list[Asked] = field(default_factory=list)
    snoozed: list[Asked] = field(default_factory=list)

    @property
    def days_left(self) -> int | None:
        due_on = self.obligation.due_on
        return (due_on - self.today).days if due_on else None


def owed_of_candidacy(session: Session, code: str, *, now: datetime) -> list[Listed]:
    """All that is open, the nearest day first. Raises NotFound."""
    candidacy = find(session, Candidacy, code)
    return _listed(session, [col(Candidacy.id) == candidacy.id], now=now)


def owed_by(session: Session, actor: Actor, *, now: datetime) -> list[Listed]:
    """All that this person owes, themselves or in the place of a role that nobody holds, the nearest day first."""
    agencies = serving_agencies(session, [actor.person_id], now=now).get(actor.person_id, set())
    if EVERYWHERE in agencies:
        return _theirs(_listed(session, [], now=now), actor)
    return _theirs(_listed(session, [col(Agency.id).in_(agencies)], now=now), actor)


def _theirs(rows: list[Listed], actor: Actor) -> list[Listed]:
    return [row for row in rows if any(person.id == actor.person_id for person in row.people)]


def _listed(session: Session, conditions: list[ColumnElement[bool]], *, now: datetime) -> list[Listed]:
    rows = session.execute(
        select(Obligation, col(Candidacy.code), col(Agency.zone))
        .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
        .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
        .join(Agency, col(Agency.id) == col(Unit.agency_id))
        .where(col(Obligation.state) == ObligationState.OPEN, *conditions)
    ).all()
    people = owing_people(session, [row for row, _, _ in rows], now=now)
    found = {
        row.id: Listed(row, code, now.astimezone(ZoneInfo(zone)).date(), people[row.id]) for row, code, zone in rows
    }
    for piece in in_pieces(found):
        _add_asked(session, found, piece)
    return sorted(found.values(), key=lambda one: (one.obligation.due_on or date.max, one.obligation.id))


def _add_asked(session: Session, found: dict[int, Listed], ids: list[int]) -> None:
    for acknowledged, email in _rows(session, Acknowledgement, ids):
        row = found[acknowledged.obligation_id]
        row.acknowledged.append(Asked(email, acknowledged.at, note=acknowledged.note))
    for snoozed, email in _rows(session, Snooze, ids, col(Snooze.ended_at).is_(None)):
        found[snoozed.obligation_id].snoozed.append(Asked(email, snoozed.at, until=snoozed.until))


def _rows(
    session: Session, table: type[Asking], ids: list[int], *more: ColumnElement[bool]
) -> list[tuple[Asking, str]]:
    rows = session.execute(
        select(table, col(Person.email))
        .join(Obligation, col(Obligation.id) == col(table.obligation_id))
        .join(Person, col(Person.id) == col(table.person_id))
        .where(col(table.obligation_id).in_(ids), still_holds(table), *more)
        .order_by(col(Person.email))
    )
    return [(row, email) for row, email in rows]
