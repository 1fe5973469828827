"""Who is told what is meant for a role or a person today: whoever holds it, and deputies in the place of who is away.

Where somebody is away and their deputy can't hear, the others in the role do; where there are none, whoever stands in
for the role; and where nobody is left, those who are away themselves. What is urgent they hear in any case.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from models.obligations import Obligation
from models.people import Person
from states.away import Away, Hearer, load_away
from states.holders import Pair, agencies_of, people_now, stand_ins
from states.owing import named_people


@dataclass(frozen=True)
class Audience:
    hearers: Sequence[Hearer] = ()
    away: Sequence[Person] = ()  # whose hearing it is, and who are not here

    def told(self, *, urgent: bool = False) -> list[Hearer]:
        heard = {hearer.person.id for hearer in self.hearers if hearer.instead_of is None}
        return [*self.hearers, *(Hearer(one) for one in self.away if urgent and one.id not in heard)]


def audiences_of(
    session: Session, pairs: Iterable[Pair], *, now: datetime, away: Away | None = None
) -> dict[Pair, Audience]:
    """By role and place, with the fallbacks; a fixed number of queries."""
    wanted = set(pairs)
    away = load_away(session, now=now) if away is None else away
    people = people_now(session, {(where, one) for where, role in wanted for one in stand_ins(role)}, now=now)
    agencies = agencies_of(session, {where for where, _ in wanted}) if away else {}
    return {
        (where, role): audience([people[where, one] for one in stand_ins(role)], away, agencies.get(where))
        for where, role in wanted
    }


def audience(chain: Iterable[Sequence[Person]], away: Away, agency: int | None) -> Audience:
    """Of those who hold a role, and those who would stand in, in order. Pure."""
    owners: Sequence[Person] = ()
    for people in chain:
        owners = owners or people
        if hearers := away.hearing(people, agency):
            if people is not owners:  # they stand in for whoever is away
                hearers = [Hearer(one.person, owners[0]) for one in hearers]
            return Audience(hearers, [one for one in owners if away.has(one)])
    return Audience([Hearer(one) for one in owners], owners)


def owing_audiences(
    session: Session, owed: Iterable[Obligation], *, now: datetime, away: Away | None = None
) -> dict[int, Audience]:
    """By obligation: the person it names, else the role that owes it."""
    rows = list(owed)
    away = load_away(session, now=now) if away is None else away
    named = named_people(session, rows, now=now)
    by_role = [row for row in rows if row.id not in named or away.has(named[row.id])]
    roles = audiences_of(session, {(row.candidacy_id, row.owed_by) for row in by_role}, now=now, away=away)
    agencies = agencies_of(session, {row.candidacy_id for row in rows if row.id in named}) if away else {}
    return {
        row.id: roles[row.candidacy_id, row.owed_by]
        if row.id not in named
        else _of_named(named[row.id], away, agencies.get(row.candidacy_id), roles.get((row.candidacy_id, row.owed_by)))
        for row in rows
    }


def _of_named(person: Person, away: Away, agency: int | None, role: Audience | None) -> Audience:
    if not away.has(person):
        return Audience([Hearer(person)])
    others = [Hearer(one.person, person) for one in (role.hearers if role else ()) if one.person.id != person.id]
    return Audience(away.hearing([person], agency) or others or [Hearer(person)], [person])
