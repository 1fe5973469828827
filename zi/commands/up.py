"""zi up: all that one machine needs to remind, deliver and look after, until it is stopped."""

from typing import Annotated

import typer

from flows.schedule import SCHEDULE, Scheduled
from models.catalogue import say
from models.errors import UsageError
from zi.commands.serve import PORT as WEB_PORT
from zi.context import desk
from zi.loopback import HERE, api_url, free_port
from zi.options import Json
from zi.output import line, table
from zi.up.child import Child
from zi.up.machine import children, only_one
from zi.up.supervisor import keep_running, stopped_by_signals

PORT = 4200  # Prefect's own


def up(
    port: Annotated[int, typer.Option("--port", metavar="N", min=1, max=65535, help=say("help.up.port"))] = PORT,
    web_port: Annotated[
        int, typer.Option("--web-port", metavar="N", min=1, max=65535, help=say("help.up.web_port"))
    ] = WEB_PORT,
    as_json: Json = False,
) -> None:
    with desk() as at:
        if at.settings.up_every and not at.home.sandbox:
            raise UsageError("up_every_not_sandbox", path=str(at.home.path))
        home, every = at.home, at.settings.up_every
    with only_one(home), stopped_by_signals() as stop:
        here, pages = free_port(port), free_port(web_port)
        line(say("up.starting", path=str(home.path)))

        def tell(what: str, child: Child) -> None:
            line(say(f"up.{what}", name=say(f"up.name.{child.name}"), log=str(child.log)))
            if what == "ready" and child.name == "runner":
                _show(f"http://{HERE}:{pages}", api_url(here).removesuffix("/api"), str(home.logs), every)

        keep_running(children(home, port=here, web_port=pages), stop=stop, tell=tell)
        line(say("up.stopped"))


def _show(pages: str, url: str, logs: str, every: int | None) -> None:
    rows = [(one.name, say(f"flow.{one.name}"), _when(one, every)) for one in SCHEDULE]
    table([say(f"column.{name}") for name in ("flow", "does", "runs")], rows)
    line(say("up.pages", url=pages))
    line(say("up.where", url=url, logs=logs))


def _when(one: Scheduled, every: int | None) -> str:
    return say("up.every", seconds=every) if every and one.tried else say(f"flow.{one.name}.when")
