"""zi lke import, export, import-master: answers from and to workbooks, and the official wording."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from models.catalogue import say
from models.errors import UsageError
from models.lke import Layer
from states.lke.wordings import wordings
from zi.context import Desk, desk
from zi.options import As, CandidacyCode, DryRun, Json, choice, pairs
from zi.output import console, line

__all__ = ["export", "import_", "import_master", "wordings"]

LAYOUTS = ("official", "readable")

WorkbookFile = Annotated[str, typer.Argument(metavar=say("arg.file"), help=say("help.lke.file"))]


def import_(
    code: CandidacyCode,
    file: WorkbookFile,
    layer: Annotated[str, typer.Option("--layer", metavar="LAYER", help=say("help.lke.layer"))],
    dry_run: DryRun = False,
    sheet: Annotated[str | None, typer.Option("--sheet", metavar="NAME", help=say("help.lke.sheet"))] = None,
    column: Annotated[
        list[str] | None, typer.Option("--column", metavar="ROLE=LETTER", help=say("help.lke.column"))
    ] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.workbook.reading import import_workbook  # noqa: PLC0415 - slow to import; only here is a workbook read
    from zi.lke_file_views import import_document, show_import, show_mapping  # noqa: PLC0415

    chosen = choice(Layer, layer, name="--layer")
    with desk() as at:
        picks = _picks(sheet, column)
        show = None if at.output.as_json else show_mapping
        with _working(at, say("workbook.reading")):
            done = import_workbook(
                code, Path(file), chosen, dry_run=dry_run, actor=at.actor(as_), now=at.now, picks=picks, show=show
            )

        def show_done() -> None:
            show_import(done)
            if words := sum(change.line.evidence is not None for change in done.changes):
                line(say("done.lke_import_words", count=words, code=code.upper()))
            counts = {"accepted": done.accepted, "unchanged": done.unchanged}
            if dry_run:
                line(say("done.lke_import_dry_run", code=code.upper(), rejected=len(done.rejected), **counts))
            else:
                line(say("done.lke_imported", code=code.upper(), **counts))

        at.output.done({"dry_run": dry_run, **import_document(done)}, show_done)


def export(
    code: CandidacyCode,
    file: WorkbookFile,
    layout: Annotated[
        str, typer.Option("--layout", metavar="|".join(LAYOUTS), help=say("help.lke.layout"))
    ] = "official",
    force: Annotated[bool, typer.Option("--force", help=say("help.lke.force"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.workbook.exporting import export_official, export_readable  # noqa: PLC0415 - loads openpyxl

    if layout.strip().lower() not in LAYOUTS:
        raise UsageError("bad_value", name="--layout", value=layout, known=", ".join(LAYOUTS))
    write = export_official if layout.strip().lower() == "official" else export_readable
    with desk() as at:
        with _working(at, say("workbook.writing")):
            done = write(code, Path(file), force=force, actor=at.actor(as_), now=at.now)
        document = {
            "candidacy": done.code,
            "file": str(done.path),
            "layout": done.layout,
            "sha256": done.sha256,
            "layers": list(done.layers),
            "audit_seq": done.audit_seq,
        }
        at.output.done(document, lambda: line(say("done.lke_exported", code=done.code, path=str(done.path))))


def import_master(
    cycle: Annotated[str, typer.Argument(metavar=say("arg.cycle"), help=say("help.lke.cycle"))],
    file: Annotated[str, typer.Argument(metavar=say("arg.file"), help=say("help.lke.master_file"))],
    dry_run: DryRun = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.lke.master import import_master as take  # noqa: PLC0415 - only here is a master read

    with desk() as at:
        done = take(cycle, Path(file), dry_run=dry_run, actor=at.actor(as_), now=at.now)
        document: dict[str, Any] = {
            "cycle": done.cycle,
            "dry_run": done.dry_run,
            "soal": done.soal,
            "changed": done.changed,
            "unchanged": done.unchanged,
            "notes": list(done.notes),
            "sha256": done.sha256,
        }

        def show_done() -> None:
            for note in done.notes:
                at.output.note(note)
            key = "done.master_dry_run" if dry_run else "done.master_imported"
            line(say(key, cycle=done.cycle, changed=done.changed, unchanged=done.unchanged))

        at.output.done(document, show_done)


def _picks(sheet: str | None, columns: list[str] | None) -> Any:
    """Raises UsageError for a role that can't be picked, or for what is no column."""
    from states.workbook.columns import TAKEN  # noqa: PLC0415
    from states.workbook.layout import Picks  # noqa: PLC0415
    from states.workbook.sheet import MOST_COLUMNS, column_of  # noqa: PLC0415

    known = {role.value: role for role in TAKEN}
    found = {}
    for name, letter in pairs(columns, name="--column").items():
        role = known.get(name.lower())
        if role is None:
            raise UsageError("bad_value", name="--column", value=name, known=", ".join(known))
        try:
            found[role] = column_of(letter.strip())
        except ValueError:
            raise UsageError("bad_column", value=letter, known=", ".join(known)) from None
        if found[role] > MOST_COLUMNS:
            raise UsageError("bad_column", value=letter, known=", ".join(known))
    return Picks(sheet, found)


@contextmanager
def _working(at: Desk, text: str) -> Iterator[None]:
    """A sign of life on a terminal; nothing in a pipe or beside a document."""
    if at.output.as_json or not sys.stderr.isatty():
        yield
        return
    with console(sys.stderr).status(text):
        yield
