"""zi user: add, list, grant, end; and channel, see there."""

from typing import Annotated

import typer
from sqlalchemy import select
from sqlmodel import col

from models.agencies import Agency, Unit
from models.catalogue import say
from models.database import reading
from models.people import Membership, Person, Role
from states.calendar import today_in_indonesia
from states.people import Grant, PersonData, add_person, check_email, end_role, grant_role
from zi.commands import account, channel
from zi.context import desk
from zi.options import As, Json, choice, day
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)
app.add_typer(account.app, name="account", help=say("help.account"))
app.add_typer(channel.app, name="channel", help=say("help.channel"))

Email = Annotated[str, typer.Argument(metavar="EMAIL")]
RoleName = Annotated[str, typer.Argument(metavar=say("arg.role"), help=", ".join(role.value for role in Role))]
AgencyOption = Annotated[str | None, typer.Option("--agency", metavar="CODE", help=say("help.role_agency"))]
UnitOption = Annotated[str | None, typer.Option("--unit", metavar="CODE", help=say("help.role_unit"))]


@app.command("add", help=say("help.user.add"))
def add(
    email: Email,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=say("help.name"))] = "",
    nip: Annotated[str | None, typer.Option("--nip", metavar="TEXT", help=say("help.nip"))] = None,
    whatsapp: Annotated[str | None, typer.Option("--whatsapp", metavar="TEXT", help=say("help.whatsapp"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        address = check_email(email)
        add_person(PersonData(address, name or address, nip, whatsapp), actor=at.actor(as_), now=at.now)
        at.output.done({"person": {"email": address}}, lambda: line(say("done.person_added", email=address)))


@app.command("list", help=say("help.user.list"))
def list_(as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            rows = session.execute(
                select(Person, Membership, col(Agency.code), col(Unit.code))
                .outerjoin(Membership, col(Membership.person_id) == col(Person.id))
                .outerjoin(Agency, col(Agency.id) == col(Membership.agency_id))
                .outerjoin(Unit, col(Unit.id) == col(Membership.unit_id))
                .order_by(col(Person.email), col(Membership.id))
            ).all()
        document = {
            "users": [
                {
                    "email": person.email,
                    "name": person.name,
                    "role": held.role.value if held else None,
                    "agency": agency,
                    "unit": unit,
                    "since": held.since.isoformat() if held else None,
                    "until": held.until.isoformat() if held and held.until else None,
                }
                for person, held, agency, unit in rows
            ]
        }

        def show_users() -> None:
            columns = [say(f"column.{name}") for name in ("email", "name", "role", "place", "since", "until")]
            table(
                columns,
                [
                    (
                        person.email,
                        person.name,
                        say(f"role.{held.role.value}") if held else "",
                        unit or agency or "",
                        held.since if held else "",
                        held.until if held else "",
                    )
                    for person, held, agency, unit in rows
                ],
            )

        at.output.done(document, show_users)


@app.command("grant", help=say("help.user.grant"))
def grant(
    email: Email,
    role: RoleName,
    agency: AgencyOption = None,
    unit: UnitOption = None,
    area: Annotated[str | None, typer.Option("--area", metavar="TEXT", help=say("help.area"))] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help=say("help.role_since"))] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help=say("help.role_until"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        given = Grant(
            email=email,
            role=choice(Role, role, name="ROLE"),
            agency=agency,
            unit=unit,
            area=area,
            since=day(since, name="--since"),
            until=day(until, name="--until"),
        )
        grant_role(given, actor=at.actor(as_), now=at.now)
        document = {"granted": {"email": email.lower(), "role": given.role.value}}
        at.output.done(document, lambda: line(say("done.role_granted", email=email.lower(), role=given.role.value)))


@app.command("end", help=say("help.user.end"))
def end(
    email: Email,
    role: RoleName,
    agency: AgencyOption = None,
    unit: UnitOption = None,
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help=say("help.role_on"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        held = Grant(email=email, role=choice(Role, role, name="ROLE"), agency=agency, unit=unit)
        last = day(on, name="--on") or today_in_indonesia(at.now)
        end_role(held, on=last, actor=at.actor(as_), now=at.now)
        document = {"ended": {"email": email.lower(), "role": held.role.value, "on": last.isoformat()}}
        at.output.done(document, lambda: line(say("done.role_ended", email=email.lower(), role=held.role.value)))
