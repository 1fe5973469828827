"""Importing agencies and their units."""

from sqlalchemy import select

from models.agencies import Agency, AgencyKind, Unit
from models.people import Role
from models.trail import Pending, record
from states.actors import Place, require_admin, require_admin_or
from states.imports import fields
from states.imports.batch import Batch
from states.imports.read import Line


def import_agencies(batch: Batch) -> None:
    require_admin(batch.actor)
    known = {row.code: row for row in batch.session.execute(select(Agency)).scalars()}
    wanted: list[tuple[Line, dict[str, object]]] = []
    for line in batch.lines:
        values: dict[str, object] = {
            "code": batch.cell(line, "code", fields.code),
            "name": batch.cell(line, "name", fields.required),
            "kind": batch.cell(line, "kind", lambda text: fields.choice(AgencyKind, text)),
            "zone": batch.cell(line, "zone", fields.zone),
        }
        batch.once(line, "code", values["code"] or line.row)
        wanted.append((line, values))
    batch.stop_if_wrong()
    for line, values in wanted:
        code = str(values["code"])
        row = known.get(code)
        before = {name: getattr(row, name) for name in values} if row else None
        if not batch.changed(line, code, before, values):
            continue
        row = row or Agency(code=code, name="", kind=AgencyKind.KL, zone="")  # filled below
        for name, value in values.items():
            setattr(row, name, value)
        batch.session.add(row)
        _record(batch, line, "agency", code, known=before is not None)
    batch.session.flush()


def import_units(batch: Batch) -> None:
    agencies = {row.code: row for row in batch.session.execute(select(Agency)).scalars()}
    known = {row.code: row for row in batch.session.execute(select(Unit)).scalars()}
    codes = {row.id: row.code for row in known.values()}
    wanted: dict[str, tuple[Line, dict[str, object]]] = {}
    for line in batch.lines:
        code = batch.cell(line, "code", fields.unit_code)
        agency = batch.cell(line, "agency", fields.code)
        if agency and agency not in agencies:
            batch.complain(line, "agency", "unknown_agency")
        batch.once(line, "code", code or line.row)
        values: dict[str, object] = {
            "name": batch.cell(line, "name", fields.required),
            "agency": agency,
            "parent": batch.cell(line, "parent", fields.optional_code),
            "kind": fields.optional(line.cells["kind"]),
            "core_service": fields.optional(line.cells["core_service"].lower()),
        }
        wanted[code or f"row {line.row}"] = (line, values)
    _check_parents(batch, wanted, known, agencies)
    batch.stop_if_wrong()
    for agency in sorted({str(values["agency"]) for _, values in wanted.values()}):
        require_admin_or(batch.actor, (Role.KOORDINATOR,), Place(agencies[agency].id), subject=f"agency:{agency}")
    names = {agency.id: code for code, agency in agencies.items()}
    touched: list[tuple[Unit, object]] = []
    for code, (line, values) in wanted.items():
        row = known.get(code)
        before = _unit_values(row, names, codes) if row else None
        if not batch.changed(line, code, before, values):
            continue
        row = row or Unit(code=code, name="")
        row.name, row.agency_id = str(values["name"]), agencies[str(values["agency"])].id
        row.kind, row.core_service = line.cells["kind"] or None, line.cells["core_service"].lower() or None
        batch.session.add(row)
        known[code] = row
        touched.append((row, values["parent"]))
        _record(batch, line, "unit", code, known=before is not None)
    batch.session.flush()
    for row, parent in touched:
        row.parent_id = known[str(parent)].id if parent else None
    batch.session.flush()


def _check_parents(
    batch: Batch, wanted: dict[str, tuple[Line, dict[str, object]]], known: dict[str, Unit], agencies: dict[str, Agency]
) -> None:
    """A parent exists, is of the same agency, and no unit stands above itself."""
    codes = {row.id: code for code, row in known.items()}
    names = {row.id: code for code, row in agencies.items()}
    parents: dict[str, object] = {code: codes.get(row.parent_id or 0) for code, row in known.items()}
    homes: dict[str, object] = {code: names[row.agency_id] for code, row in known.items()}
    parents.update({code: values["parent"] for code, (_, values) in wanted.items()})
    homes.update({code: values["agency"] for code, (_, values) in wanted.items()})
    for code, (line, values) in wanted.items():
        parent = values["parent"]
        row = known.get(code)
        if row and values["agency"] and names[row.agency_id] != values["agency"]:
            batch.complain(line, "agency", "unit_moved", agency=names[row.agency_id])
        if parent is None:
            continue
        if parent not in homes:
            batch.complain(line, "parent", "unknown_parent")
        elif homes[str(parent)] != values["agency"]:
            batch.complain(line, "parent", "parent_elsewhere", agency=homes[str(parent)])
        elif _is_circle(code, parents):
            batch.complain(line, "parent", "parent_circle")


def _is_circle(code: str, parents: dict[str, object]) -> bool:
    seen = {code}
    at = parents.get(code)
    while at is not None:
        if at in seen:
            return True
        seen.add(str(at))
        at = parents.get(str(at))
    return False


def _unit_values(row: Unit, agencies: dict[int, str], codes: dict[int, str]) -> dict[str, object]:
    return {
        "name": row.name,
        "agency": agencies[row.agency_id],
        "parent": codes[row.parent_id] if row.parent_id else None,
        "kind": row.kind,
        "core_service": row.core_service,
    }


def _record(batch: Batch, line: Line, what: str, code: str, *, known: bool) -> None:
    texts = {"name": line.cells["name"], "source": line.cells.get("source", "")}
    record(
        batch.session,
        Pending(
            batch.actor.author,
            batch.now,
            action=f"{what}_changed" if known else f"{what}_added",
            subject=f"{what}:{code}",
            texts={name: text for name, text in texts.items() if text},
        ),
    )
