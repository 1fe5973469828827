"""Acknowledging what one owes: "I know, it is being done". What that spares stands in `states/quieting.py`."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from models.quieting import Acknowledgement
from models.trail import Pending, record
from states.actions.words import optional_line
from states.actors import Actor
from states.own_obligation import candidacy_of, hold_owed
from states.writing import writing


def acknowledge(number: int, *, note: str = "", actor: Actor, now: datetime) -> str:
    """Returns the candidacy's code. Raises NotFound, BadInput (note), Refused."""
    code = candidacy_of(number)
    with writing("obligation_ack", author=actor.author, now=now, subject=f"candidacy:{code}") as session:
        held = hold_owed(session, number, actor=actor, now=now)
        mine = (col(Acknowledgement.obligation_id) == number, col(Acknowledgement.person_id) == actor.person_id)
        found = session.execute(select(Acknowledgement).where(*mine)).scalar_one_or_none()
        row = found or Acknowledgement(obligation_id=number, person_id=actor.person_id, due_on=held.due_on, at=now)
        row.due_on, row.at, row.note = held.due_on, now, optional_line(note, name="--note")
        session.add(row)
        session.flush()
        record(
            session,
            Pending(
                actor.author,
                now,
                action="obligation_acknowledged",
                subject=held.subject,
                details={"obligation": number, "due_on": held.due_on.isoformat()},
                texts={"note": row.note} if row.note else {},
            ),
        )
    return code
