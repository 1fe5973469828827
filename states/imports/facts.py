"""Importing dated facts of agencies and units."""

import datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ValidationInfo, field_validator
from sqlalchemy import select

from models.catalogue import Word
from models.errors import BadInput
from models.facts import Fact
from models.people import Role
from rulesets.library import fact_kinds
from states.actors import Place, require_admin_or
from states.facts import FactData, accepted_values, belongs_to, check_fact_value, write_fact
from states.imports import fields
from states.imports.batch import Batch
from states.imports.fields import BadCell
from states.imports.known import Known
from states.imports.row import Day, OptionalDay, Row, Text, known_in, refuse_future
from states.people import require_any_manager

AGENCY, UNIT = "agency", "unit"


def _subject(name: str, info: ValidationInfo) -> str:
    """`unit:CODE` or `agency:CODE`, whichever there is; where there are both, the cell must say which."""
    known = known_in(info)
    prefix, _, rest = name.rpartition(":")
    code = fields.code(rest)
    found = [scope for scope, rows in ((AGENCY, known.agencies), (UNIT, known.units)) if code in rows]
    named = [scope for scope in found if prefix.lower() in ("", scope)]
    if not named:
        raise BadCell("import.unknown_subject")
    if len(named) > 1:
        raise BadCell("import.ambiguous_subject", code=code)
    return f"{named[0]}:{code}"


def _place(subject: str, known: Known) -> Place:
    scope, _, code = subject.partition(":")
    return Place(known.agencies[code].id) if scope == AGENCY else known.place_of(known.units[code])


class FactKey(Row):
    subject: Annotated[Text, AfterValidator(_subject)]
    kind: Annotated[str, BeforeValidator(fields.lower)]
    date: Day

    @field_validator("kind")
    @classmethod
    def _known_kind(cls, kind: str, info: ValidationInfo) -> str:
        if kind not in fact_kinds():
            raise BadCell("import.bad_choice", known=", ".join(fact_kinds()))
        scope = info.data.get("subject", "").partition(":")[0]
        if scope and not belongs_to(kind, scope):
            raise BadCell("import.fact_of_other", fact=Word(f"fact.{kind}"), scope=Word(f"scope.{scope}"))
        return kind

    @field_validator("date")
    @classmethod
    def _has_come(cls, day: datetime.date, info: ValidationInfo) -> datetime.date:
        if "subject" in info.data:
            refuse_future(day, _place(info.data["subject"], known_in(info)).agency_id, info)
        return day


class FactRow(FactKey):
    identity = FactKey

    value: Text
    valid_until: OptionalDay

    @field_validator("value")
    @classmethod
    def _looks_like_its_kind(cls, value: str, info: ValidationInfo) -> str:
        if "kind" not in info.data:
            return value
        try:
            return check_fact_value(info.data["kind"], value)
        except BadInput:
            kind = info.data["kind"]
            accepted = accepted_values(kind)
            raise BadCell("error.bad_fact_value", kind=kind, value=value, accepted=accepted) from None

    @field_validator("valid_until")
    @classmethod
    def _not_before_its_date(cls, until: datetime.date | None, info: ValidationInfo) -> datetime.date | None:
        if until and "date" in info.data and until < info.data["date"]:
            raise BadCell("error.valid_before_date", value=until.isoformat(), date=info.data["date"].isoformat())
        return until

    @property
    def key(self) -> str:
        return f"{self.subject.partition(':')[2]} {self.kind}"


def import_facts(batch: Batch) -> None:
    require_any_manager(batch.actor)
    known = batch.known
    wanted = batch.read(FactRow)
    batch.stop_if_wrong()
    for subject in sorted({new.subject for _, new in wanted}):
        require_admin_or(batch.actor, (Role.KOORDINATOR,), _place(subject, known), subject=subject)
    rows = [_as_row(row, known) for row in batch.session.execute(select(Fact)).scalars()]
    held = {(row.subject, row.kind, row.date): row for row in rows}
    for line, new in wanted:
        if batch.changed(line, held.get((new.subject, new.kind, new.date)), new):
            data = FactData(new.subject, new.kind, new.value, new.date, new.valid_until)
            write_fact(batch.session, data, actor=batch.actor, now=batch.now)


def _as_row(row: Fact, known: Known) -> FactRow:
    agency = known.agency_codes.get(row.agency_id or 0)
    subject = f"{AGENCY}:{agency}" if agency else f"{UNIT}:{known.unit_codes[row.unit_id or 0]}"
    return FactRow.model_construct(
        subject=subject, kind=row.kind, date=row.dated_on, value=row.value, valid_until=row.valid_until
    )
