"""What follows when a message is given up by one channel: the next channel has it, and the channel is marked."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from models.inserts import insert_new, rows_hit
from models.messages import Channel, Delivery, DeliveryState, Notice, OutboxMessage
from models.people import Role
from notifications.parcel import Parcel
from notifications.patience import REST
from notifications.post import Outcome
from notifications.routes import channels_left, route_of
from states.notices import join_roles, place_columns, where_of

WORKS = {"failed_at": None, "failure": None, "rests_until": None}


def by_the_next(session: Session, parcel: Parcel, *, now: datetime) -> int:
    """Queue the same message by the next channel that works, last into the mail folder; how many rows are new."""
    left = channels_left(session, {parcel.message_id: parcel.person.id}, now=now)[parcel.message_id]
    return queue_again(
        session, parcel.message_id, parcel.outbox.id, parcel.person.id, left[0] if left else None, now=now
    )


def queue_again(
    session: Session, message_id: str, outbox_id: int, person_id: int, channel: int | None, *, now: datetime
) -> int:
    row: Mapping[str, object] = {
        "message_id": message_id,
        "outbox_id": outbox_id,
        "person_id": person_id,
        "channel_id": channel,
        "route": route_of(channel),
        "state": DeliveryState.QUEUED,
        "attempts": 0,
        "next_try_at": now,
        "queued_at": now,
    }
    queued: int = insert_new(session, Delivery, [dict(row)])
    return queued


def mark(session: Session, parcel: Parcel, outcome: Outcome, *, now: datetime) -> None:
    """Mark the channel; where it was not marked before, the koordinator hears of it: once until it works again."""
    channel = col(Channel.id) == parcel.channel_id
    why = {"failure": outcome.error, "rests_until": None if outcome.for_good else now + REST}
    query = update(Channel).where(channel, col(Channel.failed_at).is_(None))
    newly = rows_hit(
        session.execute(
            query.values(failed_at=now, failures=col(Channel.failures) + 1, **why).execution_options(
                synchronize_session=False
            )
        )
    )
    if newly:
        _tell_koordinator(session, parcel, now=now)
    elif not outcome.for_good:  # one that failed for good stays so, whatever an older message found
        again = update(Channel).where(channel, col(Channel.rests_until).is_not(None)).values(**why)
        session.execute(again.execution_options(synchronize_session=False))
    else:
        session.execute(update(Channel).where(channel).values(**why).execution_options(synchronize_session=False))


def unmark(session: Session, channel: int) -> None:
    """The channel works."""
    query = update(Channel).where(col(Channel.id) == channel, col(Channel.failed_at).is_not(None))
    session.execute(query.values(**WORKS).execution_options(synchronize_session=False))


def _tell_koordinator(session: Session, parcel: Parcel, *, now: datetime) -> None:
    times = session.get_one(Channel, parcel.channel_id, populate_existing=True).failures
    notice: dict[str, object] = {
        "kind": Notice.UNREACHABLE,
        "subject": f"channel:{parcel.channel_id}:{times}",
        **place_columns(where_of(parcel.outbox)),
        "reference_id": parcel.delivery_id,
        "roles": join_roles([Role.KOORDINATOR]),
        "queued_at": now,
    }
    insert_new(session, OutboxMessage, [notice])
