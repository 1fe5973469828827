"""Looks at the tree before it is signed: it has to go on from the last checkpoint, and to fit its own head."""

from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select
from sqlmodel import Session

from models.audit import AuditHead
from models.errors import IntegrityBroken
from models.merkle import Frontier, extend, pack, root
from models.notes import BadNote, TreeHead, VerifierKey, opened
from states.checkpoint_keys import newest_key, trail_origin
from states.kept_checkpoints import SignedCheckpoint, last_checkpoint
from states.leaf_hashes import PIECE, leaf_hashes


@dataclass(frozen=True)
class Seen:
    """What was looked at; signed only while it is still so."""

    size: int
    root: bytes
    last: SignedCheckpoint | None
    key: int | None  # the newest one's number

    @property
    def last_size(self) -> int | None:
        return self.last.size if self.last else None


def look_at_tree(session: Session) -> Seen:
    """One pass over the leaf hashes, in constant memory. Raises IntegrityBroken."""
    head = session.execute(select(AuditHead)).scalar_one()
    last, key = last_checkpoint(session), newest_key(session)
    if last and last.size > head.size:
        raise IntegrityBroken("checkpoint_ahead", size=last.size, found=head.size)
    if last and not _says_what_it_should(session, last):
        raise IntegrityBroken("checkpoint_forged", size=last.size)
    old, now = _frontiers(session, last.size if last else 0, head.size)
    if last and root(old).hex() != last.root:
        raise IntegrityBroken("checkpoint_differs", size=last.size)
    if pack(now) != head.frontier:
        raise IntegrityBroken("head_differs")
    return Seen(head.size, root(now), last, key.number if key else None)


def _frontiers(session: Session, first: int, second: int) -> tuple[Frontier, Frontier]:
    """Of both trees."""
    stream, done = leaf_hashes(session, second), 0
    frontier: Frontier = ()
    old = frontier
    try:
        for end in (first, second):
            while piece := list(islice(stream, min(PIECE, end - done))):
                frontier = extend(frontier, done, piece)
                done += len(piece)
            if end == first:
                old = frontier
    except ValueError as error:  # a record is missing, or its hash is none
        raise IntegrityBroken("head_differs") from error
    return old, frontier


def _says_what_it_should(session: Session, kept: SignedCheckpoint) -> bool:
    try:
        said = TreeHead.parsed(opened(kept.note, VerifierKey.parsed(kept.vkey)))
    except BadNote:
        return False
    return said == TreeHead(trail_origin(session), kept.size, bytes.fromhex(kept.root))
