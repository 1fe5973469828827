"""zi audit: log, verify, replay, erase."""

from typing import Annotated, Any

import typer

from models.catalogue import say
from models.database import reading
from models.errors import IntegrityBroken
from states.erasing import erase_text
from states.replay.comparing import Replay, replay_trail
from states.replay.told import Difference
from states.subjects import find_subject
from states.trail_reader import records_of
from states.verify import Verdict, verify_trail
from zi.context import desk
from zi.options import As, Json, Reason
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)


@app.command("log", help=say("help.audit.log"))
def log(
    code: Annotated[str | None, typer.Argument(metavar=say("arg.code"), help=say("help.audit.code"))] = None,
    last: Annotated[int | None, typer.Option("--last", min=1, metavar="N", help=say("help.audit.last"))] = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        with reading() as session:
            subject = find_subject(session, code).name if code else None
            records = records_of(session, subject, last=last)

        def show_log() -> None:
            columns = [say(f"column.{name}") for name in ("seq", "at", "actor", "action", "subject", "change", "text")]
            table(
                columns,
                [
                    (
                        record["seq"],
                        record["at"][:19],
                        record["actor"],
                        record["action"],
                        record["subject"],
                        _change(record),
                        "; ".join(f"{name}: {text}" for name, text in record["texts"].items()),
                    )
                    for record in records
                ],
            )

        at.output.done({"records": records}, show_log)


@app.command("verify", help=say("help.audit.verify"))
def verify(as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            verdict = verify_trail(session)
        if verdict.ok:
            at.output.done(
                verdict_document(verdict),
                lambda: line(say("done.verified", records=verdict.records, root=verdict.root)),
            )
            return
        if at.output.as_json:
            at.output.done(verdict_document(verdict), lambda: None)
            raise typer.Exit(IntegrityBroken.exit_code)
        raise IntegrityBroken("trail_broken", why=_why(verdict))


@app.command("erase", help=say("help.audit.erase"))
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


@app.command("replay", help=say("help.audit.replay"))
def replay(as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            replayed = replay_trail(session)
        at.output.done(replay_document(replayed), lambda: _show_replay(replayed))
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


def _show_replay(replayed: Replay) -> None:
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


def verdict_document(verdict: Verdict) -> dict[str, Any]:
    fault = verdict.fault
    first_bad = {"seq": fault.seq, "why": say(f"audit.fault.{fault.why}")} if fault else None
    if first_bad is None and verdict.missing_triggers:
        first_bad = {"seq": None, "why": _triggers(verdict)}
    return {
        "ok": verdict.ok,
        "records": verdict.records,
        "root": verdict.root,
        "first_bad": first_bad,
        "missing_triggers": list(verdict.missing_triggers),
    }


def _why(verdict: Verdict) -> str:
    if verdict.fault is None:
        return _triggers(verdict)
    why = say(f"audit.fault.{verdict.fault.why}")
    return f"{why} (seq {verdict.fault.seq})" if verdict.fault.seq is not None else why


def _triggers(verdict: Verdict) -> str:
    return say("audit.fault.trigger_missing", names=", ".join(verdict.missing_triggers))


def _change(record: dict[str, Any]) -> str:
    if record["action"] == "refused":
        return ", ".join(obstacle["rule"] for obstacle in record["details"]["obstacles"])
    before, after = record["before"], record["after"]
    if before is None and after is None:
        return str(record["rule"] or record["details"].get("kind", ""))
    return f"{before or ''} -> {after or ''}" if before else str(after)
