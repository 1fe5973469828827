"""The keys that sign checkpoints: made when the first is needed, rotated with the old one's word, replaced when lost.

The database and the trail know each public key; the private one is a file. Whoever signs, or changes the key, holds
the installation's row meanwhile, so that no tree is signed by a key whose time is over.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlmodel import Session, col

from models.audit import AuditHead
from models.checkpoint_key import draft_key, draft_of, make_key, read_key, use_draft
from models.checkpoints import CheckpointKey, KeyOrigin
from models.database import locked
from models.errors import NotFound, StorageFailed, UsageError
from models.installation import Installation
from models.notes import Signer, VerifierKey
from models.trail import Author, Pending, record
from states.actors import Actor, current, require_admin
from states.writing import writing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SUBJECT = "installation:trail"
ROTATION = "checkpoint-key-rotation"  # the second line of such a note, where a checkpoint has its size


@dataclass(frozen=True)
class KeyStanding:
    """A key as others have to take it."""

    number: int
    vkey: str
    origin: KeyOrigin
    from_size: int  # the smallest tree that it signs
    statement: str | None
    made_at: datetime
    state: str  # current | rotated | lost


def trail_origin(session: Session) -> str:
    """The first line of every checkpoint, and the name of every key of this installation."""
    return f"zi/{session.execute(select(col(Installation.code))).scalar_one()}"


def keys_of(session: Session) -> list[KeyStanding]:
    """All there were, the oldest first."""
    rows = session.execute(select(CheckpointKey).order_by(col(CheckpointKey.number))).scalars().all()
    after = [row.origin for row in rows[1:]]
    states = ["lost" if origin is KeyOrigin.REPLACED else "rotated" for origin in after] + ["current"]
    return [
        KeyStanding(row.number, row.vkey, row.origin, row.from_size, row.statement, row.made_at, state)
        for row, state in zip(rows, states, strict=False)
    ]


def newest_key(session: Session) -> CheckpointKey | None:
    query = select(CheckpointKey).order_by(col(CheckpointKey.number).desc()).limit(1)
    found: CheckpointKey | None = session.execute(query).scalar_one_or_none()
    return found


def hold_signing(session: Session) -> None:
    """Nobody else signs or changes the key until this transaction ends."""
    locked(session, Installation)


def signer_of(session: Session, *, key_file: Path, author: Author, now: datetime) -> tuple[int, Signer]:
    """The key that signs now, with its number; the first one is made here. `hold_signing` first.

    Raises StorageFailed where the file is gone, or holds another key than the one that the trail knows.
    """
    name = trail_origin(session)
    newest = newest_key(session)
    if newest is None:
        signer = Signer(name, read_key(key_file) or make_key(key_file))
        _keep(session, 0, signer.verifier, KeyOrigin.FIRST, from_size=0, statement=None, now=now)
        record(session, _noted("checkpoint_key_made", author=author, now=now, key=str(signer.verifier)))
        return 0, signer
    key = read_key(key_file)
    if not _is(newest, name, key):
        key = _finished(newest, name, key_file)
    if key is None:
        missing = not key_file.exists()
        raise StorageFailed("checkpoint_key_lost" if missing else "checkpoint_key_differs", path=str(key_file))
    return newest.number, Signer(name, key)


def rotate_key(*, actor: Actor, key_file: Path, now: datetime) -> KeyStanding:
    """A new key, vouched for by the one that signed until now. For admins. Raises Refused, StorageFailed."""
    with writing("checkpoint_key_rotate", author=actor.author, now=now, subject=SUBJECT) as session:
        require_admin(current(session, actor, now=now))
        hold_signing(session)
        number, old = signer_of(session, key_file=key_file, author=actor.author, now=now)
        session.flush()
        new, from_size = Signer(old.name, draft_key(key_file)).verifier, _next_size(session)
        statement = old.sign(rotation_text(old.verifier, new, from_size=from_size))
        _keep(session, number + 1, new, KeyOrigin.ROTATED, from_size=from_size, statement=statement, now=now)
        told = {"old": str(old.verifier), "statement": statement}
        record(session, _noted("checkpoint_key_rotated", author=actor.author, now=now, key=str(new), **told))
    use_draft(key_file)
    return _standing(number + 1, new, KeyOrigin.ROTATED, from_size=from_size, statement=statement, now=now)


def replace_key(reason: str, *, actor: Actor, key_file: Path, now: datetime) -> KeyStanding:
    """A new key that nothing vouches for, where the old one is lost or in wrong hands. For admins.

    Raises Refused, UsageError without a reason, NotFound where no key was ever made, StorageFailed.
    """
    if not reason.strip():
        raise UsageError("key_reason_missing")
    with writing("checkpoint_key_replace", author=actor.author, now=now, subject=SUBJECT) as session:
        require_admin(current(session, actor, now=now))
        hold_signing(session)
        old = newest_key(session)
        if old is None:
            raise NotFound("no_checkpoint_key_yet")
        new = Signer(trail_origin(session), draft_key(key_file)).verifier
        number, from_size = old.number + 1, _next_size(session)
        _keep(session, number, new, KeyOrigin.REPLACED, from_size=from_size, statement=None, now=now)
        noted = _noted("checkpoint_key_replaced", author=actor.author, now=now, key=str(new), old=old.vkey)
        noted.texts = {"reason": reason.strip()}
        record(session, noted)
    use_draft(key_file)
    return _standing(number, new, KeyOrigin.REPLACED, from_size=from_size, statement=None, now=now)


def rotation_text(old: VerifierKey, new: VerifierKey, *, from_size: int) -> str:
    """What the old key signs: it vouches for the new one, and signs no tree of `from_size` or more itself."""
    return f"{old.name}\n{ROTATION}\n{old}\n{new}\n{from_size}\n"


def _is(row: CheckpointKey, name: str, key: "Ed25519PrivateKey | None") -> bool:
    return key is not None and str(Signer(name, key).verifier) == row.vkey


def _finished(newest: CheckpointKey, name: str, key_file: Path) -> "Ed25519PrivateKey | None":
    """A change of keys that was committed, and then somebody died: the draft takes its place now."""
    drafted = read_key(draft_of(key_file))
    if not _is(newest, name, drafted):
        return None
    use_draft(key_file)
    return drafted


def _next_size(session: Session) -> int:
    """The size of the smallest tree that holds the record of what is being done now."""
    size: int = session.execute(select(col(AuditHead.size))).scalar_one()
    return size + 1


def _keep(
    session: Session,
    number: int,
    key: VerifierKey,
    origin: KeyOrigin,
    *,
    from_size: int,
    statement: str | None,
    now: datetime,
) -> None:
    row = CheckpointKey(
        number=number, vkey=str(key), origin=origin, from_size=from_size, statement=statement, made_at=now
    )
    session.add(row)


def _standing(
    number: int, key: VerifierKey, origin: KeyOrigin, *, from_size: int, statement: str | None, now: datetime
) -> KeyStanding:
    return KeyStanding(number, str(key), origin, from_size, statement, now, "current")


def _noted(action: str, *, author: Author, now: datetime, **details: str) -> Pending:
    return Pending(author, now, action=action, subject=SUBJECT, details=dict(details))
