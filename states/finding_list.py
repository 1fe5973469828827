"""Findings as people read them: about a candidacy, a unit or the installation, with their age and response."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models.agencies import Unit
from models.candidacies import Candidacy
from models.errors import NotFound
from models.findings import UNSETTLED, Finding
from models.people import Person
from states.finding_access import find_finding, subject_of_finding
from states.lookups import find
from states.trail_reader import Record, records_of

Query = Select[Any, Any, Any, Any, Any]
"""A finding, and the codes and addresses of a `Listed`."""


@dataclass(frozen=True)
class Listed:
    """A finding with the codes and addresses of what and whom it names."""

    finding: Finding
    candidacy: str | None
    unit: str | None  # its candidacy's, where it is about one
    responded_by: str | None
    closed_by: str | None

    @property
    def about(self) -> str | None:
        return self.candidacy or self.unit


def listed(session: Session, code: str | None = None, *, closed: bool = False) -> Sequence[Listed]:
    """Of one candidacy or unit, or all; by candidacy, then those of units, then the installation's. Raises NotFound."""
    query = _query()
    if not closed:
        query = query.where(col(Finding.state).in_(UNSETTLED))
    if code:
        query = _of(session, query, code)
    order = (
        case((col(Finding.candidacy_id).is_not(None), 0), (col(Finding.unit_id).is_not(None), 1), else_=2),
        func.coalesce(col(Candidacy.code), col(Unit.code)),
        col(Finding.id),
    )
    return [Listed(*row) for row in session.execute(query.order_by(*order))]


def shown(session: Session, number: int) -> tuple[Listed, list[Record]]:
    """One finding, and what the trail says of it. Raises NotFound."""
    finding = find_finding(session, number)
    row = session.execute(_query().where(col(Finding.id) == number)).one()
    records = records_of(session, subject_of_finding(session, finding))
    return Listed(*row), [one for one in records if one["details"].get("finding") == number]


def _query() -> Query:
    responder, closer = aliased(Person), aliased(Person)
    return (
        select(Finding, col(Candidacy.code), col(Unit.code), col(responder.email), col(closer.email))
        .outerjoin(Candidacy, col(Candidacy.id) == col(Finding.candidacy_id))
        .outerjoin(Unit, col(Unit.id) == func.coalesce(col(Finding.unit_id), col(Candidacy.unit_id)))
        .outerjoin(responder, col(responder.id) == col(Finding.responded_by))
        .outerjoin(closer, col(closer.id) == col(Finding.closed_by))
    )


def _of(session: Session, query: Query, code: str) -> Query:
    """What is about a candidacy, or about a unit apart from its candidacies."""
    try:
        return query.where(col(Finding.candidacy_id) == find(session, Candidacy, code).id)
    except NotFound:
        unit = session.execute(select(Unit).where(col(Unit.code) == code.strip().upper())).scalar_one_or_none()
        if unit is None:
            raise
        return query.where(col(Finding.unit_id) == unit.id)
