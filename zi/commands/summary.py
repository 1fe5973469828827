"""zi summary: draft, list, show, release, discard."""

from typing import Annotated, Any

import typer

from models.catalogue import say
from models.database import reading
from models.messages import Notice
from models.trail import instant
from states.summaries.deciding import SummaryRow, discard_summary, list_summaries, release_summary, show_summary
from states.summaries.drafting import draft_summary
from zi.context import desk
from zi.options import As, Json, Reason
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar=say("arg.number"))]
AgencyCode = Annotated[str, typer.Argument(metavar=say("arg.agency"))]


@app.command("draft", help=say("help.summary.draft"))
def draft(agency: AgencyCode, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        number = draft_summary(agency, actor=at.actor(as_), now=at.now)
        document = {"drafted": {"id": number, "agency": agency.upper()}}
        at.output.done(document, lambda: line(say("done.summary_drafted", number=number, agency=agency.upper())))


@app.command("list", help=say("help.summary.list"))
def list_(agency: AgencyCode, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            rows = list_summaries(session, agency, actor=at.actor(as_))

        def show() -> None:
            if not rows:
                line(say("empty.summaries", agency=agency.upper()))
                return
            columns = [say(f"column.{name}") for name in ("id", "period", "status", "note")]
            table(columns, [(row.id, row.period, say(f"summary.{row.state.value}"), row.note) for row in rows])

        at.output.done({"summaries": [_head(row) for row in rows]}, show)


@app.command("show", help=say("help.summary.show"))
def show_(number: Number, as_: As = None, as_json: Json = False) -> None:
    from notifications.render import words  # noqa: PLC0415 - brings the templates
    from notifications.summary_words import summary_values  # noqa: PLC0415

    with desk() as at:
        with reading() as session:
            row = show_summary(session, number, actor=at.actor(as_), now=at.now)
        values = summary_values(row.id, row.agency_name, row.content, row.note)

        def show() -> None:
            line(say("summary.head", number=row.id, state=say(f"summary.{row.state.value}")), style="bold")
            line()
            line(words(Notice.SUMMARY, values))

        at.output.done({**_head(row), **row.content}, show)


@app.command("release", help=say("help.summary.release"))
def release(
    number: Number,
    note: Annotated[str, typer.Option("--note", metavar="TEXT", help=say("help.summary.note"))] = "",
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        agency = release_summary(number, note=note, actor=at.actor(as_), now=at.now)
        document = {"released": {"id": number, "agency": agency}}
        at.output.done(document, lambda: line(say("done.summary_released", number=number, agency=agency)))


@app.command("discard", help=say("help.summary.discard"))
def discard(number: Number, reason: Reason = "", as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        agency = discard_summary(number, reason=reason, actor=at.actor(as_), now=at.now)
        document = {"discarded": {"id": number, "agency": agency}}
        at.output.done(document, lambda: line(say("done.summary_discarded", number=number, agency=agency)))


def _head(row: SummaryRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "agency": row.agency,
        "period": row.period,
        "made_at": instant(row.made_at),
        "state": row.state.value,
        "decided_at": instant(row.decided_at) if row.decided_at else None,
        "note": row.note,
    }
