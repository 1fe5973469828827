"""zi calendar: feeds that calendar programs fetch, and the same as a file."""

from pathlib import Path
from typing import Annotated

import typer

from models.catalogue import say
from models.database import reading
from models.errors import UNWRITABLE, BadInput, StorageFailed, UsageError
from models.files import write_whole
from models.trail import instant
from notifications.feeds import FeedRow, add_feed, feed_for, list_feeds, own_feed, revoke_feed
from zi.context import desk
from zi.options import As, Json
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)
feed_app = typer.Typer(no_args_is_help=True)
app.add_typer(feed_app, name="feed", help=say("help.feed"))


@feed_app.command("add", help=say("help.feed.add"))
def add(
    unit: Annotated[str | None, typer.Option("--unit", metavar="CODE", help=say("help.feed.unit"))] = None,
    agency: Annotated[str | None, typer.Option("--agency", metavar="CODE", help=say("help.feed.agency"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        row, token = add_feed(unit=unit, agency=agency, actor=at.actor(as_), now=at.now)

        def show() -> None:
            line(say("done.feed_added", number=row.id, scope=_scope(row)))
            line(token, style="bold")
            line(say("done.feed_token"))

        at.output.done({"feed": {**_document(row), "token": token}}, show)


@feed_app.command("list", help=say("help.feed.list"))
def list_(as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        rows = list_feeds(actor=at.actor(as_))

        def show() -> None:
            if not rows:
                line(say("empty.feeds"))
                return
            columns = [say(f"column.{name}") for name in ("id", "scope", "made", "revoked")]
            dates = [(row, row.made_at.date(), row.revoked_at.date() if row.revoked_at else "") for row in rows]
            table(columns, [(row.id, _scope(row), made, revoked) for row, made, revoked in dates])

        at.output.done({"feeds": [_document(row) for row in rows]}, show)


@feed_app.command("revoke", help=say("help.feed.revoke"))
def revoke(
    number: Annotated[int, typer.Argument(metavar=say("arg.number"))], as_: As = None, as_json: Json = False
) -> None:
    with desk() as at:
        revoke_feed(number, actor=at.actor(as_), now=at.now)
        at.output.done({"revoked": number}, lambda: line(say("done.feed_revoked", number=number)))


@app.command("export", help=say("help.calendar.export"))
def export(
    to: Annotated[str, typer.Option("--to", metavar="FILE.ics", help=say("help.calendar.to"))],
    token: Annotated[str | None, typer.Argument(metavar="[TOKEN]", help=say("help.calendar.token"))] = None,
    mine: Annotated[bool, typer.Option("--mine", help=say("help.calendar.mine"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    if mine == bool(token):
        raise UsageError("calendar_token_or_mine")
    path = Path(to)
    with desk() as at:
        actor = at.actor(as_) if mine else None
        with reading() as session:
            content = own_feed(session, actor, at.now) if actor else feed_for(session, token or "", at.now)
        _write(path, content)
        entries = content.count(b"BEGIN:VEVENT")
        document = {"calendar": {"file": str(path), "entries": entries}}
        at.output.done(document, lambda: line(say("done.calendar_exported", path=str(path), count=entries)))


def _write(path: Path, content: bytes) -> None:
    """The file whole, or as it was before. Raises BadInput for a path that can't be, StorageFailed for a full disk."""
    try:
        write_whole(path, content)
    except OSError as error:
        if error.errno in UNWRITABLE:
            raise StorageFailed("export_not_writable", path=str(path), why=error.strerror or "") from error
        raise BadInput("calendar_not_writable", path=str(path), why=error.strerror or "") from error


def _document(row: FeedRow) -> dict[str, str | int | None]:
    revoked = instant(row.revoked_at) if row.revoked_at else None
    return {"id": row.id, "scope": row.scope, "made": instant(row.made_at), "revoked": revoked}


def _scope(row: FeedRow) -> str:
    return say("feed.name_mine") if row.scope == "mine" else row.scope
