"""Tokens of the pull: made, shown once, revoked, and looked up by their hash."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from sqlalchemy import select, update
from sqlmodel import Session, col

from models.agencies import Agency
from models.base import LARGEST_KEY
from models.database import locked, reading, transaction
from models.errors import NotFound
from models.portal import PortalToken
from models.trail import Json, Pending, record
from states.actors import Actor, current
from states.lookups import find
from states.portal.access import require_portal
from states.portal.refusals import no_token
from states.writing import writing

TOKEN_BYTES = 32  # random; nobody guesses it, so looking up its plain hash is enough, and takes no longer when near


@dataclass(frozen=True)
class Caller:
    """Whose token a request brought."""

    token_id: int
    agency_id: int


def add_token(agency_code: str, *, actor: Actor, now: datetime) -> str:
    """Make a token and return it; it is kept nowhere. Raises NotFound, Refused."""
    about = f"agency:{agency_code.strip().upper()}"
    with writing("portal_token_add", author=actor.author, now=now, subject=about) as session:
        agency = find(session, Agency, agency_code)
        require_portal(current(session, actor, now=now), agency)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        row = PortalToken(agency_id=agency.id, token_hash=_hash(token), made_by=actor.person_id, made_at=now)
        session.add(row)
        session.flush()
        record(session, _note("portal_token_added", row, agency, actor=actor, now=now))
        return token


def revoke_token(number: int, *, actor: Actor, now: datetime) -> str:
    """Let it open nothing any more; returns the agency's code. Raises NotFound, Refused."""
    with reading() as session:
        found = session.get(PortalToken, number) if number <= LARGEST_KEY else None
        if found is None:
            raise NotFound("unknown_portal_token", value=number)
        agency = session.get_one(Agency, found.agency_id)
    with writing("portal_token_revoke", author=actor.author, now=now, subject=f"agency:{agency.code}") as session:
        require_portal(current(session, actor, now=now), agency)
        row = locked(session, PortalToken, col(PortalToken.id) == number)[0]
        if row.revoked_at is None:
            row.revoked_at = now
            record(session, _note("portal_token_revoked", row, agency, actor=actor, now=now))
    return agency.code


def tokens_of(session: Session, agency: Agency) -> list[PortalToken]:
    """The newest first."""
    query = select(PortalToken).where(col(PortalToken.agency_id) == agency.id).order_by(col(PortalToken.id).desc())
    return list(session.execute(query).scalars())


def caller_of(token: str, *, now: datetime) -> Caller:
    """Whose it is; notes that it was used, to the minute. Raises PortalRefused, the same for unknown and revoked."""
    with reading() as session:
        query = select(PortalToken).where(col(PortalToken.token_hash) == _hash(token))
        row: PortalToken | None = session.execute(query.where(col(PortalToken.revoked_at).is_(None))).scalars().first()
    if row is None:
        raise no_token()
    minute = now.replace(second=0, microsecond=0)
    if row.last_used_at is None or row.last_used_at < minute:
        with transaction() as session:
            session.execute(update(PortalToken).where(col(PortalToken.id) == row.id).values(last_used_at=minute))
    return Caller(row.id, row.agency_id)


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _note(action: str, row: PortalToken, agency: Agency, *, actor: Actor, now: datetime) -> Pending:
    details: dict[str, Json] = {"token": row.id}
    return Pending(actor.author, now, action=action, subject=f"agency:{agency.code}", details=details)
