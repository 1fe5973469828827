"""The same candidacies as a list: sorted, in pages, and as a file."""

import csv
from collections.abc import Iterator
from datetime import date
from io import BytesIO, StringIO
from typing import Literal

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse
from openpyxl import Workbook

from models.catalogue import say
from models.database import reading
from models.trail import Pending, record
from states.board import BoardRow, board, board_page
from states.board_query import counts, total
from states.writing import writing
from web.filters import Asked, FilterAsked
from web.pages.board import choices_for
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

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


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
    _note(visit, asked, form)
    name = f'attachment; filename="zi-{visit.now:%Y-%m-%d}.{form}"'
    if form == "csv":
        lines = StreamingResponse(_csv(visit, asked), media_type="text/csv; charset=utf-8")
        lines.headers["Content-Disposition"] = name
        return lines
    return Response(_xlsx(visit, asked), media_type=XLSX, headers={"Content-Disposition": name})


def _note(visit: Visit, asked: Asked, form: str) -> None:
    author = visit.actor.author
    with writing("export", author=author, now=visit.now, subject=f"person:{visit.actor.person_id}") as session:
        details = {"what": "candidacies", "form": form, "filter": asked.link("").lstrip("?")}
        subject = f"person:{visit.actor.person_id}"
        record(session, Pending(author, visit.now, action="exported", subject=subject, details=details))


def _rows(visit: Visit, asked: Asked) -> Iterator[BoardRow]:
    with reading() as session:
        yield from board(session, asked.wanted(visit.actor), now=visit.now)


def _csv(visit: Visit, asked: Asked) -> Iterator[str]:
    yield "\ufeff"  # or spreadsheets take it for another encoding
    yield _line([say(f"column.{name}") for name in COLUMNS])
    for row in _rows(visit, asked):
        yield _line([_harmless(cell) for cell in _cells(row)])


def _line(cells: list[object]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def _xlsx(visit: Visit, asked: Asked) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("zi")
    sheet.append([say(f"column.{name}") for name in COLUMNS])
    for row in _rows(visit, asked):
        sheet.append([_harmless(cell) for cell in _cells(row)])
    file = BytesIO()
    book.save(file)
    return file.getvalue()


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


def _harmless(cell: object) -> object:
    """A name that begins like a formula is shown, not reckoned (CWE-1236)."""
    if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{cell}"
    return cell if cell is None or isinstance(cell, int | date) else str(cell)
