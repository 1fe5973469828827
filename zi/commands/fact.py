"""zi fact: add, list."""

from typing import Annotated, Any

import typer

from models.catalogue import say
from models.database import reading
from rulesets.library import fact_kinds
from states.documents import take_content
from states.facts import FactData, KnownFact, add_fact, check_fact, facts_of_subject
from zi.context import Desk, desk
from zi.options import As, Json, day
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)

FactSubject = Annotated[str, typer.Argument(metavar=say("arg.fact_subject"), help=say("help.fact.subject"))]


@app.command("add", help=say("help.fact.add"))
def add(
    subject: FactSubject,
    kind: Annotated[
        str, typer.Argument(metavar=say("arg.kind"), help=say("help.fact.kind", known=", ".join(fact_kinds())))
    ],
    value: Annotated[str, typer.Argument(metavar=say("arg.fact_value"), help=say("help.fact.value"))],
    date: Annotated[str, typer.Option("--date", metavar="DATE", help=say("help.fact.date"))],
    valid_until: Annotated[
        str | None, typer.Option("--valid-until", metavar="DATE", help=say("help.fact.valid_until"))
    ] = None,
    document: Annotated[
        str | None, typer.Option("--document", metavar="FILE|URL", help=say("help.fact.document"))
    ] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        dated_on = day(date, name="--date")
        assert dated_on  # noqa: S101 - the option is required
        until = day(valid_until, name="--valid-until")
        data = FactData(subject, kind.strip().lower(), value, dated_on, until)
        check_fact(data)  # before a file is copied for it
        actor = at.actor(as_)
        content = take_content(document, folder=at.home.files, limit=at.home.upload_limit) if document else None
        number = add_fact(data, content, actor=actor, now=at.now)
        [stored] = [one for one in _known(at, subject) if one.id == number]
        said = say(
            "done.fact_added",
            fact=say(f"fact.{stored.kind}"),
            value=stored.value,
            date=stored.dated_on.isoformat(),
            code=stored.subject,
        )
        at.output.done({"fact": _document(stored)}, lambda: line(said))


@app.command("list", help=say("help.fact.list"))
def list_(subject: FactSubject, as_json: Json = False) -> None:
    with desk() as at:
        facts = _known(at, subject)

        def show_facts() -> None:
            if not facts:
                line(say("empty.facts", code=subject.upper()))
                return
            columns = ("id", "kind", "fact", "value", "date", "valid_until", "document", "status")
            table(
                [say(f"column.{name}") for name in columns],
                [
                    (
                        one.id,
                        one.kind,
                        say(f"fact.{one.kind}"),
                        one.value,
                        one.dated_on,
                        one.valid_until,
                        one.document,
                        say(f"fact_status.{one.status}"),
                    )
                    for one in facts
                ],
            )

        at.output.done({"facts": [_document(one) for one in facts]}, show_facts)


def _known(at: Desk, subject: str) -> list[KnownFact]:
    with reading() as session:
        return facts_of_subject(session, subject, now=at.now, expiry_days=at.settings.expiry_days)


def _document(one: KnownFact) -> dict[str, Any]:
    return {
        "id": one.id,
        "subject": one.subject,
        "kind": one.kind,
        "value": one.value,
        "date": one.dated_on.isoformat(),
        "valid_until": one.valid_until.isoformat() if one.valid_until else None,
        "document": one.document,
        "status": one.status,
    }
