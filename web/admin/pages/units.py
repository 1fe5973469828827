"""Units of an agency: added and changed by the rules of an imported row."""

from fastapi import APIRouter, Response

from models.agencies import Agency, Unit
from models.catalogue import say
from models.database import reading
from models.errors import PipelineError
from states.imports import write_row
from states.management import find_managed_unit
from web.admin.ways import PROBLEMS, Input, Manager, Text, agency_choices, form_page, unit_choices
from web.visit import Visit

router = APIRouter(prefix="/admin/units")

BACK = "/admin/units/list"


@router.get("/new")
def new(visit: Manager) -> Response:
    return _new(visit, {})


@router.post("/new")
def add(
    visit: Manager,
    code: Text = "",
    name: Text = "",
    agency: Text = "",
    parent: Text = "",
    kind: Text = "",
    core_service: Text = "",
) -> Response:
    given = {"code": code, "name": name, "agency": agency}
    given |= {"parent": parent, "kind": kind, "core_service": core_service}
    try:
        write_row("units", given, new=True, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return _new(visit, given, problem)
    return visit.to(BACK, done="admin_saved")


@router.get("/{code}/edit")
def form(visit: Manager, code: str) -> Response:
    with reading() as session:
        unit = find_managed_unit(session, code, actor=visit.actor)
        above = session.get_one(Unit, unit.parent_id).code if unit.parent_id else ""
    given = {"name": unit.name, "parent": above, "kind": unit.kind or "", "core_service": unit.core_service or ""}
    return _edit(visit, unit, given)


@router.post("/{code}/edit")
def change(
    visit: Manager, code: str, name: Text = "", parent: Text = "", kind: Text = "", core_service: Text = ""
) -> Response:
    with reading() as session:
        unit = find_managed_unit(session, code, actor=visit.actor)
        agency = session.get_one(Agency, unit.agency_id).code
    given = {"name": name, "parent": parent, "kind": kind, "core_service": core_service}
    try:
        cells = {"code": unit.code, "agency": agency, **given}
        write_row("units", cells, new=False, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return _edit(visit, unit, given, problem)
    return visit.to(BACK, done="admin_saved")


def _new(visit: Visit, given: dict[str, str], problem: PipelineError | None = None) -> Response:
    with reading() as session:
        agencies = agency_choices(session, visit.actor)
    first = [
        Input("code", required=True, hint="web.admin.code_hint"),
        Input("agency", "select", required=True, choices=agencies),
    ]
    inputs = [*first, *_inputs(visit)]
    return form_page(visit, say("web.admin.new.units"), inputs, back=BACK, given=given, problem=problem)


def _edit(visit: Visit, unit: Unit, given: dict[str, str], problem: PipelineError | None = None) -> Response:
    return form_page(visit, f"{unit.code} · {unit.name}", _inputs(visit), back=BACK, given=given, problem=problem)


def _inputs(visit: Visit) -> list[Input]:
    with reading() as session:
        units = unit_choices(session, visit.actor)
    return [
        Input("name", required=True),
        Input("parent", "list", choices=units, hint="web.admin.parent_hint"),
        Input("kind", hint="web.admin.kind_hint"),
        Input("core_service", hint="web.admin.core_service_hint"),
    ]
