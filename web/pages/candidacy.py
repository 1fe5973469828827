"""One unit's way: where it stands, what is missing and who must act, its papers, findings and trail."""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter

from fastapi import APIRouter, Response
from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy, Correction
from models.database import reading
from models.errors import PipelineError
from models.facts import Predicate
from notifications.delivery_log import DeliveryRow, Wanted, list_deliveries
from states.documents import documents_of
from states.finding_list import listed
from states.monev.texts import describe
from states.overview import overview
from states.sight import find_seen
from states.subjects import subject_of
from states.trail_reader import records_of
from web.next_steps import step_for
from web.pages.board import COLUMNS
from web.unit_work import work_of
from web.visit import Guest, Visit

router = APIRouter(prefix="/candidacies")

RECORDS = 30
NOTICES = 10


@router.get("/{code}")
def candidacy(visit: Guest, code: str) -> Response:
    return unit_page(visit, code)


def unit_page(visit: Visit, code: str, *, problem: PipelineError | None = None, status: int = 200) -> Response:
    """The page; with what went wrong where a form on it was refused."""
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        unit = session.get_one(Unit, row.unit_id)
        seen = overview(session, row, now=visit.now, actor=visit.actor)
        content = {
            "seen": seen,
            "row": seen.row,
            "waiting": [(owner, list(here)) for owner, here in groupby(seen.waiting, key=attrgetter("owner"))],
            "unit": unit,
            "agency": session.get_one(Agency, unit.agency_id),
            "filed": documents_of(session, subject_of(session, row)),
            "findings": listed(session, row.code),
            "records": list(reversed(records_of(session, f"candidacy:{row.code}", last=RECORDS))),
            "others": _others(session, row),
            "predicates": _predicates(session, row),
            "correction": _correction(session, row),
            **work_of(session, row, visit),
        }
    words = {"steps": COLUMNS, "step_for": step_for, "describe": describe}
    content["notices"] = _notices(visit, row)
    return visit.page("candidacy", status=status, problem=problem, **content, **words)


def _notices(visit: Visit, row: Candidacy) -> Sequence[DeliveryRow]:
    """The last ones, as far as the visitor may know of them."""
    return list_deliveries(Wanted(candidacy=row.code), actor=visit.actor, limit=NOTICES).rows


def _others(session: Session, row: Candidacy) -> list[Candidacy]:
    """The unit's other candidacies, the newest first."""
    query = select(Candidacy).where(col(Candidacy.unit_id) == row.unit_id, col(Candidacy.id) != row.id)
    return list(session.execute(query.order_by(col(Candidacy.id).desc())).scalars())


def _predicates(session: Session, row: Candidacy) -> list[Predicate]:
    query = select(Predicate).where(col(Predicate.unit_id) == row.unit_id).order_by(col(Predicate.decreed_on))
    return list(session.execute(query).scalars())


def _correction(session: Session, row: Candidacy) -> Correction | None:
    """The last move's request to be undone, while it waits for a second person."""
    query = select(Correction).where(col(Correction.candidacy_id) == row.id, col(Correction.confirmed_at).is_(None))
    return session.execute(query).scalars().first()
