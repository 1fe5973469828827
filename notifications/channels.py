"""A person's channels: added, listed, removed. The address itself is sealed at once and never shown again."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, update
from sqlmodel import Session, col

from models.database import reading
from models.errors import BadInput, NotFound
from models.messages import Channel, Delivery
from models.people import Person
from models.sealing import seal, unseal
from models.trail import Json, Pending, record
from notifications.address import UnknownAddress, masked, open_address, scheme_of
from states.actors import Actor
from states.people import find_person, require_keeper
from states.writing import writing


@dataclass(frozen=True)
class ChannelRow:
    """One channel as it may be shown."""

    id: int
    email: str
    masked_url: str
    added_at: datetime


def add_channel(email: str, url: str, *, actor: Actor, now: datetime, key_file: Path) -> str:
    """Let this person hear by this Apprise address, too; returns it as it may be shown.

    Raises BadInput for an address that no service takes or that is on record already, NotFound for an unknown
    person, Refused for somebody else's channel, StorageFailed without the key.
    """
    try:
        shown = masked(open_address(url))
    except UnknownAddress:
        raise BadInput("bad_channel_url") from None
    sealed = seal(url, key_file=key_file)
    with reading() as session:
        subject = f"person:{find_person(session, email).id}"
    with writing("channel_add", author=actor.author, now=now, subject=subject) as session:
        person = find_person(session, email)
        require_keeper(session, actor, person, now=now)
        if _is_known(session, person, url, key_file=key_file):
            raise BadInput("channel_exists", masked=shown)
        channel = Channel(person_id=person.id, sealed_url=sealed, masked_url=shown, added_at=now)
        session.add(channel)
        session.flush()
        details: dict[str, Json] = {"channel": channel.id, "scheme": scheme_of(shown)}
        record(session, Pending(actor.author, now, action="channel_added", subject=subject, details=details))
        return shown


def remove_channel(number: int, *, actor: Actor, now: datetime) -> None:
    """Forget a channel; what still waits for it goes into the mail folder. Raises NotFound, Refused."""
    with reading() as session:
        subject = f"person:{_find(session, number).person_id}"
    with writing("channel_remove", author=actor.author, now=now, subject=subject) as session:
        channel = _find(session, number)
        require_keeper(session, actor, session.get_one(Person, channel.person_id), now=now)
        session.execute(update(Delivery).where(col(Delivery.channel_id) == number).values(channel_id=None))
        session.delete(channel)
        details: dict[str, Json] = {"channel": number, "scheme": scheme_of(channel.masked_url)}
        record(session, Pending(actor.author, now, action="channel_removed", subject=subject, details=details))


def list_channels(email: str, *, actor: Actor, now: datetime) -> list[ChannelRow]:
    """A person's channels by number. Raises NotFound, Refused for somebody else's."""
    with reading() as session:
        person = find_person(session, email)
        require_keeper(session, actor, person, now=now)
        rows = session.execute(
            select(Channel).where(col(Channel.person_id) == person.id).order_by(col(Channel.id))
        ).scalars()
        return [ChannelRow(row.id, person.email, row.masked_url, row.added_at) for row in rows]


def _find(session: Session, number: int) -> Channel:
    channel = session.get(Channel, number)
    if channel is None:
        raise NotFound("unknown_channel", value=number)
    return channel


def _is_known(session: Session, person: Person, url: str, *, key_file: Path) -> bool:
    """Two addresses may look alike when masked, so the sealed ones are opened."""
    query = select(col(Channel.sealed_url)).where(col(Channel.person_id) == person.id)
    return any(unseal(sealed, key_file=key_file) == url for sealed in session.execute(query).scalars())
