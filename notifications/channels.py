"""A person's channels: added, tested, ordered, removed. The address itself is sealed at once and never shown again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from models.database import locked, reading
from models.errors import BadInput, NotFound
from models.messages import Channel, Delivery, DeliveryState
from models.people import Person
from models.sealing import seal, unseal
from models.trail import Author, Json, Pending, record
from notifications.address import UnknownAddress, kind_of, masked, open_address, scheme_of
from notifications.channel_key import hold_key
from notifications.giving_up import queue_again, unmark
from notifications.post import Outcome
from notifications.routes import channels_left
from notifications.send import send_test
from states.actors import Actor, current
from states.people import find_person, require_keeper
from states.writing import writing


@dataclass(frozen=True)
class ChannelRow:
    """One channel as it may be shown."""

    id: int
    email: str
    masked_url: str
    added_at: datetime
    failed_at: datetime | None = None
    failure: str | None = None
    rests_until: datetime | None = None


def add_channel(
    email: str, url: str, *, actor: Actor, now: datetime, key_file: Path, untested: bool = False
) -> ChannelRow:
    """Let this person hear by this Apprise address, after the ones they have; returns it as it may be shown.

    A short message goes by it first, unless it is to be taken `untested`. One that is on record with a mark is
    taken as mended. Raises BadInput for an address that no service takes, by which the test did not arrive, or that
    is on record already; NotFound for an unknown person, Refused for somebody else's channel, StorageFailed
    without the key.
    """
    try:
        service = open_address(url)
    except UnknownAddress:
        raise BadInput("bad_channel_url") from None
    shown = masked(service)
    with reading() as session:
        person = find_person(session, email)
        subject = f"person:{person.id}"
    with writing("channel_add", author=actor.author, now=now, subject=subject) as session:
        _may_keep(session, actor, person, now=now)
        known = _known(session, person, url, key_file=key_file)
        if known and not known.failed_at:
            raise BadInput("channel_exists", masked=shown)
    if not untested:
        outcome = send_test(person, url)
        _record_test(outcome, None, shown, subject=subject, author=actor.author, now=now)
        _refuse_unsent(outcome, shown)
    with writing("channel_add", author=actor.author, now=now, subject=subject) as session:
        hold_key(session)
        _may_keep(session, actor, person, now=now)
        known = _known(session, person, url, key_file=key_file)
        if known and not known.failed_at:
            raise BadInput("channel_exists", masked=shown)
        channel = known or Channel(
            person_id=person.id,
            sealed_url=seal(url, key_file=key_file),
            masked_url=shown,
            kind=kind_of(service),
            position=_last_position(session, person) + 1,
            added_at=now,
        )
        channel.failed_at = channel.failure = channel.rests_until = None
        session.add(channel)
        session.flush()
        details: dict[str, Json] = {"channel": channel.id, "scheme": scheme_of(shown), "tested": not untested}
        record(session, Pending(actor.author, now, action="channel_added", subject=subject, details=details))
        return _row(channel, person)


def check_channel(number: int, *, actor: Actor, now: datetime, key_file: Path) -> ChannelRow:
    """Send a short message by a channel; when it arrives the channel's mark is taken away.

    Raises NotFound, Refused, and BadInput that says why it did not arrive.
    """
    with reading() as session:
        channel = _find(session, number)
        person = session.get_one(Person, channel.person_id)
        subject = f"person:{person.id}"
    with writing("channel_test", author=actor.author, now=now, subject=subject) as session:
        _may_keep(session, actor, person, now=now)
    outcome = send_test(person, unseal(channel.sealed_url, key_file=key_file))
    _record_test(outcome, number, channel.masked_url, subject=subject, author=actor.author, now=now)
    _refuse_unsent(outcome, channel.masked_url)
    with reading() as session:
        return _row(_find(session, number), person)


def order_channels(email: str, numbers: Sequence[int], *, actor: Actor, now: datetime) -> list[ChannelRow]:
    """Put these first, in this order; the others stay behind them as they are.

    Raises NotFound for a number that is not of this person, BadInput for one given twice, Refused.
    """
    if twice := next((one for one in numbers if list(numbers).count(one) > 1), None):
        raise BadInput("given_twice", name="ID", value=str(twice))
    with reading() as session:
        person = find_person(session, email)
        subject = f"person:{person.id}"
    with writing("channel_order", author=actor.author, now=now, subject=subject) as session:
        _may_keep(session, actor, person, now=now)
        rows = {row.id: row for row in locked(session, Channel, col(Channel.person_id) == person.id)}
        if unknown := next((one for one in numbers if one not in rows), None):
            raise NotFound("unknown_channel", value=unknown)
        behind = sorted((row for row in rows.values() if row.id not in numbers), key=lambda row: (row.position, row.id))
        ordered = [*(rows[one] for one in numbers), *behind]
        for position, row in enumerate(ordered, start=1):
            row.position = position
        details: dict[str, Json] = {"channels": [row.id for row in ordered]}
        record(session, Pending(actor.author, now, action="channels_ordered", subject=subject, details=details))
        return [_row(row, person) for row in ordered]


def remove_channel(number: int, *, actor: Actor, now: datetime) -> None:
    """Forget a channel; what waits for it goes by the person's next one, or into the mail folder.

    What is just being sent by it may still arrive. Raises NotFound, Refused.
    """
    with reading() as session:
        subject = f"person:{_find(session, number).person_id}"
    with writing("channel_remove", author=actor.author, now=now, subject=subject) as session:
        channel = _find(session, number)
        _may_keep(session, actor, session.get_one(Person, channel.person_id), now=now)
        _send_otherwise(session, channel, now=now)
        session.execute(update(Delivery).where(col(Delivery.channel_id) == number).values(channel_id=None))
        session.delete(channel)
        details: dict[str, Json] = {"channel": number, "scheme": scheme_of(channel.masked_url)}
        record(session, Pending(actor.author, now, action="channel_removed", subject=subject, details=details))


def list_channels(email: str, *, actor: Actor, now: datetime) -> list[ChannelRow]:
    """A person's channels in their order. Raises NotFound, Refused for somebody else's."""
    with reading() as session:
        person = find_person(session, email)
        require_keeper(session, actor, person, now=now)
        query = select(Channel).where(col(Channel.person_id) == person.id)
        rows = session.execute(query.order_by(col(Channel.position), col(Channel.id))).scalars()
        return [_row(row, person) for row in rows]


def _send_otherwise(session: Session, channel: Channel, *, now: datetime) -> None:
    waiting = locked(
        session,
        Delivery,
        col(Delivery.channel_id) == channel.id,
        col(Delivery.state) == DeliveryState.QUEUED,
        col(Delivery.leased_by).is_(None),
    )
    left = channels_left(session, {row.message_id: row.person_id for row in waiting}, now=now)
    for row in waiting:
        row.state, row.channel_id = DeliveryState.CANCELLED, None
        instead = next((one for one in left[row.message_id] if one != channel.id), None)
        queue_again(session, row.message_id, row.outbox_id, row.person_id, instead, now=now)
    session.flush()


def _may_keep(session: Session, actor: Actor, person: Person, *, now: datetime) -> None:
    require_keeper(session, current(session, actor, now=now), person, now=now)


def _record_test(
    outcome: Outcome, number: int | None, shown: str, *, subject: str, author: Author, now: datetime
) -> None:
    with writing("channel_test", author=author, now=now, subject=subject) as session:
        if number is not None and outcome.sent:
            unmark(session, number)
        details: dict[str, Json] = {"scheme": scheme_of(shown), "arrived": outcome.sent}
        if number is not None:
            details["channel"] = number
        record(session, Pending(author, now, action="channel_tested", subject=subject, details=details))


def _refuse_unsent(outcome: Outcome, shown: str) -> None:
    if not outcome.sent:
        raise BadInput("channel_test_failed", masked=shown, why=outcome.error)


def _row(channel: Channel, person: Person) -> ChannelRow:
    return ChannelRow(
        channel.id,
        person.email,
        channel.masked_url,
        channel.added_at,
        channel.failed_at,
        channel.failure,
        channel.rests_until,
    )


def _find(session: Session, number: int) -> Channel:
    channel = session.get(Channel, number)
    if channel is None:
        raise NotFound("unknown_channel", value=number)
    return channel


def _last_position(session: Session, person: Person) -> int:
    query = select(func.coalesce(func.max(col(Channel.position)), 0)).where(col(Channel.person_id) == person.id)
    last: int = session.execute(query).scalar_one()
    return last


def _known(session: Session, person: Person, url: str, *, key_file: Path) -> Channel | None:
    """Two addresses may look alike when masked, so the sealed ones are opened."""
    rows = session.execute(select(Channel).where(col(Channel.person_id) == person.id)).scalars()
    return next((row for row in rows if unseal(row.sealed_url, key_file=key_file) == url), None)
