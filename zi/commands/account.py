"""zi user account: who may sign in to the web pages."""

from typing import Annotated

import typer

from models.catalogue import say
from states.accounts.keeping import close_account, open_account
from zi.context import desk
from zi.options import As, Json
from zi.output import line

app = typer.Typer(no_args_is_help=True)

Email = Annotated[str, typer.Argument(metavar="EMAIL")]


@app.command("open", help=say("help.account.open"))
def open_(email: Email, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        password = open_account(email, actor=at.actor(as_), now=at.now)
        document = {"account": {"email": email.strip().lower(), "password": password}}
        at.output.done(document, lambda: line(say("done.account_opened", email=email, password=password)))


@app.command("close", help=say("help.account.close"))
def close(email: Email, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        close_account(email, actor=at.actor(as_), now=at.now)
        document = {"account": {"email": email.strip().lower(), "closed": True}}
        at.output.done(document, lambda: line(say("done.account_closed", email=email)))
