"""Delivers: what waits in the outbox is addressed, then everything that is due is sent."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from time import sleep

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.database import reading
from models.home import Home, held_since
from models.inserts import in_pieces
from models.messages import Delivery, OutboxMessage
from models.obligations import Obligation
from models.people import Person
from notifications.counts import Counts
from notifications.expand import expand_outbox
from notifications.holding import load_holds
from notifications.identity import MessageIds
from notifications.leases import IS_QUEUED
from notifications.listeners import listeners
from notifications.plans import PlannedMessage, in_order
from notifications.rates import UNLIMITED, Rates
from notifications.relevance import untrue
from notifications.send import Clock, deliver_queued
from notifications.workers import this_worker


def deliver(
    *,
    home: Home,
    clock: Clock,
    worker_id: str | None = None,
    rates: Rates = UNLIMITED,
    stay: timedelta = timedelta(0),
    pause: Callable[[float], None] = sleep,
) -> Counts:
    """Expand and send until nothing is due; what giving up on a channel queues is sent in the same run.

    What is over the rate of its kind is waited for, for as long as `stay`; then it is left to the next run.
    While messages are held, as after a restore, nothing is sent. Raises StorageFailed as `deliver_queued` does.
    """
    if held_since(home):
        return Counts(held=_waiting())
    worker_id = worker_id or this_worker()
    until = clock() + stay
    total, room = Counts(), set[datetime]()
    while True:
        total += expand_outbox(now=clock())
        sent, minutes = deliver_queued(home=home, worker_id=worker_id, clock=clock, rates=rates)
        total += sent
        if sent.queued:
            continue
        room = {minute for minute in room | minutes if clock() < minute <= until}
        if not room or not _came(min(room), clock=clock, pause=pause):
            return total


def _waiting() -> int:
    with reading() as session:
        count: int = session.execute(select(func.count()).select_from(Delivery).where(IS_QUEUED)).scalar_one()
        return count


def _came(moment: datetime, *, clock: Clock, pause: Callable[[float], None]) -> bool:
    """Wait for a moment; False where the clock stands still, as in a sandbox, and it would never come."""
    while (now := clock()) < moment:
        pause(min(1.0, (moment - now).total_seconds()))
        if clock() <= now:
            return False
    return True


def plan_deliveries(*, now: datetime) -> list[PlannedMessage]:
    """What `deliver` would send now and to whom, by candidacy; nothing is written."""
    planned: set[PlannedMessage] = set()
    with reading() as session:
        for piece in in_pieces(_queued(session, now=now)):
            planned |= _planned(session, piece, now=now)
        for waiting in in_pieces(_unexpanded(session)):
            heard = listeners(session, waiting, now=now)
            told = [(message, person) for message in waiting for person in heard.of(message)]
            planned |= _planned(session, told, now=now)
    return in_order(planned)


def _queued(session: Session, *, now: datetime) -> list[tuple[OutboxMessage, Person]]:
    rows = session.execute(
        select(OutboxMessage, Person)
        .join(Delivery, col(Delivery.outbox_id) == col(OutboxMessage.id))
        .join(Person, col(Person.id) == col(Delivery.person_id))
        .where(IS_QUEUED, col(Delivery.next_try_at) <= now)
    )
    return list(rows)


def _unexpanded(session: Session) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(col(OutboxMessage.expanded_at).is_(None)).order_by(col(OutboxMessage.id))
    return list(session.execute(query).scalars())


def _planned(session: Session, told: Sequence[tuple[OutboxMessage, Person]], *, now: datetime) -> set[PlannedMessage]:
    gone = untrue(session, [message for message, _ in told], now=now)
    ids = MessageIds.of(session)
    codes = _codes(session, {message.candidacy_id for message, _ in told if message.candidacy_id is not None})
    owed = _kinds(session, {message.obligation_id for message, _ in told if message.obligation_id is not None})
    holds = load_holds(session, [message for message, _ in told], {person.id for _, person in told}, now=now)
    return {
        PlannedMessage(
            candidacy=codes.get(message.candidacy_id or 0),
            kind=owed.get(message.obligation_id or 0, message.kind.value),
            rung=message.rung,
            recipient=person.email,
            due_on=message.due_on,
            message_id=ids.message(message, person.id),
            held_until=holds.planned(message, person.id, now=now),
        )
        for message, person in told
        if message.id not in gone
    }


def _codes(session: Session, ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(col(Candidacy.id), col(Candidacy.code)).where(col(Candidacy.id).in_(ids)))
    return {key: value for key, value in rows}


def _kinds(session: Session, ids: set[int]) -> dict[int, str]:
    """What is owed, by obligation."""
    rows = session.execute(select(col(Obligation.id), col(Obligation.kind)).where(col(Obligation.id).in_(ids)))
    return {obligation: kind.value for obligation, kind in rows}
