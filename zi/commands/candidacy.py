"""zi candidacy: open, show, why, dates, move; list has a file of its own."""

from typing import Annotated, Any

import typer

from models.candidacies import Candidacy, Level
from models.catalogue import say
from models.database import reading
from models.errors import UsageError
from models.stages import Stage
from states.advance import move_candidacies
from states.candidacies import Opening, open_candidacy
from states.corrections import correct
from states.documents import check_kind, take_content
from states.explain import explain
from states.lookups import find
from states.moves import CORRECT, MOVE_NAMES
from states.overview import Overview, overview
from states.replay.as_of import stood_on
from states.requests import Request
from zi.as_of_views import as_of_document, show_as_of
from zi.board_views import stage_name
from zi.calendar_views import dates_document, show_dates
from zi.commands import board
from zi.context import Desk, desk
from zi.options import As, CandidacyCode, Json, Reason, choice, day, pairs
from zi.output import line
from zi.views import (
    overview_document,
    proposal_document,
    show_overview,
    show_why,
    waiting_document,
)

app = typer.Typer(no_args_is_help=True)
app.add_typer(board.app)


@app.command("open", help=say("help.candidacy.open"))
def open_(
    unit: Annotated[str, typer.Argument(metavar=say("arg.unit"))],
    cycle: Annotated[str, typer.Argument(metavar=say("arg.cycle"))],
    target: Annotated[str, typer.Option("--target", metavar="WBK|WBBM", help=say("help.target"))],
    after: Annotated[str | None, typer.Option("--after", metavar="CODE", help=say("help.after"))] = None,
    stage: Annotated[str | None, typer.Option("--stage", metavar="STAGE", help=say("help.baseline_stage"))] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help=say("help.since"))] = None,
    reason: Reason = "",
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        opening = Opening(
            unit=unit,
            cycle=cycle,
            target=choice(Level, target, name="--target"),
            stage=choice(Stage, stage, name="--stage") if stage else Stage.PENCANANGAN,
            since=day(since, name="--since"),
            after=after,
            reason=reason,
        )
        code = open_candidacy(opening, actor=at.actor(as_), now=at.now)
        document = {"opened": [{"code": code, "stage": opening.stage.parent, "substage": opening.stage.substage}]}
        at.output.done(document, lambda: line(say("done.candidacy_opened", code=code, stage=stage_name(opening.stage))))


@app.command("show", help=say("help.candidacy.show"))
def show(
    code: CandidacyCode,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help=say("help.candidacy.as_of"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    on = day(as_of, name="--as-of")
    with desk() as at:
        if on:
            with reading() as session:
                stood = stood_on(session, code, on, now=at.now, actor=at.actor_or_none(as_))
            at.output.done(as_of_document(stood), lambda: show_as_of(stood))
            return
        seen = _overview(at, code, as_)
        at.output.done(overview_document(seen), lambda: show_overview(seen))


@app.command("why", help=say("help.candidacy.why"))
def why(code: CandidacyCode, as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        seen = _overview(at, code, as_)
        document = {
            "candidacy": seen.row.code,
            "move": seen.way_on.move.name if seen.way_on else None,
            "obstacles": [waiting_document(one) for one in seen.waiting],
            "window": proposal_document(seen),
        }
        at.output.done(document, lambda: show_why(seen))


@app.command("dates", help=say("help.candidacy.dates"))
def dates(code: CandidacyCode, as_json: Json = False) -> None:
    with desk() as at:
        with reading() as session:
            explained = explain(session, find(session, Candidacy, code), now=at.now)
        at.output.done(dates_document(explained), lambda: show_dates(explained))


@app.command("move", help=say("help.candidacy.move", moves=", ".join(MOVE_NAMES)))
def move(
    codes_and_move: Annotated[list[str], typer.Argument(metavar=say("arg.codes_and_move"))],
    reason: Reason = "",
    effective: Annotated[str | None, typer.Option("--effective", metavar="DATE", help=say("help.effective"))] = None,
    decided_by: Annotated[str | None, typer.Option("--decided-by", metavar="TEXT", help=say("help.decided_by"))] = None,
    document: Annotated[
        list[str] | None, typer.Option("--document", metavar="KIND=FILE|URL", help=say("help.move_document"))
    ] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help=say("help.set"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    *codes, name = codes_and_move
    if name not in MOVE_NAMES:
        raise UsageError("unknown_move", value=name, known=", ".join(MOVE_NAMES))
    if not codes:
        raise UsageError("no_candidacy_named")
    given = pairs(document, name="--document")
    values = pairs(set_, name="--set")
    on = day(effective, name="--effective")
    with desk() as at:
        actor = at.actor(as_)
        if name == CORRECT:
            _correct(at, codes, reason=reason, as_=as_)
            return
        for kind in given:
            check_kind(kind)
        contents = {
            kind: take_content(source, folder=at.home.files, limit=at.home.upload_limit)
            for kind, source in given.items()
        }
        request = Request(on, reason, decided_by, values, contents)
        moved = move_candidacies(codes, name, request=request, actor=actor, now=at.now)
        outcome = {
            "moved": [
                {"code": one.code, "from": one.source.value, "to": one.dest.value, "audit_seq": one.audit_seq}
                for one in moved
            ]
        }

        def say_moved() -> None:
            for one in moved:
                line(say("done.moved", code=one.code, source=stage_name(one.source), dest=stage_name(one.dest)))

        at.output.done(outcome, say_moved)


def _correct(at: Desk, codes: list[str], *, reason: str, as_: str | None) -> None:
    moved, asked = correct(codes, reason=reason, actor=at.actor(as_), now=at.now)
    outcome: dict[str, Any] = {
        "moved": [
            {"code": one.code, "from": one.source.value, "to": one.dest.value, "audit_seq": one.audit_seq}
            for one in moved
        ],
        "waiting": [{"code": one.code, "back_to": one.back_to.value, "audit_seq": one.audit_seq} for one in asked],
    }

    def say_corrected() -> None:
        for one in moved:
            line(say("done.corrected", code=one.code, source=stage_name(one.source), dest=stage_name(one.dest)))
        for waiting in asked:
            line(say("done.correction_asked", code=waiting.code, dest=stage_name(waiting.back_to)))

    at.output.done(outcome, say_corrected)


def _overview(at: Desk, code: str, as_: str | None) -> Overview:
    with reading() as session:
        candidacy = find(session, Candidacy, code)
        return overview(session, candidacy, now=at.now, actor=at.actor_or_none(as_))
