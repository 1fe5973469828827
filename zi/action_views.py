"""Items of an action plan as documents for scripts and as words for people."""

from collections.abc import Sequence
from typing import Any

from models.catalogue import say
from states.actions.listing import Listed
from zi.output import line, table


def item_document(one: Listed) -> dict[str, Any]:
    """As scripts rely on it: fields may be added, none renamed."""
    item = one.item
    return {
        "id": item.id,
        "candidacy": one.candidacy,
        "area": item.area,
        "activity": item.activity,
        "target": item.target_on.isoformat(),
        "pic": one.pic,
        "progress": item.progress,
        "obstacle": item.obstacle,
        "follow_up": item.follow_up,
        "evidence_link": item.evidence_url,
        "evidence_file": item.evidence_name,
        "sha256": item.evidence_hash,
        "done_on": item.done_on.isoformat() if item.done_on else None,
        "state": one.state,
        "days_left": one.days_left,
        "drop_reason": item.drop_reason,
    }


def show_items(rows: Sequence[Listed]) -> None:
    if not rows:
        line(say("empty.actions"))
        return
    columns = ("id", "code", "area", "activity", "due", "progress", "pic", "obstacle", "follow_up", "evidence")
    table(
        [say(f"column.{name}") for name in columns],
        [
            (
                one.item.id,
                one.candidacy,
                one.item.area,
                one.item.activity,
                _due(one),
                f"{one.item.progress} %",
                one.pic_name,
                one.item.obstacle,
                one.item.follow_up,
                one.item.evidence_name or one.item.evidence_url,
            )
            for one in rows
        ],
    )


def _due(one: Listed) -> str:
    target = one.item.target_on.isoformat()
    if one.state == "dropped":
        return say("action.dropped", due=target)
    if one.state == "done":
        return say("action.done", due=target, on=one.item.done_on.isoformat() if one.item.done_on else "?")
    if one.days_left is None:
        return target
    if one.late:
        return say("due.late", due=target, days=-one.days_left)
    return say("due.left", due=target, days=one.days_left)
