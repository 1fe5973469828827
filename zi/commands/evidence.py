"""zi evidence: add, list, review, withdraw, missing, notice."""

from typing import Annotated

import typer

from models.catalogue import say
from models.database import reading
from models.errors import UsageError
from models.trail import Via
from states.actors import find_actor
from states.areas import areas_in, checked_areas
from states.calendar import today_in_indonesia
from states.evidence.adding import add_evidence, withdraw_evidence
from states.evidence.listing import list_evidence
from states.evidence.missing import missing_evidence, why_nothing
from states.evidence.reviewing import LEADS_TO, Verdict, review_evidence
from zi.context import desk
from zi.evidence_views import (
    added_document,
    list_document,
    missing_document,
    show_added,
    show_list,
    show_missing,
    show_nothing,
)
from zi.options import As, CandidacyCode, Json, Reason, choice, day
from zi.output import line

app = typer.Typer(no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar=say("arg.number"))]


@app.command("add", help=say("help.evidence.add"))
def add(
    code: CandidacyCode,
    words: Annotated[
        list[str], typer.Argument(metavar=say("arg.questions_and_source"), help=say("help.evidence.words"))
    ],
    title: Annotated[str | None, typer.Option("--title", metavar="TEXT", help=say("help.evidence.title"))] = None,
    effective: Annotated[
        str | None, typer.Option("--effective", metavar="DATE", help=say("help.evidence.effective"))
    ] = None,
    valid_until: Annotated[
        str | None, typer.Option("--valid-until", metavar="DATE", help=say("help.evidence.valid_until"))
    ] = None,
    replaces: Annotated[
        int | None, typer.Option("--replaces", metavar=say("arg.number"), help=say("help.evidence.replaces"))
    ] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.evidence.taking import take_evidence  # noqa: PLC0415 - loads puremagic's tables

    with desk() as at:
        *questions, source = words
        if not questions:
            raise UsageError("evidence_words", value=source)
        effective_on = day(effective, name="--effective")
        until = day(valid_until, name="--valid-until")
        actor = at.actor(as_)
        content = take_evidence(source, folder=at.home.files, limit=at.home.upload_limit)
        added = add_evidence(
            code,
            questions,
            content,
            title=title,
            effective_on=effective_on,
            valid_until=until,
            replaces=replaces,
            actor=actor,
            now=at.now,
        )
        at.output.done(added_document(added), lambda: show_added(added))


@app.command("list", help=say("help.evidence.list"))
def list_(
    code: CandidacyCode,
    question: Annotated[str | None, typer.Argument(metavar=say("arg.question"))] = None,
    reused: Annotated[bool, typer.Option("--reused", help=say("help.evidence.reused"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        actor = at.actor_or_none(as_)
        with reading() as session:
            rows = list_evidence(session, code, question, now=at.now, actor=actor)
        if reused:
            rows = [row for row in rows if row.reused]
        at.output.done(list_document(rows), lambda: show_list(rows, code=code.upper(), reused=reused))


@app.command("review", help=say("help.evidence.review"))
def review(
    number: Number,
    verdict: Annotated[str, typer.Argument(metavar=say("arg.verdict"))],
    reason: Reason = "",
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        said = choice(Verdict, verdict, name=say("arg.verdict"))
        code = review_evidence(number, said, reason, actor=at.actor(as_), now=at.now)
        document = {"reviewed": {"id": number, "candidacy": code, "state": LEADS_TO[said].value}}
        key = "done.evidence_accept" if said is Verdict.ACCEPT else "done.evidence_reject"
        at.output.done(document, lambda: line(say(key, number=number)))


@app.command("withdraw", help=say("help.evidence.withdraw"))
def withdraw(number: Number, reason: Reason = "", as_: As = None, as_json: Json = False) -> None:
    with desk() as at:
        code = withdraw_evidence(number, reason=reason, actor=at.actor(as_), now=at.now)
        document = {"withdrawn": {"id": number, "candidacy": code}}
        at.output.done(document, lambda: line(say("done.evidence_withdrawn", number=number)))


@app.command("missing", help=say("help.evidence.missing"))
def missing(
    code: Annotated[str | None, typer.Argument(metavar=say("arg.candidacy"), help=say("help.candidacy_code"))] = None,
    advice: Annotated[bool, typer.Option("--advice", help=say("help.evidence.advice"))] = False,
    area: Annotated[str | None, typer.Option("--area", metavar="AREA", help=say("help.evidence.area"))] = None,
    person: Annotated[str | None, typer.Option("--person", metavar="EMAIL", help=say("help.evidence.person"))] = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        areas = areas_in(checked_areas(area))
        with reading() as session:
            email = find_actor(session, person, today=today_in_indonesia(at.now), via=Via.CLI).email if person else None
            rows = [
                row
                for row in missing_evidence(session, code, now=at.now, advice=advice)
                if (not areas or row.area in areas) and (email is None or row.responsible.email == email)
            ]
            nothing = why_nothing(session, code) if code and not rows else None

        def show() -> None:
            if rows:
                show_missing(rows)
            else:
                show_nothing(code, nothing, filtered=bool(areas or email))

        at.output.done(missing_document(rows), show)


@app.command("notice", help=say("help.evidence.notice"))
def notice(
    person: Annotated[str | None, typer.Option("--person", metavar="EMAIL", help=say("help.evidence.person"))] = None,
    whatsapp: Annotated[bool, typer.Option("--whatsapp", help=say("help.evidence.whatsapp"))] = False,
    as_json: Json = False,
) -> None:
    from notifications.evidence_notices import evidence_letters  # noqa: PLC0415 - brings the templates
    from zi.notice_views import notices_document, show_notices  # noqa: PLC0415

    with desk() as at:
        with reading() as session:
            notices = evidence_letters(session, person, now=at.now)
        at.output.done(notices_document(notices), lambda: show_notices(notices, short=whatsapp))
