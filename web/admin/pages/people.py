"""People: added with their first role, changed, given roles and an account."""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy import select
from sqlmodel import col

from models.accounts import Account
from models.agencies import Agency, Unit
from models.catalogue import say
from models.database import reading
from models.errors import BadInput, NotFound, PipelineError
from models.messages import Channel
from models.people import Membership, Person, Role
from states.accounts.keeping import close_account, open_account
from states.imports import write_row
from states.management import find_managed_person, manages_roles
from states.people import Grant, end_role, grant_role
from states.requests import parse_day
from states.welcome import welcome
from web.admin.ways import PROBLEMS, Input, Manager, Text, faults_of, form_page, grant_inputs
from web.errors import status_of
from web.visit import Visit

router = APIRouter(prefix="/admin")

BACK = "/admin/people/list"
ABOUT = [
    Input("name", required=True),
    Input("nip", hint="web.admin.nip_hint"),
    Input("whatsapp", hint="web.admin.whatsapp_hint"),
]


@dataclass(frozen=True)
class RoleFields:
    """What the three forms that give a role ask for, as it was typed."""

    role: Text = ""
    agency: Text = ""
    unit: Text = ""
    area: Text = ""
    since: Text = ""
    until: Text = ""


RoleForm = Annotated[RoleFields, Depends()]


@router.get("/people/new")
def new(visit: Manager) -> Response:
    return _new(visit, {})


