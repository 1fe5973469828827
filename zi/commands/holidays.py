"""zi holidays: show, refresh; close and open, for the days on which one agency does not work."""

from datetime import date
from typing import Annotated, Any

import typer

from models.agencies import Agency
from models.catalogue import say
from models.database import reading
from states.closures import close_agency, closures_in, open_agency
from states.following import Followed
from states.holidays import Day, plan_refresh, refresh_holidays, stored_days
from states.lookups import find
from zi.context import desk
from zi.options import As, DryRun, Json, day
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)

YearArgument = Annotated[int, typer.Argument(metavar=say("arg.year"))]
AgencyCode = Annotated[str, typer.Argument(metavar=say("arg.agency"))]
DayArgument = Annotated[str, typer.Argument(metavar="DATE")]


@app.command("show", help=say("help.holidays.show"))
def show(
    year: YearArgument,
    agency: Annotated[str | None, typer.Option("--agency", metavar="CODE", help=say("help.holidays.agency"))] = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        with reading() as session:
            days = stored_days(session, year)
            owner = find(session, Agency, agency) if agency else None
            closures = closures_in(session, year, owner) if owner else []
        document: dict[str, Any] = {
            "holidays": [
                {"day": row.day.isoformat(), "name": row.name, "estimated": row.estimated, "source": row.source}
                for row in days
            ]
        }
        if owner:
            document["agency"] = owner.code
            document["closures"] = [{"day": row.day.isoformat(), "name": row.name} for row in closures]

        def show_days() -> None:
            if not days and not closures:
                line(say("empty.holidays", year=year))
                return
            columns = [say(f"column.{name}") for name in ("day", "name", "estimated", "source")]
            rows: list[tuple[date, str, str, str]] = [
                (row.day, row.name, say("word.yes") if row.estimated else "", row.source) for row in days
            ]
            rows += [(row.day, row.name, "", say("word.closure", agency=owner.code)) for row in closures if owner]
            table(columns, sorted(rows))

        at.output.done(document, show_days)


@app.command("refresh", help=say("help.holidays.refresh"))
def refresh(year: YearArgument, dry_run: DryRun = False, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        actor = at.actor(as_)
        if dry_run:
            with reading() as session:
                difference, followed = plan_refresh(session, year)
        else:
            difference, followed = refresh_holidays(year, actor=actor, now=at.now)
        document = {
            "year": year,
            "dry_run": dry_run,
            "added": [_day(one) for one in difference.added],
            "removed": [_day(one) for one in difference.removed],
            "renamed": [_day(one) for one in difference.renamed],
            **_moved(followed),
        }

        def show_difference() -> None:
            changes = [("+", one) for one in difference.added] + [("-", one) for one in difference.removed]
            changes += [("~", one) for one in difference.renamed]
            for sign, one in sorted(changes, key=lambda change: change[1].day):
                line(f"{sign} {one.day} {one.name}")
            if not changes:
                line(say("done.holidays_same", year=year))
            elif difference.changes_days:
                line(_followed(followed, would=dry_run))

        at.output.done(document, show_difference)


@app.command("close", help=say("help.holidays.close"))
def close(
    agency: AgencyCode,
    on: DayArgument,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help=say("help.holidays.name"))],
    as_: As = None,
    as_json: Json = False,
) -> None:
    closed = day(on, name="DATE")
    assert closed  # noqa: S101 - an argument is never left out
    with desk() as at:
        followed = close_agency(agency, closed, name=name, actor=at.actor(as_), now=at.now)
        document = {"agency": agency.upper(), "day": closed.isoformat(), "name": name.strip(), **_moved(followed)}
        text = say("done.closed", agency=agency.upper(), day=closed.isoformat(), name=name.strip())
        at.output.done({"closed": document}, lambda: line(f"{text} {_followed(followed)}"))


@app.command("open", help=say("help.holidays.open"))
def open_(agency: AgencyCode, on: DayArgument, as_: As = None, as_json: Json = False) -> None:
    opened = day(on, name="DATE")
    assert opened  # noqa: S101
    with desk() as at:
        followed = open_agency(agency, opened, actor=at.actor(as_), now=at.now)
        document = {"agency": agency.upper(), "day": opened.isoformat(), **_moved(followed)}
        text = say("done.opened_again", agency=agency.upper(), day=opened.isoformat())
        at.output.done({"opened": document}, lambda: line(f"{text} {_followed(followed)}"))


def _moved(followed: Followed) -> dict[str, int]:
    return {"due_dates_moved": followed.due_dates, "reminders_moved": followed.reminders}


def _followed(followed: Followed, *, would: bool = False) -> str:
    key = "done.would_follow" if would else "done.followed"
    return say(key, due_dates=followed.due_dates, reminders=followed.reminders)


def _day(one: Day) -> dict[str, Any]:
    return {"day": one.day.isoformat(), "name": one.name, "estimated": one.estimated}
