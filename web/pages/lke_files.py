"""The LKE as a workbook: one in, looked at before it is taken, and one out."""

import tempfile
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Form, Response, UploadFile

from models.database import reading
from models.errors import AnswersRejected, BadInput, PipelineError, Refused
from models.files import plain_name
from models.lke import Layer
from states.lke.sheet import layer_of
from states.lke.stored import lke_of
from states.observe import observe_one
from states.sight import find_seen
from web.set_aside import set_aside, taken_up
from web.sheets import XLSX
from web.visit import Guest, Visit

router = APIRouter(prefix="/candidacies/{code}/lke")

Text = Annotated[str, Form()]


@router.get("/import")
def import_form(visit: Guest, code: str) -> Response:
    return _page(visit, code)


@router.post("/import")
def import_(
    visit: Guest, code: str, file: UploadFile | None = None, token: Text = "", name: Text = "", layer: Text = ""
) -> Response:
    """Without a token a file is looked at and laid aside; with one the file that was looked at is taken in."""
    from states.workbook.reading import import_workbook  # noqa: PLC0415 - slow to import; only here is a workbook read

    with reading() as session:
        code = find_seen(session, code, actor=visit.actor).code
    folder = visit.desk.home.files
    try:
        chosen = _layer(visit, code) if layer not in list(Layer) else Layer(layer)
        if token:
            path = taken_up(token, secret=visit.secret, folder=folder)
            import_workbook(code, path, chosen, dry_run=False, actor=visit.actor, now=visit.now)
            path.unlink(missing_ok=True)
            return visit.to(f"/candidacies/{code}/lke", done="lke_imported")
        if file is None or not file.filename:
            raise BadInput("nothing_to_file")
        limit = visit.desk.home.upload_limit
        token = set_aside(file.file, name=file.filename, secret=visit.secret, folder=folder, limit=limit)
        path = taken_up(token, secret=visit.secret, folder=folder)
        seen = import_workbook(code, path, chosen, dry_run=True, actor=visit.actor, now=visit.now)
    except (Refused, BadInput) as problem:
        return _page(visit, code, problem=problem)
    return _page(visit, code, seen=seen, token=token, name=plain_name(file.filename), layer=chosen)


@router.get("/export/{layout}")
def export(visit: Guest, code: str, layout: Literal["official", "readable"]) -> Response:
    """Who took it, and its hash, stand in the trail."""
    from states.workbook.exporting import export_official, export_readable  # noqa: PLC0415 - loads openpyxl

    with reading() as session:
        code = find_seen(session, code, actor=visit.actor).code
    write = export_official if layout == "official" else export_readable
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"LKE-{code}.xlsx"
        write(code, path, force=False, actor=visit.actor, now=visit.now)
        content = path.read_bytes()
    return Response(content, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{path.name}"'})


def _layer(visit: Visit, code: str) -> Layer:
    with reading() as session:
        row = find_seen(session, code, actor=visit.actor)
        situation = observe_one(session, row, now=visit.now, actor=visit.actor)
        return layer_of(situation, *lke_of(session, row).areas, None, actor=visit.actor)


def _page(
    visit: Visit,
    code: str,
    *,
    problem: PipelineError | None = None,
    seen: object = None,
    token: str = "",
    name: str = "",
    layer: Layer | None = None,
) -> Response:
    with reading() as session:
        code = find_seen(session, code, actor=visit.actor).code
    return visit.page(
        "lke_import",
        status=problem.status_code if problem else 200,
        problem=problem,
        code=code,
        seen=seen,
        token=token,
        name=name,
        layer=layer or _layer(visit, code),
        is_rejection=isinstance(problem, AnswersRejected),
    )
