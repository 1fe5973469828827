"""A list of the admin as a file; that it was taken stands in the trail."""

from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter, Response

from models.catalogue import say
from models.errors import NotFound
from web.admin.lists import ListView
from web.admin.views import VIEWS
from web.admin.ways import Manager
from web.exports import as_csv, file_name, note_export
from web.sheets import XLSX, xlsx

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
    note_export(visit, key, form, {}, texts={"search": text} if text else {})
    headings = [say(f"column.{one.name}") for one in view.columns]
    cells = ([row[one.name] for one in view.columns] for row in rows)
    where = file_name(visit, f"zi-{key}", form)
    if form == "xlsx":
        return Response(xlsx(headings, cells), media_type=XLSX, headers=where)
    return as_csv(headings, cells, headers=where)


def _sorts(view: ListView, sort: str) -> Sequence[tuple[str, str]]:
    name, _, direction = sort.rpartition("__")
    return [(name, direction)] if name in {one.name for one in view.columns} else []
