"""zi message: list, preview."""

from pathlib import Path
from typing import Annotated

import typer

from models.catalogue import current_language, say, use_language
from models.database import reading
from models.errors import StorageFailed, UsageError
from models.files import write_whole
from models.messages import Notice
from zi.context import desk
from zi.options import Json, choice
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)


@app.command("list", help=say("help.message.list"))
def list_(as_json: Json = False) -> None:
    with desk() as at:
        rows = [{"kind": kind.value, "meaning": say(f"notice.{kind.value}")} for kind in Notice]
        columns = [say("column.kind"), say("column.meaning")]
        at.output.done({"kinds": rows}, lambda: table(columns, [(row["kind"], row["meaning"]) for row in rows]))


@app.command("preview", help=say("help.message.preview"))
def preview(
    kind: Annotated[str, typer.Argument(metavar=say("arg.kind"), help=", ".join(kind.value for kind in Notice))],
    lang: Annotated[str | None, typer.Option("--lang", metavar="id|en", help=say("help.message.lang"))] = None,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help=say("help.message.html"))] = None,
    candidacy: Annotated[
        str | None, typer.Option("--candidacy", metavar="CODE", help=say("help.message.candidacy"))
    ] = None,
    as_json: Json = False,
) -> None:
    from notifications.preview import preview_candidacy, preview_sample  # noqa: PLC0415 - brings the templates

    with desk() as at:
        notice = choice(Notice, kind, name=say("arg.kind"))
        ours = current_language()
        use_language(_language(lang) if lang else ours)
        if candidacy:
            with reading() as session:
                letter = preview_candidacy(session, notice, candidacy, now=at.now)
        else:
            letter = preview_sample(notice)
        use_language(ours)
        if html:
            _write(html, letter.html)
        document = {
            "kind": notice.value,
            "subject": letter.subject,
            "text": letter.body,
            "short": letter.short,
            "html": letter.html,
        }

        def show() -> None:
            line(letter.subject, style="bold")
            line()
            line(letter.body)
            line(say("message.short_follows"), style="bold")
            line()
            line(letter.short)

        at.output.done(document, show)


def _language(text: str) -> str:
    if text not in ("id", "en"):
        raise UsageError("bad_value", name="--lang", value=text, known="id, en")
    return text


def _write(path: Path, content: str) -> None:
    try:
        write_whole(path, content.encode())
    except OSError as error:
        raise StorageFailed("export_not_writable", path=str(path), why=error.strerror or "") from error
