"""Verifies the trail: every leaf, every text, every generated column, the tree's root, and the guards around it."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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

BATCH = 2_000  # records held in memory at a time; the largest are the answers to a whole LKE, of some 6 KiB
GENERATED = itemgetter("actor", "action", "subject", "at")
NO_TEXTS: dict[str, str] = {}
ERASED = "text_erased"

Record = tuple[int, str, str, str, str, str, str]  # as _RECORDS asks for them
Texts = dict[str, tuple[str | None, str | None]]  # salt and text, by field

_RECORDS = select(
    col(AuditRecord.seq),
    col(AuditRecord.leaf),
    col(AuditRecord.leaf_hash),
    col(AuditRecord.actor),
    col(AuditRecord.action),
    col(AuditRecord.subject),
    col(AuditRecord.at),
).order_by(col(AuditRecord.seq))
_TEXTS = select(col(AuditText.seq), col(AuditText.field), col(AuditText.salt), col(AuditText.text))

UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, RecursionError)  # by bytes we never wrote


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
    size, fault, last_at = 0, None, ""
    for batch, texts in _batches(session):
        hashes: list[bytes] = []
        for record in batch:
            fault = _wrong(record, texts.get(record[0], {}), expected=size + len(hashes), last_at=last_at)
            if fault:
                break
            hashes.append(bytes.fromhex(record[2]))
            last_at = record[6]
        frontier = _grown(frontier, size, hashes, kept)
        size += len(hashes)
        if fault:
            break
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


def _batches(session: Session) -> Iterator[tuple[Sequence[Record], dict[int, Texts]]]:
    """The records in order, with the texts that are kept for them."""
    after = -(2**62)  # below any number, so that a negative one is seen too
    while batch := _rows(session, _RECORDS.where(col(AuditRecord.seq) > after).limit(BATCH)):
        first, after = batch[0][0], batch[-1][0]
        texts: dict[int, Texts] = {}
        for seq, field, salt, text in _rows(session, _TEXTS.where(col(AuditText.seq).between(first, after))):
            texts.setdefault(seq, {})[field] = (salt, text)
        yield batch, texts


def _rows(session: Session, query: Executable) -> Sequence[Any]:
    """The driver's own tuples: a million rows are read here, and nothing is done with them but to compare them."""
    cursor: Any = session.connection().execute(query).cursor
    try:
        return list(cursor)
    except sqlite3.DatabaseError:  # once more, slowly: text that is no UTF-8 is read, and what is worse has its words
        with _any_bytes(session):
            return session.connection().execute(query).all()


def _wrong(record: Record, texts: Texts, *, expected: int, last_at: str) -> Fault | None:
    seq, text, hashed, actor, action, subject, at = record
    if seq != expected:
        return Fault(expected, "missing" if seq > expected else "unexpected")
    try:
        raw = text.encode()
        if leaf_hash(raw).hex() != hashed:
            return Fault(seq, "leaf_changed")
        leaf = read_leaf(raw)
        if leaf is None or leaf["seq"] != seq:
            return Fault(seq, "leaf_not_canonical")
        if GENERATED(leaf) != (actor, action, subject, at):
            return Fault(seq, "column_differs")
        if at < last_at:
            return Fault(seq, "time_goes_back")
        promised = leaf.get("texts", NO_TEXTS)
        return _wrong_text(seq, promised, texts) if texts or promised is not NO_TEXTS else None
    except UNREADABLE:
        return Fault(seq, "leaf_unreadable")


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
