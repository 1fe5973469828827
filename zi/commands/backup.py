"""zi backup, restore: one file that holds all of a home, and a home made of it again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.catalogue import say
from models.errors import BadInput, UsageError
from models.home import time_now
from models.settings import Settings
from models.trail import instant
from zi.context import current_output, desk, load_settings
from zi.options import As, Json
from zi.output import line

if TYPE_CHECKING:
    from states.backups.format import Closing, Opening

LONGEST = 1024  # bytes of a passphrase

File = Annotated[Path, typer.Argument(metavar=say("arg.file"))]
PassphraseFile = Annotated[
    Path | None, typer.Option("--passphrase-file", metavar=say("arg.file"), help=say("help.backup.passphrase_file"))
]


def backup(
    target: Annotated[Path, typer.Argument(metavar=say("arg.file"), help=say("help.backup.target"))],
    passphrase_file: PassphraseFile = None,
    without_keys: Annotated[bool, typer.Option("--without-keys", help=say("help.backup.without_keys"))] = False,
    despite_faults: Annotated[bool, typer.Option("--despite-faults", help=say("help.backup.despite_faults"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.backups.taking import Wish, back_up  # noqa: PLC0415 - brings every table

    with desk() as at:
        wish = Wish(_passphrase(at.settings, passphrase_file), keys=not without_keys, despite_faults=despite_faults)
        taken = back_up(
            target,
            home=at.home,
            clock=lambda: time_now(at.settings, at.home),
            wish=wish,
            actor=at.actor_or_none(as_),
        )
        document = {"path": str(taken.path), "bytes": taken.size, "encrypted": taken.sealed}
        figures = _figures(taken.opening, taken.closing)

        def show() -> None:
            line(say("done.backup", path=taken.path, size=_mib(taken.size), files=taken.closing.files))
            _warn(taken.closing)
            if taken.opening.keys and not taken.sealed:
                at.output.note(say("warn.backup_keys"))

        at.output.done({"backup": {**document, **figures}}, show)


def restore(
    source: File,
    check: Annotated[bool, typer.Option("--check", help=say("help.restore.check"))] = False,
    passphrase_file: PassphraseFile = None,
    despite_faults: Annotated[bool, typer.Option("--despite-faults", help=say("help.restore.despite_faults"))] = False,
    send_at_once: Annotated[bool, typer.Option("--send-at-once", help=say("help.restore.send_at_once"))] = False,
    as_: As = None,
    as_json: Json = False,
) -> None:
    from states.backups.restoring import check_backup  # noqa: PLC0415
    from states.backups.restoring import restore as restore_home  # noqa: PLC0415

    settings, output = load_settings(), current_output()
    passphrase = _passphrase(settings, passphrase_file)
    if check:
        if as_ or send_at_once:
            raise UsageError("check_only")
        checked = check_backup(source, passphrase=passphrase, despite_faults=despite_faults)
        figures = _figures(checked.opening, checked.closing)
        output.done({"checked": figures}, lambda: _show("done.backup_checked", checked.closing, figures))
        return
    done = restore_home(
        source,
        settings=settings,
        now=lambda home: time_now(settings, home),
        passphrase=passphrase,
        despite_faults=despite_faults,
        hold=not send_at_once,
        email=as_ or settings.actor,
    )
    figures = _figures(done.opening, done.closing)
    home = settings.home.absolute()

    def show() -> None:
        _show("done.restored", done.closing, {**figures, "path": str(home)})
        if done.keyless:
            output.note(say("warn.restored_keyless"))
        if not send_at_once:
            line(say("note.restored_held"))

    output.done({"restored": {"home": str(home), "held": not send_at_once, **figures}}, show)


def _show(key: str, closing: "Closing", figures: dict[str, Any]) -> None:
    line(say(key, **{name: value for name, value in figures.items() if isinstance(value, (str, int))}))
    _warn(closing)


def _warn(closing: "Closing") -> None:
    if closing.missing:
        line(say("warn.backup_missing", count=closing.missing, names=", ".join(closing.missing_named[:5])))


def _figures(opening: "Opening", closing: "Closing") -> dict[str, Any]:
    return {
        "taken_at": instant(opening.taken_at),
        "zi": opening.zi,
        "revision": opening.revision,
        "records": opening.trail.records,
        "root": opening.trail.root,
        "rows": sum(closing.rows.values()),
        "files": closing.files,
        "file_bytes": closing.file_bytes,
        "keys": list(opening.keys),
        "missing": closing.missing,
        "missing_files": list(closing.missing_named),
        "digest": closing.digest,
    }


def _mib(size: int) -> str:
    return f"{size / 2**20:,.2f} MiB"


def _passphrase(settings: Settings, path: Path | None) -> str | None:
    """From a file, its first line; else from the environment. Raises BadInput for a file that can't be read."""
    if path is None:
        return settings.backup_passphrase.get_secret_value() if settings.backup_passphrase else None
    try:
        with path.open("rb") as file:
            words = file.read(LONGEST).decode().splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput("file_unreadable", path=str(path)) from error
    if not words or not words[0]:
        raise BadInput("file_empty", name=path.name)
    return words[0]
