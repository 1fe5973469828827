"""What was said to somebody, newest first: in the words that were sent, where they are kept.

Words are made at the moment of sending and kept nowhere but in the mail folder. What went by another channel is told
by its kind, its subject and its day alone: to write it anew would be to claim words that nobody was sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.database import reading
from models.messages import Channel, Delivery, DeliveryState, Notice, OutboxMessage
from notifications.routes import MAIL
from states.actors import Actor

PAGE = 20
LARGEST = 512 * 1024  # bytes of a message that is shown


@dataclass(frozen=True)
class Words:
    subject: str
    text: str


@dataclass(frozen=True)
class Way:
    """One way that a message took or waits to take."""

    channel: str | None  # masked; none is the mail folder
    state: DeliveryState
    at: datetime  # sent, or the next try
    error: str | None


@dataclass(frozen=True)
class Told:
    message_id: str
    kind: Notice
    rung: str | None
    about: str | None  # the unit's name, else the agency's
    candidacy: str | None
    at: datetime  # when it was sent; while it waits, since when
    state: DeliveryState
    ways: tuple[Way, ...]
    words: Words | None


@dataclass(frozen=True)
class Page:
    told: Sequence[Told]
    before: int | None  # where the next page goes on; none on the last


def read_inbox(*, actor: Actor, folder: Path, before: int | None = None) -> Page:
    """The actor's own messages, sent, waiting and failed. What was true no more when its turn came was never said."""
    last = func.max(Delivery.id)
    query = (
        select(col(Delivery.message_id), last)
        .where(col(Delivery.person_id) == actor.person_id, col(Delivery.state) != DeliveryState.CANCELLED)
        .group_by(col(Delivery.message_id))
        .order_by(last.desc())
        .limit(PAGE + 1)
    )
    if before is not None:
        query = query.having(last < before)
    with reading() as session:
        found = session.execute(query).all()
        listed = [message for message, _ in found[:PAGE]]
        told = _told(session, listed, person=actor.person_id, folder=folder)
    return Page([told[message] for message in listed], found[PAGE - 1][1] if len(found) > PAGE else None)


def read_words(message_id: str, *, folder: Path) -> Words | None:
    """As they stand in the mail folder; None where they are not there, or can't be read."""
    path = folder / f"{message_id}.eml"
    try:
        if path.stat().st_size > LARGEST:
            return None
        mail = message_from_bytes(path.read_bytes(), policy=default)
    except OSError:
        return None
    body = mail.get_body(("plain",))
    return Words(str(mail["Subject"]), str(body.get_content()).strip()) if body is not None else None


def _told(session: Session, messages: list[str], *, person: int, folder: Path) -> dict[str, Told]:
    rows = session.execute(
        select(Delivery, OutboxMessage, col(Candidacy.code), col(Unit.name), col(Agency.name), Channel)
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
        .outerjoin(Candidacy, col(Candidacy.id) == col(OutboxMessage.candidacy_id))
        .outerjoin(Unit, col(Unit.id) == func.coalesce(col(Candidacy.unit_id), col(OutboxMessage.unit_id)))
        .outerjoin(Agency, col(Agency.id) == col(OutboxMessage.agency_id))
        .outerjoin(Channel, col(Channel.id) == col(Delivery.channel_id))
        .where(col(Delivery.message_id).in_(messages), col(Delivery.person_id) == person)
        .where(col(Delivery.state) != DeliveryState.CANCELLED)
        .order_by(col(Delivery.id))
    ).all()
    by_message: dict[str, list[tuple[Delivery, Channel | None]]] = {}
    for delivery, _, _, _, _, channel in rows:
        by_message.setdefault(delivery.message_id, []).append((delivery, channel))
    told: dict[str, Told] = {}
    for delivery, outbox, candidacy, unit, agency, _ in rows:
        ways = by_message[delivery.message_id]
        best = min((one for one, _ in ways), key=lambda one: BEST.index(one.state))
        in_folder = any(one.route == MAIL and one.state is DeliveryState.SENT for one, _ in ways)
        told[delivery.message_id] = Told(
            message_id=delivery.message_id,
            kind=outbox.kind,
            rung=outbox.rung,
            about=unit or agency,
            candidacy=candidacy,
            at=best.sent_at or best.queued_at,
            state=best.state,
            ways=tuple(_way(one, channel) for one, channel in ways),
            words=read_words(delivery.message_id, folder=folder) if in_folder else None,
        )
    return told


BEST = (DeliveryState.SENT, DeliveryState.QUEUED, DeliveryState.FAILED, DeliveryState.CANCELLED)


def _way(row: Delivery, channel: Channel | None) -> Way:
    at = row.sent_at or (row.next_try_at if row.state is DeliveryState.QUEUED else row.queued_at)
    return Way(channel.masked_url if channel else None, row.state, at, row.error)
