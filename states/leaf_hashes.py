"""The trail's leaf hashes in their order, in constant memory: all that a tree is made of."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlmodel import Session, col

from models.audit import AuditRecord

PIECE = 20_000  # hashes in memory at a time


def leaf_hashes(session: Session, size: int) -> Iterator[bytes]:
    """Of the first `size` records. Raises ValueError where one is missing, or is no hash."""
    expected = 0
    while expected < size:
        query = (
            select(col(AuditRecord.seq), col(AuditRecord.leaf_hash))
            .where(col(AuditRecord.seq) >= expected, col(AuditRecord.seq) < size)
            .order_by(col(AuditRecord.seq))
            .limit(PIECE)
        )
        rows = session.execute(query).all()
        if not rows or rows[0][0] != expected or rows[-1][0] != expected + len(rows) - 1:
            raise ValueError("a record is missing")
        yield from (bytes.fromhex(digest) for _, digest in rows)
        expected += len(rows)
