"""Agencies: admins add and change them; their koordinators say whether the head hears of what is late."""

from fastapi import APIRouter, Response

from models.agencies import ZONES, Agency, AgencyKind
from models.catalogue import say
from models.database import reading
from models.errors import PipelineError
from states.escalation import set_escalation
from states.imports import write_row
from states.management import find_managed_agency
from web.admin.ways import PROBLEMS, Admin, Flag, Input, Manager, Text, form_page
from web.visit import Visit

router = APIRouter(prefix="/admin/agencies")

BACK = "/admin/agencies/list"


@router.get("/new")
def new(visit: Admin) -> Response:
    return _new(visit, {"zone": ZONES[0]})


@router.post("/new")
def add(visit: Admin, code: Text = "", name: Text = "", kind: Text = "", zone: Text = "") -> Response:
    given = {"code": code, "name": name, "kind": kind, "zone": zone}
    try:
        write_row("agencies", given, new=True, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return _new(visit, given, problem)
    return visit.to(BACK, done="admin_saved")


@router.get("/{code}/edit")
def form(visit: Manager, code: str) -> Response:
    agency = _find(visit, code)
    given = {"name": agency.name, "kind": agency.kind.value, "zone": agency.zone}
    return _edit(visit, agency, {**given, "escalates": "1" if agency.escalate_to_head else ""})


@router.post("/{code}/edit")
def change(
    visit: Manager, code: str, name: Text = "", kind: Text = "", zone: Text = "", escalates: Flag = ""
) -> Response:
    agency = _find(visit, code)
    given = {"name": name, "kind": kind, "zone": zone}
    to_head = escalates == "1"
    try:
        if visit.actor.is_admin():
            write_row("agencies", {"code": agency.code, **given}, new=False, actor=visit.actor, now=visit.now)
        if to_head is not agency.escalate_to_head:
            set_escalation(agency.code, to_head=to_head, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return _edit(visit, agency, {**given, "escalates": escalates}, problem)
    return visit.to(BACK, done="admin_saved")


def _find(visit: Visit, code: str) -> Agency:
    with reading() as session:
        return find_managed_agency(session, code, actor=visit.actor)


def _new(visit: Visit, given: dict[str, str], problem: PipelineError | None = None) -> Response:
    inputs = [Input("code", required=True, hint="web.admin.code_hint"), *_inputs()]
    return form_page(visit, say("web.admin.new.agencies"), inputs, back=BACK, given=given, problem=problem)


def _edit(visit: Visit, agency: Agency, given: dict[str, str], problem: PipelineError | None = None) -> Response:
    inputs = [*(_inputs() if visit.actor.is_admin() else ()), Input("escalates", "checkbox")]
    return form_page(visit, f"{agency.code} · {agency.name}", inputs, back=BACK, given=given, problem=problem)


def _inputs() -> list[Input]:
    kinds = [(kind.value, say(f"agency_kind.{kind.value}")) for kind in AgencyKind]
    return [
        Input("name", required=True),
        Input("kind", "select", required=True, choices=kinds),
        Input("zone", "select", required=True, choices=[(zone, zone) for zone in ZONES]),
    ]
