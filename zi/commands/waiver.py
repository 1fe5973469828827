"""zi waiver: request, confirm."""

from typing import Annotated

import typer

from models.catalogue import say
from states.documents import take_content
from states.waivers import confirm_waiver, request_waiver
from zi.context import desk
from zi.options import As, CandidacyCode, Json, Reason
from zi.output import line

app = typer.Typer(no_args_is_help=True)

Kind = Annotated[str, typer.Argument(metavar=say("arg.kind"))]


@app.command("request", help=say("help.waiver.request"))
def request(
    code: CandidacyCode,
    kind: Kind,
    document: Annotated[str, typer.Option("--document", metavar="FILE|URL", help=say("help.waiver.document"))],
    reason: Reason = "",
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        actor = at.actor(as_)
        content = take_content(document, folder=at.home.files, limit=at.home.upload_limit)
        request_waiver(code, kind, reason=reason, content=content, actor=actor, now=at.now)
        outcome = {"waiting": [{"code": code.upper(), "kind": kind}]}
        at.output.done(outcome, lambda: line(say("done.waiver_requested", kind=kind, code=code.upper())))


@app.command("confirm", help=say("help.waiver.confirm"))
def confirm(code: CandidacyCode, kind: Kind, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        confirm_waiver(code, kind, actor=at.actor(as_), now=at.now)
        outcome = {"confirmed": [{"code": code.upper(), "kind": kind}]}
        at.output.done(outcome, lambda: line(say("done.waiver_confirmed", kind=kind, code=code.upper())))
