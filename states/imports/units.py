"""Importing units: a tree inside each agency, whose rows may come in any order."""

from typing import Annotated

from pydantic import BeforeValidator
from sqlmodel import col

from models.agencies import Agency, Unit
from models.database import locked
from models.people import Role
from models.trail import Json, Pending, record
from states.actors import Place, require_admin_or
from states.imports import fields
from states.imports.batch import Batch
from states.imports.known import Known
from states.imports.lines import Line
from states.imports.row import AgencyCode, OptionalText, Row, Text, refers_to
from states.imports.tree import on_a_circle
from states.people import require_any_manager


class UnitKey(Row):
    code: Annotated[str, BeforeValidator(fields.unit_code)]


class UnitRow(UnitKey):
    identity = UnitKey

    name: Text
    agency: AgencyCode
    parent: Annotated[
        str | None,
        BeforeValidator(fields.optional(fields.code)),
        refers_to(lambda known: known.possible_parents, "unknown_parent"),
    ]
    kind: OptionalText
    core_service: Annotated[str | None, BeforeValidator(fields.optional(fields.lower))]

    @property
    def key(self) -> str:
        return self.code


def import_units(batch: Batch) -> None:
    require_any_manager(batch.actor)
    known = batch.known
    known.coming = frozenset(line.cells["code"].upper() for line in batch.lines)
    _lock_agencies(batch)
    wanted = batch.read(UnitRow)
    _check_tree(batch, wanted)
    batch.stop_if_wrong()
    for agency in sorted({new.agency for _, new in wanted}):
        place = Place(known.agencies[agency].id)
        require_admin_or(batch.actor, (Role.KOORDINATOR,), place, subject=f"agency:{agency}")
    _write(batch, wanted)


def _lock_agencies(batch: Batch) -> None:
    """Two imports at once could each set a parent, and together close a circle."""
    codes = {line.cells["agency"].upper() for line in batch.lines}
    locked(batch.session, Agency, col(Agency.code).in_(codes))


def _check_tree(batch: Batch, wanted: list[tuple[Line, UnitRow]]) -> None:
    """A parent is of the same agency, no unit stands above itself, and none moves between agencies."""
    known = batch.known
    held = {code: _as_row(unit, known) for code, unit in known.units.items()}
    tree = {code: row for code, row in held.items() if code not in known.coming}
    tree.update({new.code: new for _, new in wanted})
    circles = on_a_circle({code: row.parent for code, row in tree.items()})
    for line, new in wanted:
        if new.code in held and held[new.code].agency != new.agency:
            batch.complain(line, "agency", "unit_moved", agency=held[new.code].agency)
        parent = tree.get(new.parent or "")
        if parent and parent.agency != new.agency:
            batch.complain(line, "parent", "parent_elsewhere", agency=parent.agency)
        if new.code in circles:
            batch.complain(line, "parent", "parent_circle")


def _write(batch: Batch, wanted: list[tuple[Line, UnitRow]]) -> None:
    """First the units, then their parents: a parent may come later in the file."""
    known = batch.known
    written: list[tuple[Unit, UnitRow]] = []
    for line, new in wanted:
        row = known.units.get(new.code)
        before = _as_row(row, known) if row else None
        if not batch.changed(line, before, new):
            continue
        row = row or Unit(code=new.code, name=new.name, agency_id=known.agencies[new.agency].id)
        row.name, row.kind, row.core_service = new.name, new.kind, new.core_service
        written.append((row, new))
        record(batch.session, _record(batch, line, new, known=before is not None))
    batch.session.add_all([row for row, _ in written])
    batch.session.flush()
    ids = {code: row.id for code, row in known.units.items()} | {row.code: row.id for row, _ in written}
    for row, new in written:
        row.parent_id = ids[new.parent] if new.parent else None


def _as_row(unit: Unit, known: Known) -> UnitRow:
    return UnitRow.model_construct(
        code=unit.code,
        name=unit.name,
        agency=known.agency_codes[unit.agency_id],
        parent=known.unit_codes[unit.parent_id] if unit.parent_id else None,
        kind=unit.kind,
        core_service=unit.core_service,
    )


def _record(batch: Batch, line: Line, new: UnitRow, *, known: bool) -> Pending:
    details: dict[str, Json] = {"agency": new.agency, **({"parent": new.parent} if new.parent else {})}
    texts = {
        "name": new.name,
        "kind": new.kind,
        "core_service": new.core_service,
        "source": line.cells["source"],
    }
    return Pending(
        batch.actor.author,
        batch.now,
        action="unit_changed" if known else "unit_added",
        subject=f"unit:{new.code}",
        details=details,
        texts={name: text for name, text in texts.items() if text},
    )
