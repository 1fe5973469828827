"""What the trail keeps of backups and restores: enough to tell which backup it was."""

from datetime import datetime

from models.trail import Author, Json, Pending, instant
from states.backups.format import Closing, Opening

SUBJECT = "installation:1"


def backed_up(opening: Opening, sums: Closing, *, author: Author, now: datetime) -> Pending:
    return Pending(author, now, action="backed_up", subject=SUBJECT, details=_figures(opening, sums))


def restored(opening: Opening, sums: Closing, *, author: Author, now: datetime) -> Pending:
    return Pending(author, now, action="restored", subject=SUBJECT, details=_figures(opening, sums))


def _figures(opening: Opening, sums: Closing) -> dict[str, Json]:
    return {
        "taken_at": instant(opening.taken_at),
        "revision": opening.revision,
        "records": opening.trail.records,
        "root": opening.trail.root,
        "files": sums.files,
        "missing": sums.missing,
        "keys": bool(opening.keys),
        "digest": sums.digest,
    }
