"""A checkpoint as a page to be printed and filed: paper is a copy that no database administrator can change."""

from datetime import datetime
from pathlib import Path
from textwrap import wrap
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from models.agencies import Agency
from models.catalogue import current_language, say
from models.errors import BadInput
from states.calendar import WIB
from states.kept_checkpoints import SignedCheckpoint
from states.reports.figures import moment, number
from states.workbook.saving import NewFile, require_folder

TEMPLATE = Path(__file__).parent / "checkpoint.typ"
GROUP = 4  # hex digits that people compare at a time
STEPS = ("keep", "ask", "type", "verify", "key")


def check_page(path: Path) -> None:
    """Before anything is signed. Raises BadInput for a name that is no PDF's, and where no new file can be put."""
    if path.suffix.lower() != ".pdf":
        raise BadInput("page_not_pdf", path=str(path))
    require_folder(path, force=False)


def save_page(path: Path, signed: SignedCheckpoint, *, zone: str, now: datetime) -> str:
    """Returns the file's SHA-256. Raises StorageFailed where it can't be written."""
    from states.reports.pdf import set_pdf  # noqa: PLC0415 - loads typst

    file = NewFile(path, set_pdf(page(signed, zone=zone), now=now, template=TEMPLATE))
    try:
        file.put_in_place()
    finally:
        file.discard()
    return file.hash


def page(signed: SignedCheckpoint, *, zone: str) -> dict[str, Any]:
    """What the template sets, in the reader's language. Pure."""
    origin = signed.note.partition("\n")[0]
    return {
        "lang": current_language(),
        "title": say("checkpoint.title"),
        "facts": [
            [say("checkpoint.fact.origin"), origin],
            [say("checkpoint.fact.made_at"), moment(signed.made_at, zone)],
            [say("checkpoint.fact.size"), number(signed.size)],
        ],
        "root_title": say("checkpoint.root"),
        "root": wrap(signed.root, GROUP),
        "note_title": say("checkpoint.note"),
        "note": _numbered(signed.note),
        "key_title": say("checkpoint.key"),
        "key": _numbered(signed.vkey),
        "how_title": say("checkpoint.how"),
        "how": [say(f"checkpoint.how.{step}") for step in STEPS],
        "signed": [say("checkpoint.handed_over"), say("checkpoint.received")],
    }


def zone_of_all(session: Session) -> str:
    """The zone that all agencies here share, or else that of Jakarta: a checkpoint is of the whole installation."""
    zones = session.execute(select(col(Agency.zone)).distinct()).scalars().all()
    return zones[0] if len(zones) == 1 else WIB.key


def _numbered(text: str) -> list[dict[str, str]]:
    return [{"number": str(number), "text": line} for number, line in enumerate(text.rstrip("\n").split("\n"), start=1)]
