"""What every kind of row shares, and the cells that several kinds have.

A kind is two models, `XKey` and `XRow(XKey)`: the key's columns name the thing, the others say what is so of it. They
are no tables, because SQLModel checks nothing where `table=True`. Validators find `Known` in the context.
"""

from collections.abc import Callable, Container
from datetime import date
from typing import Annotated, ClassVar, cast

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from states.imports import fields
from states.imports.fields import BadCell
from states.imports.known import Known


class Row(BaseModel):
    model_config = ConfigDict(frozen=True)  # can be compared and looked up

    identity: ClassVar[type[BaseModel]]

    @property
    def key(self) -> str:
        """As the report names the row."""
        raise NotImplementedError


def known_in(info: ValidationInfo) -> Known:
    return cast("Known", info.context)


def refers_to(rows: Callable[[Known], Container[str]], unknown: str) -> AfterValidator:
    """The cell is empty, or names one of these."""

    def check(name: str | None, info: ValidationInfo) -> str | None:
        if name is not None and name not in rows(known_in(info)):
            raise BadCell(f"import.{unknown}")
        return name

    return AfterValidator(check)


def refuse_future(day: date | None, agency_id: int, info: ValidationInfo) -> None:
    if day and day > known_in(info).today(agency_id):
        raise BadCell("import.in_future")


an_agency = refers_to(lambda known: known.agencies, "unknown_agency")
a_unit = refers_to(lambda known: known.units, "unknown_unit")
a_person = refers_to(lambda known: known.people, "unknown_person")

Text = Annotated[str, BeforeValidator(fields.text)]
OptionalText = Annotated[str | None, BeforeValidator(fields.optional(fields.text))]
Day = Annotated[date, BeforeValidator(fields.day)]
OptionalDay = Annotated[date | None, BeforeValidator(fields.optional(fields.day))]
AgencyCode = Annotated[str, BeforeValidator(fields.code), an_agency]
OptionalAgencyCode = Annotated[str | None, BeforeValidator(fields.optional(fields.code)), an_agency]
UnitCode = Annotated[str, BeforeValidator(fields.code), a_unit]
OptionalUnitCode = Annotated[str | None, BeforeValidator(fields.optional(fields.code)), a_unit]
Email = Annotated[str, BeforeValidator(fields.email), a_person]
OptionalEmail = Annotated[str | None, BeforeValidator(fields.optional(fields.email)), a_person]
