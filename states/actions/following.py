"""What follows a change of the plan: obligations and their reminders keep in step, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from models.candidacies import Candidacy
from states.obligations import keep_in_step
from states.observe import observe


def follow_plan(session: Session, candidacies: Sequence[Candidacy], *, now: datetime) -> None:
    """No guard reads the plan, so nobody who decides meanwhile has to look again. The caller holds the locks."""
    session.flush()
    for candidacy, situation in zip(candidacies, observe(session, candidacies, now=now), strict=True):
        keep_in_step(session, candidacy, situation, now=now)
