"""Importing agencies."""

from typing import Annotated

from pydantic import BeforeValidator

from models.agencies import Agency, AgencyKind
from models.database import locked
from models.trail import Pending, record
from states.actors import require_admin
from states.imports import fields
from states.imports.batch import Batch
from states.imports.lines import Line
from states.imports.row import Row, Text


class AgencyKey(Row):
    code: Annotated[str, BeforeValidator(fields.code)]


class AgencyRow(AgencyKey):
    identity = AgencyKey

    name: Text
    kind: Annotated[AgencyKind, BeforeValidator(fields.choice(AgencyKind))]
    zone: Annotated[str, BeforeValidator(fields.zone)]

    @property
    def key(self) -> str:
        return self.code


def import_agencies(batch: Batch) -> None:
    require_admin(batch.actor)
    held = {row.code: row for row in locked(batch.session, Agency)}
    wanted = batch.read(AgencyRow)
    batch.stop_if_wrong()
    for line, new in wanted:
        row = held.get(new.code)
        before = AgencyRow.model_construct(code=row.code, name=row.name, kind=row.kind, zone=row.zone) if row else None
        if not batch.changed(line, before, new):
            continue
        row = row or Agency(code=new.code, name=new.name, kind=new.kind, zone=new.zone)
        row.name, row.kind, row.zone = new.name, new.kind, new.zone
        batch.session.add(row)
        record(batch.session, _record(batch, line, new, known=before is not None))


def _record(batch: Batch, line: Line, new: AgencyRow, *, known: bool) -> Pending:
    texts = {"name": new.name, "source": line.cells["source"]}
    return Pending(
        batch.actor.author,
        batch.now,
        action="agency_changed" if known else "agency_added",
        subject=f"agency:{new.code}",
        details={"kind": new.kind.value, "zone": new.zone},
        texts={name: text for name, text in texts.items() if text},
    )
