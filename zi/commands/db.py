"""zi db: grants, copy."""

from typing import Annotated

import typer
from sqlalchemy import make_url

from models.catalogue import say
from models.database import storage_faults
from models.errors import UsageError
from models.home import Home, find_home
from models.opening import owned, working_role
from zi.context import current_output, load_settings
from zi.options import Json
from zi.output import line

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


def _postgres_role(home: Home, named: str | None) -> str:
    if make_url(home.migration_url).get_backend_name() != "postgresql":
        raise UsageError("grants_sqlite")
    role = named or working_role(home)
    if role is None:
        raise UsageError("grants_no_role")
    return role
