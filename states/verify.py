"""Verifies the trail: every leaf, every text, every generated column, the tree's root, and the guards around it."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Executable, func, select
from sqlmodel import Session, col

from models.audit import AuditHead, AuditRecord, AuditText
from models.leaves import read_leaf
from models.merkle import Frontier, extend, leaf_hash, pack, root
from models.trail import text_hash
from models.triggers import missing_triggers
from states.checkpoint_check import KeptCheckpoints
from states.plain_records import Piece, plainly_right

BATCH = 5_000  # records looked at in one piece
AT_ONCE = 200  # rows taken from the driver
GENERATED = itemgetter("actor", "action", "subject", "at")
ERASED = "text_erased"

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)
"""What bytes that we never wrote can lead to."""

_COLUMNS = [
    col(getattr(AuditRecord, name)) for name in ("seq", "leaf", "leaf_hash", "actor", "action", "subject", "at")
]
_RECORDS = select(*_COLUMNS).order_by(col(AuditRecord.seq))
_TEXTS = select(col(AuditText.seq), col(AuditText.field), col(AuditText.salt), col(AuditText.text))

Texts = dict[str, tuple[str | None, str | None]]  # salt and text, by field


@dataclass(frozen=True)
class Fault:
    """The first thing found wrong; `seq` is None where it is not one record that is wrong."""

    seq: int | None
    why: str  # a key under audit.fault


@dataclass(frozen=True)
class Verdict:
    records: int
    root: str  # hex
    fault: Fault | None
    missing_triggers: tuple[str, ...] = ()
    checkpoints: int = 0

    @property
    def ok(self) -> bool:
        return self.fault is None and not self.missing_triggers


def verify_trail(session: Session) -> Verdict:
    """Read the whole trail once, in order and constant memory."""
    missing = tuple(missing_triggers(session.connection()))
    with _any_bytes(session):
        kept = KeptCheckpoints(session)
    frontier = _grown((), 0, [], kept)
    size, last_at = 0, ""
    piece, fault = _piece(session, size, last_at)
    while piece.hashes:
        frontier = _grown(frontier, size, piece.hashes, kept)
        size, last_at = size + len(piece.hashes), piece.last_at
        if fault:
            break
        piece, fault = _piece(session, size, last_at)
    with _any_bytes(session):
        fault = (
            fault
            or _head_wrong(session, size, frontier, last_at)
            or _doubled(session, size)
            or _checkpoint_wrong(kept)  # only now, because these believe the leaves
            or _erased_silently(session)
            or _orphan_text(session, size)
        )
    return Verdict(size, root(frontier).hex(), fault, missing, kept.count)


def _grown(frontier: Frontier, size: int, hashes: Sequence[bytes], kept: KeptCheckpoints) -> Frontier:
    """The frontier after these leaves; the checkpoints that were signed on the way are told of it."""
    begin = 0
    while begin <= (until := kept.next_size - size) <= len(hashes):
        frontier = extend(frontier, size + begin, hashes[begin:until])
        kept.passed(frontier)
        begin = until
    return extend(frontier, size + begin, hashes[begin:])


def _checkpoint_wrong(kept: KeptCheckpoints) -> Fault | None:
    why = kept.fault()
    return Fault(None, why) if why else None


@contextmanager
def _any_bytes(session: Session) -> Iterator[None]:
    """SQLite keeps text that is no UTF-8, which its driver then refuses to read: here it is read, and found wrong."""
    driver: Any = session.connection().connection.driver_connection
    if session.get_bind().dialect.name != "sqlite":
        yield
        return
    before, driver.text_factory = driver.text_factory, lambda raw: raw.decode(errors="surrogateescape")
    try:
        yield
    finally:
        driver.text_factory = before


def _piece(session: Session, size: int, last_at: str) -> tuple[Piece, Fault | None]:
    """The records from `size` on: the short way where all is well, one by one where that is not certain."""
    after = size - 1 if size else -(2**62)  # below any number, so that a negative one is seen too
    plain = _plain_piece(session, after, size, last_at)
    return (plain, None) if plain else _exact_piece(session, after, size, last_at)


def _plain_piece(session: Session, after: int, size: int, last_at: str) -> Piece | None:
    """Takes the rows from the driver's own hand: nothing is done with them but to compare them."""
    connection = session.connection()
    records: Any = connection.execute(_records_after(after))
    texts: Any = connection.execute(_texts_between(size, size + BATCH - 1))
    try:
        return plainly_right(_rows(records.cursor), _rows(texts.cursor), first=size, last_at=last_at)
    except sqlite3.DatabaseError:  # text that is no UTF-8; what is worse than that comes again, and has its words
        return None
    finally:
        records.close()
        texts.close()