@router.post("/people/new")
def add(
    visit: Manager, asked: RoleForm, email: Text = "", name: Text = "", nip: Text = "", whatsapp: Text = ""
) -> Response:
    person = {"email": email, "name": name, "nip": nip, "whatsapp": whatsapp}
    given = asdict(asked)
    try:
        number = welcome(person, _grant(email, **given), actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return _new(visit, {**person, **given}, problem)
    return visit.to(f"/admin/people/{number}/edit", done="admin_person_added")


@router.get("/people/{number:int}/edit")
def form(visit: Manager, number: int) -> Response:
    return person_page(visit, number)


@router.post("/people/{number:int}/edit")
def change(visit: Manager, number: int, name: Text = "", nip: Text = "", whatsapp: Text = "") -> Response:
    person = find(visit, number)
    given = {"name": name, "nip": nip, "whatsapp": whatsapp}
    try:
        write_row("people", {"email": person.email, **given}, new=False, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return person_page(visit, number, problem=problem, given=given)
    return visit.to(f"/admin/people/{number}/edit", done="admin_saved")


@router.post("/people/{number:int}/roles")
def give(visit: Manager, number: int, asked: RoleForm) -> Response:
    person = find(visit, number)
    given = asdict(asked)
    try:
        grant_role(_grant(person.email, **given), actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return person_page(visit, number, problem=problem, given=given)
    return visit.to(f"/admin/people/{number}/edit", done="admin_role_given")


@router.get("/memberships/new")
def new_role(visit: Manager) -> Response:
    return _new_role(visit, {})


@router.post("/memberships/new")
def give_known(visit: Manager, asked: RoleForm, email: Text = "") -> Response:
    """To somebody who is on record, perhaps for another agency."""
    given = asdict(asked)
    try:
        grant_role(_grant(email, **given), actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return _new_role(visit, {"email": email, **given}, problem)
    return visit.to("/admin/memberships/list", done="admin_role_given")


@router.post("/memberships/{number:int}/end")
def end(visit: Manager, number: int, on: Text = "") -> Response:
    with reading() as session:
        query = select(Membership).where(col(Membership.id) == number, manages_roles(visit.actor))
        row = session.execute(query).scalar_one_or_none()
        if row is None:
            raise NotFound("unknown_page")
        email = session.get_one(Person, row.person_id).email
        agency = session.get_one(Agency, row.agency_id).code if row.agency_id else None
        unit = session.get_one(Unit, row.unit_id).code if row.unit_id else None
    try:
        last = parse_day(on.strip(), name=say("column.until"))
        grant = Grant(email, row.role, agency=agency, unit=unit, since=row.since)
        end_role(grant, on=last, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return person_page(visit, row.person_id, problem=problem)
    return visit.to(f"/admin/people/{row.person_id}/edit", done="admin_role_ended")


@router.post("/people/{number:int}/account")
def account(visit: Manager, number: int) -> Response:
    """The password is on this one page, and nowhere else."""
    person = find(visit, number)
    try:
        password = open_account(person.email, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return person_page(visit, number, problem=problem)
    return visit.page("admin/password", person=person, password=password)


@router.post("/people/{number:int}/account/close")
def close(visit: Manager, number: int) -> Response:
    person = find(visit, number)
    try:
        close_account(person.email, actor=visit.actor, now=visit.now)
    except PROBLEMS as problem:
        return person_page(visit, number, problem=problem)
    return visit.to(f"/admin/people/{number}/edit", done="admin_account_closed")


def find(visit: Visit, number: int) -> Person:
    with reading() as session:
        return find_managed_person(session, number, actor=visit.actor)


def person_page(
    visit: Visit, number: int, *, problem: PipelineError | None = None, given: dict[str, str] | None = None
) -> Response:
    with reading() as session:
        person = find_managed_person(session, number, actor=visit.actor)
        query = (
            select(Membership, Agency, Unit)
            .outerjoin(Agency, col(Agency.id) == col(Membership.agency_id))
            .outerjoin(Unit, col(Unit.id) == col(Membership.unit_id))
            .where(col(Membership.person_id) == number, manages_roles(visit.actor))
            .order_by(col(Membership.since).desc(), col(Membership.id))
        )
        roles = session.execute(query).all()
        which = select(Account).where(col(Account.person_id) == number, col(Account.closed_at).is_(None))
        has_account = session.execute(which).scalar_one_or_none()
        theirs = select(Channel).where(col(Channel.person_id) == number)
        channels = session.execute(theirs.order_by(col(Channel.position), col(Channel.id))).scalars().all()
    stored = {"name": person.name, "nip": person.nip or "", "whatsapp": person.whatsapp or ""}
    return visit.page(
        "admin/person",
        status=status_of(problem) if problem else 200,
        problem=problem,
        faults=faults_of(problem),
        person=person,
        about=ABOUT,
        grants=grant_inputs(visit.actor),
        given={**stored, **(given or {})},
        roles=roles,
        account=has_account,
        channels=channels,
        today=visit.now.date().isoformat(),
    )


def _new(visit: Visit, given: dict[str, str], problem: PipelineError | None = None) -> Response:
    inputs = [Input("email", "email", required=True), *ABOUT, *grant_inputs(visit.actor)]
    return form_page(visit, say("web.admin.new.people"), inputs, back=BACK, given=given, problem=problem)


def _new_role(visit: Visit, given: dict[str, str], problem: PipelineError | None = None) -> Response:
    inputs = [Input("email", "email", required=True), *grant_inputs(visit.actor)]
    back = "/admin/memberships/list"
    return form_page(visit, say("web.admin.new.memberships"), inputs, back=back, given=given, problem=problem)


def _grant(email: str, *, role: str, agency: str, unit: str, area: str, since: str, until: str) -> Grant:
    """A unit that is named is narrower than its agency; an admin's role is everywhere."""
    if role not in list(Role):
        raise BadInput("choice_missing")
    named, everywhere = unit.strip() or None, Role(role) is Role.ADMIN
    return Grant(
        email.strip().lower(),
        Role(role),
        agency=None if named or everywhere else agency.strip() or None,
        unit=None if everywhere else named,
        area=area.strip() or None,
        since=parse_day(since.strip(), name=say("column.since")) if since.strip() else None,
        until=parse_day(until.strip(), name=say("column.until")) if until.strip() else None,
    )
