"""Tells of findings: queued with the finding, in its transaction."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Unit
from models.candidacies import Candidacy
from models.findings import Finding
from models.messages import Notice
from models.people import Membership, Role
from states.actors import valid_on
from states.calendar import today_in_indonesia
from states.holders import EVERYWHERE, Where
from states.notices import queue_at, queue_notice

AGENCY_WIDE = ("fact_expired",)
ANSWERED = ":answered"
"""How the subject of a notice ends that tells of a response, and not of the finding itself."""


def tell_opened(
    session: Session, row: Finding, *, candidacy: Candidacy | None, unit: Unit | None, now: datetime
) -> None:
    """What monev opened. A fact of an agency stands in the way of all its units, but is told once."""
    about = f"{row.rule}:{row.item}:{row.params}" if row.rule in AGENCY_WIDE else _opening(row)
    _queue(session, row, about, (row.owner,), candidacy=candidacy, unit=unit, now=now)
    if candidacy is None and unit is None:
        _tell_auditors(session, row, now=now)


def tell_owner(
    session: Session, row: Finding, *, candidacy: Candidacy | None, unit: Unit | None, now: datetime
) -> None:
    """What somebody opened again."""
    _queue(session, row, _opening(row), (row.owner,), candidacy=candidacy, unit=unit, now=now)


def tell_answered(
    session: Session,
    row: Finding,
    judges: tuple[Role, ...],
    *,
    candidacy: Candidacy | None,
    unit: Unit | None,
    now: datetime,
) -> None:
    """Who may verify a response hears of the first one."""
    _queue(session, row, f"{_opening(row)}{ANSWERED}", judges, candidacy=candidacy, unit=unit, now=now)


def _opening(row: Finding) -> str:
    """Each time that it was opened is told once."""
    return f"finding:{row.id}:{row.reopened}"


def _queue(
    session: Session,
    row: Finding,
    about: str,
    roles: tuple[Role, ...],
    *,
    candidacy: Candidacy | None,
    unit: Unit | None,
    now: datetime,
) -> None:
    """Of a candidacy unless its cycle is history; of a unit; else of the installation."""
    if candidacy is not None:
        queue_notice(
            session, Notice.FINDING, candidacy=candidacy, about=about, reference_id=row.id, roles=roles, now=now
        )
        return
    where: Where = ("unit", unit.id) if unit is not None else EVERYWHERE
    queue_at(session, Notice.FINDING, where=where, about=about, reference_id=row.id, roles=roles, now=now)


def _tell_auditors(session: Session, row: Finding, *, now: datetime) -> None:
    """Each where they hold the role: an auditor is an agency's or a unit's."""
    places = session.execute(
        select(col(Membership.agency_id), col(Membership.unit_id))
        .where(col(Membership.role) == Role.AUDITOR, *valid_on(today_in_indonesia(now)))
        .distinct()
    )
    for agency, unit in places:
        where: Where = ("unit", unit) if unit is not None else ("agency", agency)
        about = f"{_opening(row)}:" + (f"agency:{agency}" if unit is None else f"unit:{unit}")
        queue_at(session, Notice.FINDING, where=where, about=about, reference_id=row.id, roles=(Role.AUDITOR,), now=now)
