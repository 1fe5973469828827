"""zi finding: add, list, show, respond, verify, close, reopen."""

from typing import Annotated

import typer

from models.catalogue import say
from models.database import reading
from states.finding_list import listed, shown
from states.findings import close_finding, raise_finding, reopen_finding, respond_to_finding, verify_finding
from zi.context import desk
from zi.finding_views import finding_document, history_document, show_list, show_one
from zi.options import As, CandidacyCode, Json, Reason, day
from zi.output import line

app = typer.Typer(no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar=say("arg.number"))]
Text = Annotated[str, typer.Argument(metavar=say("arg.text"))]


@app.command("add", help=say("help.finding.add"))
def add(
    code: CandidacyCode,
    text: Text,
    area: Annotated[str | None, typer.Option("--area", metavar="AREA", help=say("help.finding.area"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        number = raise_finding(code, text, area=area, actor=at.actor(as_), now=at.now)
        document = {"finding": {"id": number, "candidacy": code.upper()}}
        at.output.done(document, lambda: line(say("done.finding_added", number=number, code=code.upper())))


@app.command("list", help=say("help.finding.list"))
def list_(
    code: Annotated[str | None, typer.Argument(metavar=say("arg.candidacy_or_unit"))] = None,
    all_: Annotated[bool, typer.Option("--all", help=say("help.finding.all"))] = False,
    as_json: Json = False,
) -> None:
    with desk() as at:
        with reading() as session:
            rows = listed(session, code, closed=all_)
        document = {"findings": [finding_document(one, now=at.now) for one in rows]}
        at.output.done(document, lambda: show_list(rows, now=at.now))


@app.command("show", help=say("help.finding.show"))
def show(number: Number, as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            one, history = shown(session, number)
        document = {
            "finding": {
                **finding_document(one, now=at.now),
                "history": [history_document(record) for record in history],
            }
        }
        at.output.done(document, lambda: show_one(one, history, now=at.now))


@app.command("respond", help=say("help.finding.respond"))
def respond(number: Number, text: Text, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        respond_to_finding(number, text, actor=at.actor(as_), now=at.now)
        at.output.done({"answered": number}, lambda: line(say("done.finding_answered", number=number)))


@app.command("verify", help=say("help.finding.verify"))
def verify(
    number: Number,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help=say("help.finding.until"))] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=say("help.finding.note"))] = "",
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        verify_finding(number, note, until=day(until, name="--until"), actor=at.actor(as_), now=at.now)
        at.output.done({"verified": number}, lambda: line(say("done.finding_verified", number=number)))


@app.command("close", help=say("help.finding.close"))
def close(number: Number, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        close_finding(number, actor=at.actor(as_), now=at.now)
        at.output.done({"closed": number}, lambda: line(say("done.finding_closed", number=number)))


@app.command("reopen", help=say("help.finding.reopen"))
def reopen(number: Number, reason: Reason = "", as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        reopen_finding(number, reason, actor=at.actor(as_), now=at.now)
        at.output.done({"reopened": number}, lambda: line(say("done.finding_reopened", number=number)))
