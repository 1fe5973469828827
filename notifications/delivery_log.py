"""What was sent to whom by which way and how that went: to who follows a unit, and to everybody of themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, and_, exists, false, func, or_, select, text, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.agencies import Unit
from models.candidacies import Candidacy
from models.database import reading
from models.errors import NotFound
from models.messages import Channel, Delivery, DeliveryState, Notice, OutboxMessage
from models.people import Person, Role
from notifications.routes import MAIL
from states.actors import Actor, not_allowed
from states.lookups import find
from states.people import find_person
from states.sight import with_all_below

READERS = (Role.KOORDINATOR, Role.AUDITOR)
PAGE = 50

Found = Row[Delivery, OutboxMessage, str, str, Channel]  # the channel may be none: joined from outside


@dataclass(frozen=True)
class DeliveryRow:
    """One message by one way."""

    id: int
    message_id: str
    candidacy: str | None
    kind: Notice
    rung: str | None
    person: str  # e-mail
    route: str  # "mail" or "channel:7"
    channel: str | None  # masked; none for the mail folder, and where the channel was removed
    state: DeliveryState
    attempts: int
    queued_at: datetime
    next_try_at: datetime | None  # only while it is queued
    sent_at: datetime | None
    error: str | None


@dataclass(frozen=True)
class Wanted:
    """Which deliveries; all that is given has to hold."""

    person: str | None = None  # e-mail
    state: DeliveryState | None = None
    candidacy: str | None = None  # code
    since: datetime | None = None  # queued then or later
    undelivered: bool = False  # failed, and the message went by no other channel of the person's


@dataclass(frozen=True)
class Page:
    rows: Sequence[DeliveryRow]
    before: int | None  # where the next page goes on; none on the last


def list_deliveries(wanted: Wanted, *, actor: Actor, limit: int = PAGE, before: int | None = None) -> Page:
    """Newest first, those with a smaller number than `before`; of what the actor may see.

    Raises NotFound for an unknown person or candidacy, Refused where the actor asks for another person's and follows
    no unit.
    """
    with reading() as session:
        query = _query().where(matching(session, wanted, actor), visible_to(actor, READERS))
        if before is not None:
            query = query.where(col(Delivery.id) < before)
        found = session.execute(query.order_by(col(Delivery.id).desc()).limit(limit + 1)).all()
        rows = [_row(one) for one in found[:limit]]
        return Page(rows, rows[-1].id if len(found) > limit else None)


def show_message(message_id: str, *, actor: Actor) -> list[DeliveryRow]:
    """All ways that one message went, in their order. Raises NotFound, Refused."""
    with reading() as session:
        query = _query().where(col(Delivery.message_id) == message_id.strip().lower())
        if not session.execute(query).first():
            raise NotFound("unknown_message", value=message_id)
        found = session.execute(query.where(visible_to(actor, READERS)).order_by(col(Delivery.id))).all()
        if not found:
            raise not_allowed((*READERS, Role.ADMIN), subject=f"message:{message_id}")
        return [_row(one) for one in found]


def matching(session: Session, wanted: Wanted, actor: Actor) -> ColumnElement[bool]:
    """What is asked for, as a condition on deliveries joined with their outbox rows and units."""
    conditions: list[ColumnElement[bool]] = [true()]
    if wanted.person is not None:
        person = find_person(session, wanted.person)
        if person.id != actor.person_id and not actor.is_admin() and not _follows(actor):
            raise not_allowed((*READERS, Role.ADMIN), subject=f"person:{person.id}")
        conditions.append(col(Delivery.person_id) == person.id)
    if wanted.candidacy is not None:
        conditions.append(col(OutboxMessage.candidacy_id) == find(session, Candidacy, wanted.candidacy).id)
    if wanted.since is not None:
        conditions.append(col(Delivery.queued_at) >= wanted.since)
    if wanted.undelivered:
        conditions.append(_is_to_be_tried_again())
    elif wanted.state is not None:
        conditions += _is(wanted.state)
    return and_(*conditions)


def visible_to(actor: Actor, roles: tuple[Role, ...]) -> ColumnElement[bool]:
    """One's own; and those of the agencies and units (with all below) where one has these roles."""
    if actor.is_admin():
        return true()
    held = [one for one in actor.roles if one.role in roles]
    agencies = {one.agency_id for one in held if one.unit_id is None and one.agency_id is not None}
    units = {one.unit_id for one in held if one.unit_id is not None}
    return or_(
        col(Delivery.person_id) == actor.person_id,
        func.coalesce(col(Unit.agency_id), col(OutboxMessage.agency_id)).in_(agencies) if agencies else false(),
        col(Unit.id).in_(with_all_below(units)) if units else false(),
    )


def delivery_ids() -> Select[int]:
    """Of all, joined with what `matching` and `visible_to` look at."""
    return (
        select(col(Delivery.id))
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
        .outerjoin(Candidacy, col(Candidacy.id) == col(OutboxMessage.candidacy_id))
        .outerjoin(Unit, col(Unit.id) == func.coalesce(col(Candidacy.unit_id), col(OutboxMessage.unit_id)))
    )


def _query() -> Select[Delivery, OutboxMessage, str, str, Channel]:
    return (
        select(Delivery, OutboxMessage, col(Candidacy.code), col(Person.email), Channel)
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
        .outerjoin(Candidacy, col(Candidacy.id) == col(OutboxMessage.candidacy_id))
        .outerjoin(Unit, col(Unit.id) == func.coalesce(col(Candidacy.unit_id), col(OutboxMessage.unit_id)))
        .join(Person, col(Person.id) == col(Delivery.person_id))
        .outerjoin(Channel, col(Channel.id) == col(Delivery.channel_id))
    )


def _is(state: DeliveryState) -> list[ColumnElement[bool]]:
    """Spelt out: SQLite uses a partial index for no bound value."""
    spelt: ColumnElement[bool] = text(f"delivery.state = '{state.value}'")  # type: ignore[assignment]
    return [spelt]


def _is_to_be_tried_again() -> ColumnElement[bool]:
    """By no channel of the person's own did the message go, nor is it on its way; of several that failed, the first."""
    other = aliased(Delivery)
    of_the_same = (col(other.message_id) == col(Delivery.message_id), col(other.id) != col(Delivery.id))
    on_its_way = exists().where(
        *of_the_same, col(other.route) != MAIL, col(other.state).in_((DeliveryState.SENT, DeliveryState.QUEUED))
    )
    earlier = exists().where(
        *of_the_same,
        col(other.channel_id).is_not(None),
        col(other.state) == DeliveryState.FAILED,
        col(other.id) < col(Delivery.id),
    )
    return and_(*_is(DeliveryState.FAILED), col(Delivery.channel_id).is_not(None), ~on_its_way, ~earlier)


def _follows(actor: Actor) -> bool:
    return any(one.role in READERS for one in actor.roles)


def _row(found: Found) -> DeliveryRow:
    delivery, outbox, candidacy, person, joined = found
    channel: Channel | None = joined
    return DeliveryRow(
        id=delivery.id,
        message_id=delivery.message_id,
        candidacy=candidacy,
        kind=outbox.kind,
        rung=outbox.rung,
        person=person,
        route=delivery.route,
        channel=channel.masked_url if channel else None,
        state=delivery.state,
        attempts=delivery.attempts,
        queued_at=delivery.queued_at,
        next_try_at=delivery.next_try_at if delivery.state is DeliveryState.QUEUED else None,
        sent_at=delivery.sent_at,
        error=delivery.error,
    )
