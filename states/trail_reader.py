"""Reads the trail as people and scripts see it: who did what to which thing, with the texts that are still there."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from models.audit import AuditRecord, AuditText
from models.catalogue import say
from models.inserts import in_pieces
from models.people import Person

Record = dict[str, Any]

PIECE = 1_000  # records whose texts are asked for at a time
PERSON = "person:"


def records_of(session: Session, subject: str | None = None, *, last: int | None = None) -> list[Record]:
    """The records in order, of one subject ("candidacy:RSUD-2026") or all, perhaps only the last few."""
    query: Select[AuditRecord] = select(AuditRecord)
    if subject:
        query = query.where(col(AuditRecord.subject) == subject)
    if last:
        query = query.limit(last)
    ordered = query.order_by(col(AuditRecord.seq).desc() if last else col(AuditRecord.seq))
    return shown(session, sorted(session.execute(ordered).scalars(), key=lambda row: row.seq))


def shown(session: Session, rows: Sequence[AuditRecord]) -> list[Record]:
    """These records as people read them, in the same order."""
    texts: dict[int, dict[str, str]] = {}
    emails: dict[str, str] = {}
    for piece in in_pieces(rows, PIECE):
        texts |= _texts(session, [row.seq for row in piece])
        emails |= _emails(session, {row.actor for row in piece} - emails.keys())
    return [_record(row, texts.get(row.seq, {}), emails) for row in rows]


def _texts(session: Session, numbers: list[int]) -> dict[int, dict[str, str]]:
    texts: dict[int, dict[str, str]] = {}
    query = select(AuditText).where(col(AuditText.seq).in_(numbers))
    for text in session.execute(query.order_by(col(AuditText.field))).scalars():
        texts.setdefault(text.seq, {})[text.field] = say("audit.erased") if text.text is None else text.text
    return texts


def _emails(session: Session, actors: set[str]) -> dict[str, str]:
    ids = [int(actor.removeprefix(PERSON)) for actor in actors if actor.startswith(PERSON)]
    query = select(col(Person.id), col(Person.email)).where(col(Person.id).in_(ids))
    return {f"{PERSON}{key}": email for key, email in session.execute(query)}


def _record(row: AuditRecord, texts: dict[str, str], emails: dict[str, str]) -> Record:
    leaf = json.loads(row.leaf)
    return {
        "seq": row.seq,
        "at": row.at,
        "actor": emails.get(row.actor, row.actor),
        "action": row.action,
        "subject": row.subject,
        "before": leaf.get("before"),
        "after": leaf.get("after"),
        "rule": leaf.get("rule"),
        "hash": row.leaf_hash,
        "via": leaf["via"],
        "details": leaf.get("details", {}),
        "texts": texts,
    }
