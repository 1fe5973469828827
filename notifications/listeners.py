"""Who hears each outbox row, and which older rungs they would have heard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy, Correction
from models.messages import Notice, OutboxMessage
from models.obligations import Obligation
from models.people import Person
from states.holders import Pair, hearers_of
from states.ladder import LADDER, Ladder, Rung, days_named
from states.ladders import load_ladders
from states.notices import split_roles, where_of
from states.owing import owing_people


@dataclass(frozen=True)
class Owed:
    """What an outbox row reminds of: who is to do it, and the ladder on which it is said."""

    by: Sequence[Person]
    ladder: Ladder = LADDER

    def rungs_before(self, message: OutboxMessage) -> tuple[Rung, ...]:
        """The older rungs of the same due date."""
        return tuple(rung for rung in self.ladder if message.rung and rung.days < days_named(message.rung))


@dataclass(frozen=True)
class Listeners:
    hearers: Mapping[Pair, Sequence[Person]]
    owed: Mapping[int, Owed]  # by obligation
    requested_by: Mapping[int, int]  # who asked for a correction, by outbox row
    addressed: Mapping[int, Person] = field(default_factory=dict)  # by their id, whom rows name themselves

    @cached_property
    def ids(self) -> Mapping[Pair, frozenset[int]]:
        return {pair: frozenset(person.id for person in people) for pair, people in self.hearers.items()}

    def of(self, message: OutboxMessage) -> list[Person]:
        """Each person once. Who asked for a correction cannot be its second person, so is not asked to be."""
        if message.person_id is not None:
            return [self.addressed[message.person_id]]
        where = where_of(message)
        by_role = (person for role in split_roles(message.roles) for person in self.hearers[where, role])
        heard = (*self.owing_for(message), *by_role)
        asked = self.requested_by.get(message.id)
        return list({person.id: person for person in heard if person.id != asked}.values())

    def owing_for(self, message: OutboxMessage) -> Sequence[Person]:
        return () if message.obligation_id is None else self.owed[message.obligation_id].by

    def covered(self, message: OutboxMessage, person: Person) -> list[str]:
        """The older rungs of the same day that this person would have heard, too."""
        if message.obligation_id is None:
            return []
        owes = any(person.id == one.id for one in self.owing_for(message))
        return [
            rung.name
            for rung in self.owed[message.obligation_id].rungs_before(message)
            if owes or any(person.id in self.ids[where_of(message), role] for role in rung.also)
        ]


def listeners(session: Session, messages: Sequence[OutboxMessage], *, now: datetime) -> Listeners:
    """For any number of outbox rows, with a fixed number of queries."""
    owed = _owed(session, messages, now=now)
    pairs = {pair for message in messages for pair in _pairs(message, owed)}
    return Listeners(
        hearers_of(session, pairs, now=now), owed, _requested_by(session, messages), _addressed(session, messages)
    )


def _pairs(message: OutboxMessage, owed: Mapping[int, Owed]) -> Iterable[Pair]:
    roles = set(split_roles(message.roles))
    if message.obligation_id is not None:
        roles |= {role for rung in owed[message.obligation_id].rungs_before(message) for role in rung.also}
    return ((where_of(message), role) for role in roles)


def _addressed(session: Session, messages: Sequence[OutboxMessage]) -> dict[int, Person]:
    ids = {message.person_id for message in messages if message.person_id is not None}
    return {person.id: person for person in session.execute(select(Person).where(col(Person.id).in_(ids))).scalars()}


def _owed(session: Session, messages: Sequence[OutboxMessage], *, now: datetime) -> dict[int, Owed]:
    ids = {message.obligation_id for message in messages if message.obligation_id is not None}
    rows = session.execute(
        select(Obligation, col(Candidacy.cycle_id))
        .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
        .where(col(Obligation.id).in_(ids))
    ).all()
    ladders = load_ladders(session, {cycle for _, cycle in rows})
    owing = owing_people(session, (row for row, _ in rows), now=now)
    return {row.id: Owed(owing[row.id], ladders.of(cycle, row.kind)) for row, cycle in rows}


def _requested_by(session: Session, messages: Sequence[OutboxMessage]) -> dict[int, int]:
    asked = {message.reference_id: message.id for message in messages if message.kind is Notice.CORRECTION}
    rows = session.execute(
        select(col(Correction.id), col(Correction.requested_by)).where(col(Correction.id).in_(set(asked)))
    )
    return {asked[correction]: person for correction, person in rows}
