"""What stands in digests: each item as a parcel of its own, so that it is put into words as it would be alone."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.inserts import in_pieces
from models.messages import Delivery, Notice, OutboxMessage
from notifications.parcel import Parcel
from notifications.relevance import untrue
from states.ladder import days_named

Items = dict[int, list[Parcel]]
"""By the digest's outbox row."""


def load_items(session: Session, parcels: Sequence[Parcel], *, now: datetime) -> Items:
    """What is still true of each digest, the nearest deadline first; of one obligation the newest rung alone."""
    digests = {one.outbox.id: one for one in parcels if one.outbox.kind is Notice.DIGEST}
    if not digests:
        return {}
    found: defaultdict[int, dict[str, Parcel]] = defaultdict(dict)
    for piece in in_pieces(digests):
        rows = session.execute(
            select(Delivery, OutboxMessage)
            .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
            .where(col(Delivery.digest_id).in_(piece))
            .order_by(col(Delivery.outbox_id))
        ).all()
        gone = untrue(session, list({message.id: message for _, message in rows}.values()), now=now)
        for delivery, message in rows:
            if message.id in gone or delivery.digest_id is None:
                continue
            digest = digests[delivery.digest_id]
            if digest.person.id == delivery.person_id:
                item = replace(digest, delivery_id=delivery.id, message_id=delivery.message_id, outbox=message)
                found[delivery.digest_id][_about(message)] = item
    return {digest: sorted(items.values(), key=_urgency) for digest, items in found.items()}


def _about(message: OutboxMessage) -> str:
    """What only the newest is told of: a due date, and all that somebody has to prove."""
    if message.obligation_id is not None:
        return f"obligation:{message.obligation_id}"
    return message.kind.value if message.kind is Notice.EVIDENCE else f"{message.kind.value}:{message.subject}"


def _urgency(item: Parcel) -> tuple[bool, str, int, int]:
    outbox = item.outbox
    return (
        outbox.due_on is None,
        str(outbox.due_on or ""),
        -days_named(outbox.rung) if outbox.rung else 0,
        outbox.id,
    )
