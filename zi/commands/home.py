"""zi init, migrate, demo: making a home, bringing it up to date, and showing one in action."""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from models.audit import AuditHead
from models.catalogue import say
from models.database import transaction, unbind
from models.errors import BadInput
from models.home import find_home, finish_home, make_home, take_away, time_now
from models.opening import bring_up, open_database
from models.trail import Author, Via
from states.holidays import store_missing_years
from states.people import PersonData, check_email, first_admin
from zi.context import current_output, load_settings
from zi.options import Json
from zi.output import line


def init(
    admin: Annotated[str, typer.Option("--admin", metavar="EMAIL", help=say("help.init.admin"))],
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=say("help.name"))] = "",
    sandbox: Annotated[bool, typer.Option("--sandbox", help=say("help.init.sandbox"))] = False,
    purpose: Annotated[str, typer.Option("--purpose", hidden=True)] = "work",
    as_json: Json = False,
) -> None:
    settings = load_settings()
    email = check_email(admin)
    existed = settings.home.absolute().exists()
    home = make_home(settings, sandbox=sandbox, purpose=purpose)
    try:
        now = time_now(settings, home)
        bring_up(home)
        open_database(home)
        with transaction() as session:
            if session.execute(select(AuditHead)).scalar_one().size:
                raise BadInput("database_in_use")
            author = Author(None, Via.CLI)
            first_admin(session, PersonData(email, name or email), author=author, now=now)
            store_missing_years(session, (now.year - 1, now.year, now.year + 1), author=author, now=now)
        finish_home(home)
    except BaseException:
        unbind()
        take_away(home.path, wholly=not existed)
        raise
    unbind()
    document = {"home": str(home.path), "admin": email, "sandbox": sandbox}
    current_output().done(document, lambda: line(say("done.init", path=str(home.path), email=email)))


def migrate(as_json: Json = False) -> None:
    settings = load_settings()
    home = find_home(settings)
    before, after = bring_up(home)
    current_output().done({"before": before, "after": after}, lambda: line(say("done.migrated", revision=str(after))))


def demo(
    home: Annotated[Path | None, typer.Option("--home", metavar=say("arg.folder"), help=say("help.demo.home"))] = None,
    scale: Annotated[int | None, typer.Option("--scale", min=1, metavar="N", help=say("help.demo.scale"))] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", help=say("help.demo.seed"))] = 1,
    as_json: Json = False,
) -> None:
    if scale is not None:
        from zi.demo.nation.run import run_nation  # noqa: PLC0415 - only this needs it

        run_nation(home, candidacies=scale, seed=seed, settings=load_settings(), output=current_output())
        return
    from zi.demo.run import run_demo  # noqa: PLC0415 - brings Prefect, which is slow to import

    run_demo(home, output=current_output())
