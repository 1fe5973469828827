"""zi user channel: the ways that messages reach people by; zi channel-key: what their addresses are sealed with."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.catalogue import say
from models.trail import instant
from zi.context import desk
from zi.options import As, Json
from zi.output import line, table

if TYPE_CHECKING:
    from notifications.channels import ChannelRow

app = typer.Typer(no_args_is_help=True)
key_app = typer.Typer(no_args_is_help=True)

Email = Annotated[str, typer.Argument(metavar="EMAIL")]
Number = Annotated[int, typer.Argument(metavar=say("arg.number"))]


@app.command("list", help=say("help.channel.list"))
def list_(email: Email, as_: As = None, as_json: Json = False) -> None:
    from notifications.channels import list_channels  # noqa: PLC0415 - brings Apprise, which is slow to import

    with desk() as at:
        rows = list_channels(email, actor=at.actor(as_), now=at.now)
        at.output.done({"channels": [_document(row) for row in rows]}, lambda: _show(rows))


@app.command("add", help=say("help.channel.add"))
def add(
    email: Email,
    url: Annotated[str, typer.Argument(metavar="URL", help=say("help.channel.url"))],
    untested: Annotated[bool, typer.Option("--untested", help=say("help.channel.untested"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from notifications.channels import add_channel  # noqa: PLC0415

    with desk() as at:
        key = at.home.channel_key
        row = add_channel(email, url, actor=at.actor(as_), now=at.now, key_file=key, untested=untested)
        said = say("done.channel_added", email=row.email, url=row.masked_url)
        at.output.done({"channel": {**_document(row), "tested": not untested}}, lambda: line(said))


@app.command("test", help=say("help.channel.test"))
def try_(number: Number, as_: As = None, as_json: Json = False) -> None:
    from notifications.channels import check_channel  # noqa: PLC0415

    with desk() as at:
        row = check_channel(number, actor=at.actor(as_), now=at.now, key_file=at.home.channel_key)
        said = say("done.channel_tested", url=row.masked_url)
        at.output.done({"tested": _document(row)}, lambda: line(said))


@app.command("order", help=say("help.channel.order"))
def order(
    email: Email,
    numbers: Annotated[list[int], typer.Argument(metavar=f"{say('arg.number')}...")],
    as_: As = None,
    as_json: Json = False,
) -> None:
    from notifications.channels import order_channels  # noqa: PLC0415

    with desk() as at:
        rows = order_channels(email, numbers, actor=at.actor(as_), now=at.now)
        at.output.done({"channels": [_document(row) for row in rows]}, lambda: _show(rows))


@app.command("remove", help=say("help.channel.remove"))
def remove(number: Number, as_: As = None, as_json: Json = False) -> None:
    from notifications.channels import remove_channel  # noqa: PLC0415

    with desk() as at:
        remove_channel(number, actor=at.actor(as_), now=at.now)
        at.output.done({"removed": number}, lambda: line(say("done.channel_removed", number=number)))


@key_app.callback()
def key() -> None:
    """A group, though it has one command: others may follow."""


@key_app.command("rotate", help=say("help.channel_key.rotate"))
def rotate(as_: As = None, as_json: Json = False) -> None:
    from notifications.channel_key import rotate_channel_key  # noqa: PLC0415

    with desk() as at:
        count = rotate_channel_key(actor=at.actor(as_), now=at.now, key_file=at.home.channel_key)
        said = say("done.channel_key_rotated", count=count, path=at.home.channel_key)
        at.output.done({"rotated": {"channels": count}}, lambda: line(said))


def _document(row: "ChannelRow") -> dict[str, Any]:
    return {
        "id": row.id,
        "email": row.email,
        "url": row.masked_url,
        "failed": instant(row.failed_at) if row.failed_at else None,
        "failure": row.failure,
        "rests_until": instant(row.rests_until) if row.rests_until else None,
    }


def _show(rows: "Sequence[ChannelRow]") -> None:
    if not rows:
        line(say("empty.channels"))
        return
    columns = [say(f"column.{name}") for name in ("id", "channel", "state")]
    table(columns, [(row.id, row.masked_url, _state(row)) for row in rows])


def _state(row: "ChannelRow") -> str:
    if row.failed_at is None:
        return say("channel.works")
    if row.rests_until:
        return say("channel.rests", until=instant(row.rests_until), why=row.failure)
    return say("channel.failed", why=row.failure)
