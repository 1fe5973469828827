"""LKE and evidence as they were proposed, by hash; and what has changed since."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import sha256
from typing import cast

from sqlalchemy import insert, or_, select
from sqlmodel import Session, col

from models.among import among
from models.base import table_of
from models.candidacies import StageEntry
from models.database import directly
from models.evidence import COUNTING, Evidence
from models.lke import Layer, LkeSnapshot
from models.trail import Json, canonical
from states.lke.stored import stored_answers

PROPOSED = (Layer.UNIT, Layer.PRELIMINARY, Layer.TPI)
"""The layers that belong to the proposal; the TPN's comes after it."""

Content = Mapping[str, Mapping[str, Json]]


_ADD = insert(table_of(LkeSnapshot))


def take_snapshots(session: Session, entries: Mapping[int, int], *, now: datetime) -> dict[int, str]:
    """Keep what is proposed with the stays that begin, by candidacy; returns the contents' SHA-256 (hex)."""
    rows: list[dict[str, object]] = []
    hashes: dict[int, str] = {}
    for candidacy, content in _contents(session, entries).items():
        text = canonical(cast("Json", content))
        hashes[candidacy] = sha256(text.encode()).hexdigest()
        rows.append(
            {
                "candidacy_id": candidacy,
                "entry_id": entries[candidacy],
                "content": text,
                "hash": hashes[candidacy],
                "taken_at": now,
            }
        )
    directly(session).execute(_ADD, rows)
    return hashes


def last_snapshot(session: Session, candidacy: int) -> LkeSnapshot | None:
    """Of the last proposal that was not undone."""
    return session.execute(
        select(LkeSnapshot)
        .join(StageEntry, col(StageEntry.id) == col(LkeSnapshot.entry_id))
        .where(col(LkeSnapshot.candidacy_id) == candidacy)
        .where(col(StageEntry.undone).is_(False))
        .order_by(col(LkeSnapshot.id).desc())
        .limit(1)
    ).scalar_one_or_none()


def changed_since(session: Session, candidacy: int) -> int | None:
    """How many answers and pieces of evidence differ from what was proposed; None before a proposal."""
    snapshot = last_snapshot(session, candidacy)
    if snapshot is None:
        return None
    before: Content = json.loads(snapshot.content)
    now = _contents(session, [candidacy])[candidacy]
    return sum(_differing(before.get(part, {}), now.get(part, {})) for part in {*before, *now})


def _differing(before: Mapping[str, Json], now: Mapping[str, Json]) -> int:
    return sum(before.get(key) != now.get(key) for key in {*before, *now})


_EVIDENCE = (
    select(
        col(Evidence.candidacy_id), col(Evidence.id), col(Evidence.question), col(Evidence.file_hash), col(Evidence.url)
    )
    .where(among(col(Evidence.candidacy_id), "candidacies"))
    .where(or_(*(col(Evidence.state) == state for state in COUNTING)))
)


def _contents(session: Session, candidacies: Collection[int]) -> dict[int, dict[str, dict[str, Json]]]:
    """By candidacy: layer by layer item and value, and each piece of evidence that counts by its number."""
    answers = stored_answers(session, candidacies)
    evidence: dict[int, dict[str, Json]] = {candidacy: {} for candidacy in candidacies}
    for candidacy, key, question, file_hash, url in directly(session).execute(_EVIDENCE, {"candidacies": candidacies}):
        evidence[candidacy][str(key)] = {
            "question": question,
            "sha256": file_hash or sha256((url or "").encode()).hexdigest(),
        }
    return {
        candidacy: {
            **{layer.value: dict(answers[candidacy][layer]) for layer in PROPOSED},
            "evidence": evidence[candidacy],
        }
        for candidacy in candidacies
    }
