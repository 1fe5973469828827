"""LKE and evidence as they were proposed, by hash; and what has changed since."""

import json
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import cast

from sqlalchemy import select
from sqlmodel import Session, col

from models.candidacies import Candidacy, StageEntry
from models.evidence import COUNTING, Evidence
from models.lke import Layer, LkeSnapshot
from models.trail import Json, canonical
from states.lke.stored import stored_answers

PROPOSED = (Layer.UNIT, Layer.PRELIMINARY, Layer.TPI)
"""The layers that belong to the proposal; the TPN's comes after it."""

Content = Mapping[str, Mapping[str, Json]]


def take_snapshot(session: Session, candidacy: Candidacy, entry: StageEntry, *, now: datetime) -> str:
    """Keep what is proposed with the stay that begins; returns the content's SHA-256 (hex)."""
    content = canonical(cast("Json", _content(session, candidacy.id)))
    digest = sha256(content.encode()).hexdigest()
    session.add(LkeSnapshot(candidacy_id=candidacy.id, entry_id=entry.id, content=content, hash=digest, taken_at=now))
    session.flush()
    return digest


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
    now = _content(session, candidacy)
    return sum(_differing(before.get(part, {}), now.get(part, {})) for part in {*before, *now})


def _differing(before: Mapping[str, Json], now: Mapping[str, Json]) -> int:
    return sum(before.get(key) != now.get(key) for key in {*before, *now})


def _content(session: Session, candidacy: int) -> dict[str, dict[str, Json]]:
    """Layer by layer item and value, and each piece of evidence that counts by its number."""
    answers = stored_answers(session, [candidacy])[candidacy]
    content: dict[str, dict[str, Json]] = {layer.value: dict(answers[layer]) for layer in PROPOSED}
    rows = session.execute(
        select(Evidence).where(col(Evidence.candidacy_id) == candidacy).where(col(Evidence.state).in_(COUNTING))
    ).scalars()
    content["evidence"] = {
        str(row.id): {"question": row.question, "sha256": row.file_hash or sha256((row.url or "").encode()).hexdigest()}
        for row in rows
    }
    return content
