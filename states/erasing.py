"""Erasing a text of the trail: a person's right, irrevocable, and so asked for by one and confirmed by another.

The leaf keeps the hash of salt and text, so root, checkpoints and proofs stay as they are. Without the salt, which goes
too, nobody can try out what the text may have been. Other tables are not touched (docs/erasing.md).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update
from sqlmodel import Session, col

from models.audit import AuditText
from models.database import bound_engine, locked, reading
from models.erasures import TextErasure
from models.errors import NotFound, Refused
from models.inserts import rows_hit
from models.people import Role
from models.trail import Json, Pending, record
from states.actors import Actor, current, not_allowed
from states.trail_sight import find_record
from states.verify import ERASED
from states.writing import writing

REQUESTED = "text_erasure_requested"
CONFIRMERS = (Role.ADMIN, Role.AUDITOR)


@dataclass(frozen=True)
class Erasure:
    """What became of a request: `erased`, or waiting for a second person."""

    seq: int
    field: str
    erased: bool
    audit_seq: int  # of the record that says so


def erase_text(seq: int, field: str, *, reason: str, actor: Actor, now: datetime) -> Erasure:
    """Ask for a text to be erased, or confirm what another person asked; then it is gone.

    An admin asks, with a reason; another admin confirms, or an auditor who may read the record. Raises NotFound for a
    record that the actor may not read or that has no such text, Refused.
    """
    with reading() as session:
        subject = find_record(session, seq, actor=actor).subject
    with writing("text_erase", author=actor.author, now=now, subject=subject) as session:
        actor = current(session, actor, now=now)
        if not actor.is_admin() and not any(held.role is Role.AUDITOR for held in actor.roles):
            raise not_allowed(CONFIRMERS)
        find_record(session, seq, actor=actor)
        _check_there(session, seq, field)
        asked = _request(session, seq, field)
        if asked is None:
            noted = _ask(session, seq, field, reason.strip(), actor=actor, now=now)
        else:
            noted = _confirm(session, asked, actor=actor, now=now)
        noted.subject = subject
        done = record(session, noted)
    if asked:
        _leave_no_copy()
    return Erasure(seq, field, asked is not None, done.seq)


def _check_there(session: Session, seq: int, field: str) -> None:
    """Raise unless the text is there; nobody else erases it until this transaction ends."""
    query = select(AuditText).where(col(AuditText.seq) == seq).order_by(col(AuditText.field)).with_for_update()
    texts = {row.field: row for row in session.execute(query).scalars()}
    if field not in texts:
        raise NotFound("unknown_text", seq=seq, field=field, known=", ".join(texts) or "-")
    if texts[field].text is None:
        raise Refused.because("text_erased_already", seq=seq, field=field)


def _request(session: Session, seq: int, field: str) -> TextErasure | None:
    rows = locked(session, TextErasure, col(TextErasure.seq) == seq, col(TextErasure.field) == field)
    return rows[0] if rows else None


def _ask(session: Session, seq: int, field: str, reason: str, *, actor: Actor, now: datetime) -> Pending:
    if not actor.is_admin():
        raise not_allowed((Role.ADMIN,))
    if not reason:
        raise Refused.because("reason_missing")
    asked = TextErasure(seq=seq, field=field, reason=reason, requested_by=actor.person_id, requested_at=now)
    session.add(asked)
    return _noted(REQUESTED, asked, actor=actor, now=now)


def _confirm(session: Session, asked: TextErasure, *, actor: Actor, now: datetime) -> Pending:
    if asked.requested_by == actor.person_id:
        raise Refused.because("erasure_needs_another", email=actor.email)
    _erase(session, asked.seq, asked.field)
    session.delete(asked)
    return _noted(ERASED, asked, actor=actor, now=now)


def _noted(action: str, asked: TextErasure, *, actor: Actor, now: datetime) -> Pending:
    details: dict[str, Json] = {"of": asked.seq, "field": asked.field}
    if action == ERASED:
        details["requested_by"] = f"person:{asked.requested_by}"
    return Pending(actor.author, now, action=action, subject="", details=details, texts={"reason": asked.reason})


def _erase(session: Session, seq: int, field: str) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))  # or the bytes stay in the file where they were
    erased = session.execute(
        update(AuditText)
        .where(col(AuditText.seq) == seq, col(AuditText.field) == field, col(AuditText.text).is_not(None))
        .values(salt=None, text=None)
        .execution_options(synchronize_session=False)
    )
    if rows_hit(erased) != 1:
        raise Refused.because("text_erased_already", seq=seq, field=field)


def _leave_no_copy() -> None:
    """Empty SQLite's write-ahead log, which holds pages as they were; while others read, their last one does it."""
    engine = bound_engine()
    if engine.dialect.name == "sqlite":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
