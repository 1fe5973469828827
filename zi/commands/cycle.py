"""zi cycle: open, show; zi holidays: show, refresh."""

from typing import Annotated, Any

import typer

from models.catalogue import say
from models.cycles import Cycle, Route
from models.database import reading
from rulesets.library import rulesets
from states.cycles import calendar_rows, open_cycle
from states.holidays import Day, compare, refresh_holidays, stored_days
from states.lookups import find
from zi.context import desk
from zi.options import As, DryRun, Json, choice
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)
holidays_app = typer.Typer(no_args_is_help=True)

DEFAULT_RULESET = "permen-90-2021-5-2024"

YearArgument = Annotated[int, typer.Argument(metavar=say("arg.year"))]


@app.command("open", help=say("help.cycle.open"))
def open_(
    agency: Annotated[str, typer.Argument(metavar=say("arg.agency"))],
    year: YearArgument,
    ruleset: Annotated[
        str, typer.Option("--ruleset", metavar="NAME", help=say("help.ruleset", known=", ".join(rulesets())))
    ] = DEFAULT_RULESET,
    route: Annotated[str, typer.Option("--route", metavar="tpn|own", help=say("help.route"))] = Route.TPN.value,
    record_only: Annotated[bool, typer.Option("--record-only", help=say("help.record_only"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        way = choice(Route, route, name="--route")
        code = open_cycle(
            agency, year, ruleset=ruleset, route=way, actor=at.actor(as_), now=at.now, record_only=record_only
        )
        document = {"opened": [{"code": code, "ruleset": ruleset, "route": way.value}]}
        at.output.done(document, lambda: line(say("done.cycle_opened", code=code, ruleset=ruleset)))


@app.command("show", help=say("help.cycle.show"))
def show(code: Annotated[str, typer.Argument(metavar=say("arg.cycle"))], as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            cycle = find(session, Cycle, code)
            dates = calendar_rows(session, cycle.id)
        document = {
            "code": cycle.code,
            "ruleset": cycle.ruleset,
            "ruleset_unchanged": rulesets()[cycle.ruleset].hash == cycle.ruleset_hash,
            "route": cycle.route.value,
            "calendar": [
                {
                    "stage": row.stage.value,
                    "due": row.due.isoformat() if row.due else None,
                    "working_days": row.working_days,
                    "note": row.note,
                }
                for row in dates
            ],
        }

        def show_cycle() -> None:
            line(f"{cycle.code} - {rulesets()[cycle.ruleset].title}", style="bold")
            if not document["ruleset_unchanged"]:
                line(say("cycle.ruleset_changed"))
            if not dates:
                line(say("empty.calendar"))
                return
            columns = [say(f"column.{name}") for name in ("stage", "due", "working_days", "note")]
            rows = [(say(f"stage.{row.stage.value}"), row.due, row.working_days, row.note) for row in dates]
            table(columns, rows)

        at.output.done(document, show_cycle)


@holidays_app.command("show", help=say("help.holidays.show"))
def show_holidays(year: YearArgument, as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            days = stored_days(session, year)
        document = {
            "holidays": [
                {"day": row.day.isoformat(), "name": row.name, "estimated": row.estimated, "source": row.source}
                for row in days
            ]
        }

        def show_days() -> None:
            if not days:
                line(say("empty.holidays", year=year))
                return
            columns = [say(f"column.{name}") for name in ("day", "name", "estimated", "source")]
            table(columns, [(row.day, row.name, say("word.yes") if row.estimated else "", row.source) for row in days])

        at.output.done(document, show_days)


@holidays_app.command("refresh", help=say("help.holidays.refresh"))
def refresh(year: YearArgument, dry_run: DryRun = False, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        actor = at.actor(as_)
        if dry_run:
            with reading() as session:
                difference = compare(session, year)
        else:
            difference = refresh_holidays(year, actor=actor, now=at.now)
        document = {
            "year": year,
            "dry_run": dry_run,
            "added": [_day(one) for one in difference.added],
            "removed": [_day(one) for one in difference.removed],
            "renamed": [_day(one) for one in difference.renamed],
        }

        def show_difference() -> None:
            changes = [("+", one) for one in difference.added] + [("-", one) for one in difference.removed]
            changes += [("~", one) for one in difference.renamed]
            for sign, one in sorted(changes, key=lambda change: change[1].day):
                line(f"{sign} {one.day} {one.name}")
            if not changes:
                line(say("done.holidays_same", year=year))

        at.output.done(document, show_difference)


def _day(one: Day) -> dict[str, Any]:
    return {"day": one.day.isoformat(), "name": one.name, "estimated": one.estimated}
