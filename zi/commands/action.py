"""zi action: list, add, update, drop, export."""

from pathlib import Path
from typing import Annotated

import typer

from models.catalogue import say
from models.database import reading
from models.errors import UsageError
from states.actions.adding import NewItem, add_item
from states.actions.dropping import drop_item
from states.actions.listing import Filter, list_items
from states.actions.updating import Report, update_item
from states.documents import Content, take_content
from zi.action_views import item_document, show_items
from zi.context import Desk, desk
from zi.options import As, CandidacyCode, Json, Reason, day
from zi.output import line

app = typer.Typer(no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar=say("arg.number"))]
SomeCandidacy = Annotated[str | None, typer.Argument(metavar=say("arg.candidacy"), help=say("help.candidacy_code"))]
Target = Annotated[str | None, typer.Option("--target", metavar="DATE", help=say("help.action.target"))]
Pic = Annotated[str | None, typer.Option("--pic", metavar="EMAIL", help=say("help.action.pic"))]
Progress = Annotated[int | None, typer.Option("--progress", metavar="0-100", help=say("help.action.progress"))]
Hindrance = Annotated[str | None, typer.Option("--obstacle", metavar="TEXT", help=say("help.action.obstacle"))]
FollowUp = Annotated[str | None, typer.Option("--follow-up", metavar="TEXT", help=say("help.action.follow_up"))]
Proof = Annotated[str | None, typer.Option("--evidence", metavar="FILE|URL", help=say("help.action.evidence"))]
DoneOn = Annotated[str | None, typer.Option("--done", metavar="DATE", help=say("help.action.done"))]


@app.command("list", help=say("help.action.list"))
def list_(
    code: SomeCandidacy = None,
    agency: Annotated[str | None, typer.Option("--agency", metavar="CODE", help=say("help.filter_agency"))] = None,
    late: Annotated[bool, typer.Option("--late", help=say("help.action.late"))] = False,
    pic: Annotated[str | None, typer.Option("--pic", metavar="EMAIL", help=say("help.action.filter_pic"))] = None,
    area: Annotated[str | None, typer.Option("--area", metavar="AREA", help=say("help.action.filter_area"))] = None,
    all_: Annotated[bool, typer.Option("--all", help=say("help.action.all"))] = False,
    as_json: Json = False,
) -> None:
    with desk() as at:
        wanted = Filter(code, agency, late=late, pic=pic, area=area, dropped=all_)
        with reading() as session:
            rows = list(list_items(session, wanted, now=at.now))
        at.output.done({"actions": [item_document(row) for row in rows]}, lambda: show_items(rows))


@app.command("add", help=say("help.action.add"))
def add(
    code: CandidacyCode,
    area: Annotated[str, typer.Argument(metavar="AREA", help=say("help.action.area"))],
    activity: Annotated[str, typer.Argument(metavar=say("arg.activity"))],
    target: Target = None,
    pic: Pic = None,
    progress: Progress = None,
    obstacle: Hindrance = None,
    follow_up: FollowUp = None,
    evidence: Proof = None,
    done: DoneOn = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    target_on = day(target, name="--target")
    if target_on is None:
        raise UsageError("action_without_target")
    done_on = day(done, name="--done")
    with desk() as at:
        actor = at.actor(as_)
        new = NewItem(
            area,
            activity,
            target_on,
            pic=pic,
            progress=progress or 0,
            obstacle=obstacle,
            follow_up=follow_up,
            evidence=_taken(at, evidence),
            done_on=done_on,
        )
        number = add_item(code, new, actor=actor, now=at.now)
        document = {"action": {"id": number, "candidacy": code.upper()}}
        at.output.done(document, lambda: line(say("done.action_added", number=number, code=code.upper())))


@app.command("update", help=say("help.action.update"))
def update(
    number: Number,
    progress: Progress = None,
    obstacle: Hindrance = None,
    follow_up: FollowUp = None,
    evidence: Proof = None,
    done: DoneOn = None,
    target: Target = None,
    pic: Pic = None,
    reason: Reason = "",
    as_: As = None,
    as_json: Json = False,
) -> None:
    if all(one is None for one in (progress, obstacle, follow_up, evidence, done, target, pic)):
        raise UsageError("action_nothing_said")
    done_on, target_on = day(done, name="--done"), day(target, name="--target")
    with desk() as at:
        actor = at.actor(as_)
        report = Report(
            progress,
            done_on,
            obstacle,
            follow_up,
            evidence=_taken(at, evidence),
            target_on=target_on,
            pic=pic,
            reason=reason,
        )
        changed = update_item(number, report, actor=actor, now=at.now)
        key = "done.action_updated" if changed else "done.action_same"
        at.output.done({"updated": {"id": number, "changed": changed}}, lambda: line(say(key, number=number)))


@app.command("drop", help=say("help.action.drop"))
def drop(number: Number, reason: Reason = "", as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        code = drop_item(number, reason=reason, actor=at.actor(as_), now=at.now)
        document = {"dropped": {"id": number, "candidacy": code}}
        at.output.done(document, lambda: line(say("done.action_dropped", number=number, code=code)))


@app.command("export", help=say("help.action.export"))
def export(
    to: Annotated[str, typer.Option("--to", metavar="FILE.xlsx|FILE.csv", help=say("help.action.to"))],
    code: SomeCandidacy = None,
    agency: Annotated[str | None, typer.Option("--agency", metavar="CODE", help=say("help.action.of_agency"))] = None,
    force: Annotated[bool, typer.Option("--force", help=say("help.lke.force"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.actions.exporting import export_plan  # noqa: PLC0415 - loads openpyxl

    if (code is None) == (agency is None):
        raise UsageError("action_export_of_what")
    with desk() as at:
        wanted = Filter(code, agency)
        done = export_plan(Path(to), wanted, force=force, actor=at.actor(as_), now=at.now)
        document = {
            "of": done.subject,
            "file": str(done.path),
            "items": done.items,
            "sha256": done.sha256,
            "audit_seq": done.audit_seq,
        }
        at.output.done(document, lambda: line(say("done.action_exported", count=done.items, file=str(done.path))))


def _taken(at: Desk, source: str | None) -> Content | None:
    return take_content(source, folder=at.home.files, limit=at.home.upload_limit) if source else None
