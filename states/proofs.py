"""Proofs from the trail as it is kept: made from its leaf hashes, and held against its head and its checkpoints."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import select
from sqlmodel import Session, col

from models.audit import AuditHead, AuditRecord
from models.errors import IntegrityBroken, NotFound, UsageError
from models.merkle import leaf_hash, root, unpack
from models.proofs import Consistency, Inclusion, prove_consistency, prove_inclusion
from states.kept_checkpoints import checkpoint_at
from states.leaf_hashes import leaf_hashes
from states.trail_search import trail_size

Proof = TypeVar("Proof", Inclusion, Consistency)


def prove_record(session: Session, seq: int, *, size: int | None = None) -> Inclusion:
    """That the record is in the trail of the first `size` records, or of all there are.

    Raises NotFound for a record or a size that is not there yet, UsageError for a size without the record,
    IntegrityBroken where the trail does not bear it out.
    """
    whole = trail_size(session)
    within = whole if size is None else _known_size(size, whole)
    if not 0 <= seq < whole:
        raise NotFound("unknown_record", value=seq)
    if seq >= within:
        raise UsageError("size_without_record", seq=seq, size=within)
    proof = _made(lambda: prove_inclusion(leaf_hashes(session, within), index=seq, size=within))
    leaf = session.execute(select(col(AuditRecord.leaf)).where(col(AuditRecord.seq) == seq)).scalar_one()
    if leaf_hash(leaf.encode(errors="surrogateescape")) != proof.leaf_hash:
        raise IntegrityBroken("head_differs")
    _borne_out(session, within, proof.root)
    return proof


def prove_growth(session: Session, first: int, second: int) -> Consistency:
    """That the trail of `second` records goes on from the one of `first`.

    Raises NotFound for a size that is not there yet, UsageError where the first is the larger, IntegrityBroken.
    """
    whole = trail_size(session)
    if _known_size(first, whole) > _known_size(second, whole):
        raise UsageError("sizes_go_back", first=first, second=second)
    proof = _made(lambda: prove_consistency(leaf_hashes(session, second), first=first, second=second))
    _borne_out(session, first, proof.first_root)
    _borne_out(session, second, proof.second_root)
    return proof


def _known_size(size: int, whole: int) -> int:
    if not 0 <= size <= whole:
        raise NotFound("unknown_size", size=size, whole=whole)
    return size


def _made(make: Callable[[], Proof]) -> Proof:
    try:
        return make()
    except ValueError as error:  # a record is missing, or its hash is none
        raise IntegrityBroken("head_differs") from error


def _borne_out(session: Session, size: int, found: bytes) -> None:
    """What is proved is what was signed, and what the head says."""
    kept = checkpoint_at(session, size)
    if kept and kept.root != found.hex():
        raise IntegrityBroken("checkpoint_differs", size=size)
    head = session.execute(select(AuditHead)).scalar_one()
    if head.size == size and root(unpack(head.frontier)) != found:
        raise IntegrityBroken("head_differs")
