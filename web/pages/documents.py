"""Papers: filing one for a candidacy, its unit, cycle or agency, and reading one that is on file."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Response, UploadFile
from fastapi.responses import FileResponse, RedirectResponse

from models.agencies import Agency, Unit
from models.cycles import Cycle
from models.database import reading
from models.documents import Document
from models.errors import BadInput, NotFound, PipelineError, Refused, UsageError
from models.files import path_of
from states.documents import Filing, add_document, check_kind
from states.observe import observe_one
from states.requests import parse_day
from states.sight import find_seen
from web.uploads import content_of
from web.visit import Guest, Outside, Visit

router = APIRouter(prefix="/candidacies/{code}/documents")

Text = Annotated[str, Form()]


@router.get("/new")
def new(visit: Guest, code: str, kind: str = "") -> Response:
    return _form(visit, code, {"kind": kind})


@router.post("/new")
def add(
    visit: Guest,
    code: str,
    kind: Text = "",
    scope: Text = "",
    number: Text = "",
    dated: Text = "",
    url: Text = "",
    file: UploadFile | None = None,
) -> Response:
    given = {"kind": kind, "scope": scope, "number": number, "dated": dated, "url": url}
    try:
        subject = _subject(visit, code, check_kind(kind), scope)
        content = content_of(file, url, visit.desk)
        if content is None:
            raise BadInput("nothing_to_file")
        dated_on = parse_day(dated.strip(), name="dated") if dated.strip() else None
        filing = Filing(kind, content, number=number.strip() or None, dated_on=dated_on)
        add_document(subject, filing, actor=visit.actor, now=visit.now)
    except (Refused, BadInput, UsageError) as problem:
        return _form(visit, code, given, problem=problem)
    return visit.to(f"/candidacies/{code}", done="filed")


@router.get("/{number}")
def read(visit: Guest, code: str, number: int) -> Response:
    """The file, to be saved and never shown in place; or on to the link."""
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        unit = session.get_one(Unit, row.unit_id)
        document = session.get(Document, number)
        covered = (("candidacy", row.id), ("unit", unit.id), ("cycle", row.cycle_id), ("agency", unit.agency_id))
        if document is None or not any(getattr(document, f"{scope}_id") == key for scope, key in covered):
            raise NotFound("unknown_document", value=number)
    if document.url:
        return RedirectResponse(document.url, status_code=303)
    assert document.file_hash  # noqa: S101 - a file or a link
    return as_attachment(visit, document.file_hash, document.file_name or document.kind)


def as_attachment(visit: Visit | Outside, file_hash: str, name: str) -> FileResponse:
    """Raises NotFound where the file itself is gone."""
    path = path_of(file_hash, folder=visit.desk.home.files)
    if not path.is_file():
        raise NotFound("file_gone")
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return FileResponse(path, media_type="application/octet-stream", headers={"Content-Disposition": disposition})


def _subject(visit: Visit, code: str, kind: str, scope: str) -> str:
    """The code of what it is filed for: as the form says, else where the rule set has it first."""
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        unit = session.get_one(Unit, row.unit_id)
        situation = observe_one(session, row, now=visit.now)
        rule = situation.ruleset.documents.get(kind)
        if rule is None:
            raise UsageError("document_kind_not_in_ruleset", value=kind)
        codes = {
            "candidacy": row.code,
            "unit": unit.code,
            "cycle": session.get_one(Cycle, row.cycle_id).code,
            "agency": session.get_one(Agency, unit.agency_id).code,
        }
        chosen = scope if scope in rule.scopes else rule.scopes[0]
        return f"{chosen}:{codes[chosen]}"


def _form(visit: Visit, code: str, given: dict[str, str], *, problem: PipelineError | None = None) -> Response:
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        situation = observe_one(session, row, now=visit.now)
    return visit.page(
        "document",
        status=problem.status_code if problem else 200,
        problem=problem,
        code=row.code,
        kinds=situation.ruleset.documents,
        given={"kind": "", "scope": "", "number": "", "dated": "", "url": "", **given},
        today=situation.today,
    )
