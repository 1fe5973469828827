"""Checkpoints: the trail's size and root, signed, after the tree was held against the last one."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session, col

from models.audit import AuditRecord
from models.checkpoints import Checkpoint
from models.database import reading, transaction
from models.notes import TreeHead
from models.people import Role
from models.trail import Author, Json, Pending, record
from states.actors import Actor, current, not_allowed
from states.checkpoint_keys import SUBJECT, hold_signing, newest_key, signer_of
from states.kept_checkpoints import SignedCheckpoint, last_size
from states.tree_check import Seen, look_at_tree
from states.witnesses import tell_witnesses
from states.writing import writing

ACTION = "checkpoint_signed"
QUIET = (ACTION, "checkpoint_key_made")  # what signing itself leaves in the trail: no reason to sign again
ASKING = (Role.ADMIN, Role.KOORDINATOR, Role.AUDITOR)


def ask_checkpoint(*, actor: Actor, key_file: Path, now: datetime) -> SignedCheckpoint:
    """On demand: for admins, koordinators and auditors. Raises Refused, and what `make_checkpoint` raises."""
    with writing("checkpoint_sign", author=actor.author, now=now, subject=SUBJECT) as session:
        if not any(held.role in ASKING for held in current(session, actor, now=now).roles):
            raise not_allowed(ASKING)
    return make_checkpoint(author=actor.author, key_file=key_file, now=now)


def make_checkpoint(*, author: Author, key_file: Path, now: datetime) -> SignedCheckpoint:
    """Sign the trail as it stands, keep it and record it; the last one where nothing but checkpoints came since.

    Raises IntegrityBroken, with nothing signed, where the trail is not a continuation of the last checkpoint or does
    not fit its own head; StorageFailed where the key is gone.
    """
    while True:
        with reading() as session:
            seen = look_at_tree(session)
            if seen.last and not _anything_since(session, seen.last.size):
                return seen.last
        with transaction() as session:
            hold_signing(session)
            if _is_still_so(session, seen):
                return _sign(session, seen, author=author, key_file=key_file, now=now)
        # somebody else signed or changed the key meanwhile: look again


def _anything_since(session: Session, size: int) -> bool:
    query = select(col(AuditRecord.seq)).where(col(AuditRecord.seq) >= size, col(AuditRecord.action).not_in(QUIET))
    return session.execute(query.limit(1)).scalar_one_or_none() is not None


def _is_still_so(session: Session, seen: Seen) -> bool:
    key = newest_key(session)
    return last_size(session) == seen.last_size and (key.number if key else None) == seen.key


def _sign(session: Session, seen: Seen, *, author: Author, key_file: Path, now: datetime) -> SignedCheckpoint:
    number, signer = signer_of(session, key_file=key_file, author=author, now=now)
    session.flush()  # the key before what it signs
    note = signer.sign(TreeHead(signer.name, seen.size, seen.root).text)
    made = SignedCheckpoint(seen.size, seen.root.hex(), note, str(signer.verifier), now, new=True)
    session.add(Checkpoint(size=made.size, root=made.root, note=note, key_number=number, made_at=now))
    details: dict[str, Json] = {"size": made.size, "root": made.root, "key": number}
    record(session, Pending(author, now, action=ACTION, subject=SUBJECT, details=details))
    tell_witnesses(session, made.size, now=now)
    return made
