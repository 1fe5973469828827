"""zi db: grants, copy."""

from dataclasses import replace
from typing import Annotated

import typer
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError

from models.catalogue import say
from models.database import bound_engine, open_engine, storage_faults
from models.errors import UsageError
from models.home import Home, find_home
from models.opening import owned, working_role
from zi.context import current_output, desk, load_settings
from zi.options import Json
from zi.output import line, progress

app = typer.Typer(no_args_is_help=True)


@app.command("grants", help=say("help.db.grants"))
def grants(
    role: Annotated[str | None, typer.Option("--role", metavar="TEXT", help=say("help.db.grants.role"))] = None,
    apply: Annotated[bool, typer.Option("--apply", help=say("help.db.grants.apply"))] = False,
    as_json: Json = False,
) -> None:
    from models.grants import grant, grant_statements  # noqa: PLC0415 - brings every table

    home = find_home(load_settings())
    who = _postgres_role(home, role)
    with owned(home) as engine:
        if apply:
            statements = grant(engine, who)
        else:
            with storage_faults(), engine.connect() as connection:
                statements = grant_statements(connection, who)
    document = {"role": who, "applied": apply, "statements": statements}

    def show() -> None:
        if apply:
            line(say("done.granted", role=who))
            return
        for statement in statements:
            line(f"{statement};")

    current_output().done(document, show)


@app.command("copy", help=say("help.db.copy"))
def copy(
    to: Annotated[str, typer.Option("--to", metavar="URL", help=say("help.db.copy.to"))], as_json: Json = False
) -> None:
    from states.database_copy import copy_database  # noqa: PLC0415 - brings Alembic

    with desk() as at:
        target = _open_target(to, at.home)
        try:
            with progress(say("progress.copying"), silent=as_json) as through:
                copied = copy_database(bound_engine(), target, progress=through)
        finally:
            target.dispose()
        shown = target.url.render_as_string(hide_password=True)
        rows = sum(copied.rows.values())
        document = {
            "to": shown,
            "rows": rows,
            "tables": copied.rows,
            "records": copied.records,
            "root": copied.root,
        }
        said = say("done.copied", to=shown, rows=rows, records=copied.records, root=copied.root, home=str(at.home.path))
        at.output.done(document, lambda: line(said))


def _open_target(url: str, home: Home) -> Engine:
    """Without limits of time: all of it is one transaction."""
    try:
        return open_engine(url, replace(home.pooling, statement=0, idle=0))
    except ArgumentError as error:
        raise UsageError("bad_copy_url") from error


def _postgres_role(home: Home, named: str | None) -> str:
    if make_url(home.migration_url).get_backend_name() != "postgresql":
        raise UsageError("grants_sqlite")
    role = named or working_role(home)
    if role is None:
        raise UsageError("grants_no_role")
    return role
