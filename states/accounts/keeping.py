"""Accounts are opened, given a new password and closed by who manages the person; everybody changes their own."""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import Session, col

from models.accounts import Account, WebSession
from models.database import locked, reading
from models.errors import BadInput, NotFound, Refused
from models.people import Person, Role
from models.trail import Pending, record
from states.accounts.passwords import check_password, hashed, is_right, temporary_password
from states.actors import Actor, current, not_allowed
from states.calendar import today_in_indonesia
from states.people import find_person, places_held
from states.writing import writing


def open_account(email: str, *, actor: Actor, now: datetime) -> str:
    """Let a person sign in, or give a new password to one who may; returns it, to be changed at the first use.

    Every session of theirs ends. Raises NotFound; Refused for who does not manage all that the person holds.
    """
    password = temporary_password()
    kept = hashed(password)
    with writing("account_open", author=actor.author, now=now, subject="person:unknown") as session:
        person = _managed(session, email, actor=actor, now=now)
        account = _account(session, person)
        known = account is not None
        if account is None:
            account = Account(person_id=person.id, password_hash=kept, must_change=True, changed_at=now)
            session.add(account)
        account.password_hash, account.must_change, account.changed_at = kept, True, now
        account.failures, account.slowed_until, account.closed_at = 0, None, None
        session.flush()
        end_sessions(session, account, now=now)
        _record(session, "password_reset" if known else "account_opened", person, actor=actor, now=now)
    return password


def close_account(email: str, *, actor: Actor, now: datetime) -> None:
    """Nobody signs in by it any more, and who is signed in is not. Raises NotFound, Refused."""
    with writing("account_close", author=actor.author, now=now, subject="person:unknown") as session:
        person = _managed(session, email, actor=actor, now=now)
        account = _account(session, person)
        if account is None or account.closed_at is not None:
            raise NotFound("unknown_account", value=email)
        account.closed_at = now
        end_sessions(session, account, now=now)
        _record(session, "account_closed", person, actor=actor, now=now)


def change_password(old: str, new: str, *, keep: int, actor: Actor, now: datetime) -> None:
    """One's own; all one's sessions but `keep` end.

    Raises BadInput for an old one that is wrong or a new one that can't be taken, Refused without an account.
    """
    check_password(new, email=actor.email)
    with reading() as session:
        account = _account(session, find_person(session, actor.email))
    if account is None or account.closed_at is not None:
        raise Refused.because("no_account", subject=f"person:{actor.person_id}")
    if not is_right(old, account.password_hash):
        raise BadInput("password_wrong")
    if old == new:
        raise BadInput("password_same")
    kept = hashed(new)
    with writing("password_change", author=actor.author, now=now, subject=f"person:{actor.person_id}") as session:
        row = locked(session, Account, col(Account.id) == account.id)[0]
        if row.password_hash != account.password_hash:
            raise BadInput("password_wrong")  # it was changed meanwhile
        row.password_hash, row.must_change, row.changed_at = kept, False, now
        end_sessions(session, row, now=now, but=keep)
        _record(session, "password_changed", find_person(session, actor.email), actor=actor, now=now)


def end_sessions(session: Session, account: Account, *, now: datetime, but: int | None = None) -> None:
    which = [col(WebSession.account_id) == account.id, col(WebSession.ended_at).is_(None)]
    if but is not None:
        which.append(col(WebSession.id) != but)
    session.execute(update(WebSession).where(*which).values(ended_at=now))


def _managed(session: Session, email: str, *, actor: Actor, now: datetime) -> Person:
    """The person, where the actor manages every place in which they hold a role: a password opens all of these."""
    actor = current(session, actor, now=now)
    person = find_person(session, email)
    if actor.is_admin():
        return person
    places = places_held(session, person, today=today_in_indonesia(now))
    if not places or not all(place and actor.holds(Role.KOORDINATOR, place) for place in places):
        raise not_allowed((Role.KOORDINATOR, Role.ADMIN), subject=f"person:{person.id}")
    return person


def _account(session: Session, person: Person) -> Account | None:
    return session.execute(select(Account).where(col(Account.person_id) == person.id)).scalar_one_or_none()


def _record(session: Session, action: str, person: Person, *, actor: Actor, now: datetime) -> None:
    record(session, Pending(actor.author, now, action=action, subject=f"person:{person.id}"))
