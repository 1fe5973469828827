"""Importing predicates that units were given outside this system."""

import datetime
from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo, field_validator
from sqlalchemy import select

from models.candidacies import Level
from models.facts import Predicate
from models.people import Role
from states.actors import require_admin_or
from states.facts import PredicateData, write_predicate
from states.imports import fields
from states.imports.batch import Batch
from states.imports.fields import BadCell
from states.imports.known import Known
from states.imports.row import Day, OptionalDay, OptionalText, Row, UnitCode, known_in, refuse_future
from states.people import require_any_manager


class PredicateKey(Row):
    unit: UnitCode
    level: Annotated[Level, BeforeValidator(fields.choice(Level))]
    date: Day

    @field_validator("date", "revoked_on", check_fields=False)
    @classmethod
    def _has_come(cls, day: datetime.date | None, info: ValidationInfo) -> datetime.date | None:
        if "unit" in info.data:
            refuse_future(day, known_in(info).units[info.data["unit"]].agency_id, info)
        return day


class PredicateRow(PredicateKey):
    identity = PredicateKey

    decree: OptionalText
    revoked_on: OptionalDay

    @field_validator("revoked_on")
    @classmethod
    def _not_before_it_was_given(cls, day: datetime.date | None, info: ValidationInfo) -> datetime.date | None:
        if day and "date" in info.data and day < info.data["date"]:
            raise BadCell("import.revoked_before")
        return day

    @property
    def key(self) -> str:
        return f"{self.unit} {self.level.value}"


def import_predicates(batch: Batch) -> None:
    require_any_manager(batch.actor)
    known = batch.known
    wanted = batch.read(PredicateRow)
    batch.stop_if_wrong()
    for unit in sorted({new.unit for _, new in wanted}):
        place = known.place_of(known.units[unit])
        require_admin_or(batch.actor, (Role.KOORDINATOR,), place, subject=f"unit:{unit}")
    rows = [_as_row(row, known) for row in batch.session.execute(select(Predicate)).scalars()]
    held = {(row.unit, row.level, row.date): row for row in rows}
    for line, new in wanted:
        if batch.changed(line, held.get((new.unit, new.level, new.date)), new):
            data = PredicateData(new.unit, new.level, new.decree, new.date, new.revoked_on)
            write_predicate(batch.session, data, actor=batch.actor, now=batch.now, source=line.cells["source"])


def _as_row(row: Predicate, known: Known) -> PredicateRow:
    return PredicateRow.model_construct(
        unit=known.unit_codes[row.unit_id],
        level=row.level,
        date=row.decreed_on,
        decree=row.decree,
        revoked_on=row.revoked_on,
    )
