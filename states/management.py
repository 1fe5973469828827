"""What somebody manages: admins everything, koordinators their agencies and units and who holds a role there."""

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.cycles import Cycle
from models.errors import NotFound
from models.people import Membership, Person, Role
from states.actors import Actor, Held
from states.lookups import find
from states.sight import covered_by


def manages_agencies(actor: Actor) -> ColumnElement[bool]:
    """A condition on agencies: those that the actor manages whole."""
    if actor.is_admin():
        return true()
    ids = {held.agency_id for held in _managing(actor) if held.agency_id is not None}
    return col(Agency.id).in_(ids) if ids else false()


def manages_units(actor: Actor) -> ColumnElement[bool]:
    """A condition on units."""
    return true() if actor.is_admin() else covered_by(_managing(actor))


def manages_roles(actor: Actor) -> ColumnElement[bool]:
    """A condition on memberships: roles in what the actor manages."""
    if actor.is_admin():
        return true()
    agencies = select(col(Agency.id)).where(manages_agencies(actor))
    units = select(col(Unit.id)).where(manages_units(actor))
    return or_(col(Membership.agency_id).in_(agencies), col(Membership.unit_id).in_(units))


def manages_people(actor: Actor) -> ColumnElement[bool]:
    """A condition on people: those who hold a role, or held one, in what the actor manages."""
    if actor.is_admin():
        return true()
    return col(Person.id).in_(select(col(Membership.person_id)).where(manages_roles(actor)))


def find_managed_agency(session: Session, code: str, *, actor: Actor) -> Agency:
    """Raises NotFound for one that the actor does not manage, too."""
    agency = find(session, Agency, code)
    query = select(col(Agency.id)).where(col(Agency.id) == agency.id, manages_agencies(actor))
    if session.execute(query).first() is None:
        raise NotFound("unknown_agency", value=code)
    return agency


def find_managed_unit(session: Session, code: str, *, actor: Actor) -> Unit:
    """Raises NotFound for one that the actor does not manage, too."""
    unit = find(session, Unit, code)
    query = select(col(Unit.id)).where(col(Unit.id) == unit.id, manages_units(actor))
    if session.execute(query).first() is None:
        raise NotFound("unknown_unit", value=code)
    return unit


def find_managed_cycle(session: Session, code: str, *, actor: Actor) -> Cycle:
    """Raises NotFound for one of an agency that the actor does not manage, too."""
    cycle = find(session, Cycle, code)
    query = select(col(Agency.id)).where(col(Agency.id) == cycle.agency_id, manages_agencies(actor))
    if session.execute(query).first() is None:
        raise NotFound("unknown_cycle", value=code)
    return cycle


def find_managed_person(session: Session, number: int, *, actor: Actor) -> Person:
    """Raises NotFound for one whom the actor does not manage, too."""
    query = select(Person).where(col(Person.id) == number, manages_people(actor))
    person: Person | None = session.execute(query).scalar_one_or_none()
    if person is None:
        raise NotFound("unknown_person", value=number)
    return person


def _managing(actor: Actor) -> list[Held]:
    return [held for held in actor.roles if held.role is Role.KOORDINATOR]
