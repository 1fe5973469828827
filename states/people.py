"""People and their roles: who is added, who is given a role, and that nobody is left without a koordinator."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from models.agencies import Agency, Unit
from models.candidacies import Candidacy
from models.database import locked
from models.errors import BadInput, NotFound, Refused
from models.people import UNIT_ROLES, Membership, Person, Role
from models.stages import CLOSED
from models.trail import Author, Json, Pending, record
from states.actors import Actor, Place, not_allowed, place_of_unit, require_admin, require_admin_or
from states.areas import checked_areas
from states.calendar import today_in_indonesia
from states.lookups import find
from states.writing import writing


@dataclass(frozen=True)
class PersonData:
    email: str
    name: str
    nip: str | None = None
    whatsapp: str | None = None


@dataclass(frozen=True)
class Grant:
    email: str
    role: Role
    agency: str | None = None
    unit: str | None = None
    area: str | None = None
    since: date | None = None
    until: date | None = None


def add_person(data: PersonData, *, actor: Actor, now: datetime) -> None:
    """Add a person, or change the name and numbers of one who is known by this address."""
    with writing("person_set", author=actor.author, now=now, subject="person:new") as session:
        write_person(session, data, actor=actor, now=now)


def grant_role(grant: Grant, *, actor: Actor, now: datetime) -> None:
    """Give a person a role. Raises NotFound, BadInput (scope), Refused."""
    with writing("role_grant", author=actor.author, now=now, subject="person:unknown") as session:
        write_grant(session, grant, actor=actor, now=now)


def end_role(grant: Grant, *, on: date, actor: Actor, now: datetime) -> None:
    """Let a role end after the day `on`. Raises NotFound, Refused when nobody would be left as koordinator."""
    with writing("role_end", author=actor.author, now=now, subject="person:unknown") as session:
        person = find_person(session, grant.email)
        agency, unit = _scope(session, grant)
        require_manager(actor, grant.role, _place(session, agency, unit))
        row = _membership(session, person, grant, agency, unit, today=today_in_indonesia(now))
        if row is None:
            raise NotFound("unknown_membership", email=grant.email, role=grant.role.value)
        if on < row.since:
            raise BadInput("role_ends_before_start", value=on.isoformat(), since=row.since.isoformat())
        row.until = on
        session.flush()
        refuse_without_koordinator(session, {row.agency_id} if row.agency_id else set(), on=on)
        record(session, _role_record("role_ended", person, row, author=actor.author, now=now))


def write_person(session: Session, data: PersonData, *, actor: Actor, now: datetime) -> Person:
    require_any_manager(actor)
    email = data.email.strip().lower()
    row = session.execute(select(Person).where(col(Person.email) == email)).scalar_one_or_none()
    if row is not None and places_held(
        session, row, today=today_in_indonesia(now)
    ):  # nobody's yet, where there is no role
        require_keeper(session, actor, row, now=now)
    return _write_person(session, row, data, author=actor.author, now=now)


def first_admin(session: Session, data: PersonData, *, author: Author, now: datetime) -> None:
    """The one person who is there before anybody could have added them."""
    person = _write_person(session, None, data, author=author, now=now)
    row = Membership(person_id=person.id, role=Role.ADMIN, since=today_in_indonesia(now) - timedelta(days=1))
    session.add(row)
    session.flush()
    record(session, _role_record("role_granted", person, row, author=author, now=now))


def write_grant(session: Session, grant: Grant, *, actor: Actor, now: datetime, alone: bool = True) -> Membership:
    """Give or change one role. One of many rows (not `alone`) leaves the last-koordinator rule to its caller."""
    person = find_person(session, grant.email)
    agency, unit = _scope(session, grant)
    require_manager(actor, grant.role, _place(session, agency, unit))
    since = grant.since or today_in_indonesia(now)
    if grant.until and grant.until < since:
        raise BadInput("role_ends_before_start", value=grant.until.isoformat(), since=since.isoformat())
    row = _membership(session, person, grant, agency, unit, today=today_in_indonesia(now)) or Membership(
        person_id=person.id,
        role=grant.role,
        agency_id=agency.id if agency else None,
        unit_id=unit.id if unit else None,
        since=since,
    )
    row.area, row.until = checked_areas(grant.area), grant.until
    session.add(row)
    session.flush()
    if alone and row.until and row.agency_id:
        refuse_without_koordinator(session, {row.agency_id}, on=row.until)
    record(session, _role_record("role_granted", person, row, author=actor.author, now=now))
    return row


def find_person(session: Session, email: str) -> Person:
    query = select(Person).where(col(Person.email) == email.strip().lower())
    row: Person | None = session.execute(query).scalar_one_or_none()
    if row is None:
        raise NotFound("unknown_person", value=email)
    return row


def refuse_without_koordinator(session: Session, agencies: set[int], *, on: date) -> None:
    """Raise Refused for an agency with open candidacies that would have no koordinator the day after."""
    for agency in locked(session, Agency, col(Agency.id).in_(agencies)):
        open_ones = session.execute(
            select(func.count())
            .select_from(Candidacy)
            .join(Unit, col(Unit.id) == col(Candidacy.unit_id))
            .where(col(Unit.agency_id) == agency.id)
            .where(col(Candidacy.stage).not_in(CLOSED))
        ).scalar_one()
        left = session.execute(
            select(func.count())
            .select_from(Membership)
            .where(col(Membership.agency_id) == agency.id)
            .where(col(Membership.role) == Role.KOORDINATOR)
            .where(col(Membership.since) <= on + timedelta(days=1))
            .where(or_(col(Membership.until).is_(None), col(Membership.until) > on))
        ).scalar_one()
        if open_ones and not left:
            raise Refused.because(
                "last_koordinator", subject=f"agency:{agency.code}", agency=agency.code, count=open_ones
            )


def _write_person(session: Session, row: Person | None, data: PersonData, *, author: Author, now: datetime) -> Person:
    known = row is not None
    row = row or Person(email=data.email.strip().lower(), name="")
    row.name, row.nip, row.whatsapp = data.name, data.nip, data.whatsapp
    session.add(row)
    session.flush()
    texts = {"email": row.email, "name": row.name, "nip": row.nip, "whatsapp": row.whatsapp}
    record(
        session,
        Pending(
            author,
            now,
            action="person_changed" if known else "person_added",
            subject=f"person:{row.id}",
            texts={name: text for name, text in texts.items() if text},
        ),
    )
    return row


def _scope(session: Session, grant: Grant) -> tuple[Agency | None, Unit | None]:
    """Raises BadInput where the role does not fit the place."""
    if grant.agency and grant.unit:
        raise BadInput("role_two_scopes", role=grant.role.value)
    if grant.role in UNIT_ROLES and not grant.unit:
        raise BadInput("role_needs_unit", role=grant.role.value)
    if not grant.agency and not grant.unit and grant.role is not Role.ADMIN:
        raise BadInput("role_needs_scope", role=grant.role.value)
    agency = find(session, Agency, grant.agency) if grant.agency else None
    unit = find(session, Unit, grant.unit) if grant.unit else None
    return agency, unit


def require_manager(actor: Actor, role: Role, place: Place | None) -> None:
    """Admins give every role; a koordinator gives roles of the own agency, but makes no admin."""
    if role is Role.ADMIN or place is None:
        require_admin(actor)
    else:
        require_admin_or(actor, (Role.KOORDINATOR,), place)


def require_keeper(session: Session, actor: Actor, person: Person, *, now: datetime) -> None:
    """Refuse anybody but the person, an admin, or a koordinator of a place where the person has a role."""
    if actor.person_id == person.id or actor.is_admin():
        return
    places = places_held(session, person, today=today_in_indonesia(now))
    if not any(place and actor.holds(Role.KOORDINATOR, place) for place in places):
        raise not_allowed((Role.KOORDINATOR, Role.ADMIN), subject=f"person:{person.id}")


def places_held(session: Session, person: Person, *, today: date) -> list[Place | None]:
    """Where the person has a role that has not ended; None is everywhere."""
    rows = session.execute(
        select(Membership)
        .where(col(Membership.person_id) == person.id)
        .where(or_(col(Membership.until).is_(None), col(Membership.until) >= today))
    ).scalars()
    return [
        _place(
            session,
            session.get_one(Agency, row.agency_id) if row.agency_id is not None else None,
            session.get_one(Unit, row.unit_id) if row.unit_id is not None else None,
        )
        for row in rows
    ]


def _place(session: Session, agency: Agency | None, unit: Unit | None) -> Place | None:
    """None is everywhere."""
    if unit:
        return place_of_unit(session, unit)
    return Place(agency.id) if agency else None


def require_any_manager(actor: Actor) -> None:
    """Raise Refused unless the actor manages people and units somewhere: an admin, or a koordinator."""
    if not any(held.role in (Role.ADMIN, Role.KOORDINATOR) for held in actor.roles):
        raise Refused.because("role_needed", role="admin/koordinator")


def _membership(
    session: Session, person: Person, grant: Grant, agency: Agency | None, unit: Unit | None, *, today: date
) -> Membership | None:
    """The membership that begins on the day the grant names; else one that has not ended."""
    query = (
        select(Membership)
        .where(col(Membership.person_id) == person.id)
        .where(col(Membership.role) == grant.role)
        .where(_same(col(Membership.agency_id), agency.id if agency else None))
        .where(_same(col(Membership.unit_id), unit.id if unit else None))
        .order_by(col(Membership.since).desc())
    )
    if grant.since:
        query = query.where(col(Membership.since) == grant.since)
    else:
        query = query.where(or_(col(Membership.until).is_(None), col(Membership.until) >= today))
    return session.execute(query).scalars().first()


def _same(column: Mapped[int | None], value: int | None) -> ColumnElement[bool]:
    return column.is_(None) if value is None else column == value


def _role_record(action: str, person: Person, row: Membership, *, author: Author, now: datetime) -> Pending:
    details: dict[str, Json] = {"role": row.role.value, "since": row.since.isoformat()}
    for name, value in (("agency", row.agency_id), ("unit", row.unit_id)):
        if value is not None:
            details[name] = value
    if row.until:
        details["until"] = row.until.isoformat()
    return Pending(author, now, action=action, subject=f"person:{person.id}", details=details)


def check_email(text: str) -> str:
    """An address in lower case. Raises BadInput for what does not look like one."""
    email = text.strip().lower()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", email):
        raise BadInput("bad_email", value=text)
    return email
