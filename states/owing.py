"""Who is to do what an obligation asks: the person it names while they serve the unit, else whoever holds the role."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.inserts import in_pieces
from models.obligations import Obligation
from models.people import Membership, Person
from states.holders import Where, hearers_of, local_days, places_of

Named = tuple[int, int]  # a candidacy's id, and a person's


def owing_people(session: Session, owed: Iterable[Obligation], *, now: datetime) -> dict[int, list[Person]]:
    """By obligation, with the fallbacks of its role where the person it names has left; a fixed number of queries."""
    rows = list(owed)
    by_name = named_people(session, rows, now=now)
    hearers = hearers_of(session, {(row.candidacy_id, row.owed_by) for row in rows if row.id not in by_name}, now=now)
    return {row.id: [by_name[row.id]] if row.id in by_name else hearers[row.candidacy_id, row.owed_by] for row in rows}


def named_people(session: Session, owed: Iterable[Obligation], *, now: datetime) -> dict[int, Person]:
    """Who owes each in person; those that name nobody, or somebody who has left the unit, are left out."""
    pairs = {row.id: (row.candidacy_id, row.person_id) for row in owed if row.person_id is not None}
    serving = serving_of(session, pairs.values(), now=now)
    people: dict[int, Person] = {}
    for piece in in_pieces({person for _, person in serving}):
        people.update(
            {row.id: row for row in session.execute(select(Person).where(col(Person.id).in_(piece))).scalars()}
        )
    return {key: people[person] for key, (candidacy, person) in pairs.items() if (candidacy, person) in serving}


def serving_of(session: Session, named: Iterable[Named], *, now: datetime) -> set[Named]:
    """Those who hold a role in the candidacy's unit, or in one above it, on the day that it is there."""
    wanted = set(named)
    candidacies: set[Where] = {candidacy for candidacy, _ in wanted}
    days = local_days(session, candidacies, now=now)
    units = {
        candidacy: {key for scope, key in chain if scope == "unit"}
        for candidacy, chain in places_of(session, candidacies).items()
    }
    held = _unit_roles(session, {person for _, person in wanted})
    return {
        (candidacy, person)
        for candidacy, person in wanted
        for row in held.get(person, ())
        if row.unit_id in units[candidacy]
        and row.since <= days[candidacy]
        and (row.until is None or row.until >= days[candidacy])
    }


def _unit_roles(session: Session, people: set[int]) -> Mapping[int, list[Membership]]:
    held: dict[int, list[Membership]] = {}
    for piece in in_pieces(people):
        rows = session.execute(
            select(Membership).where(col(Membership.person_id).in_(piece), col(Membership.unit_id).is_not(None))
        ).scalars()
        for row in rows:
            held.setdefault(row.person_id, []).append(row)
    return held
