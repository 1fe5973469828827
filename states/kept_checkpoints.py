"""The checkpoints that are kept, as plain values."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlmodel import Session, col

from models.checkpoints import Checkpoint, CheckpointKey


@dataclass(frozen=True)
class SignedCheckpoint:
    """A checkpoint that is kept; `new` where it was signed just now."""

    size: int
    root: str  # hex
    note: str  # what others keep
    vkey: str  # what it is checked with
    made_at: datetime
    new: bool = False


def last_checkpoint(session: Session) -> SignedCheckpoint | None:
    return _kept(session, select(Checkpoint).order_by(col(Checkpoint.size).desc()).limit(1))


def checkpoint_at(session: Session, size: int) -> SignedCheckpoint | None:
    return _kept(session, select(Checkpoint).where(col(Checkpoint.size) == size))


def last_size(session: Session) -> int | None:
    query = select(col(Checkpoint.size)).order_by(col(Checkpoint.size).desc()).limit(1)
    size: int | None = session.execute(query).scalar_one_or_none()
    return size


def _kept(session: Session, query: Select[Checkpoint]) -> SignedCheckpoint | None:
    row: Checkpoint | None = session.execute(query).scalar_one_or_none()
    if row is None:
        return None
    key = session.get_one(CheckpointKey, row.key_number)
    return SignedCheckpoint(row.size, row.root, row.note, key.vkey, row.made_at)
