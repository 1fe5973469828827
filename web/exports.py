"""Files that leave: streamed, harmless to spreadsheets, and noted in the trail before the first line goes."""

from collections.abc import Iterable, Mapping, Sequence

from fastapi.responses import StreamingResponse

from models.trail import Json, Pending, record
from states.writing import writing
from web.sheets import csv_lines
from web.visit import Visit

CSV = "text/csv; charset=utf-8"


def note_export(
    visit: Visit, what: str, form: str, details: Mapping[str, Json], *, texts: Mapping[str, str] | None = None
) -> int:
    """That it was taken, by whom, and which part of it; returns the record's number."""
    subject = f"person:{visit.actor.person_id}"
    told: dict[str, Json] = {"what": what, "form": form, **details}
    with writing("export", author=visit.actor.author, now=visit.now, subject=subject) as session:
        pending = Pending(
            visit.actor.author, visit.now, action="exported", subject=subject, details=told, texts=texts or {}
        )
        noted = record(session, pending)
    return noted.seq


def file_name(visit: Visit, name: str, form: str) -> dict[str, str]:
    """The header that has a browser save it."""
    return {"Content-Disposition": f'attachment; filename="{name}-{visit.now:%Y-%m-%d}.{form}"'}


def as_csv(titles: Sequence[str], rows: Iterable[Sequence[object]], *, headers: Mapping[str, str]) -> StreamingResponse:
    return StreamingResponse(csv_lines(titles, rows), media_type=CSV, headers=headers)
