"""Verifies the trail: every leaf, every text, every generated column, the tree's root, and the guards around it."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from models.audit import AuditHead, AuditRecord, AuditText
from models.merkle import Frontier, grow, leaf_hash, pack, root
from models.trail import canonical, text_hash
from models.triggers import missing_triggers
from states.checkpoint_check import KeptCheckpoints

BATCH = 5_000  # records held in memory at a time
GENERATED = ("actor", "action", "subject", "at")
ERASED = "text_erased"

UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError)  # what bytes that we never wrote can lead to


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
    with _any_bytes(session):
        heads = session.execute(select(AuditHead)).scalars().all()
        missing = tuple(missing_triggers(session.connection()))
        kept = KeptCheckpoints(session)
        frontier: Frontier = ()
        size, fault, last_at = 0, None, ""
        if kept.next_size == 0:
            kept.passed(frontier)
        for record, texts in _records(session):
            fault = _wrong(record, texts, expected=size, last_at=last_at)
            if fault:
                break
            frontier = grow(frontier, size, bytes.fromhex(record.leaf_hash))
            size, last_at = size + 1, record.at
            if size == kept.next_size:
                kept.passed(frontier)
        fault = (
            fault
            or _head_wrong(heads, size, frontier, last_at)
            or _checkpoint_wrong(kept)  # only now, because these believe the leaves
            or _erased_silently(session)
            or _orphan_text(session, size)
        )
    return Verdict(size, root(frontier).hex(), fault, missing, kept.count)


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


def _records(session: Session) -> Iterator[tuple[AuditRecord, list[AuditText]]]:
    after = -(2**62)  # below any number, so that a negative one is seen too
    while (
        batch := session.execute(
            select(AuditRecord).where(col(AuditRecord.seq) > after).order_by(col(AuditRecord.seq)).limit(BATCH)
        )
        .scalars()
        .all()
    ):
        first, after = batch[0].seq, batch[-1].seq
        texts: dict[int, list[AuditText]] = {}
        query = select(AuditText).where(col(AuditText.seq).between(first, after))
        for text in session.execute(query).scalars():
            texts.setdefault(text.seq, []).append(text)
        yield from ((record, texts.get(record.seq, [])) for record in batch)
        session.expunge_all()


def _wrong(record: AuditRecord, texts: list[AuditText], *, expected: int, last_at: str) -> Fault | None:
    if record.seq != expected:
        return Fault(expected, "missing" if record.seq > expected else "unexpected")
    try:
        if leaf_hash(record.leaf.encode()).hex() != record.leaf_hash:
            return Fault(record.seq, "leaf_changed")
        leaf = json.loads(record.leaf)
        if canonical(leaf) != record.leaf or leaf.get("seq") != record.seq:
            return Fault(record.seq, "leaf_not_canonical")
        if any(leaf.get(name) != getattr(record, name) for name in GENERATED):
            return Fault(record.seq, "column_differs")
        if record.at < last_at:
            return Fault(record.seq, "time_goes_back")
        return _wrong_text(record.seq, leaf.get("texts", {}), texts)
    except UNREADABLE:
        return Fault(record.seq, "leaf_unreadable")


def _wrong_text(seq: int, promised: dict[str, str], texts: list[AuditText]) -> Fault | None:
    """Each promised text is there and unchanged, or erased; and there is no other."""
    stored = {text.field: text for text in texts}
    if set(stored) != set(promised):
        return Fault(seq, "text_missing" if set(promised) - set(stored) else "text_added")
    for name, digest in promised.items():
        row = stored[name]
        if row.text is None and row.salt is None:
            continue
        if row.text is None or row.salt is None or not _vouched(row.salt, row.text, digest):
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


def _head_wrong(heads: Sequence[AuditHead], size: int, frontier: Frontier, last_at: str) -> Fault | None:
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
