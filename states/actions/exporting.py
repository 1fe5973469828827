"""Exports action plans as a workbook or as CSV, in the columns that the import reads: it comes back as it went."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from openpyxl import Workbook
from sqlmodel import Session

from models.agencies import Agency
from models.candidacies import Candidacy
from models.people import Role
from models.trail import Pending, record
from states.actions.listing import Filter, Listed, list_items
from states.actors import Actor, current, require_admin_or
from states.lookups import find
from states.subjects import Subject, subject_of
from states.workbook.saving import NewFile, content_of, put, put_header, require_target, set_widths
from states.writing import writing

COLUMNS = (
    "candidacy",
    "area",
    "activity",
    "target",
    "pic",
    "progress",
    "obstacle",
    "follow_up",
    "evidence_link",
    "done_on",
)
"""Those of the import, the optional ones too."""

WIDTHS = (24, 24, 50, 12, 30, 10, 40, 40, 40, 12)  # letters
READERS = tuple(role for role in Role if role is not Role.ADMIN)
"""Any role that covers the candidacy or the agency may read it; an admin may everywhere."""

Line = tuple[str | int | date | None, ...]
Draw = Callable[[Iterator[Line], datetime], bytes]

_STARTS_FORMULA = re.compile(r"'*[=+@-]")


@dataclass(frozen=True)
class Exported:
    subject: str  # "candidacy:RSUD-2026", "agency:CONTOH"
    path: Path
    items: int
    sha256: str
    audit_seq: int


def export_plan(path: Path, wanted: Filter, *, force: bool, actor: Actor, now: datetime) -> Exported:
    """The items of one candidacy or of one agency, dropped ones left out; the trail says who took them where.

    Raises NotFound, Refused, BadInput (the name).
    """
    require_target(path, force=force, suffixes=tuple(DRAWN))
    with writing("action_export", author=actor.author, now=now, subject=_asked(wanted)) as session:
        subject = _subject(session, wanted)
        require_admin_or(current(session, actor, now=now), READERS, subject.place, subject=subject.label)
        lines = [_line(one) for one in list_items(session, wanted, now=now)]
    file = NewFile(path, DRAWN[path.suffix.lower()](iter(lines), now))
    try:
        with writing("action_export", author=actor.author, now=now, subject=subject.name) as session:
            noted = record(
                session,
                Pending(
                    actor.author,
                    now,
                    action="action_plan_exported",
                    subject=subject.name,
                    details={"sha256": file.hash, "items": len(lines)},
                    texts={"file_name": path.name},
                ),
            )
        file.put_in_place()
    finally:
        file.discard()
    return Exported(subject.name, path, len(lines), file.hash, noted.seq)


def _asked(wanted: Filter) -> str:
    return f"candidacy:{wanted.candidacy.upper()}" if wanted.candidacy else f"agency:{(wanted.agency or '').upper()}"


def _subject(session: Session, wanted: Filter) -> Subject:
    if wanted.candidacy:
        return subject_of(session, find(session, Candidacy, wanted.candidacy))
    return subject_of(session, find(session, Agency, wanted.agency or ""))


def _line(one: Listed) -> Line:
    item = one.item
    return (
        one.candidacy,
        item.area,
        item.activity,
        item.target_on,
        one.pic,
        item.progress,
        item.obstacle,
        item.follow_up,
        item.evidence_url,
        item.done_on,
    )


def _workbook(lines: Iterator[Line], now: datetime) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "action-items"
    put_header(sheet, 1, dict(enumerate(COLUMNS, start=1)))
    set_widths(sheet, dict(enumerate(WIDTHS, start=1)))
    for row, line in enumerate(lines, start=2):
        for column, value in enumerate(line, start=1):
            if value is not None:
                cell = put(sheet, row, column, value)
                if isinstance(value, date):
                    cell.number_format = "yyyy-mm-dd"
    sheet.freeze_panes = "A2"
    return content_of(book, now=now)


def _csv(lines: Iterator[Line], _now: datetime) -> bytes:
    """With the mark that Excel looks for. What Excel would work out gets an apostrophe, which the import drops."""
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(COLUMNS)
    writer.writerows(_kept(line) for line in lines)
    return target.getvalue().encode("utf-8-sig")


def _kept(line: Line) -> Sequence[object]:
    return [f"'{value}" if isinstance(value, str) and _STARTS_FORMULA.match(value) else value for value in line]


DRAWN: dict[str, Draw] = {".xlsx": _workbook, ".csv": _csv}
