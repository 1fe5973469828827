"""Tells of findings: queued with the finding, in its transaction."""

from datetime import datetime

from sqlmodel import Session

from models.agencies import Unit
from models.candidacies import Candidacy
from models.findings import Finding
from models.messages import Notice
from states.notices import queue_notice

AGENCY_WIDE = ("fact_expired",)


def tell_opened(
    session: Session, row: Finding, *, candidacy: Candidacy | None, unit: Unit | None, now: datetime
) -> None:
    """What monev opened. A fact of an agency stands in the way of all its units, but is told once."""
    about = f"{row.rule}:{row.item}:{row.params}" if row.rule in AGENCY_WIDE else _opening(row)
    _queue(session, row, about, candidacy=candidacy, unit=unit, now=now)


def tell_owner(
    session: Session, row: Finding, *, candidacy: Candidacy | None, unit: Unit | None, now: datetime
) -> None:
    """What somebody opened again."""
    _queue(session, row, _opening(row), candidacy=candidacy, unit=unit, now=now)


def _opening(row: Finding) -> str:
    """Each time that it was opened is told once."""
    return f"finding:{row.id}:{row.reopened}"


def _queue(
    session: Session, row: Finding, about: str, *, candidacy: Candidacy | None, unit: Unit | None, now: datetime
) -> None:
    if candidacy is not None:
        queue_notice(
            session,
            Notice.FINDING,
            candidacy=candidacy,
            about=about,
            reference_id=row.id,
            roles=(row.owner,),
            now=now,
        )
