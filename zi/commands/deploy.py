"""zi deploy: what a Prefect server needs to know, so that any number of workers remind and deliver."""

import os
from typing import Annotated, Any

import typer
from sqlalchemy import make_url

from models.catalogue import say
from models.errors import UsageError
from zi.context import Desk, desk, quiet_prefect
from zi.options import DryRun, Json
from zi.output import line, table

MOST = 64  # parts: more than that no agency has work for

Pool = Annotated[str, typer.Option("--pool", metavar="NAME", help=say("help.deploy.pool"))]
Shards = Annotated[int, typer.Option("--shards", metavar="N", min=1, max=MOST, help=say("help.deploy.shards"))]
Senders = Annotated[int, typer.Option("--senders", metavar="N", min=1, max=MOST, help=say("help.deploy.senders"))]


def deploy(
    pool: Pool = "zi", shards: Shards = 1, senders: Senders = 1, dry_run: DryRun = False, as_json: Json = False
) -> None:
    with desk() as at:
        _check(at)
        quiet_prefect(at.home)
        from flows.deploying import deploy as bring  # noqa: PLC0415 - Prefect is slow to import
        from flows.deployments import plan_deployments  # noqa: PLC0415

        planned = plan_deployments(shards=shards, senders=senders)
        outcome = bring(planned, pool=pool, home=at.home, dry_run=dry_run)
        rows: list[dict[str, Any]] = [
            {"name": one.name, "change": one.change.value, "paused": one.paused, "schedules": one.runs}
            for one in outcome.deployments
        ]

        def show() -> None:
            columns = [say(f"column.{name}") for name in ("deployment", "change", "schedules")]
            table(columns, [(r["name"], say(f"deploy.{r['change']}"), _schedules(r)) for r in rows])
            if dry_run:
                line(say("deploy.dry_run"))
                return
            line(say("deploy.done", pool=pool))
            if outcome.made_up or outcome.crashed:
                line(say("deploy.backlog", made_up=outcome.made_up, crashed=outcome.crashed))

        document = {"pool": pool, "deployments": rows, "made_up": outcome.made_up, "crashed": outcome.crashed}
        at.output.done(document, show)


def _check(at: Desk) -> None:
    """Before anything is asked of the server: workers elsewhere need a server, a database and a home they can find."""
    if not os.environ.get("PREFECT_API_URL"):
        raise UsageError("deploy_no_api")
    if make_url(at.home.database_url).get_backend_name() != "postgresql":
        raise UsageError("deploy_sqlite")
    if not at.settings.home.is_absolute():
        raise UsageError("deploy_home_relative", path=str(at.settings.home))


def _schedules(row: dict[str, Any]) -> str:
    return say("deploy.paused") if row["paused"] else str(row["schedules"])
