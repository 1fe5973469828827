"""Runs one import: reads, checks, writes, and - in a dry run - takes it all back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlmodel import Session

from models.database import transaction
from models.errors import BadInput, UsageError
from states.actors import Actor, current
from states.imports.action_items import import_action_items
from states.imports.agencies import import_agencies
from states.imports.batch import Batch, Report, Watch, watch_nothing
from states.imports.calendar import import_calendar
from states.imports.facts import import_facts
from states.imports.known import Known
from states.imports.lines import Columns, Line, line_of
from states.imports.memberships import import_memberships
from states.imports.people import import_people
from states.imports.predicates import import_predicates
from states.imports.read import read_lines
from states.imports.units import import_units
from states.writing import writing


@dataclass(frozen=True)
class Importer:
    columns: Columns
    load: Callable[[Batch], None]


SOURCE = ("source",)  # who published it; it goes into the trail

IMPORTERS = {
    "agencies": Importer(Columns(("code", "name", "kind", "zone"), SOURCE), import_agencies),
    "units": Importer(Columns(("code", "name", "agency", "parent", "kind", "core_service"), SOURCE), import_units),
    "people": Importer(Columns(("email", "name", "nip", "whatsapp")), import_people),
    "memberships": Importer(Columns(("email", "role", "agency", "unit", "area", "since", "until")), import_memberships),
    "predicates": Importer(Columns(("unit", "level", "decree", "date", "revoked_on"), SOURCE), import_predicates),
    "facts": Importer(Columns(("subject", "kind", "value", "date", "valid_until")), import_facts),
    "calendar": Importer(Columns(("cycle", "stage", "note"), either=("due", "working_days")), import_calendar),
    "action-items": Importer(
        Columns(
            ("candidacy", "area", "activity", "target", "pic", "progress", "obstacle"),
            ("follow_up", "evidence_link", "done_on"),
        ),
        import_action_items,
    ),
}
KINDS: tuple[str, ...] = tuple(IMPORTERS)


class _TakenBack(Exception):
    """Ends a dry run's transaction without keeping anything."""


def import_file(
    kind: str,
    path: Path,
    *,
    dry_run: bool,
    actor: Actor,
    now: datetime,
    watch: Watch = watch_nothing,
    expected: str | None = None,
) -> Report:
    """Import one file; `watch` hears of each line. With a dry run's fingerprint `expected`, only what that one showed.

    Raises UsageError (kind), BadInput with every fault of the file, Refused.
    """
    if kind not in IMPORTERS:
        raise UsageError("unknown_import_kind", value=kind, known=", ".join(KINDS))
    lines = read_lines(path, IMPORTERS[kind].columns)
    if not dry_run:
        with writing(f"import:{kind}", author=actor.author, now=now, subject=f"import:{kind}") as session:
            report = _load(session, kind, path.name, lines, dry_run=False, actor=actor, now=now, watch=watch)
            if expected not in (None, report.fingerprint):
                raise BadInput("import_changed")
            return report
    reports: list[Report] = []
    try:
        with transaction() as session:
            reports.append(_load(session, kind, path.name, lines, dry_run=True, actor=actor, now=now, watch=watch))
            raise _TakenBack
    except _TakenBack:
        return reports[0]


def write_row(kind: str, cells: Mapping[str, str], *, new: bool, actor: Actor, now: datetime) -> Report:
    """Write one row, as a form has it, by the rules that a file's rows keep.

    Raises BadInput with every fault, for a `new` one also where its key is taken; Refused.
    """
    with writing(f"import:{kind}", author=actor.author, now=now, subject=f"import:{kind}") as session:
        return load_row(session, kind, cells, new=new, actor=actor, now=now)


def load_row(
    session: Session, kind: str, cells: Mapping[str, str], *, new: bool, actor: Actor, now: datetime
) -> Report:
    """The same, in a transaction of the caller's."""
    trimmed = [" ".join(cell.split()) for cell in cells.values()]
    line = line_of(1, list(cells), trimmed, IMPORTERS[kind].columns)
    try:
        report = _load(session, kind, "", [line], dry_run=False, actor=actor, now=now, watch=watch_nothing)
    except BadInput as error:
        if not error.details:
            raise
        raise BadInput("row_rejected", details=error.details) from None
    if new and not report.created:
        raise BadInput("row_known", value=trimmed[0])
    return report


def _load(
    session: Session,
    kind: str,
    file: str,
    lines: list[Line],
    *,
    dry_run: bool,
    actor: Actor,
    now: datetime,
    watch: Watch,
) -> Report:
    known = Known(session, now)
    batch = Batch(session, file, lines, current(session, actor, now=now), now, known, watch=watch)
    IMPORTERS[kind].load(batch)
    session.flush()
    created = sum(change.what == "created" for change in batch.changes)
    return Report(kind, dry_run, created, len(batch.changes) - created, batch.unchanged, tuple(batch.changes))
