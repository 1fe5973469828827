"""Dropping an item that will not be done: it stays on record with the reason, and is owed no more."""

from datetime import datetime

from models.errors import Refused
from models.trail import Pending, record
from states.actions.access import require_planning
from states.actions.finding import code_of, hold
from states.actions.following import follow_plan
from states.actions.words import optional_line
from states.actors import Actor, current
from states.writing import writing


def drop_item(number: int, *, reason: str, actor: Actor, now: datetime) -> str:
    """Take an item out of the plan; returns the candidacy's code. Raises NotFound, BadInput, Refused."""
    code = code_of(number)
    with writing("action_drop", author=actor.author, now=now, subject=f"candidacy:{code}") as session:
        actor = current(session, actor, now=now)
        held = hold(session, number, now=now)
        item = held.item
        require_planning(actor, held.place, item.area, subject=code)
        why = optional_line(reason, name="--reason")
        if why is None:
            raise Refused.because("reason_missing", subject=code)
        if item.dropped_at is not None:
            raise Refused.because("action_dropped_already", subject=code, number=number)
        item.dropped_at, item.dropped_by, item.drop_reason = now, actor.person_id, why
        session.flush()
        record(
            session,
            Pending(
                actor.author,
                now,
                action="action_item_dropped",
                subject=f"candidacy:{code}",
                details={"item": item.id, "progress": item.progress},
                texts={"reason": why},
            ),
        )
        follow_plan(session, [held.candidacy], now=now)
    return code
