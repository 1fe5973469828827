"""zi remind, monev, deliver, checkpoint: what the flows do, at once; with --prefect as a flow run."""

from datetime import datetime, time
from importlib import import_module
from typing import Annotated, Any

import typer

from models.catalogue import say
from models.errors import UsageError
from models.home import time_now
from notifications.counts import Counts
from states.calendar import WIB
from zi.context import Desk, desk, quiet_prefect
from zi.options import DryRun, Json, day
from zi.output import line, table

Prefect = Annotated[bool, typer.Option("--prefect", help=say("help.prefect"))]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=say("help.as_of"))]


def remind(dry_run: DryRun = False, as_of: AsOf = None, prefect: Prefect = False, as_json: Json = False) -> None:
    with desk() as at:
        now = _moment(at, as_of, dry_run=dry_run)
        if dry_run:
            from notifications.remind import plan_reminders  # noqa: PLC0415

            due = [one.as_dict() for one in plan_reminders(now=now)]
            _show_due(at, due)
            return
        _run(at, "remind", prefect=prefect)


def monev(dry_run: DryRun = False, as_of: AsOf = None, prefect: Prefect = False, as_json: Json = False) -> None:
    with desk() as at:
        now = _moment(at, as_of, dry_run=dry_run)
        if dry_run:
            _show_found(at, now)
            return
        _run(at, "monev", prefect=prefect)


def deliver(dry_run: DryRun = False, as_of: AsOf = None, prefect: Prefect = False, as_json: Json = False) -> None:
    with desk() as at:
        now = _moment(at, as_of, dry_run=dry_run)
        if dry_run:
            from notifications.deliver import plan_deliveries  # noqa: PLC0415

            _show_due(at, [one.as_dict() for one in plan_deliveries(now=now)])
            return
        _run(at, "deliver", prefect=prefect)


def checkpoint(prefect: Prefect = False, as_json: Json = False) -> None:
    with desk() as at:
        _run(at, "checkpoint", prefect=prefect)


def _show_found(at: Desk, now: datetime) -> None:
    from states.monev.designations import due_now  # noqa: PLC0415
    from states.monev.limits import Limits  # noqa: PLC0415
    from states.monev.sweep import found_now  # noqa: PLC0415
    from states.monev.texts import describe_rule  # noqa: PLC0415
    from states.monev.trail import broken_now  # noqa: PLC0415

    limits = Limits.of(at.settings)
    found = [
        *((code, None, one) for code, one in found_now(now=now, limits=limits)),
        *((None, unit, one) for unit, one in due_now(now=now, limits=limits)),
        *((None, None, one) for one in broken_now()),
    ]
    rows = [
        {
            "candidacy": candidacy,
            "unit": unit,
            "rule": one.rule,
            "severity": one.severity.value,
            "owner": one.owner.value,
            "text": describe_rule(one.rule, one.params)[0],
        }
        for candidacy, unit, one in found
    ]
    columns = [say(f"column.{name}") for name in ("code", "severity", "owner", "finding")]
    at.output.done(
        {**_zero(), "planned": len(rows), "findings": rows},
        lambda: table(columns, [(r["candidacy"] or r["unit"], r["severity"], r["owner"], r["text"]) for r in rows]),
    )


def _run(at: Desk, name: str, *, prefect: bool) -> None:
    """The plain function at once, or its flow; either way the same counts."""
    if prefect:
        quiet_prefect(at.home)
        module = import_module(f"flows.{name}")  # brings Prefect, which is slow to import
        counts = Counts(**getattr(module, name)())
    else:
        sweeps = import_module("notifications.sweeps")  # brings Apprise and the templates
        counts = getattr(sweeps, name)(at.home, at.settings, clock=lambda: time_now(at.settings, at.home))
    document = counts.as_dict()
    at.output.done(document, lambda: line(say(f"done.{name}", **document)))


def _moment(at: Desk, as_of: str | None, *, dry_run: bool) -> datetime:
    """The morning of the day that --as-of names, when the daily run happens."""
    on = day(as_of, name="--as-of")
    if on is None:
        return at.now
    if not dry_run:
        raise UsageError("as_of_without_dry_run")
    return datetime.combine(on, time(7, 30), tzinfo=WIB)


def _show_due(at: Desk, due: list[dict[str, Any]]) -> None:
    def show() -> None:
        if not due:
            line(say("empty.due"))
            return
        columns = [say(f"column.{name}") for name in ("code", "kind", "rung", "recipient", "due")]
        table(columns, [(one["candidacy"], one["kind"], one["rung"], one["recipient"], one["due_on"]) for one in due])

    held = sum(one["held_until"] is not None for one in due)
    at.output.done({**_zero(), "planned": len(due), "held": held, "due": due}, show)


def _zero() -> dict[str, int]:
    return dict.fromkeys(("planned", "queued", "sent", "failed", "retrying", "held"), 0)
