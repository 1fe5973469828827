"""The form of one area: question by question, saved as one goes, and never over what somebody else saved meanwhile."""

from collections.abc import Mapping, Sequence

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool

from models.candidacies import Candidacy
from models.catalogue import say
from models.database import reading
from models.errors import AnswersRejected, NotFound, PipelineError, Refused
from models.lke import Layer
from rulesets.lke import Lke
from states.evidence.listing import Listed, list_evidence
from states.lke.answers import KEEP, Given, Opened, find_item, mark_of, record_answers
from states.lke.sheet import LkeSheet, layer_of, load_sheet, why_not
from states.lke.stored import lke_of
from states.sight import find_seen
from web.evidence_rights import may_do
from web.lke_view import (
    EMPTY,
    Clash,
    Refilled,
    Typed,
    address_of,
    area_in_address,
    clash_of,
    figures_of,
    parts_of,
    title_of,
)
from web.rendering import render_macro
from web.visit import Guest, Visit
from web.wants import wants_json

router = APIRouter(prefix="/candidacies/{code}/lke")

MEANWHILE = "answered_meanwhile"


@router.get("/{area}")
def area_form(visit: Guest, code: str, area: str, layer: str = "") -> Response:
    """The form; the code or number of a question leads to its place in the form of its area."""
    with reading() as session:
        lke = lke_of(session, find_seen(session, code, actor=visit.actor))
    try:
        area_in_address(lke, area)
    except KeyError:
        return _to_question(visit, lke, code, area, layer)
    return form_page(visit, code, area, layer=layer)


@router.post("/{area}")
async def save(visit: Guest, request: Request, code: str, area: str) -> Response:
    """Async only to read the form, whose fields depend on the area; the rest is done in a thread."""
    typed = {key: value for key, value in (await request.form()).items() if isinstance(value, str)}
    return await run_in_threadpool(_save, visit, code, area, typed)


def _save(visit: Visit, code: str, area: str, typed: Typed) -> Response:
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        lke = lke_of(session, row)
    _known(lke, area)
    layer = _named(typed.get("layer", ""))
    if layer is None:
        raise NotFound("unknown_page")
    given = given_in(typed)
    try:
        record_answers(row.code, layer, given, actor=visit.actor, now=visit.now)
    except (Refused, AnswersRejected) as problem:
        return _not_taken(visit, row.code, area, layer, typed, problem)
    if wants_json(visit.request):
        return _taken(visit, row.code, area, layer, typed)
    first = next((one for one in typed if one.startswith("was.")), "was.").removeprefix("was.")
    node = lke.node_of[lke.items[first].question.code].code if first in lke.items else ""
    return visit.to(f"/candidacies/{row.code}/lke/{area}?layer={layer.value}", done="answers_saved", place=f"p-{node}")


def given_in(typed: Typed) -> list[Given]:
    """What was changed in the form; where there was a clash, only what its sender chose to put in its place."""
    given: list[Given] = []
    for name in typed:
        if not name.startswith("was."):
            continue
        item = name.removeprefix("was.")
        chosen = typed.get(f"choose.{item}", "")
        if chosen == "theirs":
            continue
        value, note = typed.get(f"value.{item}"), _lines(typed.get(f"note.{item}"))
        was, was_note = typed[name], typed.get(f"was-note.{item}", "")
        new_value = value is not None and value.strip() != was
        new_note = note is not None and mark_of(note) != was_note
        if chosen == "mine":
            was, was_note = typed.get(f"now.{item}", was), typed.get(f"now-note.{item}", was_note)
        if new_value or new_note:
            given.append(
                Given(
                    item,
                    value if new_value else KEEP,
                    note=note if new_note else KEEP,
                    opened=Opened(was or None, was_note),
                )
            )
    return given


def form_page(
    visit: Visit,
    code: str,
    area: str,
    *,
    layer: str = "",
    problem: PipelineError | None = None,
    refilled: Refilled = EMPTY,
) -> Response:
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        sheet = load_sheet(session, row, actor=visit.actor, now=visit.now)
        where = _known(sheet.lke, area)
        chosen = _named(layer) or layer_of(sheet.situation, where, actor=visit.actor)
        evidence = evidence_by_question(session, row, visit)
    closed = why_not(sheet.situation, chosen, where, actor=visit.actor)
    return visit.page(
        "lke_area",
        status=problem.status_code if problem else 200,
        problem=problem,
        code=row.code,
        area=address_of(where),
        title=title_of(sheet.lke, where),
        tabs=[(address_of(one), title_of(sheet.lke, one)) for one in (*sheet.lke.areas, None)],
        layer=chosen,
        layers=sheet.layers,
        closed=closed,
        may=may_do(sheet.situation, where, actor=visit.actor),
        parts=parts_of(sheet, chosen, where, evidence, refilled=refilled),
        figures=figures_of(sheet.scored[chosen], where),
        left=sum(_in_area(sheet, item, where) for item in sheet.scored[chosen].unanswered),
        limit=visit.desk.home.upload_limit,
        today=sheet.situation.today,
        back=f"lke/{address_of(where)}",
    )


