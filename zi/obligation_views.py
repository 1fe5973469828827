"""What is owed, and who is away, as documents for scripts and as words for people."""

from collections.abc import Sequence
from typing import Any

from models.catalogue import say
from models.obligations import Obligation
from models.trail import instant
from states.absences import Leave
from states.obligation_list import Asked, Listed
from zi.output import line, table


def obligation_document(one: Listed) -> dict[str, Any]:
    """As scripts rely on it: fields may be added, none renamed."""
    row = one.obligation
    return {
        "id": row.id,
        "candidacy": one.candidacy,
        "kind": row.kind.value,
        "item": row.item or None,
        "owed_by": row.owed_by.value,
        "people": sorted(person.email for person in one.people),
        "due": row.due_on.isoformat() if row.due_on else None,
        "days_left": one.days_left,
        "acknowledged": [
            {"email": asked.email, "at": instant(asked.at), "note": asked.note} for asked in one.acknowledged
        ],
        "snoozed": [
            {"email": asked.email, "at": instant(asked.at), "until": asked.until.isoformat() if asked.until else None}
            for asked in one.snoozed
        ],
    }


def show_obligations(rows: Sequence[Listed]) -> None:
    if not rows:
        line(say("empty.obligations"))
        return
    columns = ("id", "code", "owed", "due", "owed_by", "asked")
    table(
        [say(f"column.{name}") for name in columns],
        [(one.obligation.id, one.candidacy, _what(one.obligation), _due(one), _who(one), _asked(one)) for one in rows],
    )


def absence_document(one: Leave) -> dict[str, Any]:
    row = one.row
    return {
        "id": row.id,
        "person": one.person.email,
        "since": row.since.isoformat(),
        "until": row.until.isoformat(),
        "deputy": one.deputy.email,
        "note": row.note,
        "ended_at": instant(row.ended_at) if row.ended_at else None,
    }


def show_absences(rows: Sequence[Leave]) -> None:
    if not rows:
        line(say("empty.absences"))
        return
    columns = ("id", "person", "since", "until", "deputy", "note")
    table(
        [say(f"column.{name}") for name in columns],
        [(one.row.id, one.person.name, one.row.since, _until(one), one.deputy.name, one.row.note) for one in rows],
    )


def _what(row: Obligation) -> str:
    return say(f"obligation.{row.kind.value}", item=row.item)


def _due(one: Listed) -> str:
    if one.obligation.due_on is None or one.days_left is None:
        return say("obligation.undated")
    due = one.obligation.due_on.isoformat()
    if one.days_left < 0:
        return say("due.late", due=due, days=-one.days_left)
    return say("due.left", due=due, days=one.days_left)


def _who(one: Listed) -> str:
    names = ", ".join(person.name for person in one.people)
    return names or say(f"role.{one.obligation.owed_by.value}")


def _asked(one: Listed) -> str:
    return "\n".join(
        (*(_acknowledged(asked) for asked in one.acknowledged), *(_snoozed(asked) for asked in one.snoozed))
    )


def _acknowledged(asked: Asked) -> str:
    key = "obligation.acknowledged_with_note" if asked.note else "obligation.acknowledged"
    return say(key, email=asked.email, note=asked.note)


def _snoozed(asked: Asked) -> str:
    return say("obligation.snoozed", email=asked.email, until=asked.until.isoformat() if asked.until else None)


def _until(one: Leave) -> str:
    until = one.row.until.isoformat()
    return say("absence.ended", until=until) if one.row.ended_at else until
