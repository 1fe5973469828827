"""Rencana aksi: what is to be done by when and by whom, reported on, added to, dropped."""

from typing import Annotated

from fastapi import APIRouter, Form, Response, UploadFile
from fastapi.responses import RedirectResponse

from models.actions import ActionItem
from models.database import reading
from models.errors import BadInput, NotFound, PipelineError, Refused, UsageError
from models.people import Role
from states.actions.access import PLANNING
from states.actions.adding import NewItem, add_item
from states.actions.dropping import drop_item
from states.actions.finding import find_item
from states.actions.listing import Filter, Listed, list_items
from states.actions.updating import Report, update_item
from states.lke.stored import lke_of
from states.observe import observe_one
from states.requests import parse_day
from states.sight import find_seen
from web.pages.documents import as_attachment
from web.uploads import content_of
from web.visit import Guest, Visit

router = APIRouter(prefix="/candidacies/{code}/actions")

Text = Annotated[str, Form()]
FAULTS = (Refused, BadInput, UsageError, NotFound)


@router.get("")
def plan(visit: Guest, code: str) -> Response:
    return _page(visit, code)


@router.post("")
def add(visit: Guest, code: str, area: Text = "", activity: Text = "", target: Text = "", pic: Text = "") -> Response:
    with reading() as session:
        code = find_seen(session, code, actor=visit.actor).code
    given = {"area": area, "activity": activity, "target": target, "pic": pic}
    try:
        new = NewItem(area, activity, parse_day(target.strip(), name="target"), pic=pic.strip() or None)
        number = add_item(code, new, actor=visit.actor, now=visit.now)
    except FAULTS as problem:
        return _page(visit, code, problem=problem, given=given)
    return visit.to(f"/candidacies/{code}/actions", done="action_added", place=f"a-{number}")


@router.post("/{number}")
def report(
    visit: Guest,
    code: str,
    number: int,
    progress: Text = "",
    obstacle: Text = "",
    follow_up: Text = "",
    target: Text = "",
    reason: Text = "",
    url: Text = "",
    file: UploadFile | None = None,
) -> Response:
    item = _item(visit, code, number)
    try:
        if not progress.strip().isdigit():
            raise BadInput("bad_percent", value=progress)
        moved = parse_day(target.strip(), name="target") if target.strip() else None
        said = Report(
            progress=int(progress),
            obstacle=obstacle,
            follow_up=follow_up,
            evidence=content_of(file, url, visit.desk),
            target_on=moved if moved != item.target_on else None,
            reason=reason,
        )
        update_item(number, said, actor=visit.actor, now=visit.now)
    except FAULTS as problem:
        return _page(visit, code, problem=problem)
    return visit.to(f"/candidacies/{code}/actions", done="action_reported", place=f"a-{number}")


@router.post("/{number}/drop")
def drop(visit: Guest, code: str, number: int, reason: Text = "") -> Response:
    _item(visit, code, number)
    try:
        drop_item(number, reason=reason, actor=visit.actor, now=visit.now)
    except FAULTS as problem:
        return _page(visit, code, problem=problem)
    return visit.to(f"/candidacies/{code}/actions", done="action_dropped")


@router.get("/{number}/evidence")
def evidence(visit: Guest, code: str, number: int) -> Response:
    """The file, to be saved and never shown in place; or on to the link."""
    item = _item(visit, code, number)
    if item.evidence_url:
        return RedirectResponse(item.evidence_url, status_code=303)
    if item.evidence_hash is None:
        raise NotFound("unknown_page")
    return as_attachment(visit, item.evidence_hash, item.evidence_name or str(number))


def _page(
    visit: Visit, code: str, *, problem: PipelineError | None = None, given: dict[str, str] | None = None
) -> Response:
    actor = visit.actor
    with reading() as session:
        row = find_seen(session, code, actor=actor)
        situation = observe_one(session, row, now=visit.now, actor=actor)
        items = list(list_items(session, Filter(candidacy=row.code, dropped=True), now=visit.now))
        lke = lke_of(session, row)
    plans = actor.is_admin() or actor.holds_any((*PLANNING, Role.POKJA), situation.place)
    return visit.page(
        "plan",
        status=problem.status_code if problem else 200,
        problem=problem,
        code=row.code,
        late=[one for one in items if one.late],
        items=sorted((one for one in items if one.state != "dropped"), key=_order),
        dropped=[one for one in items if one.state == "dropped"],
        areas=[(area, named.title) for area, named in lke.areas.items()],
        plans=plans,
        me=actor.person_id,
        given={"area": "", "activity": "", "target": "", "pic": "", **(given or {})},
        today=situation.today,
    )


def _order(one: Listed) -> tuple[bool, object, int]:
    """What is still to be done first, the nearest target first."""
    return one.state != "open", one.item.target_on, one.item.id


def _item(visit: Visit, code: str, number: int) -> ActionItem:
    """Of this very candidacy. Raises NotFound."""
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        item = find_item(session, number)
    if item.candidacy_id != row.id:
        raise NotFound("unknown_action", value=number)
    return item
