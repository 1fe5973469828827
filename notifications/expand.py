"""The outbox becomes deliveries, one to each person by the first of their channels that works; it counts as said."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from models.absences import ToldFor
from models.database import transaction
from models.inserts import insert_new
from models.messages import Delivery, DeliveryState, OutboxMessage
from models.obligations import Said
from models.people import Person
from notifications.counts import Counts
from notifications.holding import Holds, load_holds
from notifications.identity import MessageIds
from notifications.listeners import Listeners, listeners
from notifications.relevance import untrue
from notifications.routes import DIGEST, first_channels, route_of

BATCH = 2_000  # outbox rows in one transaction

Rows = list[dict[str, object]]


def expand_outbox(*, now: datetime, limit: int = BATCH) -> Counts:
    """Expand all that waits, `limit` rows at a time, each batch in its own transaction; running it twice adds nothing.

    A row that has stopped being true meanwhile is expanded to nothing. What a person wants to hear in a digest, or not
    now, is written and held.
    """
    total = Counts()
    while True:
        with transaction() as session:
            waiting = _take(session, limit)
            total += expand(session, waiting, now=now)
        if len(waiting) < limit:
            return total


def _take(session: Session, limit: int) -> list[OutboxMessage]:
    """The oldest that nobody else is expanding (PostgreSQL; on SQLite this transaction is the only writer)."""
    query = select(OutboxMessage).where(col(OutboxMessage.expanded_at).is_(None)).order_by(col(OutboxMessage.id))
    return list(session.execute(query.limit(limit).with_for_update(skip_locked=True)).scalars())


def expand(
    session: Session,
    messages: Sequence[OutboxMessage],
    *,
    now: datetime,
    only: Mapping[int, Collection[int]] | None = None,
) -> Counts:
    """`only` names, by outbox row, the people whose hearing alone is meant."""
    if not messages:
        return Counts()
    gone = untrue(session, messages, now=now)
    told = [message for message in messages if message.id not in gone]
    heard = listeners(session, told, now=now, only=only)
    ids = MessageIds.of(session)
    pairs = [(message, one) for message in told for one in heard.told(message)]
    people = {one.person.id for _, one in pairs}
    channels = first_channels(session, people, now=now)
    holds = load_holds(session, told, people, now=now)
    deliveries: Rows = []
    said: Rows = []
    told_for: Rows = []  # those in whose place it is told
    for message, one in pairs:
        message_id = ids.message(message, one.person.id)
        row = _delivery(message, message_id, one.person, channels[one.person.id], now=now)
        deliveries.append(row | _held(message, one.person, holds, now=now))
        said.extend(_said(message, message_id, one.person, heard, now=now))
        told_for.extend({"message_id": message_id, "person_id": absent.id} for absent in one.instead_of)
    queued = insert_new(session, Delivery, deliveries)
    insert_new(session, Said, said)
    insert_new(session, ToldFor, told_for)
    session.execute(
        update(OutboxMessage)
        .where(col(OutboxMessage.id).in_([message.id for message in messages]))
        .values(expanded_at=now)
        .execution_options(synchronize_session=False)
    )
    held = sum(row["next_try_at"] != now or row["state"] is DeliveryState.WAITING for row in deliveries)
    return Counts(queued=queued, held=min(held, queued))


def _held(message: OutboxMessage, person: Person, holds: Holds, *, now: datetime) -> dict[str, object]:
    """What is different about a delivery that does not go at once."""
    if holds.collects(message, person.id):
        return {"channel_id": None, "route": DIGEST, "state": DeliveryState.WAITING}
    until = holds.until(message, person.id, now=now)
    return {"next_try_at": until} if until else {}


def _delivery(
    message: OutboxMessage, message_id: str, person: Person, channel: int | None, *, now: datetime
) -> dict[str, object]:
    return {
        "message_id": message_id,
        "outbox_id": message.id,
        "person_id": person.id,
        "channel_id": channel,
        "route": route_of(channel),
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "next_try_at": now,
        "queued_at": now,
    }


def _said(message: OutboxMessage, message_id: str, person: Person, heard: Listeners, *, now: datetime) -> Rows:
    """This rung as said, and the older ones that this person would have heard as covered by it."""
    if message.rung is None:
        return []
    base: dict[str, object] = {
        "obligation_id": message.obligation_id,
        "due_on": message.due_on,
        "person_id": person.id,
        "message_id": message_id,
        "at": now,
    }
    covered = ({**base, "rung": rung, "covered_by": message.rung} for rung in heard.covered(message, person))
    return [{**base, "rung": message.rung, "covered_by": None}, *covered]
