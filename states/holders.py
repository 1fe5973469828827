"""Roles become people: who holds a role for a candidacy, or at a place, on a day. The number of queries does not grow
with theirs, but with the levels of the tree of units.

The nearest place counts: the unit, then the units above it, then the agency, then everywhere (admin). So the head
of a dinas hears of a puskesmas only where the puskesmas has no head of its own on record.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, and_, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.inserts import in_pieces
from models.people import Membership, Person, Role
from states.actors import valid_on
from states.areas import areas_in
from states.calendar import today_in_indonesia


@dataclass(frozen=True)
class Holder:
    """Somebody who holds a role, and the areas of the LKE that it is bound to; none = all."""

    person: Person
    areas: frozenset[str]


Scope = tuple[Literal["unit", "agency", "everywhere"], int]
Where = int | Scope  # a candidacy's id, or a place that stands for itself
Pair = tuple[Where, Role]

EVERYWHERE: Scope = ("everywhere", 0)

FALLBACK = {
    Role.PIMPINAN_UNIT: Role.KOORDINATOR,
    Role.POKJA: Role.KOORDINATOR,
    Role.TPI: Role.KOORDINATOR,
    Role.KOORDINATOR: Role.ADMIN,
}
"""Who hears it where a role has nobody."""


def people_of(session: Session, pairs: Iterable[Pair], *, today: date) -> dict[Pair, list[Person]]:
    """Who holds each role, in the order in which they were given it; an empty list where nobody does."""
    return {
        pair: [holder.person for holder in holders] for pair, holders in holders_of(session, pairs, today=today).items()
    }


def holders_of(session: Session, pairs: Iterable[Pair], *, today: date) -> dict[Pair, list[Holder]]:
    """The same, with the areas of each."""
    wanted = set(pairs)
    places = places_of(session, {where for where, _ in wanted})
    scopes = {scope for chain in places.values() for scope in chain}
    holders = _holders(session, {role for _, role in wanted}, scopes, today=today)
    return {
        (where, role): next((holders[role, scope] for scope in places[where] if (role, scope) in holders), [])
        for where, role in wanted
    }


def first_person(session: Session, pairs: Iterable[Pair], *, today: date) -> dict[Pair, Person]:
    """The first holder of each role; pairs with nobody are left out."""
    return {pair: people[0] for pair, people in people_of(session, pairs, today=today).items() if people}


def people_now(session: Session, pairs: Iterable[Pair], *, now: datetime) -> dict[Pair, list[Person]]:
    """Who holds each role now: on the day that it is in each agency's zone."""
    wanted = set(pairs)
    days = local_days(session, {where for where, _ in wanted}, now=now)
    people: dict[Pair, list[Person]] = {}
    for day in set(days.values()):  # two at most
        people.update(people_of(session, {pair for pair in wanted if days[pair[0]] == day}, today=day))
    return people


def hearers_of(session: Session, pairs: Iterable[Pair], *, now: datetime) -> dict[Pair, list[Person]]:
    """Who hears what is told to each role now, with the fallbacks."""
    wanted = set(pairs)
    people = people_now(session, {(where, one) for where, role in wanted for one in stand_ins(role)}, now=now)
    return {
        (where, role): next((found for one in stand_ins(role) if (found := people[where, one])), [])
        for where, role in wanted
    }


def stand_ins(role: Role) -> tuple[Role, ...]:
    """The role, then who hears it in its place, in order."""
    chain = [role]
    while chain[-1] in FALLBACK:
        chain.append(FALLBACK[chain[-1]])
    return tuple(chain)


def places_of(session: Session, wanted: set[Where]) -> dict[Where, tuple[Scope, ...]]:
    """Where to look for each, nearest first."""
    units = _units(session, wanted)
    parents = parents_of(session, {unit for unit, _ in units.values() if unit is not None})

    def chain(where: Where) -> tuple[Scope, ...]:
        if where not in units:  # an agency, or everywhere
            return (where, EVERYWHERE) if isinstance(where, tuple) and where != EVERYWHERE else (EVERYWHERE,)
        scopes: list[Scope] = []
        at, agency = units[where]
        while at is not None:
            scopes.append(("unit", at))
            at = parents[at]
        return (*scopes, ("agency", agency), EVERYWHERE)

    return {where: chain(where) for where in wanted}


