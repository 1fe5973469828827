"""Importing when stages must be left: the calendar of a cycle."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo, field_validator
from sqlalchemy import select

from models.cycles import CycleDate
from models.people import Role
from models.stages import OPEN, Stage
from states.actors import Place, require_admin_or
from states.cycles import Dated, write_calendar
from states.imports import fields
from states.imports.batch import Batch
from states.imports.fields import BadCell
from states.imports.row import OptionalDay, OptionalText, Row, refers_to
from states.people import require_any_manager

MOST_WORKING_DAYS = 366  # a stage of more than a year is a slip of the hand


class CalendarKey(Row):
    cycle: Annotated[
        str,
        BeforeValidator(fields.upper),
        refers_to(lambda known: known.cycles, "unknown_cycle"),
    ]
    stage: Annotated[Stage, BeforeValidator(fields.choice(Stage))]

    @field_validator("stage")
    @classmethod
    def _open(cls, stage: Stage) -> Stage:
        if stage not in OPEN:
            raise BadCell("import.closed_stage")
        return stage


class CalendarRow(CalendarKey):
    identity = CalendarKey

    working_days: Annotated[int | None, BeforeValidator(fields.optional(fields.whole(least=1, most=MOST_WORKING_DAYS)))]
    due: OptionalDay
    note: OptionalText

    @field_validator("due")
    @classmethod
    def _one_of_the_two(cls, due: date | None, info: ValidationInfo) -> date | None:
        if "working_days" in info.data and (due is None) == (info.data["working_days"] is None):
            raise BadCell("import.due_or_days")
        return due

    @property
    def key(self) -> str:
        return f"{self.cycle} {self.stage.value}"


def import_calendar(batch: Batch) -> None:
    require_any_manager(batch.actor)
    known = batch.known
    wanted = batch.read(CalendarRow)
    batch.stop_if_wrong()
    cycles = sorted({new.cycle for _, new in wanted})
    for code in cycles:
        place = Place(known.cycles[code].agency_id)
        require_admin_or(batch.actor, (Role.KOORDINATOR,), place, subject=f"cycle:{code}")
    held = {(row.cycle, row.stage): row for row in _held(batch)}
    changed = [new for line, new in wanted if batch.changed(line, held.get((new.cycle, new.stage)), new)]
    for code in cycles:
        dates = [Dated(new.stage, new.due, new.working_days, new.note) for new in changed if new.cycle == code]
        if dates:
            write_calendar(batch.session, code, dates, actor=batch.actor, now=batch.now)


def _held(batch: Batch) -> list[CalendarRow]:
    codes = {row.id: code for code, row in batch.known.cycles.items()}
    return [
        CalendarRow.model_construct(
            cycle=codes[row.cycle_id], stage=row.stage, working_days=row.working_days, due=row.due, note=row.note
        )
        for row in batch.session.execute(select(CycleDate)).scalars()
    ]
