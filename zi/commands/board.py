"""zi candidacy list. It is called more than all others, and so it imports nothing that it does not need."""

from typing import Annotated

import typer

from models.catalogue import say
from models.database import reading
from models.errors import UsageError
from models.stages import Stage
from states.board import board
from states.board_query import Filter
from zi.board_views import row_document, show_board
from zi.context import desk
from zi.options import Json

app = typer.Typer()


@app.command("list", help=say("help.candidacy.list"))
def list_(
    agency: Annotated[str | None, typer.Option("--agency", metavar="CODE", help=say("help.filter_agency"))] = None,
    cycle: Annotated[str | None, typer.Option("--cycle", metavar="CODE", help=say("help.filter_cycle"))] = None,
    stage: Annotated[str | None, typer.Option("--stage", metavar="STAGE", help=say("help.filter_stage"))] = None,
    late: Annotated[bool, typer.Option("--late", help=say("help.filter_late"))] = False,
    open_only: Annotated[bool, typer.Option("--open", help=say("help.filter_open"))] = False,
    as_json: Json = False,
) -> None:
    if stage and stage not in {name for one in Stage for name in (one.value, one.parent)}:
        raise UsageError("bad_value", name="--stage", value=stage, known=", ".join(_shown_stages()))
    with desk() as at:
        wanted = Filter(
            agency=agency.upper() if agency else None,
            cycle=cycle.upper() if cycle else None,
            stage=stage,
            late=late,
            closed=not open_only,
        )
        with reading() as session:
            rows = list(board(session, wanted, now=at.now))
        at.output.done({"candidacies": [row_document(row) for row in rows]}, lambda: show_board(rows))


def _shown_stages() -> list[str]:
    return list(dict.fromkeys(name for stage in Stage for name in (stage.parent, stage.value)))
