"""zi round: take, list, trend."""

from typing import Annotated

import typer

from models.agencies import Agency
from models.catalogue import say
from models.database import reading
from states.lookups import find
from zi.context import desk
from zi.options import As, Json

app = typer.Typer(no_args_is_help=True)

AgencyCode = Annotated[str, typer.Argument(metavar=say("arg.agency"))]


@app.command("take", help=say("help.round.take"))
def take(
    agency: Annotated[str | None, typer.Argument(metavar=say("arg.agency"), help=say("help.round.agency"))] = None,
    again: Annotated[bool, typer.Option("--again", help=say("help.round.again"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.monev.rounds import take_round  # noqa: PLC0415 - loads the rule sets
    from zi.round_views import show_taken, taken_document  # noqa: PLC0415

    with desk() as at:
        taken = take_round(agency, now=at.now, actor=at.actor(as_), again=again)
        at.output.done({"rounds": [taken_document(one) for one in taken]}, lambda: show_taken(taken))


@app.command("list", help=say("help.round.list"))
def list_(agency: AgencyCode, as_json: Json = False) -> None:
    from states.monev.stored import is_intact, rounds_of  # noqa: PLC0415
    from zi.round_views import kept_document, show_rounds  # noqa: PLC0415

    with desk() as at:
        with reading() as session:
            rounds = rounds_of(session, find(session, Agency, agency))
            intact = {kept.id: is_intact(session, kept) for kept in rounds}
        document = {"agency": agency.upper(), "rounds": [kept_document(one, intact[one.id]) for one in rounds]}
        at.output.done(document, lambda: show_rounds(rounds, intact))


@app.command("trend", help=say("help.round.trend"))
def trend(agency: AgencyCode, as_json: Json = False) -> None:
    from states.monev.history import history  # noqa: PLC0415
    from zi.round_views import show_trend, trend_document  # noqa: PLC0415

    with desk() as at:
        with reading() as session:
            past = history(session, find(session, Agency, agency))
        at.output.done(trend_document(agency.upper(), past), lambda: show_trend(past))
