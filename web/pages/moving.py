"""A form for each move: what it asks for, what stands in its way, and the move itself."""

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile

from models.database import reading
from models.errors import BadInput, NotFound, PipelineError, Refused, UsageError
from states import guards
from states.advance import move_candidacies
from states.corrections import correct
from states.documents import Content
from states.moves import BY_NAME, CORRECT, Move
from states.observe import observe_one
from states.overview import Option, overview
from states.requests import Request as Asked
from states.requests import parse_day
from states.sight import find_seen
from states.situation import Situation
from web.next_steps import step_for
from web.pages.candidacy import unit_page
from web.uploads import content_of
from web.visit import Guest, Visit

router = APIRouter(prefix="/candidacies/{code}")

Text = Annotated[str, Form()]


@router.get("/moves/{name}")
def move_form(visit: Guest, code: str, name: str) -> Response:
    return _form(visit, code, _named(name))


@router.post("/moves/{name}")
async def move(visit: Guest, request: Request, code: str, name: str) -> Response:
    """Async only to read the form, whose fields depend on the move; the rest is done in a thread."""
    form = await request.form()
    return await run_in_threadpool(_move, visit, code, _named(name), form)


@router.post("/correct")
def correct_(visit: Guest, code: str, reason: Text = "") -> Response:
    with reading() as session:
        code = find_seen(session, code, actor=visit.actor).code
    try:
        moved, _ = correct([code], reason=reason, actor=visit.actor, now=visit.now)
    except Refused as problem:
        return unit_page(visit, code, problem=problem, status=problem.status_code)
    return visit.to(f"/candidacies/{code}", done="corrected" if moved else "correction_asked")


def _move(visit: Visit, code: str, chosen: Move, form: FormData) -> Response:
    with reading() as session:
        code = find_seen(session, code, actor=visit.actor).code
    given = {key: value for key, value in form.items() if isinstance(value, str)}
    try:
        asked = _asked(visit, code, chosen, form, given)
        moved = move_candidacies([code], chosen.name, request=asked, actor=visit.actor, now=visit.now)
    except (Refused, BadInput, UsageError) as problem:
        return _form(visit, code, chosen, given=given, problem=problem)
    return visit.to(f"/candidacies/{moved[0].code}", done="moved")


def _asked(visit: Visit, code: str, chosen: Move, form: FormData, given: dict[str, str]) -> Asked:
    """Fields that were left empty were not given."""
    contents: dict[str, Content] = {}
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        situation = observe_one(session, row, now=visit.now, actor=visit.actor)
    for kind in situation.required(chosen.name):
        upload = form.get(f"file.{kind}")
        file = upload if isinstance(upload, UploadFile) else None
        content = content_of(file, given.get(f"url.{kind}", ""), visit.desk)
        if content:
            contents[kind] = content
    values = {key: given[key].strip() for key in _keys(situation, chosen, contents) if given.get(key, "").strip()}
    effective = given.get("effective", "").strip()
    return Asked(
        effective_on=parse_day(effective, name="effective") if effective else None,
        reason=given.get("reason", ""),
        decided_by=given.get("decided_by", "").strip() or None,
        values=values,
        contents=contents,
    )


def _keys(situation: Situation, chosen: Move, contents: dict[str, Content]) -> list[str]:
    criteria = situation.ruleset.criteria if guards.criteria_missing in chosen.asks else ()
    return [*chosen.values, *criteria, *(f"{kind}.{part}" for kind in contents for part in ("number", "date"))]


def _form(
    visit: Visit, code: str, chosen: Move, *, given: dict[str, str] | None = None, problem: PipelineError | None = None
) -> Response:
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        seen = overview(session, row, now=visit.now, actor=visit.actor)
    option = next((one for one in seen.options if one.move is chosen), None)
    if option is None:
        raise NotFound("unknown_page")
    situation = seen.situation
    return visit.page(
        "move",
        status=problem.status_code if problem else 200,
        problem=problem,
        row=seen.row,
        option=option,
        asks=_asks(option),
        criteria=situation.ruleset.criteria if guards.criteria_missing in chosen.asks else (),
        papers=[
            (kind, situation.has(kind), situation.ruleset.documents[kind]) for kind in situation.required(chosen.name)
        ],
        given=given or {},
        today=situation.today,
        since=situation.current.entered_on,
        step_for=step_for,
    )


def _asks(option: Option) -> dict[str, bool]:
    asks = option.move.asks
    return {
        "reason": guards.reason_missing in asks,
        "date": guards.date_missing in asks,
        "decree": guards.decree_missing in asks,
    }


def _named(name: str) -> Move:
    if name not in BY_NAME or name == CORRECT:
        raise NotFound("unknown_page")
    return BY_NAME[name]
