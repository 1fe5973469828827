"""Importing people."""

from typing import Annotated

from pydantic import BeforeValidator

from models.people import Person
from states.imports import fields
from states.imports.batch import Batch
from states.imports.row import Row, Text
from states.people import PersonData, require_any_manager, write_person


class PersonKey(Row):
    email: Annotated[str, BeforeValidator(fields.email)]


class PersonRow(PersonKey):
    identity = PersonKey

    name: Text
    nip: Annotated[str | None, BeforeValidator(fields.optional(fields.nip))]
    whatsapp: Annotated[str | None, BeforeValidator(fields.optional(fields.whatsapp))]

    @property
    def key(self) -> str:
        return self.email


def import_people(batch: Batch) -> None:
    require_any_manager(batch.actor)
    wanted = batch.read(PersonRow)
    batch.stop_if_wrong()
    for line, new in wanted:
        row = batch.known.people.get(new.email)
        if batch.changed(line, _as_row(row) if row else None, new):
            data = PersonData(new.email, new.name, new.nip, new.whatsapp)
            write_person(batch.session, data, actor=batch.actor, now=batch.now)


def _as_row(person: Person) -> PersonRow:
    return PersonRow.model_construct(email=person.email, name=person.name, nip=person.nip, whatsapp=person.whatsapp)
