"""Exports an LKE: whoever may read the candidacy gets a workbook, and the trail says so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from openpyxl import Workbook

from models.candidacies import Candidacy
from models.catalogue import current_language
from models.people import Role
from models.trail import Pending, record
from states.actors import Actor, current, require_admin_or
from states.lookups import find
from states.subjects import subject_of
from states.workbook.contents import Contents, load_contents
from states.workbook.official import official_book
from states.workbook.readable import readable_book
from states.workbook.saving import NewFile, content_of, require_target
from states.writing import writing

READERS = tuple(role for role in Role if role is not Role.ADMIN)
"""Any role that covers the candidacy may read it; an admin may everywhere."""

OfLayout = Literal["official", "readable"]


@dataclass(frozen=True)
class Exported:
    code: str
    path: Path
    layout: OfLayout
    sha256: str
    layers: tuple[str, ...]
    audit_seq: int


def export_official(code: str, path: Path, *, force: bool, actor: Actor, now: datetime) -> Exported:
    """All layers in the ministry's own layout. Raises NotFound, Refused, BadInput (the name, no such layout)."""
    return _export(code, path, "official", official_book, force=force, actor=actor, now=now)


def export_readable(code: str, path: Path, *, force: bool, actor: Actor, now: datetime) -> Exported:
    """Summary, thresholds and all items, in the reader's language. Raises NotFound, Refused, BadInput (the name)."""
    return _export(code, path, "readable", readable_book, force=force, actor=actor, now=now)


def _export(
    code: str,
    path: Path,
    layout: OfLayout,
    draw: Callable[[Contents], Workbook],
    *,
    force: bool,
    actor: Actor,
    now: datetime,
) -> Exported:
    """The file is written beside its place, then recorded, then put there: none leaves without its record."""
    require_target(path, force=force)
    with writing(f"lke_export:{layout}", author=actor.author, now=now, subject=f"candidacy:{code.upper()}") as session:
        candidacy = find(session, Candidacy, code)
        place = subject_of(session, candidacy).place
        require_admin_or(current(session, actor, now=now), READERS, place, subject=candidacy.code)
        contents = load_contents(session, candidacy, now=now)
    file = NewFile(path, content_of(draw(contents), now=now))
    try:
        with writing("lke_export", author=actor.author, now=now, subject=f"candidacy:{contents.code}") as session:
            layers = tuple(layer.value for layer in contents.layers)
            noted = record(
                session,
                Pending(
                    actor.author,
                    now,
                    action="lke_exported",
                    subject=f"candidacy:{contents.code}",
                    details={
                        "layout": layout,
                        "sha256": file.hash,
                        "layers": list(layers),
                        "language": current_language(),
                    },
                    texts={"file_name": path.name},
                ),
            )
        file.put_in_place()
    finally:
        file.discard()
    return Exported(contents.code, path, layout, file.hash, layers, noted.seq)
