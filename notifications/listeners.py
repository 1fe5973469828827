"""Who hears each outbox row, and which older rungs they would have heard."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy, Correction
from models.inserts import in_pieces
from models.messages import Notice, OutboxMessage
from models.obligations import Obligation, Said
from models.people import Person
from states.away import Hearer, load_away
from states.hearing import Audience, audiences_of, owing_audiences
from states.holders import Pair
from states.ladder import LADDER, Ladder, Rung, days_named
from states.ladders import load_ladders
from states.notices import split_roles, where_of
from states.quieting import Quiet, is_urgent, load_quiet

Heard = tuple[int, date, str, int]  # a rung of an obligation's date, and who has heard it


@dataclass(frozen=True)
class Owed:
    """What an outbox row reminds of: who is to do it, and the ladder on which it is said."""

    by: Audience
    ladder: Ladder = LADDER

    def rungs_before(self, message: OutboxMessage) -> tuple[Rung, ...]:
        """The older rungs of the same due date."""
        return tuple(rung for rung in self.ladder if message.rung and rung.days < days_named(message.rung))


@dataclass(frozen=True)
class Told:
    """Who is told, and for whom who is away."""

    person: Person
    instead_of: tuple[Person, ...] = ()


@dataclass(frozen=True)
class Listeners:
    audiences: Mapping[Pair, Audience]
    owed: Mapping[int, Owed]  # by obligation
    requested_by: Mapping[int, int]  # who asked for a correction, by outbox row
    addressed: Mapping[int, Person] = field(default_factory=dict)  # by their id, whom rows name themselves
    quiet: Quiet = field(default_factory=Quiet)
    heard: Collection[Heard] = frozenset()
    only: Mapping[int, Collection[int]] | None = None  # by outbox row: whose hearing alone is meant

    def of(self, message: OutboxMessage) -> list[Person]:
        """Each person once."""
        return [told.person for told in self.told(message)]

    def told(self, message: OutboxMessage) -> list[Told]:
        """Each person once, with those in whose place they hear it; nobody who has heard this rung already."""
        if message.person_id is not None:
            return [Told(self.addressed[message.person_id])]
        people: dict[int, Person] = {}
        instead_of: dict[int, dict[int, Person]] = {}
        for hearer in self._hearers(message):
            people.setdefault(hearer.person.id, hearer.person)
            if hearer.instead_of:
                instead_of.setdefault(hearer.person.id, {})[hearer.instead_of.id] = hearer.instead_of
        return [
            Told(person, tuple(instead_of.get(key, {}).values()))
            for key, person in people.items()
            if not self._has_heard(message, person)
        ]

    def covered(self, message: OutboxMessage, person: Person) -> list[str]:
        """The older rungs of the same day that this person would have heard, too."""
        if message.obligation_id is None:
            return []
        owed = self.owed[message.obligation_id]
        owes = any(person.id == one.person.id for one in owed.by.told(urgent=True))
        return [
            rung.name
            for rung in owed.rungs_before(message)
            if owes or any(self._listens(person, (where_of(message), role)) for role in rung.also)
        ]

    def _hearers(self, message: OutboxMessage) -> list[Hearer]:
        """Whoever is meant and did not ask to be spared. Who asked for a correction cannot be its second person, so is
        not asked to be: not in the place of somebody else either."""
        owed = self.owed[message.obligation_id] if message.obligation_id is not None else None
        days = days_named(message.rung) if message.rung else 0
        urgent = owed is not None and is_urgent(days, owed.ladder)
        where, asked = where_of(message), self.requested_by.get(message.id)
        audiences = [self.audiences[where, role] for role in split_roles(message.roles)]
        found: list[Hearer] = []
        for hearer in (one for heard in ([owed.by] if owed else []) + audiences for one in heard.told(urgent=urgent)):
            principal = hearer.principal
            if owed and self.quiet.keeps(message.obligation_id or 0, principal.id, days, owed.ladder):
                continue
            if self.only is not None and principal.id not in self.only[message.id]:
                continue
            if hearer.person.id != asked:
                found.append(hearer)
            elif principal.id != asked:  # their deputy is the one who asked
                found.append(Hearer(principal))
        return found

    def _has_heard(self, message: OutboxMessage, person: Person) -> bool:
        if message.obligation_id is None or message.due_on is None or message.rung is None:
            return False
        return (message.obligation_id, message.due_on, message.rung, person.id) in self.heard

    def _listens(self, person: Person, pair: Pair) -> bool:
        return any(person.id == one.person.id for one in self.audiences[pair].told(urgent=True))


def listeners(
    session: Session,
    messages: Sequence[OutboxMessage],
    *,
    now: datetime,
    only: Mapping[int, Collection[int]] | None = None,
    snoozes_ended_by: datetime | None = None,
) -> Listeners:
    """For any number of outbox rows, with a fixed number of queries.

    `only` leaves everybody out but those whose hearing it names; a plan takes snoozes for ended that will be.
    """
    away = load_away(session, now=now)
    rows = _obligations(session, messages)
    ladders = load_ladders(session, {cycle for _, cycle in rows})
    owing = owing_audiences(session, (row for row, _ in rows), now=now, away=away)
    owed = {row.id: Owed(owing[row.id], ladders.of(cycle, row.kind)) for row, cycle in rows}
    pairs = {pair for message in messages for pair in _pairs(message, owed)}
    return Listeners(
        audiences_of(session, pairs, now=now, away=away),
        owed,
        _requested_by(session, messages),
        _addressed(session, messages),
        load_quiet(session, owed, ended_by=snoozes_ended_by),
        _heard(session, messages),
        only,
    )


def _pairs(message: OutboxMessage, owed: Mapping[int, Owed]) -> Iterable[Pair]:
    roles = set(split_roles(message.roles))
    if message.obligation_id is not None:
        roles |= {role for rung in owed[message.obligation_id].rungs_before(message) for role in rung.also}
    return ((where_of(message), role) for role in roles)


def _addressed(session: Session, messages: Sequence[OutboxMessage]) -> dict[int, Person]:
    ids = {message.person_id for message in messages if message.person_id is not None}
    return {person.id: person for person in session.execute(select(Person).where(col(Person.id).in_(ids))).scalars()}


def _obligations(session: Session, messages: Sequence[OutboxMessage]) -> list[tuple[Obligation, int]]:
    """What the messages remind of, with the cycle of each."""
    ids = {message.obligation_id for message in messages if message.obligation_id is not None}
    rows = session.execute(
        select(Obligation, col(Candidacy.cycle_id))
        .join(Candidacy, col(Candidacy.id) == col(Obligation.candidacy_id))
        .where(col(Obligation.id).in_(ids))
    )
    return [(row, cycle) for row, cycle in rows]


def _heard(session: Session, messages: Sequence[OutboxMessage]) -> set[Heard]:
    """The rungs that somebody was told, of what these messages remind of."""
    found: set[Heard] = set()
    rungs = {message.rung for message in messages if message.rung is not None}
    for piece in in_pieces({one.obligation_id for one in messages if one.obligation_id is not None}):
        rows = session.execute(
            select(col(Said.obligation_id), col(Said.due_on), col(Said.rung), col(Said.person_id))
            .where(col(Said.obligation_id).in_(piece), col(Said.rung).in_(rungs))
            .where(col(Said.covered_by).is_(None))
        )
        found.update((obligation, due_on, rung, person) for obligation, due_on, rung, person in rows)
    return found


def _requested_by(session: Session, messages: Sequence[OutboxMessage]) -> dict[int, int]:
    asked = {message.reference_id: message.id for message in messages if message.kind is Notice.CORRECTION}
    rows = session.execute(
        select(col(Correction.id), col(Correction.requested_by)).where(col(Correction.id).in_(set(asked)))
    )
    return {asked[correction]: person for correction, person in rows}
