"""Importing people and their roles."""

from sqlalchemy import select

from models.agencies import Agency, Unit
from models.people import UNIT_ROLES, Membership, Person, Role
from states.imports import fields
from states.imports.batch import Batch
from states.imports.read import Line
from states.people import Grant, PersonData, refuse_without_koordinator, write_grant, write_person


def import_people(batch: Batch) -> None:
    known = {row.email: row for row in batch.session.execute(select(Person)).scalars()}
    wanted: list[tuple[Line, PersonData]] = []
    for line in batch.lines:
        email = batch.cell(line, "email", fields.email)
        batch.once(line, "email", email or line.row)
        name = batch.cell(line, "name", fields.required)
        nip = batch.cell(line, "nip", fields.nip)
        whatsapp = batch.cell(line, "whatsapp", fields.whatsapp)
        wanted.append((line, PersonData(email or "", name or "", nip, whatsapp)))
    batch.stop_if_wrong()
    for line, data in wanted:
        row = known.get(data.email)
        after: dict[str, object] = {"name": data.name, "nip": data.nip, "whatsapp": data.whatsapp}
        before = {name: getattr(row, name) for name in after} if row else None
        if batch.changed(line, data.email, before, after):
            write_person(batch.session, data, actor=batch.actor, now=batch.now)


def import_memberships(batch: Batch) -> None:
    people = {row.email: row.id for row in batch.session.execute(select(Person)).scalars()}
    agencies = {row.code: row.id for row in batch.session.execute(select(Agency)).scalars()}
    units = {row.code: row.id for row in batch.session.execute(select(Unit)).scalars()}
    held = {
        (row.person_id, row.role, row.agency_id, row.unit_id, row.since): row
        for row in batch.session.execute(select(Membership)).scalars()
    }
    wanted: list[tuple[Line, Grant]] = []
    for line in batch.lines:
        grant = _grant(batch, line, people, agencies, units)
        if grant:
            batch.once(line, "email", (grant.email, grant.role, grant.agency, grant.unit, grant.since))
            wanted.append((line, grant))
    batch.stop_if_wrong()
    touched: set[int] = set()
    for line, grant in wanted:
        agency = agencies[grant.agency] if grant.agency else None
        unit = units[grant.unit] if grant.unit else None
        row = held.get((people[grant.email], grant.role, agency, unit, grant.since or batch.now.date()))
        after: dict[str, object] = {"role": grant.role, "area": grant.area, "until": grant.until}
        before = {name: getattr(row, name) for name in after} if row else None
        if not batch.changed(line, grant.email, before, after):
            continue
        with batch.noting(line, "role"):
            write_grant(batch.session, grant, actor=batch.actor, now=batch.now, alone=False)
        if agency and grant.until:
            touched.add(agency)
    batch.stop_if_wrong()
    ends = [grant.until for _, grant in wanted if grant.until]
    for end in sorted(set(ends)):
        refuse_without_koordinator(batch.session, touched, on=end)


def _grant(
    batch: Batch, line: Line, people: dict[str, int], agencies: dict[str, int], units: dict[str, int]
) -> Grant | None:
    before = len(batch.problems)
    email = batch.cell(line, "email", fields.email)
    role = batch.cell(line, "role", lambda text: fields.choice(Role, text))
    agency = batch.cell(line, "agency", fields.optional_code)
    unit = batch.cell(line, "unit", fields.optional_code)
    since = batch.cell(line, "since", fields.day)
    until = batch.cell(line, "until", fields.optional_day)
    if email and email not in people:
        batch.complain(line, "email", "unknown_person")
    if agency and agency not in agencies:
        batch.complain(line, "agency", "unknown_agency")
    if unit and unit not in units:
        batch.complain(line, "unit", "unknown_unit")
    if agency and unit:
        batch.complain(line, "unit", "two_scopes")
    if role in UNIT_ROLES and not unit:
        batch.complain(line, "unit", "role_needs_unit")
    if role and role is not Role.ADMIN and not agency and not unit:
        batch.complain(line, "agency", "role_needs_scope")
    if since and until and until < since:
        batch.complain(line, "until", "ends_before_start")
    if len(batch.problems) > before or email is None or role is None:
        return None
    return Grant(email, role, agency, unit, fields.optional(line.cells["area"]), since, until)
