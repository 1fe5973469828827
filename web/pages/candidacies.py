"""The same candidacies as a list: sorted, in pages, and as a file."""

from collections.abc import Iterator
from typing import Literal

from fastapi import APIRouter, Response

from models.catalogue import say
from models.database import reading
from states.board import BoardRow, board, board_page
from states.board_query import counts, total
from web.exports import as_csv, file_name, note_export
from web.filters import Asked, FilterAsked
from web.pages.board import choices_for
from web.sheets import XLSX, xlsx
from web.visit import Guest, Visit

router = APIRouter(prefix="/candidacies")

ROWS = 50  # on a page

COLUMNS = (
    "code",
    "unit",
    "agency",
    "cycle",
    "target",
    "stage",
    "since",
    "due",
    "days_left",
    "missing_evidence",
    "missing_documents",
    "open_findings",
    "score",
    "next",
    "next_person",
)


@router.get("")
def candidacies(visit: Guest, asked: FilterAsked) -> Response:
    wanted = asked.wanted(visit.actor)
    with reading() as session:
        count = total(counts(session, wanted, now=visit.now).values())
        pages = max(1, -(-count.all // ROWS))
        at = min(asked.page, pages)
        rows = board_page(
            session, wanted, now=visit.now, order=asked.sort, down=asked.down, limit=ROWS, offset=(at - 1) * ROWS
        )
        choices = choices_for(session, visit)
    return visit.page("candidacies", asked=asked, rows=rows, count=count, at=at, pages=pages, choices=choices)


@router.get("/export.{form}")
def export(visit: Guest, asked: FilterAsked, form: Literal["csv", "xlsx"]) -> Response:
    """All that the filter finds, by code; that it was taken stands in the trail."""
    note_export(visit, "candidacies", form, {"filter": asked.link("").lstrip("?")})
    titles = [say(f"column.{name}") for name in COLUMNS]
    cells = (_cells(row) for row in _rows(visit, asked))
    if form == "csv":
        return as_csv(titles, cells, headers=file_name(visit, "zi", form))
    return Response(xlsx(titles, cells), media_type=XLSX, headers=file_name(visit, "zi", form))


def _rows(visit: Visit, asked: Asked) -> Iterator[BoardRow]:
    with reading() as session:
        yield from board(session, asked.wanted(visit.actor), now=visit.now)


def _cells(row: BoardRow) -> list[object]:
    return [
        row.code,
        row.unit_name,
        row.agency,
        row.cycle,
        row.target.value,
        say(f"stage.{row.stage.value}"),
        row.since,
        row.due,
        row.days_left,
        row.missing_evidence,
        row.missing_documents,
        row.open_findings,
        row.lke_total,
        say(f"role.{row.next_owner.value}") if row.next_owner else "",
        row.next_person,
    ]
