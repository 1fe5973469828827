"""An item as the trail has it: numbers, days and hashes in the leaf, what people wrote beside it."""

from datetime import datetime

from sqlmodel import Session

from models.actions import ActionItem
from models.trail import Author, Json, Pending, record
from states.documents import Content

FIELDS = ("area", "activity", "target_on", "pic_id", "progress", "obstacle", "follow_up", "done_on")
EVIDENCE = ("evidence_hash", "evidence_name", "evidence_size", "evidence_url")

Seen = dict[str, object]


def seen(item: ActionItem) -> Seen:
    """What it says now, to set against what it says later."""
    return {name: getattr(item, name) for name in (*FIELDS, *EVIDENCE)}


def put_evidence(item: ActionItem, content: Content | None) -> None:
    """Another piece takes the place of the one before, which the trail still names."""
    if content is None:
        return
    file = content.file
    item.evidence_url = content.url
    item.evidence_hash, item.evidence_name, item.evidence_size = (
        (file.hash, file.name, file.size) if file else (None, None, None)
    )


def note(
    session: Session,
    item: ActionItem,
    code: str,
    action: str,
    *,
    author: Author,
    now: datetime,
    before: Seen | None = None,
    reason: str = "",
) -> Pending:
    """Record the whole item when it is new, and only what differs from `before` when it is not."""
    names = [name for name, value in seen(item).items() if before is None or before[name] != value]
    details: dict[str, Json] = {"item": item.id}
    for name in ("target_on", "progress", "done_on"):
        if name in names:
            details[name] = _plain(getattr(item, name))
            if before is not None:
                details[f"{name}_before"] = _plain(before[name])
    if "pic_id" in names:
        details["pic"] = f"person:{item.pic_id}" if item.pic_id else None
    if "evidence_hash" in names and item.evidence_hash:
        details["sha256"] = item.evidence_hash
    texts: dict[str, str | None] = {
        name: getattr(item, name) for name in ("area", "activity", "obstacle", "follow_up") if name in names
    }
    if "evidence_url" in names:
        texts["url"] = item.evidence_url
    if "evidence_name" in names:
        texts["file_name"] = item.evidence_name
    texts["reason"] = reason
    return record(
        session,
        Pending(
            author,
            now,
            action=action,
            subject=f"candidacy:{code}",
            details=details if before is not None else {name: one for name, one in details.items() if one is not None},
            texts={name: text for name, text in texts.items() if text},
        ),
    )


def _plain(value: object) -> Json:
    return value if isinstance(value, int) or value is None else str(value)
