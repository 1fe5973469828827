"""zi finding: add, list, close."""

from typing import Annotated

import typer
from sqlalchemy import select
from sqlmodel import col

from models.candidacies import Candidacy
from models.catalogue import say
from models.database import reading
from models.findings import Finding, FindingState
from states.findings import close_finding, raise_finding
from states.lookups import find
from states.monev.texts import describe
from zi.context import desk
from zi.options import As, CandidacyCode, Json
from zi.output import line, table

app = typer.Typer(no_args_is_help=True)


@app.command("add", help=say("help.finding.add"))
def add(
    code: CandidacyCode,
    text: Annotated[str, typer.Argument(metavar=say("arg.text"))],
    as_: As = None,
    as_json: Json = False,
) -> None:
    with desk() as at:
        number = raise_finding(code, text, actor=at.actor(as_), now=at.now)
        document = {"finding": {"id": number, "candidacy": code.upper()}}
        at.output.done(document, lambda: line(say("done.finding_added", number=number, code=code.upper())))


@app.command("list", help=say("help.finding.list"))
def list_(
    code: Annotated[str | None, typer.Argument(metavar=say("arg.candidacy"))] = None,
    all_: Annotated[bool, typer.Option("--all", help=say("help.finding.all"))] = False,
    as_json: Json = False,
) -> None:
    with desk() as at:
        query = select(Finding, col(Candidacy.code)).join(Candidacy, col(Candidacy.id) == col(Finding.candidacy_id))
        if not all_:
            query = query.where(col(Finding.state) == FindingState.OPEN)
        with reading() as session:
            if code:
                query = query.where(col(Finding.candidacy_id) == find(session, Candidacy, code).id)
            rows = session.execute(query.order_by(col(Candidacy.code), col(Finding.id))).all()
        document = {
            "findings": [
                {
                    "id": finding.id,
                    "candidacy": of,
                    "rule": finding.rule,
                    "severity": finding.severity.value,
                    "owner": finding.owner.value,
                    "text": describe(finding)[0],
                    "fix": describe(finding)[1],
                    "state": finding.state.value,
                    "days_open": ((finding.closed_at or at.now) - finding.opened_at).days,
                }
                for finding, of in rows
            ]
        }

        def show_findings() -> None:
            if not rows:
                line(say("empty.findings"))
                return
            columns = [say(f"column.{name}") for name in ("id", "code", "severity", "owner", "finding", "age")]
            table(
                columns,
                [
                    (
                        finding.id,
                        of,
                        say(f"severity.{finding.severity.value}"),
                        say(f"role.{finding.owner.value}"),
                        describe(finding)[0],
                        say("age.days", days=((finding.closed_at or at.now) - finding.opened_at).days),
                    )
                    for finding, of in rows
                ],
            )

        at.output.done(document, show_findings)


@app.command("close", help=say("help.finding.close"))
def close(
    number: Annotated[int, typer.Argument(metavar=say("arg.number"))], as_: As = None, as_json: Json = False
) -> None:
    with desk() as at:
        close_finding(number, actor=at.actor(as_), now=at.now)
        at.output.done({"closed": number}, lambda: line(say("done.finding_closed", number=number)))
