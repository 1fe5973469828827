"""Who hears each outbox row, and which older rungs they would have heard."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Correction
from models.messages import Notice, OutboxMessage
from models.obligations import Obligation
from models.people import Person
from states.holders import Pair, hearers_of
from states.ladder import LADDER, Rung
from states.notices import split_roles
from states.owing import owing_people


@dataclass(frozen=True)
class Listeners:
    hearers: Mapping[Pair, Sequence[Person]]
    owing: Mapping[int, Sequence[Person]]  # who is to do it, by obligation
    requested_by: Mapping[int, int]  # who asked for a correction, by outbox row

    @cached_property
    def ids(self) -> Mapping[Pair, frozenset[int]]:
        return {pair: frozenset(person.id for person in people) for pair, people in self.hearers.items()}

    def of(self, message: OutboxMessage) -> list[Person]:
        """Each person once. Who asked for a correction cannot be its second person, so is not asked to be."""
        by_role = (person for role in split_roles(message.roles) for person in self.hearers[message.candidacy_id, role])
        heard = (*self.owing_for(message), *by_role)
        asked = self.requested_by.get(message.id)
        return list({person.id: person for person in heard if person.id != asked}.values())

    def owing_for(self, message: OutboxMessage) -> Sequence[Person]:
        return () if message.obligation_id is None else self.owing[message.obligation_id]

    def covered(self, message: OutboxMessage, person: Person) -> list[str]:
        """The older rungs of the same day that this person would have heard, too."""
        owes = any(person.id == one.id for one in self.owing_for(message))
        return [
            rung.name
            for rung in older_rungs(message)
            if owes or any(person.id in self.ids[message.candidacy_id, role] for role in rung.also)
        ]


def listeners(session: Session, messages: Sequence[OutboxMessage], *, now: datetime) -> Listeners:
    """For any number of outbox rows, with a fixed number of queries."""
    pairs = {pair for message in messages for pair in _pairs(message)}
    owing = owing_people(session, _obligations(session, messages), now=now)
    return Listeners(hearers_of(session, pairs, now=now), owing, _requested_by(session, messages))


def older_rungs(message: OutboxMessage) -> tuple[Rung, ...]:
    names = [rung.name for rung in LADDER]
    return LADDER[: names.index(message.rung)] if message.rung in names else ()


def _pairs(message: OutboxMessage) -> Iterable[Pair]:
    roles = {*split_roles(message.roles), *(role for rung in older_rungs(message) for role in rung.also)}
    return ((message.candidacy_id, role) for role in roles)


def _obligations(session: Session, messages: Sequence[OutboxMessage]) -> Sequence[Obligation]:
    ids = {message.obligation_id for message in messages if message.obligation_id is not None}
    return session.execute(select(Obligation).where(col(Obligation.id).in_(ids))).scalars().all()


def _requested_by(session: Session, messages: Sequence[OutboxMessage]) -> dict[int, int]:
    asked = {message.reference_id: message.id for message in messages if message.kind is Notice.CORRECTION}
    rows = session.execute(
        select(col(Correction.id), col(Correction.requested_by)).where(col(Correction.id).in_(set(asked)))
    )
    return {asked[correction]: person for correction, person in rows}
