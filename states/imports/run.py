"""Runs one import: reads, checks, writes, and - in a dry run - takes it all back."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from models.database import transaction
from models.errors import UsageError
from states.actors import Actor
from states.imports.batch import Batch, Report
from states.imports.places import import_agencies, import_units
from states.imports.read import Line, read_lines
from states.imports.records import import_action_items, import_calendar, import_facts, import_predicates
from states.imports.staff import import_memberships, import_people
from states.writing import writing


@dataclass(frozen=True)
class Importer:
    columns: tuple[str, ...]
    load: Callable[[Batch], None]
    optional: tuple[str, ...] = ()


SOURCE = ("source",)  # where a published fact comes from; it goes into the trail

IMPORTERS = {
    "agencies": Importer(("code", "name", "kind", "zone"), import_agencies, SOURCE),
    "units": Importer(("code", "name", "agency", "parent", "kind", "core_service"), import_units, SOURCE),
    "people": Importer(("email", "name", "nip", "whatsapp"), import_people),
    "memberships": Importer(("email", "role", "agency", "unit", "area", "since", "until"), import_memberships),
    "predicates": Importer(("unit", "level", "decree", "date", "revoked_on"), import_predicates, SOURCE),
    "facts": Importer(("subject", "kind", "value", "date", "valid_until"), import_facts),
    "calendar": Importer(("cycle", "stage", "due", "working_days", "note"), import_calendar),
    "action-items": Importer(
        ("candidacy", "area", "activity", "target", "pic", "progress", "obstacle"), import_action_items
    ),
}
KINDS = tuple(IMPORTERS)


class _TakenBack(Exception):
    """Ends a dry run's transaction without keeping anything."""


def import_file(kind: str, path: Path, *, dry_run: bool, actor: Actor, now: datetime) -> Report:
    """Import one file. Raises UsageError (kind), BadInput with every fault of the file, Refused."""
    if kind not in IMPORTERS:
        raise UsageError("unknown_import_kind", value=kind, known=", ".join(KINDS))
    importer = IMPORTERS[kind]
    lines = read_lines(path, importer.columns, optional=importer.optional)
    if not dry_run:
        with writing(f"import:{kind}", author=actor.author, now=now, subject=f"import:{kind}") as session:
            return _load(session, kind, path, lines, dry_run=False, actor=actor, now=now)
    reports: list[Report] = []
    try:
        with transaction() as session:
            reports.append(_load(session, kind, path, lines, dry_run=True, actor=actor, now=now))
            raise _TakenBack
    except _TakenBack:
        return reports[0]


def _load(
    session: Session, kind: str, path: Path, lines: list[Line], *, dry_run: bool, actor: Actor, now: datetime
) -> Report:
    batch = Batch(session, path.name, lines, actor, now)
    IMPORTERS[kind].load(batch)
    session.flush()
    created = sum(change.what == "created" for change in batch.changes)
    return Report(kind, dry_run, created, len(batch.changes) - created, batch.unchanged, tuple(batch.changes))
