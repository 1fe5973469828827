"""zi document: add, list, withdraw."""

from typing import Annotated

import typer

from models.catalogue import say
from models.database import reading
from states.documents import Filing, add_document, check_kind, documents_of, take_content, withdraw_document
from states.subjects import find_subject
from zi.context import desk
from zi.options import As, Json, Reason, day
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)

Scope = Annotated[str, typer.Argument(metavar=say("arg.scope"), help=say("help.scope"))]


@app.command("add", help=say("help.document.add"))
def add(
    scope: Scope,
    kind: Annotated[str, typer.Argument(metavar=say("arg.kind"))],
    source: Annotated[str, typer.Argument(metavar=say("arg.file_or_link"))],
    number: Annotated[str | None, typer.Option("--number", metavar="TEXT", help=say("help.number"))] = None,
    date: Annotated[str | None, typer.Option("--date", metavar="DATE", help=say("help.date"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        check_kind(kind)
        dated_on = day(date, name="--date")
        actor = at.actor(as_)
        with reading() as session:
            subject = find_subject(session, scope)
        content = take_content(source, folder=at.home.files, limit=at.home.upload_limit)
        filing = Filing(kind, content, number=number, dated_on=dated_on)
        stored = add_document(scope, filing, actor=actor, now=at.now)
        file = content.file
        document = {
            "document": {
                "id": stored,
                "kind": kind,
                "scope": subject.scope,
                "of": subject.code,
                "sha256": file.hash if file else None,
                "url": content.url,
            }
        }
        at.output.done(document, lambda: line(say("done.document_added", number=stored, kind=kind, code=subject.code)))


@app.command("list", help=say("help.document.list"))
def list_(scope: Scope, as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            rows = documents_of(session, find_subject(session, scope))
        document = {
            "documents": [
                {
                    "id": row.id,
                    "kind": row.kind,
                    "number": row.number,
                    "date": row.dated_on.isoformat() if row.dated_on else None,
                    "file": row.file_name,
                    "sha256": row.file_hash,
                    "url": row.url,
                    "withdrawn": row.withdrawn_at is not None,
                }
                for row in rows
            ]
        }

        def show_documents() -> None:
            if not rows:
                line(say("empty.documents"))
                return
            columns = [say(f"column.{name}") for name in ("id", "document", "number", "date", "file", "status")]
            table(
                columns,
                [
                    (
                        row.id,
                        row.kind,
                        row.number,
                        row.dated_on,
                        row.file_name or row.url,
                        say("status.withdrawn") if row.withdrawn_at else say("status.on_file"),
                    )
                    for row in rows
                ],
            )

        at.output.done(document, show_documents)


@app.command("withdraw", help=say("help.document.withdraw"))
def withdraw(
    number: Annotated[int, typer.Argument(metavar=say("arg.number"))],
    reason: Reason = "",
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        withdraw_document(number, reason=reason, actor=at.actor(as_), now=at.now)
        at.output.done({"withdrawn": number}, lambda: line(say("done.document_withdrawn", number=number)))
