"""zi cycle: open, show, window, ladder."""

from typing import Annotated

import typer

from models.catalogue import say
from models.cycles import Cycle, Route
from models.database import reading
from models.errors import UsageError
from models.obligations import ObligationKind
from models.windows import WindowKind
from rulesets.library import rulesets
from states.cycle_ladders import in_words, set_ladder
from states.cycles import calendar_rows, open_cycle
from states.due_dates import Window
from states.ladders import load_ladders
from states.lookups import find
from states.windows import set_window, windows_of
from zi.calendar_views import ladder_document, show_ladders, show_windows, window_document
from zi.context import desk
from zi.options import As, Json, choice, day
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)

DEFAULT_RULESET = "permen-90-2021-5-2024"

YearArgument = Annotated[int, typer.Argument(metavar=say("arg.year"))]
CycleCode = Annotated[str, typer.Argument(metavar=say("arg.cycle"))]


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
def show(code: CycleCode, as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            cycle = find(session, Cycle, code)
            dates, windows = calendar_rows(session, cycle.id), windows_of(session, cycle)
            ladders = load_ladders(session, {cycle.id}).of_cycle(cycle.id)
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
            "windows": [window_document(row) for row in windows],
            "ladders": [ladder_document(kind, ladders[kind]) for kind in ObligationKind if kind in ladders],
        }

        def show_cycle() -> None:
            line(f"{cycle.code} - {rulesets()[cycle.ruleset].title}", style="bold")
            if not document["ruleset_unchanged"]:
                line(say("cycle.ruleset_changed"))
            if dates:
                columns = [say(f"column.{name}") for name in ("stage", "due", "working_days", "note")]
                rows = [(say(f"stage.{row.stage.value}"), row.due, row.working_days, row.note) for row in dates]
                table(columns, rows)
            else:
                line(say("empty.calendar"))
            show_windows(windows)
            show_ladders(ladders)

        at.output.done(document, show_cycle)


@app.command("window", help=say("help.cycle.window"))
def window(
    code: CycleCode,
    kind: Annotated[str, typer.Argument(metavar="proposal|objection", help=say("help.window.kind"))],
    opens: Annotated[str | None, typer.Option("--opens", metavar="DATE", help=say("help.window.opens"))] = None,
    closes: Annotated[str | None, typer.Option("--closes", metavar="DATE", help=say("help.window.closes"))] = None,
    note: Annotated[str | None, typer.Option("--note", metavar="TEXT", help=say("help.window.note"))] = None,
    remove: Annotated[bool, typer.Option("--remove", help=say("help.window.remove"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    named = choice(WindowKind, kind, name="KIND")
    first, last = day(opens, name="--opens"), day(closes, name="--closes")
    if (remove and (first or last or note)) or (not remove and not (first and last)):
        raise UsageError("window_days_needed")
    days = Window(first, last, (note or "").strip() or None) if first and last else None
    with desk() as at:
        moved = set_window(code, named, days, actor=at.actor(as_), now=at.now)
        document = {
            "cycle": code.upper(),
            "kind": named.value,
            "opens": first.isoformat() if first else None,
            "closes": last.isoformat() if last else None,
            "note": days.note if days else None,
            "due_dates_moved": moved,
        }
        words = {"cycle": code.upper(), "window": say(f"window.{named.value}"), "moved": moved}
        if days:
            text = say("done.window_set", **words, opens=days.opens.isoformat(), closes=days.closes.isoformat())
        else:
            text = say("done.window_removed", **words)
        at.output.done({"window": document}, lambda: line(text))


@app.command("ladder", help=say("help.cycle.ladder"))
def ladder(
    code: CycleCode,
    kind: Annotated[str, typer.Argument(metavar="stage|documents|proposal|action", help=say("help.ladder.kind"))],
    rungs: Annotated[list[str] | None, typer.Argument(metavar="[RUNG...]", help=say("help.ladder.rungs"))] = None,
    default: Annotated[bool, typer.Option("--default", help=say("help.ladder.default"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    named = choice(ObligationKind, kind, name="KIND")
    if default == bool(rungs):
        raise UsageError("ladder_rungs_needed")
    with desk() as at:
        said, followed = set_ladder(code, named, None if default else rungs, actor=at.actor(as_), now=at.now)
        document = {
            "cycle": code.upper(),
            **ladder_document(named, said),
            "default": default,
            "reminders_moved": followed.reminders,
        }
        text = say(
            "done.ladder_default" if default else "done.ladder_set",
            cycle=code.upper(),
            kind=say(f"owed.{named.value}"),
            rungs=" ".join(in_words(said)),
            moved=followed.reminders,
        )
        at.output.done({"ladder": document}, lambda: line(text))
