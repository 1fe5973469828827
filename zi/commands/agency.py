"""zi agency: list, escalate."""

from enum import StrEnum
from typing import Annotated

import typer
from sqlalchemy import select
from sqlmodel import col

from models.agencies import Agency
from models.catalogue import say
from models.database import reading
from states.escalation import set_escalation
from zi.context import desk
from zi.options import As, Json, choice
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)


class Switch(StrEnum):
    ON = "on"
    OFF = "off"


@app.command("list", help=say("help.agency.list"))
def list_(as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            agencies = session.execute(select(Agency).order_by(col(Agency.code))).scalars().all()
        rows = [
            {
                "code": one.code,
                "name": one.name,
                "kind": one.kind.value,
                "zone": one.zone,
                "escalate_to_head": one.escalate_to_head,
            }
            for one in agencies
        ]

        def show() -> None:
            columns = [say(f"column.{name}") for name in ("code", "name", "kind", "zone", "escalates")]
            words = {True: say("word.yes"), False: say("word.no")}
            table(columns, [(o.code, o.name, o.kind.value, o.zone, words[o.escalate_to_head]) for o in agencies])

        at.output.done({"agencies": rows}, show)


@app.command("escalate", help=say("help.agency.escalate"))
def escalate(
    code: Annotated[str, typer.Argument(metavar=say("arg.agency"))],
    switch: Annotated[str, typer.Argument(metavar="on|off")],
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        to_head = choice(Switch, switch, name="on|off") is Switch.ON
        set_escalation(code, to_head=to_head, actor=at.actor(as_), now=at.now)
        document = {"agency": {"code": code.upper(), "escalate_to_head": to_head}}
        key = "done.escalation_on" if to_head else "done.escalation_off"
        at.output.done(document, lambda: line(say(key, code=code.upper())))
