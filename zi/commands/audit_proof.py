"""zi audit prove, consistency, checkpoint, export: what others can check without us."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from models.catalogue import say
from models.database import reading
from models.errors import BadInput, NotFound, StorageFailed
from zi.context import desk
from zi.options import As, Json
from zi.output import line, progress

Out = Annotated[Path | None, typer.Option("--out", metavar=say("arg.file"), help=say("help.audit.out"))]


def prove(
    seq: Annotated[int, typer.Argument(metavar="SEQ", help=say("help.audit.seq"))],
    size: Annotated[int | None, typer.Option("--size", metavar="N", help=say("help.audit.size"))] = None,
    out: Out = None,
    as_json: Json = False,
) -> None:
    from states.kept_checkpoints import checkpoint_at  # noqa: PLC0415
    from states.proofs import prove_record  # noqa: PLC0415

    with desk() as at:
        with reading() as session:
            proof = prove_record(session, seq, size=size)
            signed = checkpoint_at(session, proof.size) is not None
        document = proof.document()
        _save(document, out)

        def show() -> None:
            line(say("done.proved", seq=proof.index, size=proof.size, root=proof.root.hex()))
            line(say("audit.size_signed" if signed else "audit.size_not_signed", size=proof.size))
            _tell(document, out)

        at.output.done(document, show)


def consistency(
    first: Annotated[int, typer.Argument(metavar="A", help=say("help.audit.first"))],
    second: Annotated[int, typer.Argument(metavar="B", help=say("help.audit.second"))],
    out: Out = None,
    as_json: Json = False,
) -> None:
    from states.proofs import prove_growth  # noqa: PLC0415

    with desk() as at:
        with reading() as session:
            proof = prove_growth(session, first, second)
        document = proof.document()
        _save(document, out)

        def show() -> None:
            line(say("done.consistent", first=first, second=second))
            _tell(document, out)

        at.output.done(document, show)


def checkpoint(
    show: Annotated[bool, typer.Option("--show", help=say("help.audit.checkpoint.show"))] = False,
    pdf: Annotated[
        Path | None, typer.Option("--pdf", metavar="FILE.pdf", help=say("help.audit.checkpoint.pdf"))
    ] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.checkpoints import ask_checkpoint  # noqa: PLC0415
    from states.kept_checkpoints import last_checkpoint  # noqa: PLC0415
    from states.reports.checkpoint_page import check_page, save_page, zone_of_all  # noqa: PLC0415

    with desk() as at:
        if pdf:
            check_page(pdf)
        if show:
            with reading() as session:
                kept = last_checkpoint(session)
            if kept is None:
                raise NotFound("no_checkpoint_yet")
        else:
            kept = ask_checkpoint(actor=at.actor(as_), key_file=at.home.checkpoint_key, now=at.now)
        document: dict[str, object] = {
            "size": kept.size,
            "root": kept.root,
            "origin": kept.note.partition("\n")[0],
            "note": kept.note,
            "key": kept.vkey,
            "made_at": f"{kept.made_at:%Y-%m-%dT%H:%M:%SZ}",
            "new": kept.new,
        }
        if pdf:
            with reading() as session:
                zone = zone_of_all(session)
            document["pdf"] = {"file": str(pdf), "sha256": save_page(pdf, kept, zone=zone, now=at.now)}
        at.output.done(document, lambda: line(kept.note.rstrip("\n")))


def export(
    path: Annotated[Path, typer.Argument(metavar="FILE.zip|DIR", help=say("help.audit.export.path"))],
    up_to: Annotated[int | None, typer.Option("--up-to", min=0, metavar="N", help=say("help.audit.up_to"))] = None,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.bundle.exporting import export_bundle  # noqa: PLC0415

    with desk() as at:
        with progress(say("help.audit.export"), silent=at.output.as_json) as bar:
            done = export_bundle(
                path,
                up_to=up_to,
                actor=at.actor(as_),
                key_file=at.home.checkpoint_key,
                now=at.now,
                progress=bar,
            )
        document = {
            "file": str(done.path),
            "form": done.form,
            "size": done.size,
            "root": done.root,
            "sha256": done.sha256,
            "audit_seq": done.audit_seq,
        }
        at.output.done(document, lambda: line(say("done.trail_exported", path=str(done.path), size=done.size)))


def _save(document: Mapping[str, object], out: Path | None) -> None:
    """Not over a file that stands there."""
    if out is None:
        return
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(json.dumps(document, indent=2) + "\n")
    except FileExistsError:
        raise BadInput("export_exists", path=str(out)) from None
    except OSError as error:
        raise StorageFailed("export_not_writable", path=str(out), why=error.strerror or "") from error


def _tell(document: Mapping[str, object], out: Path | None) -> None:
    line(say("audit.proof_saved", path=str(out)) if out else json.dumps(document, indent=2))