def agencies_of(session: Session, wanted: set[Where]) -> dict[Where, int | None]:
    """The agency that each belongs to; None is the installation."""
    of_units = {where: agency for where, (_, agency) in _units(session, wanted).items()}
    return {
        where: where[1] if isinstance(where, tuple) and where[0] == "agency" else of_units.get(where)
        for where in wanted
    }


def _units(session: Session, wanted: set[Where]) -> dict[Where, tuple[int | None, int]]:
    """The unit of each that has one, and its agency."""
    units: dict[Where, tuple[int | None, int]] = {}
    for piece in in_pieces({where for where in wanted if isinstance(where, int)}):
        rows = session.execute(
            select(col(Candidacy.id), col(Unit.id), col(Unit.agency_id))
            .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .where(col(Candidacy.id).in_(piece))
        )
        units.update({candidacy: (unit, agency) for candidacy, unit, agency in rows})
    for piece in in_pieces({where[1] for where in wanted if isinstance(where, tuple) and where[0] == "unit"}):
        rows = session.execute(select(col(Unit.id), col(Unit.agency_id)).where(col(Unit.id).in_(piece)))
        units.update({("unit", unit): (unit, agency) for unit, agency in rows})
    return units


def parents_of(session: Session, units: set[int]) -> dict[int, int | None]:
    """Of these units and of all above them; a query for each level of the tree."""
    parents: dict[int, int | None] = {}
    level = units
    while level:
        for piece in in_pieces(level):
            rows = session.execute(select(col(Unit.id), col(Unit.parent_id)).where(col(Unit.id).in_(piece)))
            parents.update({unit: parent for unit, parent in rows})
        level = {parents[unit] for unit in level} - {None, *parents}  # type: ignore[assignment]
    return parents


def _holders(
    session: Session, roles: set[Role], scopes: set[Scope], *, today: date
) -> dict[tuple[Role, Scope], list[Holder]]:
    rows: list[_Held] = []
    for kind, column in (("unit", col(Membership.unit_id)), ("agency", col(Membership.agency_id))):
        for piece in in_pieces({key for scope, key in scopes if scope == kind}):
            rows.extend(_held(session, roles, column.in_(piece), today=today))
    everywhere = and_(col(Membership.agency_id).is_(None), col(Membership.unit_id).is_(None))
    rows.extend(_held(session, roles, everywhere, today=today))
    holders: defaultdict[tuple[Role, Scope], dict[int, Holder]] = defaultdict(dict)
    for _, role, agency, unit, area, person in sorted(rows, key=lambda row: row[0]):
        of_scope = holders[role, _scope_of(agency, unit)]
        areas = areas_in(area)
        if person.id in of_scope:  # two memberships: the areas of both, or all where one is not bound
            before = of_scope[person.id].areas
            areas = areas | before if areas and before else frozenset()
        of_scope[person.id] = Holder(person, areas)
    return {key: list(people.values()) for key, people in holders.items()}


_Held = Row[int, Role, int | None, int | None, str | None, Person]


def _held(session: Session, roles: set[Role], here: ColumnElement[bool], *, today: date) -> Sequence[_Held]:
    """Memberships at some places, each with the person."""
    query = (
        select(
            col(Membership.id),
            col(Membership.role),
            col(Membership.agency_id),
            col(Membership.unit_id),
            col(Membership.area),
            Person,
        )
        .join(Person, col(Person.id) == col(Membership.person_id))
        .where(col(Membership.role).in_(roles), here, *valid_on(today))
    )
    return session.execute(query).all()


def _scope_of(agency: int | None, unit: int | None) -> Scope:
    if unit is not None:
        return "unit", unit
    if agency is not None:
        return "agency", agency
    return EVERYWHERE


def local_days(session: Session, wanted: set[Where], *, now: datetime) -> dict[Where, date]:
    """The day that it is for each: in its agency's zone; in western Indonesia for what belongs to none."""
    units = _units(session, wanted)
    agencies = {where: agency for where, (_, agency) in units.items()}
    agencies |= {where: where[1] for where in wanted if isinstance(where, tuple) and where[0] == "agency"}
    zones: dict[int, str] = {}
    for piece in in_pieces(set(agencies.values())):
        rows = session.execute(select(col(Agency.id), col(Agency.zone)).where(col(Agency.id).in_(piece)))
        zones.update({agency: zone for agency, zone in rows})

    def today(where: Where) -> date:
        if where not in agencies:
            return today_in_indonesia(now)
        return now.astimezone(ZoneInfo(zones[agencies[where]])).date()

    return {where: today(where) for where in wanted}
