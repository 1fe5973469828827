"""Who is away today, and who hears in their place."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, literal_column, select
from sqlmodel import Session, col

from models.absences import Absence
from models.agencies import Unit
from models.inserts import in_pieces
from models.people import Membership, Person
from states.actors import valid_on
from states.calendar import today_in_indonesia

IS_NOT_ENDED: ColumnElement[bool] = literal_column("absence.ended_at IS NULL")
"""Spelt out: SQLite leaves a partial index aside when the values it depends on are bound."""

EVERYWHERE = None  # where an admin serves: all agencies, and what belongs to none


@dataclass(frozen=True)
class Hearer:
    """Somebody who hears, for themselves or in the place of who is away."""

    person: Person
    instead_of: Person | None = None

    @property
    def principal(self) -> Person:
        """Whose hearing it is."""
        return self.instead_of or self.person


@dataclass(frozen=True)
class Away:
    """Who is away today, by their id, with the deputy that they named."""

    deputies: Mapping[int, Person] = field(default_factory=dict)
    serving: Mapping[int, Set[int | None]] = field(default_factory=dict)  # the agencies of each deputy

    def __bool__(self) -> bool:
        return bool(self.deputies)

    def has(self, person: Person) -> bool:
        return person.id in self.deputies

    def deputy_of(self, person: Person, agency: int | None) -> Person | None:
        """Who hears in this person's place what belongs to this agency; None where the deputy is away, too, or serves
        the agency no more: a chain is followed one step and no further."""
        deputy = self.deputies[person.id]
        serves = self.serving.get(deputy.id, frozenset())
        return deputy if deputy.id not in self.deputies and (agency in serves or EVERYWHERE in serves) else None

    def hearing(self, people: Iterable[Person], agency: int | None) -> list[Hearer]:
        """Those who are here, and the deputies of those who are not."""
        found: list[Hearer] = []
        for person in people:
            if not self.has(person):
                found.append(Hearer(person))
            elif deputy := self.deputy_of(person, agency):
                found.append(Hearer(deputy, person))
        return found


def load_away(session: Session, *, now: datetime) -> Away:
    """Three queries; one where nobody is away. The days of an absence are those of western Indonesia."""
    today = today_in_indonesia(now)
    rows = session.execute(
        select(col(Absence.person_id), Person)
        .join(Person, col(Person.id) == col(Absence.deputy_id))
        .where(IS_NOT_ENDED, col(Absence.since) <= today, col(Absence.until) >= today)
    )
    deputies = {person: deputy for person, deputy in rows}
    return Away(deputies, serving_agencies(session, [one.id for one in deputies.values()], now=now))


def serving_agencies(session: Session, people: Sequence[int], *, now: datetime) -> dict[int, set[int | None]]:
    """The agencies in which, or in whose units, each holds a role today."""
    found: dict[int, set[int | None]] = {}
    for piece in in_pieces(people):
        rows = session.execute(
            select(col(Membership.person_id), col(Membership.agency_id), col(Unit.agency_id))
            .outerjoin(Unit, col(Unit.id) == col(Membership.unit_id))
            .where(col(Membership.person_id).in_(piece), *valid_on(today_in_indonesia(now)))
        )
        for person, agency, of_unit in rows:
            found.setdefault(person, set()).add(of_unit if agency is None else agency)
    return found
