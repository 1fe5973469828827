"""Calendar feeds: made with a token that is shown once, listed, revoked, and rendered for whoever brings the token.

What a feed may show is asked when it is made and again each time it is rendered, of the roles its owner holds then.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.catalogue import say, speaking
from models.database import reading
from models.errors import NotFound, UsageError
from models.feeds import Feed
from models.people import Person, Role
from models.trail import Json, Pending, Via, record
from notifications.feed_entries import entries_of_person, entries_of_place, units_below
from notifications.icalendar_text import Entry, render
from states.actors import Actor, Place, current, find_actor, not_allowed, place_of_unit
from states.calendar import today_in_indonesia
from states.lookups import find
from states.people import require_keeper
from states.preferences import load_preferences
from states.writing import writing

TOKEN_BYTES = 32  # random; nobody guesses it, so looking up its plain hash is enough


@dataclass(frozen=True)
class FeedRow:
    """One feed as it may be shown: never its token, nor the token's hash."""

    id: int
    scope: str  # "mine", "unit:CODE" or "agency:CODE"
    made_at: datetime
    revoked_at: datetime | None


def add_feed(*, unit: str | None, agency: str | None, actor: Actor, now: datetime) -> tuple[FeedRow, str]:
    """Make a feed of a unit, an agency, or of what the actor's own roles owe; returns it with its token.

    The token is kept nowhere: whoever loses it makes another feed. Raises UsageError (two scopes), NotFound, Refused.
    """
    if unit and agency:
        raise UsageError("feed_two_scopes")
    with writing("feed_add", author=actor.author, now=now, subject=f"person:{actor.person_id}") as session:
        actor = current(session, actor, now=now)
        of_unit = find(session, Unit, unit) if unit else None
        of_agency = find(session, Agency, agency) if agency else None
        place = place_of_unit(session, of_unit) if of_unit else Place(of_agency.id) if of_agency else None
        if place and not may_see(actor, place):
            raise not_allowed(tuple(Role), subject=_scope(of_unit, of_agency))
        token = secrets.token_urlsafe(TOKEN_BYTES)
        feed = Feed(
            person_id=actor.person_id,
            unit_id=of_unit.id if of_unit else None,
            agency_id=of_agency.id if of_agency else None,
            token_hash=_hash(token),
            made_at=now,
        )
        session.add(feed)
        session.flush()
        row = FeedRow(feed.id, _scope(of_unit, of_agency), now, None)
        record(session, _note(row, "feed_added", feed, actor=actor, now=now))
        return row, token


def revoke_feed(number: int, *, actor: Actor, now: datetime) -> None:
    """Let a token open nothing any more. Raises NotFound; Refused for somebody else's, unless the actor keeps them."""
    with reading() as session:
        subject = f"person:{_find(session, number).person_id}"
    with writing("feed_revoke", author=actor.author, now=now, subject=subject) as session:
        feed = _find(session, number)
        actor = current(session, actor, now=now)
        require_keeper(session, actor, session.get_one(Person, feed.person_id), now=now)
        if feed.revoked_at is None:
            feed.revoked_at = now
            record(session, _note(_row(session, feed), "feed_revoked", feed, actor=actor, now=now))


def list_feeds(*, actor: Actor) -> list[FeedRow]:
    """The actor's own, by number."""
    with reading() as session:
        query = select(Feed).where(col(Feed.person_id) == actor.person_id).order_by(col(Feed.id))
        return [_row(session, feed) for feed in session.execute(query).scalars()]


def feed_for(session: Session, token: str, now: datetime) -> bytes:
    """The feed that this token opens, as iCalendar text in its owner's language.

    Raises NotFound, the same for a revoked and an unknown one.
    """
    query = select(Feed).where(col(Feed.token_hash) == _hash(token)).where(col(Feed.revoked_at).is_(None))
    feed: Feed | None = session.execute(query).scalar_one_or_none()
    if feed is None:
        raise NotFound("unknown_feed")
    owner = session.get_one(Person, feed.person_id)
    actor = find_actor(session, owner.email, today=today_in_indonesia(now), via=Via.WEB)
    with speaking(_language(session, actor, now=now)):
        return render(_name(session, feed), _entries(session, feed, actor, now=now))


def own_feed(session: Session, actor: Actor, now: datetime) -> bytes:
    """What the actor's own roles owe, without a token."""
    with speaking(_language(session, actor, now=now)):
        return render(say("feed.name_mine"), entries_of_person(session, actor, now=now))


def may_see(actor: Actor, place: Place) -> bool:
    """Whether any role of the actor covers the place; an admin's covers all."""
    return actor.is_admin() or any(place.covered_by(held) for held in actor.roles)


def _entries(session: Session, feed: Feed, actor: Actor, *, now: datetime) -> list[Entry]:
    """Nothing where the owner has lost the role that opened it."""
    if feed.unit_id is not None:
        unit = session.get_one(Unit, feed.unit_id)
        if not may_see(actor, place_of_unit(session, unit)):
            return []
        agency = session.get_one(Agency, unit.agency_id)
        return entries_of_place(session, agency, units_below(session, {unit.id}), now=now)
    if feed.agency_id is not None:
        agency = session.get_one(Agency, feed.agency_id)
        return entries_of_place(session, agency, None, now=now) if may_see(actor, Place(agency.id)) else []
    return entries_of_person(session, actor, now=now)


def _language(session: Session, owner: Actor, *, now: datetime) -> str | None:
    """None: the installation's."""
    wanted = load_preferences(session, [owner.person_id], now=now).get(owner.person_id)
    return wanted.language if wanted else None


def _name(session: Session, feed: Feed) -> str:
    if feed.unit_id is not None:
        return say("feed.name", of=session.get_one(Unit, feed.unit_id).name)
    if feed.agency_id is not None:
        return say("feed.name", of=session.get_one(Agency, feed.agency_id).name)
    return say("feed.name_mine")


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _find(session: Session, number: int) -> Feed:
    feed = session.get(Feed, number)
    if feed is None:
        raise NotFound("unknown_feed_number", value=number)
    return feed


def _row(session: Session, feed: Feed) -> FeedRow:
    unit = session.get_one(Unit, feed.unit_id) if feed.unit_id is not None else None
    agency = session.get_one(Agency, feed.agency_id) if feed.agency_id is not None else None
    return FeedRow(feed.id, _scope(unit, agency), feed.made_at, feed.revoked_at)


def _scope(unit: Unit | None, agency: Agency | None) -> str:
    return f"unit:{unit.code}" if unit else f"agency:{agency.code}" if agency else "mine"


def _note(row: FeedRow, action: str, feed: Feed, *, actor: Actor, now: datetime) -> Pending:
    details: dict[str, Json] = {"feed": row.id, "scope": row.scope}
    return Pending(actor.author, now, action=action, subject=f"person:{feed.person_id}", details=details)
