"""Signing in: a password opens a session, and wrong ones slow the next down."""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, delete, select, update
from sqlmodel import Session, col

from models.accounts import Account, WebSession
from models.database import locked, reading, transaction
from models.errors import Refused, StorageFailed
from models.inserts import rows_hit
from models.people import Person
from models.trail import SKEW, Author, Json, Pending, Via, record
from states.accounts.passwords import is_right
from states.actors import Actor, find_actor
from states.calendar import today_in_indonesia

FREE_TRIES = 5  # wrong passwords in a row before anybody has to wait
FIRST_WAIT = timedelta(seconds=30)  # doubled with each further one
LONGEST_WAIT = timedelta(minutes=15)  # or who knows only an address could keep its owner out
SEEN_EVERY = timedelta(minutes=1)  # how exactly it is known when a session was last used
AGENT_LENGTH = 160


@dataclass(frozen=True)
class Limits:
    """How long a session lasts: unused, and at all."""

    idle: timedelta = timedelta(hours=1)
    longest: timedelta = timedelta(hours=12)


@dataclass(frozen=True)
class SignedIn:
    """Who asks, as of now, and by which session."""

    actor: Actor
    name: str
    session_id: int
    must_change: bool


@dataclass(frozen=True)
class OpenSession:
    id: int
    agent: str
    began_at: datetime
    seen_at: datetime


def sign_in(email: str, password: str, *, agent: str, now: datetime) -> str:
    """Open a session; returns its token, for the cookie.

    Raises Refused, in the same words and after the same time for an unknown address and a wrong password; in others
    where too many wrong ones came before.
    """
    with reading() as session:
        found = session.execute(
            select(Account, Person)
            .join(Person, col(Person.id) == col(Account.person_id))
            .where(col(Person.email) == email.strip().lower())
        ).first()
    account = found[0] if found else None
    if account and account.slowed_until and now < account.slowed_until <= now + LONGEST_WAIT:
        raise _slowed(account.slowed_until, now=now)
    usable = account is not None and account.closed_at is None
    right = is_right(password, account.password_hash if account and usable else None)
    if account is None or not usable:
        raise Refused.because("sign_in_failed")
    return _open(account, agent=agent, now=now) if right else _refuse(account, now=now)


def find_signed_in(token: str, *, limits: Limits, now: datetime) -> SignedIn | None:
    """Whose session this is, with the roles held now; None where it is none, ended, or too old."""
    with reading() as session:
        found = session.execute(
            select(WebSession, Account, Person)
            .join(Account, col(Account.id) == col(WebSession.account_id))
            .join(Person, col(Person.id) == col(Account.person_id))
            .where(col(WebSession.token_hash) == _hash(token), col(WebSession.ended_at).is_(None))
            .where(col(Account.closed_at).is_(None))
            .where(*_lasts(limits, now=now))
        ).first()
        if found is None:
            return None
        row, account, person = found
        actor = find_actor(session, person.email, today=today_in_indonesia(now), via=Via.WEB)
    if now - row.seen_at >= SEEN_EVERY:
        with suppress(StorageFailed), transaction() as session:  # where nothing can be written, one can still read
            session.execute(update(WebSession).where(col(WebSession.id) == row.id).values(seen_at=now))
    return SignedIn(actor, person.name, row.id, account.must_change)


def sign_out(signed: SignedIn, *, now: datetime) -> None:
    end_session(signed.session_id, actor=signed.actor, now=now)


def open_sessions(actor: Actor, *, limits: Limits, now: datetime) -> list[OpenSession]:
    """One's own, the newest first."""
    with reading() as session:
        rows = session.execute(
            select(WebSession)
            .join(Account, col(Account.id) == col(WebSession.account_id))
            .where(col(Account.person_id) == actor.person_id, col(WebSession.ended_at).is_(None))
            .where(*_lasts(limits, now=now))
            .order_by(col(WebSession.id).desc())
        ).scalars()
        return [OpenSession(row.id, row.agent, row.began_at, row.seen_at) for row in rows]


def end_session(number: int, *, actor: Actor, now: datetime) -> bool:
    """End one of one's own sessions; False where there is none of that number."""
    with transaction() as session:
        own = select(col(Account.id)).where(col(Account.person_id) == actor.person_id)
        rows = locked(
            session,
            WebSession,
            col(WebSession.id) == number,
            col(WebSession.account_id).in_(own),
            col(WebSession.ended_at).is_(None),
        )
        for row in rows:
            row.ended_at = now
            _record(session, "signed_out", actor.person_id, now=now, details={"session": row.id})
        return bool(rows)


def forget_sessions(*, before: datetime) -> int:
    """Delete the rows of sessions last used before this instant; returns how many. The trail keeps who signed in."""
    with transaction() as session:
        return rows_hit(session.execute(delete(WebSession).where(col(WebSession.seen_at) < before)))


def _open(account: Account, *, agent: str, now: datetime) -> str:
    token = secrets.token_urlsafe(32)
    with transaction() as session:
        row = locked(session, Account, col(Account.id) == account.id)[0]
        if row.password_hash != account.password_hash or row.closed_at is not None:
            raise Refused.because("sign_in_failed")  # it was changed or closed meanwhile
        row.failures, row.slowed_until = 0, None
        opened = WebSession(
            account_id=row.id, token_hash=_hash(token), agent=agent[:AGENT_LENGTH], began_at=now, seen_at=now
        )
        session.add(opened)
        session.flush()
        _record(session, "signed_in", row.person_id, now=now, details={"session": opened.id})
    return token


def _refuse(account: Account, *, now: datetime) -> str:
    """Count it; from the sixth in a row on, each wrong password makes the next wait twice as long."""
    with transaction() as session:
        row = locked(session, Account, col(Account.id) == account.id)[0]
        row.failures += 1
        if row.failures > FREE_TRIES:
            row.slowed_until = now + min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(row.failures - FREE_TRIES - 1, 10))
        details: dict[str, Json] = {"failures": row.failures}
        author = Author(None, Via.WEB)  # whoever it was
        record(session, Pending(author, now, "sign_in_failed", f"person:{row.person_id}", details=details))
        until = row.slowed_until
    if until:
        raise _slowed(until, now=now)
    raise Refused.because("sign_in_failed")


def _lasts(limits: Limits, *, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """Begun and used not too long ago; and not by a clock that was ahead, or it would last until that time."""
    seen, began = col(WebSession.seen_at), col(WebSession.began_at)
    return (seen > now - limits.idle, began > now - limits.longest, seen <= now + SKEW, began <= now + SKEW)


def _slowed(until: datetime, *, now: datetime) -> Refused:
    seconds = max(1, round((until - now).total_seconds()))
    return Refused.because("sign_in_slowed", seconds=seconds)


def _record(session: Session, action: str, person: int, *, now: datetime, details: dict[str, Json]) -> None:
    author = Author(person, Via.WEB)
    record(session, Pending(author, now, action=action, subject=f"person:{person}", details=details))


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
