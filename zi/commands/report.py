"""zi report monev: the report that the head of an Inspektorat signs."""

from pathlib import Path
from typing import Annotated

import typer

from models.catalogue import say
from zi.context import desk
from zi.options import As, Json
from zi.output import line

app = typer.Typer(no_args_is_help=True)


@app.callback()
def reports() -> None:
    """A group, although it has one command yet."""


@app.command("monev", help=say("help.report.monev"))
def monev(
    agency: Annotated[str, typer.Argument(metavar=say("arg.agency"))],
    to: Annotated[Path, typer.Option("--to", metavar=say("arg.file"), help=say("help.report.to"))],
    signer_name: Annotated[str, typer.Option("--signer-name", help=say("help.report.signer_name"))] = "",
    signer_nip: Annotated[str, typer.Option("--signer-nip", help=say("help.report.signer_nip"))] = "",
    signer_office: Annotated[str, typer.Option("--signer-office", help=say("help.report.signer_office"))] = "",
    place: Annotated[str, typer.Option("--place", help=say("help.report.place"))] = "",
    force: Annotated[bool, typer.Option("--force", help=say("help.lke.force"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.reports.contents import Signature  # noqa: PLC0415 - loads the rule sets
    from states.reports.exporting import export_report  # noqa: PLC0415

    signature = Signature(signer_name.strip(), signer_nip.strip(), signer_office.strip(), place.strip())
    with desk() as at:
        done = export_report(agency, to, signature=signature, force=force, actor=at.actor(as_), now=at.now)
        document = {
            "agency": done.agency,
            "file": str(done.path),
            "format": done.format,
            "quarter": done.quarter,
            "units": done.units,
            "sha256": done.sha256,
            "audit_seq": done.audit_seq,
        }
        words = {"agency": done.agency, "path": str(done.path), "sha256": done.sha256}
        at.output.done(document, lambda: line(say("done.report", **words)))
