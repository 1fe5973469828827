"""Who is acting, in which roles, and what that covers. Services ask here before they write."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import BindParameter, ColumnElement, and_, bindparam, or_, select
from sqlmodel import Session, col

from models.agencies import Unit
from models.database import directly
from models.errors import NotFound, Refused
from models.people import Membership, Person, Role
from models.trail import Author, Via
from states.areas import areas_in
from states.calendar import today_in_indonesia


@dataclass(frozen=True)
class Held:
    """A role held on the day of acting; neither agency nor unit = everywhere (admin)."""

    role: Role
    agency_id: int | None = None
    unit_id: int | None = None
    areas: frozenset[str] = frozenset()  # of the LKE; none = all of them, as a team's lead has


@dataclass(frozen=True)
class Actor:
    person_id: int
    email: str
    roles: frozenset[Held]
    via: Via

    @property
    def author(self) -> Author:
        return Author(self.person_id, self.via)

    def is_admin(self) -> bool:
        return any(held.role is Role.ADMIN and held.agency_id is None and held.unit_id is None for held in self.roles)

    def holds(self, role: Role, place: "Place") -> bool:
        """Whether the actor has this role for this place: in its agency, or in its unit or one above it."""
        return any(held.role is role and place.covered_by(held) for held in self.roles)

    def areas_at(self, roles: tuple[Role, ...], place: "Place") -> frozenset[str] | None:
        """The areas of the LKE that these roles are given here; None where one of them is not bound to areas."""
        here = [held.areas for held in self.roles if held.role in roles and place.covered_by(held)]
        return None if not here or not all(here) else frozenset().union(*here)

    def holds_any(self, roles: tuple[Role, ...], place: "Place") -> bool:
        return any(self.holds(role, place) for role in roles)


@dataclass(frozen=True)
class Place:
    """An agency, or a unit of it with all units above: what a role must cover."""

    agency_id: int
    unit_ids: tuple[int, ...] = ()  # the unit itself first, then its parents

    def covered_by(self, held: Held) -> bool:
        if held.unit_id is not None:
            return held.unit_id in self.unit_ids
        return held.agency_id == self.agency_id


SYSTEM = Author(None, Via.FLOW)


def find_actor(session: Session, email: str, *, today: date, via: Via) -> Actor:
    """The person with this address and the roles held today. Raises NotFound for an unknown one."""
    rows = directly(session).execute(_WITH_ROLES, {"email": email.strip().lower(), "today": today}).all()
    if not rows:
        raise NotFound("unknown_person", value=email)
    roles = frozenset(Held(role, agency, unit, areas_in(area)) for _, _, role, agency, unit, area in rows if role)
    return Actor(person_id=rows[0].id, email=rows[0].email, roles=roles, via=via)


def current(session: Session, actor: Actor, *, now: datetime) -> Actor:
    """The same person with the roles held now: what was looked up before this transaction may be stale."""
    return find_actor(session, actor.email, today=today_in_indonesia(now), via=actor.via)


def valid_on(day: date | BindParameter[date]) -> tuple[ColumnElement[bool], ...]:
    """Conditions for a membership that holds on this day; `until` is its last day."""
    return col(Membership.since) <= day, or_(col(Membership.until).is_(None), col(Membership.until) >= day)


_WITH_ROLES = (
    select(
        col(Person.id),
        col(Person.email),
        col(Membership.role),
        col(Membership.agency_id),
        col(Membership.unit_id),
        col(Membership.area),
    )
    .select_from(Person)
    .outerjoin(Membership, and_(col(Membership.person_id) == col(Person.id), *valid_on(bindparam("today"))))
    .where(col(Person.email) == bindparam("email"))
)
"""One row for each role that is held, or one without a role."""


def place_of_unit(session: Session, unit: Unit) -> Place:
    chain = [unit.id]
    parent = unit.parent_id
    while parent is not None:
        chain.append(parent)
        parent = session.execute(select(col(Unit.parent_id)).where(col(Unit.id) == parent)).scalar_one()
    return Place(agency_id=unit.agency_id, unit_ids=tuple(chain))


def require(actor: Actor, roles: tuple[Role, ...], place: Place, *, subject: str | None = None) -> None:
    """Raise Refused unless the actor holds one of these roles there."""
    if not actor.holds_any(roles, place):
        raise not_allowed(roles, subject=subject)


def require_admin_or(actor: Actor, roles: tuple[Role, ...], place: Place, *, subject: str | None = None) -> None:
    if not actor.is_admin():
        require(actor, roles, place, subject=subject)


def require_admin(actor: Actor) -> None:
    if not actor.is_admin():
        raise not_allowed((Role.ADMIN,))


def not_allowed(roles: tuple[Role, ...], *, subject: str | None = None) -> Refused:
    return Refused.because("role_needed", subject=subject, role="/".join(role.value for role in roles))