def _rows(cursor: Any) -> Iterator[Any]:
    """Some at a time: looked at while they are still in the processor's cache."""
    return chain.from_iterable(iter(partial(cursor.fetchmany, AT_ONCE), []))


def _exact_piece(session: Session, after: int, size: int, last_at: str) -> tuple[Piece, Fault | None]:
    """The records before the first wrong one, and what is wrong with that."""
    piece = Piece([], last_at)
    with _any_bytes(session):
        records = session.execute(_records_after(after)).all()
        kept: dict[int, Texts] = {}
        for seq, field, salt, text in session.execute(_texts_between(size, size + BATCH - 1)):
            kept.setdefault(seq, {})[field] = (salt, text)
    for expected, record in enumerate(records, size):
        if fault := _wrong(record, kept.get(expected, {}), expected=expected, last_at=piece.last_at):
            return piece, fault
        piece.hashes.append(bytes.fromhex(record.leaf_hash))
        piece.last_at = record.at
    return piece, None


def _records_after(seq: int) -> Executable:
    return _RECORDS.where(col(AuditRecord.seq) > seq).limit(BATCH)


def _texts_between(first: int, last: int) -> Executable:
    return _TEXTS.where(col(AuditText.seq).between(first, last))


def _wrong(record: Any, texts: Texts, *, expected: int, last_at: str) -> Fault | None:
    if record.seq != expected:
        return Fault(expected, "missing" if record.seq > expected else "unexpected")
    try:
        text = record.leaf.encode()
        if leaf_hash(text).hex() != record.leaf_hash:
            return Fault(record.seq, "leaf_changed")
        leaf = read_leaf(text)
        if leaf is None or leaf["seq"] != record.seq:
            return Fault(record.seq, "leaf_not_canonical")
        if GENERATED(leaf) != (record.actor, record.action, record.subject, record.at):
            return Fault(record.seq, "column_differs")
        if record.at < last_at:
            return Fault(record.seq, "time_goes_back")
        return _wrong_text(record.seq, leaf.get("texts", {}), texts)
    except UNREADABLE:
        return Fault(record.seq, "leaf_unreadable")


def _wrong_text(seq: int, promised: dict[str, str], texts: Texts) -> Fault | None:
    """Each promised text is there and unchanged, or erased; and there is no other."""
    if texts.keys() != promised.keys():
        return Fault(seq, "text_missing" if promised.keys() - texts.keys() else "text_added")
    for name, digest in promised.items():
        salt, text = texts[name]
        if text is None and salt is None:
            continue
        if text is None or salt is None or not _vouched(salt, text, digest):
            return Fault(seq, "text_changed")
    return None


def _vouched(salt: str, text: str, digest: str) -> bool:
    try:
        return text_hash(salt, text) == digest and bytes.fromhex(salt).hex() == salt
    except UNREADABLE:
        return False


def _erased_silently(session: Session) -> Fault | None:
    """An erased text is fine where the trail says that it was erased."""
    erased = {
        (row.seq, row.field)
        for row in session.execute(select(AuditText).where(col(AuditText.text).is_(None))).scalars()
    }
    if not erased:
        return None
    leaves = session.execute(select(col(AuditRecord.leaf)).where(col(AuditRecord.action) == ERASED)).scalars()
    said = {(details["of"], details["field"]) for details in (json.loads(leaf)["details"] for leaf in leaves)}
    unsaid = sorted(erased - said)
    return Fault(unsaid[0][0], "text_erased_silently") if unsaid else None


def _orphan_text(session: Session, size: int) -> Fault | None:
    query = select(col(AuditText.seq)).where((col(AuditText.seq) >= size) | (col(AuditText.seq) < 0)).limit(1)
    seq = session.execute(query).scalar_one_or_none()
    return None if seq is None else Fault(seq, "text_added")


def _doubled(session: Session, size: int) -> Fault | None:
    """A second record with a known number, which reading in pieces may have passed by."""
    if session.execute(select(func.count()).select_from(AuditRecord)).scalar_one() == size:
        return None
    twice = select(col(AuditRecord.seq)).group_by(col(AuditRecord.seq)).having(func.count() > 1)
    seq = session.execute(twice.order_by(col(AuditRecord.seq)).limit(1)).scalar_one_or_none()
    return None if seq is None else Fault(seq + 1, "unexpected")


def _head_wrong(session: Session, size: int, frontier: Frontier, last_at: str) -> Fault | None:
    heads = session.execute(select(AuditHead)).scalars().all()
    if not heads:
        return Fault(None, "head_missing")
    head = heads[0]
    if head.size > size:
        return Fault(size, "missing")
    if head.size < size:
        return Fault(head.size, "unexpected")
    if len(heads) > 1 or head.frontier != pack(frontier) or head.last_at != last_at:
        return Fault(None, "head_changed")
    return None
