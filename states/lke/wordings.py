"""The official wording of a cycle's items, as the ministry's master file gave it."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlmodel import Session, col

from models.lke import Wording

Wordings = Mapping[str, tuple[str, str | None]]
"""Text and criteria by item; empty where no master was imported."""


def wordings(session: Session, cycle: int) -> Wordings:
    query = select(col(Wording.item), col(Wording.text), col(Wording.criteria)).where(col(Wording.cycle_id) == cycle)
    return {item: (text, criteria) for item, text, criteria in session.execute(query)}
