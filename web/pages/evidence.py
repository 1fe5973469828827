"""Data dukung: what is missing and who sees to it, what is on file, bringing more, and the TPI's word on it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Response, UploadFile
from fastapi.responses import JSONResponse, RedirectResponse
from sqlmodel import Session

from models.candidacies import Candidacy
from models.catalogue import say
from models.database import reading
from models.errors import BadInput, NotFound, PipelineError, Refused, UsageError
from models.evidence import Evidence
from models.files import plain_name
from states.documents import Content, checked_link
from states.evidence.adding import add_evidence, withdraw_evidence
from states.evidence.listing import Listed, list_evidence
from states.evidence.missing import Missing, missing_evidence, why_nothing
from states.evidence.pieces import find_evidence
from states.evidence.reviewing import Verdict, review_evidence
from states.evidence.taking import take_upload
from states.lke.stored import lke_of
from states.observe import observe_one
from states.requests import parse_day
from states.sight import find_seen
from web.evidence_rights import may_do
from web.lke_view import address_of, title_of
from web.pages.documents import as_attachment
from web.rendering import render_macro
from web.visit import Guest, Visit
from web.wants import wants_json

router = APIRouter(prefix="/candidacies/{code}/evidence")

Text = Annotated[str, Form()]
Files = Annotated[list[UploadFile], Form()]

FORM_PLACE = re.compile(r"lke/\w{2,5}(\?layer=\w+)?")


@dataclass(frozen=True)
class Outcome:
    """One file or link of a form: taken, or what was wrong with it."""

    name: str
    problem: PipelineError | None

    @property
    def said(self) -> str:
        return said_of(self.problem) if self.problem else say("web.evidence.taken")


@dataclass(frozen=True)
class Wish:
    """What a form asks for beside its files."""

    question: str
    title: str
    effective: str
    until: str
    replaces: str


@router.get("")
def evidence(visit: Guest, code: str) -> Response:
    return evidence_page(visit, code)


@router.post("")
def add(
    visit: Guest,
    code: str,
    files: Files = [],  # noqa: B006 - FastAPI makes a new one for each request
    question: Text = "",
    url: Text = "",
    title: Text = "",
    effective: Text = "",
    until: Text = "",
    replaces: Text = "",
    back: Text = "",
) -> Response:
    """Each file by itself: one that can't be taken does not hold up the others."""
    with reading() as session:
        code = find_seen(session, code, actor=visit.actor).code
    wish = Wish(question, title, effective, until, replaces)
    sent = [one for one in files if one.filename]
    outcomes = [_tried(visit, code, wish, plain_name(one.filename or ""), upload=one) for one in sent]
    if url.strip():
        outcomes.append(_tried(visit, code, wish, url.strip()[:200], link=url.strip()))
    if not outcomes:
        outcomes = [Outcome(say("web.evidence.files"), BadInput("nothing_to_file"))]
    if wants_json(visit.request):
        return _answer(visit, code, question, back, outcomes)
    if any(one.problem for one in outcomes):
        return evidence_page(visit, code, outcomes=outcomes, question=question)
    return visit.to(_back(code, back), done="evidence_added", place=f"q-{question}")


@router.get("/{number}")
def read(visit: Guest, code: str, number: int) -> Response:
    """The file, to be saved and never shown in place; or on to the link."""
    with reading() as session:
        piece = _piece(session, visit, code, number)
    if piece.url:
        return RedirectResponse(piece.url, status_code=303)
    assert piece.file_hash  # noqa: S101 - a file or a link
    return as_attachment(visit, piece.file_hash, piece.file_name or str(number))


@router.post("/{number}/review")
def review(visit: Guest, code: str, number: int, verdict: Text = "", reason: Text = "", back: Text = "") -> Response:
    with reading() as session:
        _piece(session, visit, code, number)
    if verdict not in list(Verdict):
        raise NotFound("unknown_page")
    try:
        review_evidence(number, Verdict(verdict), reason, actor=visit.actor, now=visit.now)
    except Refused as problem:
        return evidence_page(visit, code, problem=problem)
    return visit.to(_back(code, back), done=f"evidence_{verdict}", place=f"e-{number}")


@router.post("/{number}/withdraw")
def withdraw(visit: Guest, code: str, number: int, reason: Text = "", back: Text = "") -> Response:
    with reading() as session:
        _piece(session, visit, code, number)
    try:
        withdraw_evidence(number, reason=reason, actor=visit.actor, now=visit.now)
    except Refused as problem:
        return evidence_page(visit, code, problem=problem)
    return visit.to(_back(code, back), done="evidence_withdrawn")


