"""zi audit: log, verify; the others are in audit_proof, audit_key, audit_replay, audit_witness."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.catalogue import current_language, say
from models.database import reading
from models.errors import IntegrityBroken, UsageError
from states.subjects import find_subject
from states.trail_reader import records_of
from states.verify import Verdict, verify_trail
from zi.commands import audit_key, audit_proof, audit_replay, audit_witness
from zi.context import current_output, desk
from zi.options import Json
from zi.output import line, table

FILES = ("bundle", "inclusion", "consistency")  # what can be verified beside the trail itself

app = typer.Typer(no_args_is_help=True)
app.command("prove", help=say("help.audit.prove"))(audit_proof.prove)
app.command("consistency", help=say("help.audit.consistency"))(audit_proof.consistency)
app.command("checkpoint", help=say("help.audit.checkpoint"))(audit_proof.checkpoint)
app.command("export", help=say("help.audit.export"))(audit_proof.export)
app.command("replay", help=say("help.audit.replay"))(audit_replay.replay)
app.command("erase", help=say("help.audit.erase"))(audit_replay.erase)
app.add_typer(audit_witness.app, name="witness", help=say("help.witness"))
app.add_typer(audit_key.app, name="key", help=say("help.audit.key"))


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
def verify(
    what: Annotated[str | None, typer.Argument(metavar="[WHAT]", help=say("help.audit.verify.what"))] = None,
    path: Annotated[Path | None, typer.Argument(metavar="[FILE]", help=say("help.audit.verify.file"))] = None,
    as_json: Json = False,
) -> None:
    if what is not None:
        verify_file(what, path)
        return
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


def verify_file(what: str, path: Path | None) -> None:
    """A bundle or a bare proof, by the program that each bundle carries; no home is needed."""
    from states.bundle import verify as verifier  # noqa: PLC0415

    if what not in FILES or path is None:
        raise UsageError("verify_what", known=", ".join(FILES))
    said: list[str] = []
    code = verifier.main([what, str(path), "--lang", current_language()], tell=said.append)
    current_output().done({"ok": code == 0, "said": said}, lambda: line("\n".join(said)))
    if code:
        raise typer.Exit(code)


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
        "checkpoints": verdict.checkpoints,
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
