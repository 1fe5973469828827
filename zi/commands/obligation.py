"""zi obligation: list, ack, snooze."""

from typing import Annotated

import typer

from models.catalogue import say
from models.database import reading
from models.errors import UsageError
from states.acknowledging import acknowledge
from states.obligation_list import owed_by, owed_of_candidacy
from states.snoozing import snooze as snooze_obligation
from zi.context import desk
from zi.obligation_views import obligation_document, show_obligations
from zi.options import As, Json, day
from zi.output import line

app = typer.Typer(no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar=say("arg.number"))]


@app.command("list", help=say("help.obligation.list"))
def list_(
    code: Annotated[str | None, typer.Argument(metavar=say("arg.candidacy"), help=say("help.candidacy_code"))] = None,
    mine: Annotated[bool, typer.Option("--mine", help=say("help.obligation.mine"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    if code is not None and mine:
        raise UsageError("obligation_list_of_what")
    with desk() as at:
        actor = at.actor(as_) if code is None else None
        with reading() as session:
            rows = owed_by(session, actor, now=at.now) if actor else owed_of_candidacy(session, code or "", now=at.now)
        at.output.done({"obligations": [obligation_document(row) for row in rows]}, lambda: show_obligations(rows))


@app.command("ack", help=say("help.obligation.ack"))
def ack(
    number: Number,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=say("help.obligation.note"))] = "",
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        code = acknowledge(number, note=note, actor=at.actor(as_), now=at.now)
        document = {"acknowledged": {"id": number, "candidacy": code}}
        at.output.done(document, lambda: line(say("done.acknowledged", number=number, code=code)))


@app.command("snooze", help=say("help.obligation.snooze"))
def snooze(
    number: Number,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help=say("help.obligation.until"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    until_on = day(until, name="--until")
    if until_on is None:
        raise UsageError("snooze_without_end")
    with desk() as at:
        code = snooze_obligation(number, until=until_on, actor=at.actor(as_), now=at.now)
        document = {"snoozed": {"id": number, "candidacy": code, "until": until_on.isoformat()}}
        at.output.done(
            document, lambda: line(say("done.snoozed", number=number, code=code, until=until_on.isoformat()))
        )
