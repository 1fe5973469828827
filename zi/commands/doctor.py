"""zi doctor: is the reminder engine alive."""

from typing import Any

import typer

from models.catalogue import say
from models.database import reading
from models.errors import IntegrityBroken
from zi.context import desk
from zi.doctor.check import Check, State
from zi.doctor.engine import engine
from zi.doctor.ground import ground
from zi.options import Json
from zi.output import line, table

SIGNS = {State.OK: "+", State.WARN: "!", State.FAIL: "X"}
ENGINE_DOWN = 1


def doctor(as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            checks = [*engine(session, now=at.now), *ground(session, at.home, now=at.now)]
        failed = [check for check in checks if check.state is State.FAIL]
        document = {"ok": not failed, "checks": [_document(check) for check in checks]}

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


def _document(check: Check) -> dict[str, Any]:
    return {"id": check.id, "state": check.state.value, "text": check.text, "fix": check.fix or None, **_flow(check)}


def _flow(check: Check) -> dict[str, Any]:
    return {"flow": check.params["flow"]} if "flow" in check.params else {}
