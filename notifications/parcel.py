"""A parcel: a delivery with all that its words and its way need, as plain values, detached from the database."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.messages import Channel, Delivery, OutboxMessage
from models.people import Person
from models.preferences import Preference


@dataclass(frozen=True)
class Parcel:
    delivery_id: int
    attempts: int  # before this one
    message_id: str
    outbox: OutboxMessage
    person: Person
    channel_id: int | None
    sealed_url: bytes | None  # none: into the mail folder
    masked_url: str | None
    marked: bool = False  # the channel failed before, and has not worked since
    first_tried_at: datetime | None = None
    language: str | None = None  # that the person has chosen; none: the installation's


def load_parcels(session: Session, ids: list[int]) -> list[Parcel]:
    """In the order of `ids`. A delivery whose channel was removed goes into the mail folder."""
    rows = session.execute(
        select(Delivery, OutboxMessage, Person, Channel, col(Preference.language))
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
        .join(Person, col(Person.id) == col(Delivery.person_id))
        .outerjoin(Channel, col(Channel.id) == col(Delivery.channel_id))
        .outerjoin(Preference, col(Preference.person_id) == col(Delivery.person_id))
        .where(col(Delivery.id).in_(ids))
    )
    parcels = {
        delivery.id: Parcel(
            delivery_id=delivery.id,
            attempts=delivery.attempts,
            first_tried_at=delivery.first_tried_at,
            message_id=delivery.message_id,
            outbox=outbox,
            person=person,
            channel_id=channel.id if channel else None,
            sealed_url=channel.sealed_url if channel else None,
            masked_url=channel.masked_url if channel else None,
            marked=bool(channel and channel.failed_at),
            language=language,
        )
        for delivery, outbox, person, channel, language in rows
    }
    return [parcels[one] for one in ids]
