"""The ways to a person, in their order: the first channel that works, then the next, last the mail folder."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.messages import Channel, Delivery

DIGEST = "digest"  # the route of what is told together with other things
MAIL = "mail"  # the route of who has no channel of their own, and the last one of everybody


def route_of(channel: int | None) -> str:
    return MAIL if channel is None else f"channel:{channel}"


def first_channels(session: Session, people: Iterable[int], *, now: datetime) -> dict[int, int | None]:
    """Where a new message to each person starts; None is the mail folder. One query."""
    found: dict[int, int | None] = dict.fromkeys(people)
    for channel in _in_order(session, found):
        if found[channel.person_id] is None and is_usable(channel, now=now):
            found[channel.person_id] = channel.id
    return found


def channels_left(session: Session, messages: Mapping[str, int], *, now: datetime) -> dict[str, list[int]]:
    """For each message id and its person: the channels that work and that it was not sent by yet, in order."""
    tried: dict[str, set[str]] = {}
    routes = select(col(Delivery.message_id), col(Delivery.route)).where(col(Delivery.message_id).in_(list(messages)))
    for message, route in session.execute(routes):
        tried.setdefault(message, set()).add(route)
    usable: dict[int, list[int]] = {}
    for channel in _in_order(session, set(messages.values())):
        if is_usable(channel, now=now):
            usable.setdefault(channel.person_id, []).append(channel.id)
    return {
        message: [one for one in usable.get(person, []) if route_of(one) not in tried.get(message, set())]
        for message, person in messages.items()
    }


def is_usable(channel: Channel, *, now: datetime) -> bool:
    """Not marked, or rested: a channel that failed for good stays out until a test arrives by it."""
    return channel.failed_at is None or (channel.rests_until is not None and channel.rests_until <= now)


def _in_order(session: Session, people: Iterable[int]) -> list[Channel]:
    query = select(Channel).where(col(Channel.person_id).in_(list(people)))
    return list(session.execute(query.order_by(col(Channel.position), col(Channel.id))).scalars())
