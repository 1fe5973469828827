"""Cycles: opened, with their calendar, the ministry's windows and their own ladders of reminders."""

from collections.abc import Sequence
from datetime import date

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from models.catalogue import say
from models.cycles import Cycle, CycleDate, Route
from models.database import reading
from models.errors import BadInput, NotFound, PipelineError
from models.obligations import ObligationKind
from models.stages import OPEN, Stage
from models.windows import WindowKind
from rulesets.library import rulesets
from states.actors import Actor
from states.cycle_ladders import in_words, set_ladder
from states.cycles import Dated, calendar_rows, open_cycle, set_calendar
from states.due_dates import Window
from states.ladder import LADDER
from states.ladders import load_ladders
from states.management import find_managed_cycle
from states.requests import parse_day
from states.windows import set_window, windows_of
from web.admin.ways import PROBLEMS, Flag, Input, Manager, Text, agency_choices, form_page
from web.errors import status_of
from web.visit import Visit

router = APIRouter(prefix="/admin/cycles")

BACK = "/admin/cycles/list"
NEWEST = "permen-90-2021-5-2024"
MOST_DAYS = 366  # working days in a stage


@router.get("/new")
def new(visit: Manager) -> Response:
    return _new(visit, {"year": str(visit.now.year), "ruleset": NEWEST, "route": Route.TPN.value})


@router.post("/new")
def open_(
    visit: Manager,
    agency: Text = "",
    year: Text = "",
    ruleset: Text = "",
    route: Text = "",
    record_only: Flag = "",
) -> Response:
    given = {"agency": agency, "year": year, "ruleset": ruleset, "route": route, "record_only": record_only}
    try:
        if not agency or route not in list(Route):
            raise BadInput("choice_missing")
        if not year.strip().isdecimal() or len(year.strip()) > 4:  # noqa: PLR2004 - digits of a year
            raise BadInput("bad_date", name=say("column.year"), value=year)
        code = open_cycle(
            agency,
            int(year),
            ruleset=ruleset,
            route=Route(route),
            actor=visit.actor,
            now=visit.now,
            record_only=record_only == "1",
        )
    except PROBLEMS as problem:
        return _new(visit, given, problem)
    return visit.to(f"/admin/cycles/{code}/edit", done="admin_cycle_opened")


@router.get("/{code}/edit")
def form(visit: Manager, code: str) -> Response:
    return _page(visit, code)


@router.post("/{code}/calendar")
async def calendar(visit: Manager, code: str) -> Response:
    """One row for each open stage; only what differs from what stands there is written."""
    sent = {name: str(value) for name, value in (await visit.request.form()).items()}
    return await run_in_threadpool(_calendar, visit, code, sent)


