"""zi predicate: report, list."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from models.candidacies import Level
from models.catalogue import say
from models.database import reading
from states.documents import take_content
from states.holdings import Holding, holdings
from states.predicate_reports import ReportData, check_score, report_predicate
from zi.context import desk
from zi.options import As, Json, choice, day
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)


class YesNo(StrEnum):
    YES = "yes"
    NO = "no"


@app.command("report", help=say("help.predicate.report"))
def report(
    unit: Annotated[str, typer.Argument(metavar=say("arg.unit"))],
    level: Annotated[str, typer.Argument(metavar="WBK|WBBM")],
    date: Annotated[str, typer.Option("--date", metavar="DATE", help=say("help.predicate.date"))],
    still_meets: Annotated[str, typer.Option("--still-meets", metavar="yes|no", help=say("help.predicate.meets"))],
    score: Annotated[str | None, typer.Option("--score", metavar="NUMBER", help=say("help.predicate.score"))] = None,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=say("help.predicate.note"))] = "",
    document: Annotated[
        str | None, typer.Option("--document", metavar="FILE|URL", help=say("help.predicate.document"))
    ] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        on = day(date, name="--date")
        assert on  # noqa: S101 - the option is required
        meets = choice(YesNo, still_meets, name="--still-meets") is YesNo.YES
        data = ReportData(unit, choice(Level, level, name="WBK|WBBM"), on, meets, score, note)
        check_score(score)  # before a file is copied for it
        actor = at.actor(as_)
        content = take_content(document, folder=at.home.files, limit=at.home.upload_limit) if document else None
        number = report_predicate(data, content, actor=actor, now=at.now)
        stored = {
            "id": number,
            "unit": unit.upper(),
            "level": data.level.value,
            "date": on.isoformat(),
            "still_meets": meets,
        }
        said = say("done.predicate_reported", unit=unit.upper(), level=data.level.value, date=on.isoformat())
        at.output.done({"report": stored}, lambda: line(said))


@app.command("list", help=say("help.predicate.list"))
def list_(
    due: Annotated[bool, typer.Option("--due", help=say("help.predicate.due"))] = False, as_json: Json = False
) -> None:
    with desk() as at:
        lead = at.settings.expiry_days
        with reading() as session:
            rows = [
                one for one in holdings(session, now=at.now) if not due or one.status(lead_days=lead) in ("soon", "due")
            ]

        def show() -> None:
            if not rows:
                line(say("empty.predicates"))
                return
            names = ("unit", "name", "target", "date", "last_report", "next_report", "status")
            table(
                [say(f"column.{name}") for name in names],
                [
                    (
                        one.unit,
                        one.unit_name,
                        one.level.value,
                        one.decreed_on,
                        one.reported_on,
                        one.due_on,
                        say(f"report_status.{one.status(lead_days=lead)}"),
                    )
                    for one in rows
                ],
            )

        at.output.done({"predicates": [_document(one, lead) for one in rows]}, show)


def _document(one: Holding, lead_days: int) -> dict[str, Any]:
    return {
        "unit": one.unit,
        "unit_name": one.unit_name,
        "agency": one.agency,
        "level": one.level.value,
        "decree": one.decree,
        "date": one.decreed_on.isoformat(),
        "last_report": one.reported_on.isoformat() if one.reported_on else None,
        "still_meets": one.still_meets,
        "next_report": one.due_on.isoformat(),
        "status": one.status(lead_days=lead_days),
    }
