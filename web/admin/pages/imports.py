"""Importing a file: a dry run that shows everything, and then exactly that, or nothing."""

import hmac
import re
from hashlib import sha256
from pathlib import Path

from fastapi import APIRouter, Response, UploadFile

from models.errors import BadInput, NotFound, PipelineError
from models.files import StoredFile, path_of, plain_name, store
from states.imports import IMPORTERS, KINDS, Report, import_file
from states.imports.read import SIZE_LIMIT
from web import forms
from web.admin.ways import PROBLEMS, Manager, Text
from web.errors import status_of
from web.visit import Visit

router = APIRouter(prefix="/admin/imports")

SHOWN = 200  # changes, or faults, on the page; the figures count all


@router.get("")
def form(visit: Manager, kind: str = "") -> Response:
    return _form(visit, kind)


@router.post("")
def check(visit: Manager, kind: Text = "", file: UploadFile | None = None) -> Response:
    """The dry run: it writes nothing but the file, which is kept under its hash until it is confirmed."""
    try:
        if kind not in KINDS:
            raise BadInput("choice_missing")
        if file is None or not file.filename:
            raise BadInput("nothing_to_import")
        folder = visit.desk.home.files
        kept = store(file.file, name=file.filename, folder=folder, limit=min(SIZE_LIMIT, visit.desk.home.upload_limit))
    except PROBLEMS as problem:
        return _form(visit, kind, problem=problem)
    return _dry_run(visit, kind, kept)


@router.post("/confirm")
def confirm(
    visit: Manager, kind: Text = "", file: Text = "", name: Text = "", fingerprint: Text = "", ticket: Text = ""
) -> Response:
    """What the dry run showed, of the same file and to the same visitor; anything else is shown anew first."""
    if not hmac.compare_digest(ticket.encode(), _ticket_for(visit, kind, file, fingerprint).encode()):
        raise NotFound("unknown_page")
    kept = StoredFile(hash=file, size=0, name=plain_name(name))
    try:
        report = import_file(
            kind, _path(visit, file), dry_run=False, actor=visit.actor, now=visit.now, expected=fingerprint
        )
    except PROBLEMS as problem:
        return _dry_run(visit, kind, kept, problem=problem)
    return visit.page("admin/imported", kind=kind, name=kept.name, report=report)


def _dry_run(visit: Visit, kind: str, kept: StoredFile, *, problem: PipelineError | None = None) -> Response:
    report: Report | None = None
    try:
        report = import_file(kind, _path(visit, kept.hash), dry_run=True, actor=visit.actor, now=visit.now)
    except PROBLEMS as trouble:
        problem = trouble
    fingerprint = report.fingerprint if report else ""
    return visit.page(
        "admin/dry_run",
        status=status_of(problem) if problem else 200,
        problem=problem,
        faults=problem.details if isinstance(problem, BadInput) else (),
        kind=kind,
        kept=kept,
        report=report,
        shown=SHOWN,
        fingerprint=fingerprint,
        ticket=_ticket_for(visit, kind, kept.hash, fingerprint),
    )


def _form(visit: Visit, kind: str, *, problem: PipelineError | None = None) -> Response:
    return visit.page(
        "admin/imports",
        status=status_of(problem) if problem else 200,
        problem=problem,
        kind=kind,
        kinds=[(name, one.columns) for name, one in IMPORTERS.items()],
    )


def _path(visit: Visit, digest: str) -> Path:
    """Raises BadInput where the file is not there any more."""
    path = path_of(digest, folder=visit.desk.home.files)
    if not re.fullmatch(r"[0-9a-f]{64}", digest) or not path.is_file():
        raise BadInput("nothing_to_import")
    return path


def _ticket_for(visit: Visit, kind: str, digest: str, fingerprint: str) -> str:
    """Only this visitor's dry run can have made it: it says what was shown."""
    return hmac.new(forms.key_of(visit.secret), f"{kind}:{digest}:{fingerprint}".encode(), sha256).hexdigest()