@router.post("/{code}/windows/{kind}")
def window(
    visit: Manager,
    code: str,
    kind: str,
    opens: Text = "",
    closes: Text = "",
    note: Text = "",
    remove: Flag = "",
) -> Response:
    cycle = _find(visit, code)
    if kind not in list(WindowKind):
        raise NotFound("unknown_page")
    try:
        days = None if remove == "1" else _window(opens, closes, note)
        set_window(cycle.code, WindowKind(kind), days, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return _page(visit, code, problem=problem)
    return visit.to(f"/admin/cycles/{cycle.code}/edit", done="admin_dates_followed")


@router.post("/{code}/ladders/{kind}")
def ladder(visit: Manager, code: str, kind: str, rungs: Text = "", common: Flag = "") -> Response:
    cycle = _find(visit, code)
    if kind not in list(ObligationKind):
        raise NotFound("unknown_page")
    try:
        words = None if common == "1" else rungs.split()
        set_ladder(cycle.code, ObligationKind(kind), words, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return _page(visit, code, problem=problem)
    return visit.to(f"/admin/cycles/{cycle.code}/edit", done="admin_dates_followed")


def _calendar(visit: Visit, code: str, sent: dict[str, str]) -> Response:
    cycle = _find(visit, code)
    with reading() as session:
        held = {row.stage: row for row in calendar_rows(session, cycle.id)}
    try:
        changed = [one for stage in OPEN if (one := _dated(stage, held.get(stage), sent))]
        if changed:
            set_calendar(cycle.code, changed, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return _page(visit, code, problem=problem, sent=sent)
    return visit.to(f"/admin/cycles/{cycle.code}/edit", done="admin_dates_followed")


def _dated(stage: Stage, row: CycleDate | None, sent: dict[str, str]) -> Dated | None:
    """What the form says of a stage; None where that is so already. Raises BadInput."""
    due, days, note = (sent.get(f"{name}.{stage.value}", "").strip() for name in ("due", "days", "note"))
    if not due and not days and row is None:
        return None
    words = say(f"stage.{stage.value}")
    if bool(due) == bool(days):
        raise BadInput("calendar_row_unclear", stage=words)
    if days and not (days.isdecimal() and 0 < int(days) <= MOST_DAYS):
        raise BadInput("calendar_row_unclear", stage=words)
    one = Dated(stage, _day(due, words) if due else None, int(days) if days else None, note or None)
    same = row and (row.due, row.working_days, row.note or None) == (one.due, one.working_days, one.note)
    return None if same else one


def _window(opens: str, closes: str, note: str) -> Window:
    return Window(_day(opens, say("column.opens")), _day(closes, say("column.closes")), note.strip() or None)


def _day(text: str, name: str) -> date:
    return parse_day(text.strip(), name=name)


def _find(visit: Visit, code: str) -> Cycle:
    with reading() as session:
        return find_managed_cycle(session, code, actor=visit.actor)


def _page(
    visit: Visit, code: str, *, problem: PipelineError | None = None, sent: dict[str, str] | None = None
) -> Response:
    with reading() as session:
        cycle = find_managed_cycle(session, code, actor=visit.actor)
        dates = {row.stage: row for row in calendar_rows(session, cycle.id)}
        windows = {row.kind: row.window for row in windows_of(session, cycle)}
        own = load_ladders(session, {cycle.id}).of_cycle(cycle.id)
    return visit.page(
        "admin/cycle",
        status=status_of(problem) if problem else 200,
        problem=problem,
        cycle=cycle,
        title=rulesets()[cycle.ruleset].title if cycle.ruleset in rulesets() else cycle.ruleset,
        rows=_rows(OPEN, dates, sent),
        windows=[(kind, windows.get(kind)) for kind in WindowKind],
        ladders=[(kind, " ".join(in_words(own.get(kind, LADDER))), kind in own) for kind in ObligationKind],
    )


def _rows(
    stages: Sequence[Stage], dates: dict[Stage, CycleDate], sent: dict[str, str] | None
) -> list[tuple[Stage, str, str, str]]:
    """Stage, due date, working days, note: as they were sent, else as they are."""
    if sent is not None:
        return [
            (stage, *(sent.get(f"{name}.{stage.value}", "") for name in ("due", "days", "note")))  # type: ignore[misc]
            for stage in stages
        ]
    return [(stage, *_cells(dates.get(stage))) for stage in stages]


def _cells(row: CycleDate | None) -> tuple[str, str, str]:
    if row is None:
        return "", "", ""
    return row.due.isoformat() if row.due else "", str(row.working_days or ""), row.note or ""


def _new(visit: Visit, given: dict[str, str], problem: PipelineError | None = None) -> Response:
    inputs = _inputs(visit.actor)
    return form_page(visit, say("web.admin.new.cycles"), inputs, back=BACK, given=given, problem=problem)


def _inputs(actor: Actor) -> list[Input]:
    with reading() as session:
        agencies = agency_choices(session, actor)
    sets = [(name, one.title) for name, one in rulesets().items()]
    routes = [(route.value, say(f"route.{route.value}")) for route in Route]
    return [
        Input("agency", "select", required=True, choices=agencies),
        Input("year", "number", required=True),
        Input("ruleset", "select", required=True, choices=sets),
        Input("route", "select", required=True, choices=routes),
        Input("record_only", "checkbox", hint="web.admin.record_only_hint"),
    ]
