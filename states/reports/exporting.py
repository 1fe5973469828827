"""Writes the report for those who may have it; the trail keeps the file's hash."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from models.agencies import Agency
from models.catalogue import current_language
from models.errors import BadInput
from models.people import Role
from models.trail import Json, Pending, record
from states.actors import Actor, Place, current, require_admin_or
from states.lookups import find
from states.reports.contents import Contents, Signature, load_contents
from states.workbook.saving import NewFile, require_folder
from states.writing import writing

READERS = (Role.KOORDINATOR, Role.PIMPINAN, Role.AUDITOR, Role.TPI)
LONGEST = 120  # letters in a line of the signature


@dataclass(frozen=True)
class Reported:
    agency: str
    path: Path
    format: str
    quarter: str
    units: int
    sha256: str
    audit_seq: int


def export_report(
    agency: str, path: Path, *, signature: Signature, force: bool, actor: Actor, now: datetime
) -> Reported:
    """The agency's monev report, as PDF or workbook by the file's name.

    Written beside its place, then recorded, then put there: none leaves without its record. Raises NotFound, Refused,
    BadInput (the name, a signature that is too long).
    """
    make = _maker(path)
    require_folder(path, force=force)
    _check(signature)
    subject = f"agency:{agency.strip().upper()}"
    with writing("report_export", author=actor.author, now=now, subject=subject) as session:
        owner = find(session, Agency, agency)
        who = current(session, actor, now=now)
        require_admin_or(who, READERS, Place(owner.id), subject=f"agency:{owner.code}")
        contents = load_contents(session, owner, now=now, signature=signature)
    file = NewFile(path, make(contents))
    try:
        with writing("report_export", author=actor.author, now=now, subject=f"agency:{contents.agency}") as session:
            noted = record(session, _note(contents, file, path, actor=actor, now=now))
        file.put_in_place()
    finally:
        file.discard()
    return Reported(
        contents.agency,
        path,
        path.suffix.lower().lstrip("."),
        str(contents.quarter),
        len(contents.positions),
        file.hash,
        noted.seq,
    )


def _maker(path: Path) -> Callable[[Contents], bytes]:
    """Raises BadInput for a name that is neither a PDF's nor a workbook's."""
    makers = {".pdf": _pdf, ".xlsx": _book}
    if path.suffix.lower() not in makers:
        raise BadInput("report_not_known", path=str(path))
    return makers[path.suffix.lower()]


def _pdf(contents: Contents) -> bytes:
    from states.reports.document import document  # noqa: PLC0415
    from states.reports.pdf import set_pdf  # noqa: PLC0415 - loads typst

    return set_pdf(document(contents), now=contents.now)


def _book(contents: Contents) -> bytes:
    from states.reports.book import report_book  # noqa: PLC0415 - loads openpyxl
    from states.workbook.saving import content_of  # noqa: PLC0415

    return content_of(report_book(contents), now=contents.now)


def _check(signature: Signature) -> None:
    for name in ("name", "nip", "office", "place"):
        value: str = getattr(signature, name)
        if len(value) > LONGEST:
            raise BadInput("report_text_too_long", name=name, value=len(value), most=LONGEST)


def _note(contents: Contents, file: NewFile, path: Path, *, actor: Actor, now: datetime) -> Pending:
    details: dict[str, Json] = {
        "format": path.suffix.lower().lstrip("."),
        "quarter": str(contents.quarter),
        "units": len(contents.positions),
        "sha256": file.hash,
        "language": current_language(),
    }
    return Pending(
        actor.author,
        now,
        action="report_exported",
        subject=f"agency:{contents.agency}",
        details=details,
        texts={"file_name": path.name},
    )
