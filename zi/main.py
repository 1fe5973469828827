"""The entry point: runs one command, and turns every outcome into an exit code and, with --json, a document."""

import gc
import os
import sys
import traceback
from contextlib import suppress
from typing import Any, NoReturn

import typer

from models.errors import (
    UNWRITABLE,
    AnswersRejected,
    BadInput,
    Detail,
    PipelineError,
    Refusal,
    Refused,
    StorageFailed,
    UsageError,
)
from zi.context import load_settings, wants_json, without_json
from zi.output import write_json


def main() -> NoReturn:
    gc.disable()  # until the command begins (zi.app): what is loaded stays, and looking through it finds nothing
    try:
        load_settings()  # the language of help texts is decided before the commands are read
        from zi.app import app  # noqa: PLC0415

        outcome = app(args=without_json(sys.argv[1:]), standalone_mode=False)
        code = outcome if isinstance(outcome, int) else 0
        sys.stdout.flush()  # where what was said finds no room, that is an error like any other
    except PipelineError as error:
        code = report(error)
    except typer.TyperException as error:
        code = report(_usage(error)) if _has_words(error) or wants_json() else UsageError.exit_code
    except typer.Abort:
        code = 1
    except typer.Exit as error:
        code = error.exit_code
    except BrokenPipeError:
        code = 0
    except KeyboardInterrupt:
        code = 130
    except OSError as error:
        code = _storage(error) if error.errno in UNWRITABLE else _bug(error)
    except Exception as error:  # noqa: BLE001 - the last resort
        code = _bug(error)
    finally:
        gc.enable()
    sys.exit(code)


def _storage(error: OSError) -> int:
    why = error.strerror or ""
    if error.filename is not None:
        return report(StorageFailed("files_not_writable", path=str(error.filename), why=why))
    _give_up_stdout()
    failed = StorageFailed("output_not_writable", why=why)
    print(*error_lines(failed), sep="\n", file=sys.stderr)  # with --json, too: the document has no other place left
    return failed.exit_code


def _give_up_stdout() -> None:
    """What is left in its buffer would fail once more when Python ends, with words and a code of Python's own."""
    with suppress(OSError):
        sys.stdout.close()
    sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - open until the process ends


def _bug(error: Exception) -> int:
    """Say so in one line, and leave the traceback to read."""
    traceback.print_exc()
    return report(PipelineError("internal", why=f"{type(error).__name__}: {error}"))


def report(error: PipelineError) -> int:
    """Say what went wrong and what to do; returns the exit code."""
    if wants_json():
        write_json(error_document(error))
    else:
        for text in error_lines(error):
            print(text, file=sys.stderr)
    return error.exit_code


def error_document(error: PipelineError) -> dict[str, Any]:
    if isinstance(error, Refused):
        return {"refused": [refusal_document(refusal) for refusal in error.refusals]}
    document: dict[str, Any] = {"code": error.code, "message": str(error), "fix": error.fix}
    if isinstance(error, BadInput) and error.details:
        document["details"] = [_detail(detail) for detail in error.details]
    if isinstance(error, AnswersRejected):
        return {**rejected_document(error), "error": document}
    return {"error": document}


def rejected_document(error: AnswersRejected) -> dict[str, Any]:
    """What became of answers that were not taken, beside the error itself."""
    rejected = [{"row": one.row, "item": one.column, "value": one.value, "why": one.why} for one in error.details]
    return {"accepted": 0, "unchanged": 0, "rejected": rejected}


def refusal_document(refusal: Refusal) -> dict[str, Any]:
    obstacle = refusal.obstacle
    return {"candidacy": refusal.subject, "rule": obstacle.rule, "reason": obstacle.reason, "fix": obstacle.fix}


def error_lines(error: PipelineError) -> list[str]:
    if isinstance(error, Refused):
        return [
            f"{refusal.subject + ': ' if refusal.subject else ''}{refusal.obstacle.reason} -> {refusal.obstacle.fix}"
            for refusal in error.refusals
        ]
    lines = [f"{error} {error.fix}".replace("\n", " ")]
    if isinstance(error, BadInput):
        lines.extend(_detail_line(detail) for detail in error.details)
    return lines


def _detail(detail: Detail) -> dict[str, Any]:
    return {
        "file": detail.file,
        "row": detail.row,
        "column": detail.column,
        "value": detail.value,
        "why": detail.why,
    }


def _detail_line(detail: Detail) -> str:
    place = ":".join(str(part) for part in (detail.file, detail.row, detail.column) if part is not None)
    value = f" [{detail.value}]" if detail.value else ""
    return f"  {place}{value}: {detail.why}"


def _has_words(error: typer.TyperException) -> bool:
    """A command without words has shown its help already, and has nothing to add."""
    return bool(_message(error))


def _message(error: Exception) -> str:
    format_message = getattr(error, "format_message", None)
    return str(format_message() if format_message else error).strip()


def _usage(error: Exception) -> UsageError:
    command = getattr(getattr(error, "ctx", None), "command_path", "zi") or "zi"
    return UsageError("usage", message=_message(error) or command, command=command)
