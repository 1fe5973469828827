"""Witnesses: chosen people who are sent every new checkpoint, and keep it where nobody here can change it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.database import locked, reading
from models.errors import NotFound, Refused
from models.inserts import insert_new
from models.messages import Notice, OutboxMessage
from models.people import Person, Role
from models.trail import Pending, record
from models.witnesses import Witness
from states.actors import Actor, current, not_allowed
from states.notices import personal
from states.people import find_person
from states.writing import writing

CHOOSING = (Role.ADMIN, Role.AUDITOR)


@dataclass(frozen=True)
class WitnessRow:
    email: str
    name: str
    added_by: str  # e-mail
    added_at: datetime


def add_witness(email: str, *, actor: Actor, now: datetime) -> None:
    """From the next checkpoint on they are sent each. For admins and auditors. Raises NotFound, Refused."""
    with reading() as session:
        subject = f"person:{find_person(session, email).id}"
    with writing("witness_add", author=actor.author, now=now, subject=subject) as session:
        person = _chosen_by(session, email, actor=actor, now=now)
        row = {"person_id": person.id, "added_by": actor.person_id, "added_at": now}
        if not insert_new(session, Witness, [row]):
            raise Refused.because("witness_already", email=person.email)
        record(session, Pending(actor.author, now, action="witness_added", subject=subject))


def remove_witness(email: str, *, actor: Actor, now: datetime) -> None:
    """They are sent no more. What was sent stays with them. Raises NotFound for one who is none, Refused."""
    with reading() as session:
        subject = f"person:{find_person(session, email).id}"
    with writing("witness_remove", author=actor.author, now=now, subject=subject) as session:
        person = _chosen_by(session, email, actor=actor, now=now)
        rows = locked(session, Witness, col(Witness.person_id) == person.id)
        if not rows:
            raise NotFound("unknown_witness", email=person.email)
        session.delete(rows[0])
        record(session, Pending(actor.author, now, action="witness_removed", subject=subject))


def list_witnesses(*, actor: Actor, now: datetime) -> list[WitnessRow]:
    """By e-mail. For admins and auditors. Raises Refused."""
    with reading() as session:
        _require_choosing(current(session, actor, now=now))
        chooser = aliased(Person)
        rows = session.execute(
            select(col(Person.email), col(Person.name), col(chooser.email), col(Witness.added_at))
            .join(Person, col(Person.id) == col(Witness.person_id))
            .join(chooser, col(chooser.id) == col(Witness.added_by))
            .order_by(col(Person.email))
        )
        return [WitnessRow(email, name, by, at) for email, name, by, at in rows]


def tell_witnesses(session: Session, size: int, *, now: datetime) -> int:
    """Queue the checkpoint of this size for each, once however often this is called; returns how many were queued.

    Called in the transaction that signs it: a checkpoint is queued exactly where it is kept.
    """
    people = session.execute(select(col(Witness.person_id)).order_by(col(Witness.person_id))).scalars()
    rows = [
        personal(Notice.CHECKPOINT, person_id=one, about=f"checkpoint:{size}:person:{one}", reference_id=size, now=now)
        for one in people
    ]
    return insert_new(session, OutboxMessage, rows) if rows else 0


def _chosen_by(session: Session, email: str, *, actor: Actor, now: datetime) -> Person:
    _require_choosing(current(session, actor, now=now))
    return find_person(session, email)


def _require_choosing(actor: Actor) -> None:
    if not any(held.role in CHOOSING for held in actor.roles):
        raise not_allowed(CHOOSING)
