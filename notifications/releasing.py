"""Ends the hold on messages that a restore began: they go out again, but for those that an admin drops."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from models.errors import BadInput
from models.home import Home, held_since, release_messages
from models.inserts import rows_hit
from models.messages import Delivery, DeliveryState, OutboxMessage
from models.trail import Pending, record
from states.actors import Actor, current, require_admin
from states.writing import writing

DROPPED = "restored"  # the error of a delivery that is not sent because it was queued before the backup was taken
UNSENT = (DeliveryState.QUEUED, DeliveryState.WAITING)


@dataclass(frozen=True)
class Released:
    since: datetime
    dropped: int


def release(*, home: Home, drop: bool, actor: Actor, now: datetime) -> Released:
    """Let messages go out; `drop` those that were queued before the restore. For admins.

    Raises BadInput where nothing is held, Refused, StorageFailed.
    """
    since = held_since(home)
    if since is None:
        raise BadInput("nothing_held")
    with writing("messages_release", author=actor.author, now=now, subject="installation:1") as session:
        require_admin(current(session, actor, now=now))
        dropped = _drop(session, before=since, now=now) if drop else 0
        details = {"dropped": dropped}
        record(session, Pending(actor.author, now, "messages_released", "installation:1", details=details))
    release_messages(home)
    return Released(since, dropped)


def _drop(session: Session, *, before: datetime, now: datetime) -> int:
    deliveries = (
        update(Delivery)
        .where(col(Delivery.state).in_(UNSENT), col(Delivery.queued_at) <= before)
        .values(state=DeliveryState.CANCELLED, error=DROPPED)
    )
    unsaid = (
        update(OutboxMessage)
        .where(col(OutboxMessage.expanded_at).is_(None), col(OutboxMessage.queued_at) <= before)
        .values(expanded_at=now)
    )
    return rows_hit(session.execute(deliveries)) + rows_hit(session.execute(unsaid))
