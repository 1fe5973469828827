"""Days on which an agency does not work: noted and taken back; dates follow at once."""

from fastapi import APIRouter, Response
from sqlalchemy import select
from sqlmodel import col

from models.agencies import Agency
from models.catalogue import say
from models.closures import Closure
from models.database import reading
from models.errors import BadInput, NotFound, PipelineError
from states.closures import close_agency, open_agency
from states.management import manages_agencies
from states.requests import parse_day
from web.admin.ways import PROBLEMS, Input, Manager, Text, agency_choices, form_page
from web.errors import status_of
from web.visit import Visit

router = APIRouter(prefix="/admin/closures")

BACK = "/admin/closures/list"


@router.get("/new")
def new(visit: Manager) -> Response:
    return _new(visit, {})


@router.post("/new")
def add(visit: Manager, agency: Text = "", day: Text = "", name: Text = "") -> Response:
    try:
        if not agency:
            raise BadInput("choice_missing")
        closed = parse_day(day.strip(), name=say("column.day"))
        close_agency(agency, closed, name=name, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return _new(visit, {"agency": agency, "day": day, "name": name}, problem)
    return visit.to(BACK, done="admin_dates_followed")


@router.get("/{number:int}/edit")
def form(visit: Manager, number: int) -> Response:
    return _page(visit, number)


@router.post("/{number:int}/remove")
def remove(visit: Manager, number: int) -> Response:
    closure, agency = _find(visit, number)
    try:
        open_agency(agency.code, closure.day, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return _page(visit, number, problem)
    return visit.to(BACK, done="admin_dates_followed")


def _find(visit: Visit, number: int) -> tuple[Closure, Agency]:
    query = select(Closure, Agency).join(Agency, col(Agency.id) == col(Closure.agency_id))
    with reading() as session:
        found = session.execute(query.where(col(Closure.id) == number, manages_agencies(visit.actor))).first()
    if found is None:
        raise NotFound("unknown_page")
    return found[0], found[1]


def _page(visit: Visit, number: int, problem: PipelineError | None = None) -> Response:
    closure, agency = _find(visit, number)
    status = status_of(problem) if problem else 200
    return visit.page("admin/closure", status=status, problem=problem, closure=closure, agency=agency)


def _new(visit: Visit, given: dict[str, str], problem: PipelineError | None = None) -> Response:
    with reading() as session:
        agencies = agency_choices(session, visit.actor)
    inputs = [
        Input("agency", "select", required=True, choices=agencies),
        Input("day", "date", required=True),
        Input("name", required=True, hint="web.admin.closure_hint"),
    ]
    return form_page(visit, say("web.admin.new.closures"), inputs, back=BACK, given=given, problem=problem)