def evidence_page(
    visit: Visit,
    code: str,
    *,
    problem: PipelineError | None = None,
    outcomes: Sequence[Outcome] = (),
    question: str = "",
) -> Response:
    failed = next((one.problem for one in outcomes if one.problem), problem)
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        lke = lke_of(session, row)
        situation = observe_one(session, row, now=visit.now, actor=visit.actor)
        missing = list(missing_evidence(session, row.code, now=visit.now, advice=True))
        nothing = None if missing else why_nothing(session, row.code)[0]
        on_file: dict[str, list[Listed]] = {}
        for one in list_evidence(session, row.code, now=visit.now, actor=visit.actor):
            on_file.setdefault(one.row.question, []).append(one)
    may = {area: may_do(situation, area, actor=visit.actor) for area in (*lke.areas, None)}
    return visit.page(
        "evidence",
        status=failed.status_code if failed else 200,
        problem=problem,
        outcomes=outcomes,
        asked=question,
        code=row.code,
        missing=_by_person([one for one in missing if one.required]),
        advice=[one for one in missing if not one.required],
        nothing=nothing,
        on_file=on_file,
        questions=[
            (one.code, one.title)
            for one in lke.questions.values()
            if one.code in lke.asking_evidence and not may[lke.area_of[one.code]].bring
        ],
        areas=[
            (area, address_of(area), title_of(lke, area), [one for one in on_file if lke.area_of.get(one) == area])
            for area in (*lke.areas, None)
        ],
        lke=lke,
        may=may,
        may_bring=any(not one.bring for one in may.values()),
        reasons=may[next(iter(lke.areas))].bring,
        me=visit.actor.email,
        limit=visit.desk.home.upload_limit,
        today=situation.today,
    )


def said_of(problem: PipelineError) -> str:
    """All that stood in the way, in one line."""
    if isinstance(problem, Refused):
        return " ".join(one.obstacle.reason for one in problem.refusals)
    return str(problem)


def _tried(
    visit: Visit, code: str, wish: Wish, name: str, *, upload: UploadFile | None = None, link: str = ""
) -> Outcome:
    try:
        content = _content(visit, upload, link)
        add_evidence(
            code,
            [wish.question],
            content,
            title=wish.title or None,
            effective_on=parse_day(wish.effective, name="effective") if wish.effective.strip() else None,
            valid_until=parse_day(wish.until, name="until") if wish.until.strip() else None,
            replaces=int(wish.replaces) if wish.replaces.isascii() and wish.replaces.isdigit() else None,
            actor=visit.actor,
            now=visit.now,
        )
    except (Refused, BadInput, UsageError, NotFound) as problem:
        return Outcome(name, problem)
    return Outcome(name, None)


def _content(visit: Visit, upload: UploadFile | None, link: str) -> Content:
    if upload is None:
        return Content(url=checked_link(link))
    home = visit.desk.home
    return take_upload(upload.file, name=upload.filename or "", folder=home.files, limit=home.upload_limit)


def _answer(visit: Visit, code: str, question: str, back: str, outcomes: Sequence[Outcome]) -> Response:
    """For our script, which sends one at a time: what came of it, and the list as it is now."""
    failed = next((one for one in outcomes if one.problem), None)
    if failed and failed.problem:
        return JSONResponse({"problem": failed.said}, status_code=failed.problem.status_code)
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        lke = lke_of(session, row)
        situation = observe_one(session, row, now=visit.now, actor=visit.actor)
        listed = list_evidence(session, code, question, now=visit.now, actor=visit.actor)
    name = listed[0].row.question
    may = may_do(situation, lke.area_of[name], actor=visit.actor)
    html = render_macro("_evidence", "pieces", name, listed, code, may, visit, back, lke.questions[name].wanted)
    return JSONResponse({"said": outcomes[0].said, "question": name, "html": html})


def _piece(session: Session, visit: Visit, code: str, number: int) -> Evidence:
    """Of this very candidacy. Raises NotFound."""
    row: Candidacy = find_seen(session, code, actor=visit.actor)
    piece = find_evidence(session, number)
    if piece.candidacy_id != row.id:
        raise NotFound("unknown_evidence", value=number)
    return piece


def _back(code: str, back: str) -> str:
    """Where the form stood: in the LKE's form of an area, or on the page of all evidence."""
    return f"/candidacies/{code}/{back if FORM_PLACE.fullmatch(back) else 'evidence'}"


def _by_person(missing: Sequence[Missing]) -> list[tuple[str | None, str, list[Missing]]]:
    """Who has to see to it, and to what, in the order of the sheet."""
    found: dict[tuple[str | None, str], list[Missing]] = {}
    for one in missing:
        found.setdefault((one.responsible.email, one.responsible.role.value), []).append(one)
    return [(email, role, rows) for (email, role), rows in found.items()]
