"""zi delivery: what was sent to whom and how that went; and trying again what was given up; ending a hold."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.catalogue import say
from models.errors import UsageError
from models.messages import DeliveryState
from models.trail import instant
from states.calendar import WIB
from zi.context import desk
from zi.options import As, Json, choice, day
from zi.output import line, table

if TYPE_CHECKING:
    from notifications.delivery_log import DeliveryRow

app = typer.Typer(no_args_is_help=True)

PersonOption = Annotated[str | None, typer.Option("--person", metavar="EMAIL", help=say("help.delivery.person"))]
CodeOption = Annotated[str | None, typer.Option("--candidacy", metavar="CODE", help=say("help.delivery.candidacy"))]
SinceOption = Annotated[str | None, typer.Option("--since", metavar="DATE", help=say("help.delivery.since"))]
STATES = "|".join(state.value for state in DeliveryState)


@app.command("list", help=say("help.delivery.list"))
def list_(
    person: PersonOption = None,
    state: Annotated[str | None, typer.Option("--state", metavar=STATES, help=say("help.delivery.state"))] = None,
    candidacy: CodeOption = None,
    since: SinceOption = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=1, max=1000, help=say("help.delivery.limit"))] = 50,
    before: Annotated[int | None, typer.Option("--before", metavar="ID", help=say("help.delivery.before"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from notifications.delivery_log import Wanted, list_deliveries  # noqa: PLC0415

    with desk() as at:
        chosen = choice(DeliveryState, state, name="--state") if state else None
        wanted = Wanted(person, chosen, candidacy, _morning(since))
        page = list_deliveries(wanted, actor=at.actor(as_), limit=limit, before=before)

        def show() -> None:
            if not page.rows:
                line(say("empty.deliveries"))
                return
            _show(page.rows)
            if page.before is not None:
                line(say("done.delivery_page", before=page.before))

        at.output.done({"deliveries": [_document(row) for row in page.rows], "before": page.before}, show)


@app.command("show", help=say("help.delivery.show"))
def show(
    message_id: Annotated[str, typer.Argument(metavar="MESSAGE_ID", help=say("help.delivery.message"))],
    as_: As = None,
    as_json: Json = False,
) -> None:
    from notifications.delivery_log import show_message  # noqa: PLC0415

    with desk() as at:
        rows = show_message(message_id, actor=at.actor(as_))
        at.output.done({"deliveries": [_document(row) for row in rows]}, lambda: _show(rows))


@app.command("retry", help=say("help.delivery.retry"))
def retry(
    numbers: Annotated[list[int] | None, typer.Argument(metavar=f"{say('arg.number')}...")] = None,
    failed: Annotated[bool, typer.Option("--failed", help=say("help.delivery.failed"))] = False,
    person: PersonOption = None,
    candidacy: CodeOption = None,
    since: SinceOption = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from notifications.delivery_log import Wanted  # noqa: PLC0415
    from notifications.retry import retry_deliveries, retry_failed  # noqa: PLC0415

    if failed == bool(numbers) or (numbers and (person or candidacy or since)):
        raise UsageError("retry_which")
    with desk() as at:
        actor = at.actor(as_)
        if numbers:
            done = retry_deliveries(numbers, actor=actor, now=at.now)
        else:
            wanted = Wanted(person, None, candidacy, _morning(since), undelivered=True)
            done = retry_failed(wanted, actor=actor, now=at.now)
        at.output.done({"queued": done}, lambda: line(say("done.delivery_retried", count=len(done))))


@app.command("release", help=say("help.delivery.release"))
def release(
    drop: Annotated[bool, typer.Option("--drop", help=say("help.delivery.drop"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from notifications.releasing import release as release_held  # noqa: PLC0415

    with desk() as at:
        done = release_held(home=at.home, drop=drop, actor=at.actor(as_), now=at.now)
        at.output.done(
            {"released": {"held_since": instant(done.since), "dropped": done.dropped}},
            lambda: line(say("done.messages_released", count=done.dropped)),
        )


def _morning(since: str | None) -> datetime | None:
    on = day(since, name="--since")
    return datetime.combine(on, time.min, tzinfo=WIB) if on else None


def _document(row: "DeliveryRow") -> dict[str, Any]:
    moments = {"queued": row.queued_at, "next_try": row.next_try_at, "sent": row.sent_at}
    plain = {name: value for name, value in asdict(row).items() if not name.endswith("_at")}
    return {**plain, **{name: instant(moment) if moment else None for name, moment in moments.items()}}


def _show(rows: "Sequence[DeliveryRow]") -> None:
    names = ("id", "code", "kind", "recipient", "channel", "state", "attempts", "when", "error")
    cells = [
        (
            row.id,
            row.candidacy,
            f"{row.kind.value} {row.rung or ''}".strip(),
            row.person,
            row.channel or (say("delivery.folder") if row.route == "mail" else row.route),
            say(f"delivery.state.{row.state.value}"),
            row.attempts,
            instant(row.sent_at or row.next_try_at or row.queued_at)[:16],
            row.error,
        )
        for row in rows
    ]
    table([say(f"column.{name}") for name in names], cells)
