"""The trail's leaf hashes in their order, in constant memory: all that a tree is made of."""

from collections.abc import Iterator

from sqlalchemy import bindparam, select
from sqlmodel import Session

from models.audit import AuditRecord

PIECE = 20_000  # hashes in memory at a time
TABLE = AuditRecord.__table__  # type: ignore[attr-defined]
QUERY = (  # of the table itself: the mapped class would cost five times as much
    select(TABLE.c.leaf_hash)
    .where(TABLE.c.seq >= bindparam("first"), TABLE.c.seq < bindparam("last"))
    .order_by(TABLE.c.seq)
)


def leaf_hashes(session: Session, size: int) -> Iterator[bytes]:
    """Of the first `size` records. Raises ValueError where one is missing, or is no hash."""
    for first in range(0, size, PIECE):
        last = min(first + PIECE, size)
        found = session.connection().execute(QUERY, {"first": first, "last": last}).scalars().all()
        if len(found) != last - first:
            raise ValueError("a record is missing")
        try:
            hashes = [bytes.fromhex(digest) for digest in found]
        except TypeError as error:  # SQLite takes bytes into a column of text
            raise ValueError("not a hash") from error
        yield from hashes
