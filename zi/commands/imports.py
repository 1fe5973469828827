"""zi import KIND FILE."""

from pathlib import Path
from typing import Annotated, Any

import typer

from models.catalogue import say
from zi.context import desk
from zi.options import As, DryRun, Json
from zi.output import line, progress, table


def import_(
    kind: Annotated[str, typer.Argument(metavar=say("arg.import_kind"), help=say("help.import_kind"))],
    file: Annotated[str, typer.Argument(metavar=say("arg.file"))],
    dry_run: DryRun = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.imports import import_file  # noqa: PLC0415 - only this command needs it

    with desk() as at:
        with progress(say("progress.import", file=Path(file).name), silent=as_json or at.output.as_json) as watch:
            report = import_file(kind, Path(file), dry_run=dry_run, actor=at.actor(as_), now=at.now, watch=watch)
        document: dict[str, Any] = {
            "kind": report.kind,
            "dry_run": report.dry_run,
            "created": report.created,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "changes": [
                {
                    "row": change.row,
                    "key": change.key,
                    "what": change.what,
                    "fields": [
                        {"name": name, "before": before, "after": after} for name, before, after in change.fields
                    ],
                }
                for change in report.changes
            ],
        }

        def show_report() -> None:
            if dry_run and report.changes:
                columns = [say(f"column.{name}") for name in ("row", "key", "what", "change")]
                table(
                    columns,
                    [
                        (
                            change.row,
                            change.key,
                            say(f"import.{change.what}"),
                            "; ".join(
                                f"{name}: {before or '-'} -> {after or '-'}" for name, before, after in change.fields
                            ),
                        )
                        for change in report.changes
                    ],
                )
            key = "done.import_dry_run" if dry_run else "done.imported"
            line(say(key, kind=kind, created=report.created, updated=report.updated, unchanged=report.unchanged))

        at.output.done(document, show_report)
