"""zi absence: set, list, end."""

from typing import Annotated

import typer

from models.catalogue import say
from models.database import reading
from models.errors import UsageError
from states.absences import end_absence, list_absences, set_absence
from states.calendar import today_in_indonesia
from zi.context import desk
from zi.obligation_views import absence_document, show_absences
from zi.options import As, Json, day
from zi.output import line

app = typer.Typer(no_args_is_help=True)


@app.command("set", help=say("help.absence.set"))
def set_(
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help=say("help.absence.until"))] = None,
    deputy: Annotated[str | None, typer.Option("--deputy", metavar="EMAIL", help=say("help.absence.deputy"))] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help=say("help.absence.since"))] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="EMAIL", help=say("help.absence.person"))] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=say("help.absence.note"))] = "",
    as_: As = None,
    as_json: Json = False,
) -> None:
    first, last = day(since, name="--since"), day(until, name="--until")
    if last is None or deputy is None:
        raise UsageError("absence_needs")
    with desk() as at:
        actor = at.actor(as_)
        first = first or today_in_indonesia(at.now)
        email = (person or actor.email).strip().lower()
        number = set_absence(email, since=first, until=last, deputy=deputy, note=note, actor=actor, now=at.now)
        told = {"since": first.isoformat(), "until": last.isoformat(), "deputy": deputy.strip().lower()}
        document = {"absence": {"id": number, "person": email, **told}}
        at.output.done(document, lambda: line(say("done.absence_set", number=number, person=email, **told)))


@app.command("list", help=say("help.absence.list"))
def list_(
    person: Annotated[str | None, typer.Option("--person", metavar="EMAIL", help=say("help.absence.of"))] = None,
    all_: Annotated[bool, typer.Option("--all", help=say("help.absence.all"))] = False,
    as_json: Json = False,
) -> None:
    with desk() as at:
        with reading() as session:
            rows = list_absences(session, person, past=all_, now=at.now)
        at.output.done({"absences": [absence_document(row) for row in rows]}, lambda: show_absences(rows))


@app.command("end", help=say("help.absence.end"))
def end(
    number: Annotated[int, typer.Argument(metavar=say("arg.number"))], as_: As = None, as_json: Json = False
) -> None:
    with desk() as at:
        end_absence(number, actor=at.actor(as_), now=at.now)
        at.output.done({"ended": {"id": number}}, lambda: line(say("done.absence_ended", number=number)))
