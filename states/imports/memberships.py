"""Importing who holds which role where."""

from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, ValidationInfo, field_validator
from sqlalchemy import select

from models.people import UNIT_ROLES, Membership, Role
from states.actors import Place
from states.imports import fields
from states.imports.batch import Batch
from states.imports.fields import BadCell
from states.imports.known import Known
from states.imports.row import Day, Email, OptionalAgencyCode, OptionalDay, OptionalUnitCode, Row
from states.people import Grant, refuse_without_koordinator, require_any_manager, require_manager, write_grant


class MembershipKey(Row):
    email: Email
    role: Annotated[Role, BeforeValidator(fields.choice(Role))]
    agency: OptionalAgencyCode
    unit: OptionalUnitCode
    since: Day

    @field_validator("unit")
    @classmethod
    def _the_scope_that_the_role_needs(cls, unit: str | None, info: ValidationInfo) -> str | None:
        if info.data.get("agency") and unit:
            raise BadCell("import.two_scopes")
        if info.data.get("role") in UNIT_ROLES and not unit:
            raise BadCell("import.role_needs_unit")
        if not unit and info.data.get("agency", "") is None and info.data.get("role", Role.ADMIN) is not Role.ADMIN:
            raise BadCell("import.role_needs_scope", at="agency")
        return unit


class MembershipRow(MembershipKey):
    identity = MembershipKey

    area: Annotated[str | None, BeforeValidator(fields.optional(fields.areas))]
    until: OptionalDay

    @field_validator("until")
    @classmethod
    def _not_before_it_starts(cls, until: date | None, info: ValidationInfo) -> date | None:
        if until and "since" in info.data and until < info.data["since"]:
            raise BadCell("import.ends_before_start")
        return until

    @property
    def key(self) -> str:
        return self.email


def import_memberships(batch: Batch) -> None:
    require_any_manager(batch.actor)
    known = batch.known
    wanted = batch.read(MembershipRow)
    batch.stop_if_wrong()
    for role, agency, unit in {(new.role, new.agency, new.unit) for _, new in wanted}:
        require_manager(batch.actor, role, _place(known, agency, unit))
    held = _held(batch)
    ends: dict[int, date] = {}
    for line, new in wanted:
        if not batch.changed(line, held.get(_key_of(new)), new):
            continue
        grant = Grant(new.email, new.role, new.agency, new.unit, new.area, new.since, new.until)
        write_grant(batch.session, grant, actor=batch.actor, now=batch.now, alone=False)
        if new.agency and new.until and new.role is Role.KOORDINATOR:
            agency_id = known.agencies[new.agency].id
            ends[agency_id] = max(new.until, ends.get(agency_id, new.until))
    for agency_id, end in sorted(ends.items()):  # after the last row: one may end, another begin
        refuse_without_koordinator(batch.session, {agency_id}, on=end)


def _place(known: Known, agency: str | None, unit: str | None) -> Place | None:
    """None is everywhere."""
    if unit:
        return known.place_of(known.units[unit])
    return Place(known.agencies[agency].id) if agency else None


def _held(batch: Batch) -> dict[MembershipKey, MembershipRow]:
    rows = [_as_row(row, batch.known) for row in batch.session.execute(select(Membership)).scalars()]
    return {_key_of(row): row for row in rows}


def _key_of(row: MembershipRow) -> MembershipKey:
    return MembershipKey.model_construct(
        email=row.email, role=row.role, unit=row.unit, agency=row.agency, since=row.since
    )


def _as_row(row: Membership, known: Known) -> MembershipRow:
    return MembershipRow.model_construct(
        email=known.emails[row.person_id],
        role=row.role,
        unit=known.unit_codes[row.unit_id] if row.unit_id else None,
        agency=known.agency_codes[row.agency_id] if row.agency_id else None,
        since=row.since,
        area=row.area,
        until=row.until,
    )
