"""zi audit replay: the tables held against the trail; zi audit erase: a text taken out of it."""

from typing import Annotated, Any

import typer

from models.catalogue import say
from models.database import reading
from models.errors import IntegrityBroken
from states.erasing import erase_text
from states.replay.comparing import Replay, replay_trail
from states.replay.told import Difference
from zi.context import desk
from zi.options import As, Json, Reason
from zi.output import line, table


def erase(
    seq: Annotated[int, typer.Argument(metavar="SEQ", help=say("help.audit.seq"))],
    field: Annotated[str, typer.Argument(metavar=say("arg.field"), help=say("help.audit.field"))],
    reason: Reason = "",
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        done = erase_text(seq, field, reason=reason, actor=at.actor(as_), now=at.now)
        one = {"seq": done.seq, "field": done.field, "audit_seq": done.audit_seq}
        outcome = {"erased": [one] if done.erased else [], "waiting": [] if done.erased else [one]}
        key = "done.text_erased" if done.erased else "done.text_erasure_asked"
        at.output.done(outcome, lambda: line(say(key, seq=seq, field=field)))


def replay(as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            replayed = replay_trail(session)
        at.output.done(replay_document(replayed), lambda: _show(replayed))
        if not replayed.ok:
            raise typer.Exit(IntegrityBroken.exit_code)


def replay_document(replayed: Replay) -> dict[str, Any]:
    return {
        "ok": replayed.ok,
        "candidacies": replayed.candidacies,
        "differences": [
            {
                "candidacy": one.candidacy,
                "what": one.what,
                "entry": one.entry,
                "seq": one.seq,
                "trail": _told(one),
                "table": one.table,
            }
            for one in replayed.differences
        ],
    }


def _show(replayed: Replay) -> None:
    if replayed.ok:
        line(say("done.replayed", candidacies=replayed.candidacies))
        return
    columns = [say(f"column.{name}") for name in ("code", "entry", "replay_what", "in_trail", "in_table", "seq")]
    table(
        columns,
        [
            (one.candidacy, one.entry, say(f"replay.what.{one.what}"), _told(one), one.table, one.seq)
            for one in replayed.differences
        ],
    )
    line(say("replay.differs", count=len(replayed.differences)))


def _told(one: Difference) -> str | int | bool | None:
    return say(f"replay.misfit.{one.trail}") if one.what == "record" else one.trail
