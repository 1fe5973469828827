"""Dead letters: what was given up is tried once more, because somebody says that it will go now."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from models.candidacies import Candidacy
from models.catalogue import Word
from models.database import locked, reading
from models.errors import NotFound, Obstacle, Refusal, Refused
from models.inserts import in_pieces
from models.messages import Delivery, DeliveryState, OutboxMessage
from models.people import Role
from models.trail import Json, Pending, record
from notifications.delivery_log import Wanted, delivery_ids, matching, visible_to
from states.actors import Actor, current, not_allowed
from states.writing import writing

AT_ONCE = 500  # deliveries in one transaction
MAY = (Role.KOORDINATOR,)


def retry_deliveries(numbers: Sequence[int], *, actor: Actor, now: datetime) -> list[int]:
    """Queue these again by the same channel, all or none. For the person, a koordinator of the unit, an admin.

    Raises NotFound for a number that is not there, Refused for one that has not failed, or whose channel is gone.
    """
    wanted = sorted(set(numbers))
    with writing("delivery_retry", author=actor.author, now=now, subject=f"person:{actor.person_id}") as session:
        rows = locked(session, Delivery, col(Delivery.id).in_(wanted))
        if missing := sorted(set(wanted) - {row.id for row in rows}):
            raise NotFound("unknown_delivery", value=missing[0])
        acting = current(session, actor, now=now)
        query = delivery_ids().where(col(Delivery.id).in_(wanted), visible_to(acting, MAY))
        mine = set(session.execute(query).scalars())
        if forbidden := next((one for one in wanted if one not in mine), None):
            raise not_allowed((*MAY, Role.ADMIN), subject=f"delivery:{forbidden}")
        if refusals := [Refusal(f"delivery:{row.id}", obstacle) for row in rows if (obstacle := _in_the_way(row))]:
            raise Refused(refusals)
        _queue(session, wanted, actor=actor, now=now)
        return wanted


def retry_failed(wanted: Wanted, *, actor: Actor, now: datetime) -> list[int]:
    """Queue again all that failed and went by no other channel of the person's, of what the actor may retry.

    In pieces, each in a transaction of its own. Raises NotFound and Refused as `list_deliveries` does.
    """
    with reading() as session:
        acting = current(session, actor, now=now)
        query = delivery_ids().where(matching(session, wanted, acting), visible_to(acting, MAY))
        ids = list(session.execute(query.order_by(col(Delivery.id))).scalars())
    done: list[int] = []
    for piece in in_pieces(ids, AT_ONCE):
        with writing("delivery_retry", author=actor.author, now=now, subject=f"person:{actor.person_id}") as session:
            rows = locked(session, Delivery, col(Delivery.id).in_(piece))
            still = [row.id for row in rows if _in_the_way(row) is None]
            _queue(session, still, actor=actor, now=now)
            done += still
    return done


def can_retry(numbers: Sequence[int], *, actor: Actor) -> set[int]:
    """Which of these `retry_deliveries` would take from the actor."""
    with reading() as session:
        query = delivery_ids().where(
            col(Delivery.id).in_(numbers),
            col(Delivery.state) == DeliveryState.FAILED,
            col(Delivery.channel_id).is_not(None),
            visible_to(actor, MAY),
        )
        return set(session.execute(query).scalars())


def _in_the_way(row: Delivery) -> Obstacle | None:
    if row.state is not DeliveryState.FAILED:
        return Obstacle("delivery_not_failed", {"number": row.id, "state": Word(f"delivery.state.{row.state.value}")})
    if row.channel_id is None:
        return Obstacle("delivery_without_channel", {"number": row.id})
    return None


def _queue(session: Session, ids: Sequence[int], *, actor: Actor, now: datetime) -> None:
    """Attempts and patience begin anew; the error stays until it is sent. One record for each candidacy, or person."""
    again = {"state": DeliveryState.QUEUED, "attempts": 0, "first_tried_at": None, "next_try_at": now, "queued_at": now}
    query = update(Delivery).where(col(Delivery.id).in_(ids)).values(**again)
    session.execute(query.execution_options(synchronize_session=False))
    rows = session.execute(
        select(col(Candidacy.code), col(Delivery.person_id), col(Delivery.id))
        .select_from(Delivery)
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
        .outerjoin(Candidacy, col(Candidacy.id) == col(OutboxMessage.candidacy_id))
        .where(col(Delivery.id).in_(ids))
        .order_by(col(Candidacy.code), col(Delivery.id))
    )
    by_subject: dict[str, list[Json]] = {}
    for code, person, delivery in rows:
        by_subject.setdefault(f"candidacy:{code}" if code else f"person:{person}", []).append(delivery)
    for subject, deliveries in by_subject.items():
        details: dict[str, Json] = {"deliveries": deliveries}
        record(session, Pending(actor.author, now, action="delivery_retried", subject=subject, details=details))
