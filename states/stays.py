"""Stays in a stage, as rows: one is left and the next is entered, for many candidacies that make the same move."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, update
from sqlmodel import Session

from models.among import among
from models.base import table_of
from models.candidacies import Correction, StageEntry
from models.database import directly
from states.moves import Move
from states.situation import Situation, Stay

_ENTRY = table_of(StageEntry)
_CORRECTION = table_of(Correction)

_LEAVE = update(_ENTRY).where(among(_ENTRY.c.id, "entries")).values(left_on=bindparam("day"), left_at=bindparam("at"))
_ENTER = insert(_ENTRY).returning(_ENTRY.c.candidacy_id, _ENTRY.c.id)
# Who asked for the stay to be undone did not ask for what comes now, nor for it to be undone once back here.
_VOID = delete(_CORRECTION).where(among(_CORRECTION.c.entry_id, "entries"), _CORRECTION.c.confirmed_by.is_(None))


def change_stays(
    session: Session, agreed: Mapping[int, Situation], move: Move, *, now: datetime
) -> dict[int, Situation]:
    """Leave the current stays and enter the next ones; returns the situations that follow, by candidacy."""
    connection = directly(session)
    left = [situation.current.entry_id for situation in agreed.values()]
    asked = [situation.current.entry_id for situation in agreed.values() if situation.correction_asked]
    rows = [_row(candidacy, situation, move, now=now) for candidacy, situation in agreed.items()]
    connection.execute(_LEAVE, {"entries": left, "day": rows[0]["entered_on"], "at": now})
    if asked:
        connection.execute(_VOID, {"entries": asked})
    entries = {candidacy: entry for candidacy, entry in connection.execute(_ENTER, rows)}  # in any order
    return {
        candidacy: situation.entered(_stay(entries[candidacy], row))
        for (candidacy, situation), row in zip(agreed.items(), rows, strict=True)
    }


def _row(candidacy: int, situation: Situation, move: Move, *, now: datetime) -> dict[str, Any]:
    ask, actor = situation.ask, situation.actor
    assert ask and actor  # noqa: S101 - a move is always asked for by somebody
    return {
        "candidacy_id": candidacy,
        "number": situation.stays[-1].number + 1,
        "stage": move.dest,
        "move": move.name,
        "entered_on": ask.effective_on,
        "entered_at": now,
        "due_on": situation.due_on(move.dest, ask.effective_on),
        "recorded_by": actor.person_id,
        "decided_by": ask.decided_by,
        "undone": False,
    }


def _stay(entry: int, row: Mapping[str, Any]) -> Stay:
    return Stay(
        entry,
        row["number"],
        row["stage"],
        row["move"],
        row["entered_on"],
        left_on=None,
        due_on=row["due_on"],
        recorded_by=row["recorded_by"],
    )