def evidence_by_question(session: Session, row: Candidacy, visit: Visit) -> Mapping[str, Sequence[Listed]]:
    found: dict[str, list[Listed]] = {}
    for one in list_evidence(session, row.code, now=visit.now, actor=visit.actor):
        found.setdefault(one.row.question, []).append(one)
    return found


def _taken(visit: Visit, code: str, area: str, layer: Layer, typed: Typed) -> Response:
    """What stands there now, and what it comes to."""
    with reading() as session:
        sheet = load_sheet(session, find_seen(session, code, actor=visit.actor), actor=visit.actor, now=visit.now)
    where = area_in_address(sheet.lke, area)
    said = sheet.answers[layer]
    items = {}
    for item in (name.removeprefix("was.") for name in typed if name.startswith("was.")):
        one = said.get(item)
        note = (one.note if one else None) or ""
        items[item] = {"value": (one.value if one else None) or "", "note": note, "mark": mark_of(note)}
    left = sum(_in_area(sheet, item, where) for item in sheet.scored[layer].unanswered)
    return JSONResponse(
        {
            "said": say("web.lke.saved"),
            "items": items,
            "figures": figures_of(sheet.scored[layer], where),
            "left": say("web.lke.left", count=left),
        }
    )


def _not_taken(
    visit: Visit, code: str, area: str, layer: Layer, typed: Typed, problem: Refused | AnswersRejected
) -> Response:
    """The same form with what was typed still in it; for our script what is wrong, and the choice as it stands here."""
    clashing: frozenset[str] = frozenset()
    if isinstance(problem, Refused):
        found = [one.obstacle for one in problem.refusals if one.obstacle.rule == MEANWHILE]
        clashing = frozenset(str(obstacle.params["item"]) for obstacle in found)
    faults = problem.details if isinstance(problem, AnswersRejected) else ()
    if not wants_json(visit.request):
        return form_page(
            visit, code, area, layer=layer.value, problem=problem, refilled=Refilled(typed, clashing, faults)
        )
    with reading() as session:
        sheet = load_sheet(session, find_seen(session, code, actor=visit.actor), actor=visit.actor, now=visit.now)
    clashes = {item: _drawn(sheet.lke, item, clash_of(sheet.answers[layer][item])) for item in clashing}
    reasons = (
        [one.obstacle.reason for one in problem.refusals]
        if isinstance(problem, Refused)
        else [one.why for one in faults]
    )
    return JSONResponse({"problem": " ".join(reasons), "clashes": clashes}, status_code=problem.status_code)


def _drawn(lke: Lke, item: str, clash: Clash) -> str:
    """The choice between two answers, as it stands in the page."""
    form = f"f-{lke.node_of[lke.items[item].question.code].code}"
    return render_macro("_clash", "clash", item, clash, form)


def _to_question(visit: Visit, lke: Lke, code: str, name: str, layer: str) -> Response:
    item = find_item(lke, name)
    question = item.question.code if item else name if name in lke.questions else None
    if question is None:
        raise NotFound("unknown_page")
    asked = f"?layer={layer}" if _named(layer) else ""
    path = f"/candidacies/{code}/lke/{address_of(lke.area_of[question])}{asked}"
    return visit.to(path, place=f"q-{question}")


def _known(lke: Lke, area: str) -> str | None:
    try:
        return area_in_address(lke, area)
    except KeyError:
        raise NotFound("unknown_page") from None


def _in_area(sheet: LkeSheet, item: str, area: str | None) -> bool:
    return sheet.lke.area_of[sheet.lke.items[item].question.code] == area


def _named(layer: str) -> Layer | None:
    return Layer(layer) if layer in list(Layer) else None


def _lines(text: str | None) -> str | None:
    """Browsers send line ends of two letters."""
    return None if text is None else text.replace("\r\n", "\n")
