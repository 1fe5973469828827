"""zi doctor: is the reminder engine alive."""

from typing import Annotated, Any

import typer
from pydantic import SecretStr

from models.catalogue import say
from models.database import reading
from models.errors import IntegrityBroken, UsageError
from zi.context import desk
from zi.doctor.check import Check, State
from zi.doctor.engine import engine
from zi.doctor.ground import ground
from zi.doctor.heartbeat import ping
from zi.doctor.safety import safety
from zi.options import Json
from zi.output import Output, line, table

SIGNS = {State.OK: "+", State.WARN: "!", State.FAIL: "X"}
ENGINE_DOWN = 1


def doctor(
    heartbeat: Annotated[bool, typer.Option("--ping", help=say("help.doctor.ping"))] = False, as_json: Json = False
) -> None:
    with desk() as at:
        address = at.settings.heartbeat_url
        if heartbeat and address is None:
            raise UsageError("no_heartbeat_url")
        with reading() as session:
            checks = [
                *engine(session, now=at.now),
                *ground(session, at.home, now=at.now),
                *safety(session, at.home, now=at.now, warn_days=at.settings.backup_warn_days),
            ]
        failed = [check for check in checks if check.state is State.FAIL]
        document: dict[str, Any] = {"ok": not failed, "checks": [_document(check) for check in checks]}
        if heartbeat and address:
            document["pinged"] = _tell(address, at.output) if not failed else False

        def show() -> None:
            table(
                ["", say("column.check"), say("column.fix")], [(SIGNS[one.state], one.text, one.fix) for one in checks]
            )
            line(say("doctor.failed", count=len(failed)) if failed else say("doctor.alive"))

        at.output.done(document, show)
    if any(check.integrity for check in failed):
        raise typer.Exit(IntegrityBroken.exit_code)
    if failed:
        raise typer.Exit(ENGINE_DOWN)


def _tell(address: SecretStr, output: Output) -> bool:
    """A monitor that can't be told is a warning: the engine is alive all the same."""
    wrong = ping(address)
    if wrong:
        output.note(say("doctor.not_pinged", why=wrong))
    return wrong is None


def _document(check: Check) -> dict[str, Any]:
    return {"id": check.id, "state": check.state.value, "text": check.text, "fix": check.fix or None, **_flow(check)}


def _flow(check: Check) -> dict[str, Any]:
    return {"flow": check.params["flow"]} if "flow" in check.params else {}
