"""One finding of a candidacy: what was found, its response and the word on that; and raising one as the TPI."""

from typing import Annotated

from fastapi import APIRouter, Form, Response
from sqlmodel import Session

from models.candidacies import Candidacy
from models.database import reading
from models.errors import BadInput, NotFound, PipelineError, Refused, UsageError
from models.findings import Finding, FindingState, Origin
from models.people import Role
from states.actors import require
from states.finding_access import find_finding, looked_at, require_judge, require_owner
from states.finding_list import shown
from states.findings import close_finding, raise_finding, reopen_finding, respond_to_finding, verify_finding
from states.lke.stored import lke_of
from states.monev.texts import describe
from states.observe import observe_one
from states.requests import parse_day
from states.sight import find_seen
from web.evidence_rights import why_not
from web.visit import Guest, Visit

router = APIRouter(prefix="/candidacies/{code}/findings")

Text = Annotated[str, Form()]
FAULTS = (Refused, BadInput, UsageError)


@router.get("/new")
def new(visit: Guest, code: str) -> Response:
    return _form(visit, code, {})


@router.post("/new")
def raise_(visit: Guest, code: str, text: Text = "", area: Text = "") -> Response:
    with reading() as session:
        code = find_seen(session, code, actor=visit.actor).code
    try:
        number = raise_finding(code, text, area=area or None, actor=visit.actor, now=visit.now)
    except FAULTS as problem:
        return _form(visit, code, {"text": text, "area": area}, problem=problem)
    return visit.to(f"/candidacies/{code}/findings/{number}", done="finding_raised")


@router.get("/{number}")
def show(visit: Guest, code: str, number: int) -> Response:
    return _page(visit, code, number)


@router.post("/{number}/respond")
def respond(visit: Guest, code: str, number: int, text: Text = "") -> Response:
    _check(visit, code, number)
    try:
        respond_to_finding(number, text, actor=visit.actor, now=visit.now)
    except FAULTS as problem:
        return _page(visit, code, number, problem=problem, typed=text)
    return visit.to(f"/candidacies/{code}/findings/{number}", done="finding_answered")


@router.post("/{number}/verify")
def verify(visit: Guest, code: str, number: int, note: Text = "", until: Text = "") -> Response:
    _check(visit, code, number)
    try:
        day = parse_day(until.strip(), name="until") if until.strip() else None
        verify_finding(number, note, until=day, actor=visit.actor, now=visit.now)
    except FAULTS as problem:
        return _page(visit, code, number, problem=problem)
    return visit.to(f"/candidacies/{code}/findings/{number}", done="finding_closed")


@router.post("/{number}/close")
def close(visit: Guest, code: str, number: int) -> Response:
    _check(visit, code, number)
    try:
        close_finding(number, actor=visit.actor, now=visit.now)
    except FAULTS as problem:
        return _page(visit, code, number, problem=problem)
    return visit.to(f"/candidacies/{code}/findings/{number}", done="finding_closed")


@router.post("/{number}/reopen")
def reopen(visit: Guest, code: str, number: int, reason: Text = "") -> Response:
    _check(visit, code, number)
    try:
        reopen_finding(number, reason, actor=visit.actor, now=visit.now)
    except FAULTS as problem:
        return _page(visit, code, number, problem=problem)
    return visit.to(f"/candidacies/{code}/findings/{number}", done="finding_reopened")


def _page(visit: Visit, code: str, number: int, *, problem: PipelineError | None = None, typed: str = "") -> Response:
    with reading() as session:
        row, finding = _found(session, visit, code, number)
        listed, records = shown(session, number)
        situation = observe_one(session, row, now=visit.now, actor=visit.actor)
        lke = lke_of(session, row)
    case = looked_at(finding, row, situation, actor=visit.actor)
    may_respond = why_not(lambda: require_owner(case))
    may_judge = why_not(lambda: require_judge(case))
    own = finding.responded_by == visit.actor.person_id
    return visit.page(
        "finding",
        status=problem.status_code if problem else 200,
        problem=problem,
        code=row.code,
        finding=finding,
        listed=listed,
        words=describe(finding)[0],
        records=records,
        area=lke.areas[finding.area].title if finding.area and finding.area in lke.areas else None,
        is_tpi=finding.origin is Origin.TPI,
        closed=finding.state is FindingState.CLOSED,
        waits=finding.state is FindingState.ANSWERED,
        by_itself=finding.origin is Origin.MONEV and finding.state is FindingState.CLOSED and not finding.closed_by,
        may_respond=may_respond,
        may_judge=may_judge,
        own=own,
        typed=typed,
        today=situation.today,
    )


def _form(visit: Visit, code: str, given: dict[str, str], *, problem: PipelineError | None = None) -> Response:
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        situation = observe_one(session, row, now=visit.now, actor=visit.actor)
        lke = lke_of(session, row)
    closed = why_not(lambda: require(visit.actor, (Role.TPI,), situation.place, subject=row.code))
    return visit.page(
        "finding_new",
        status=problem.status_code if problem else 200,
        problem=problem,
        code=row.code,
        areas=[(area, named.title) for area, named in lke.areas.items()],
        given={"text": "", "area": "", **given},
        closed=closed,
    )


def _check(visit: Visit, code: str, number: int) -> None:
    with reading() as session:
        _found(session, visit, code, number)


def _found(session: Session, visit: Visit, code: str, number: int) -> tuple[Candidacy, Finding]:
    """Of this very candidacy. Raises NotFound."""
    row = find_seen(session, code, actor=visit.actor)
    finding = find_finding(session, number)
    if finding.candidacy_id != row.id:
        raise NotFound("unknown_finding", value=number)
    return row, finding
