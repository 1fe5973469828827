"""zi audit key: show, rotate, replace."""

from typing import Annotated, Any

import typer

from models.catalogue import say
from models.database import reading
from states.checkpoint_keys import KeyStanding, keys_of, replace_key, rotate_key
from zi.context import desk
from zi.options import As, Json, Reason
from zi.output import line

app = typer.Typer(no_args_is_help=True)


@app.command("show", help=say("help.audit.key.show"))
def show(
    newest: Annotated[bool, typer.Option("--newest", help=say("help.audit.key.newest"))] = False,
    as_json: Json = False,
) -> None:
    with desk() as at:
        with reading() as session:
            keys = keys_of(session)
        shown = keys[-1:] if newest else keys

        def show_keys() -> None:
            if not keys:
                line(say("audit.no_key"))
            for key in shown:
                line(key.vkey if newest else f"{key.number}  {say(f'audit.key.{key.state}')}  {key.vkey}")

        at.output.done({"keys": [key_document(key) for key in shown]}, show_keys)


@app.command("rotate", help=say("help.audit.key.rotate"))
def rotate(as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        key = rotate_key(actor=at.actor(as_), key_file=at.home.checkpoint_key, now=at.now)
        at.output.done(key_document(key), lambda: line(say("done.key_rotated", number=key.number, vkey=key.vkey)))


@app.command("replace", help=say("help.audit.key.replace"))
def replace(reason: Reason = "", as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        key = replace_key(reason, actor=at.actor(as_), key_file=at.home.checkpoint_key, now=at.now)
        at.output.done(key_document(key), lambda: line(say("done.key_replaced", number=key.number, vkey=key.vkey)))


def key_document(key: KeyStanding) -> dict[str, Any]:
    return {
        "number": key.number,
        "vkey": key.vkey,
        "state": key.state,
        "origin": key.origin.value,
        "from_size": key.from_size,
        "statement": key.statement,
        "made_at": f"{key.made_at:%Y-%m-%dT%H:%M:%SZ}",
    }
