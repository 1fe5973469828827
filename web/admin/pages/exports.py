"""A list of the admin as a file; that it was taken stands in the trail."""

from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from models.catalogue import say
from models.errors import NotFound
from models.trail import Json, Pending, record
from states.writing import writing
from web.admin.lists import ListView
from web.admin.views import VIEWS
from web.admin.ways import Manager
from web.sheets import XLSX, csv_lines, xlsx
from web.visit import Visit

router = APIRouter(prefix="/admin")

LONGEST = 80


@router.get("/{key}/export.{form}")
def export(visit: Manager, key: str, form: Literal["csv", "xlsx"], q: str = "", sort: str = "") -> Response:
    """All that the search finds, in the list's order."""
    found = next((one for one in VIEWS if one.key == key), None)
    if found is None:
        raise NotFound("unknown_page")
    view, text = found(), q.strip()[:LONGEST]
    rows = view.read(visit.actor, q=text, sorts=_sorts(view, sort))
    _note(visit, key, form, text)
    headings = [say(f"column.{one.name}") for one in view.columns]
    cells = ([row[one.name] for one in view.columns] for row in rows)
    where = {"Content-Disposition": f'attachment; filename="zi-{key}-{visit.now:%Y-%m-%d}.{form}"'}
    if form == "xlsx":
        return Response(xlsx(headings, cells), media_type=XLSX, headers=where)
    return StreamingResponse(csv_lines(headings, cells), media_type="text/csv; charset=utf-8", headers=where)


def _sorts(view: ListView, sort: str) -> Sequence[tuple[str, str]]:
    name, _, direction = sort.rpartition("__")
    return [(name, direction)] if name in {one.name for one in view.columns} else []


def _note(visit: Visit, key: str, form: str, q: str) -> None:
    author, subject = visit.actor.author, f"person:{visit.actor.person_id}"
    with writing("export", author=author, now=visit.now, subject=subject) as session:
        details: dict[str, Json] = {"what": key, "form": form}
        texts = {"search": q} if q else {}
        record(session, Pending(author, visit.now, action="exported", subject=subject, details=details, texts=texts))
