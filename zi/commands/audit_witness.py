"""zi audit witness: who is sent every new checkpoint."""

from typing import Annotated, Any

import typer

from models.catalogue import say
from models.trail import instant
from states.witnesses import WitnessRow, add_witness, list_witnesses, remove_witness
from zi.context import desk
from zi.options import As, Json
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)

Email = Annotated[str, typer.Argument(metavar="EMAIL")]


@app.command("add", help=say("help.witness.add"))
def add(email: Email, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        add_witness(email, actor=at.actor(as_), now=at.now)
        address = email.strip().lower()
        at.output.done({"witness": {"email": address}}, lambda: line(say("done.witness_added", email=address)))


@app.command("remove", help=say("help.witness.remove"))
def remove(email: Email, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        remove_witness(email, actor=at.actor(as_), now=at.now)
        address = email.strip().lower()
        at.output.done({"removed": {"email": address}}, lambda: line(say("done.witness_removed", email=address)))


@app.command("list", help=say("help.witness.list"))
def list_(as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        rows = list_witnesses(actor=at.actor(as_), now=at.now)
        at.output.done({"witnesses": [_document(row) for row in rows]}, lambda: _show(rows))


def _document(row: WitnessRow) -> dict[str, Any]:
    return {"email": row.email, "name": row.name, "added_by": row.added_by, "added_at": instant(row.added_at)}


def _show(rows: list[WitnessRow]) -> None:
    if not rows:
        line(say("empty.witnesses"))
        return
    columns = [say(f"column.{name}") for name in ("email", "name", "added_by", "since")]
    table(columns, [(row.email, row.name, row.added_by, row.added_at.date().isoformat()) for row in rows])
