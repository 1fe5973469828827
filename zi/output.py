"""What goes to the screen: one JSON document on stdout with --json, else words and tables for people."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

Document = Mapping[str, Any]
Show = Callable[[], None]


class Output:
    """Where a command says what came of it. `stdout` is for the outcome, `stderr` for people."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json

    def done(self, document: Document, show: Show) -> None:
        """The outcome, once: as a document, or as people like to read it."""
        if self.as_json:
            write_json(document)
        else:
            show()

    def note(self, text: str) -> None:
        print(text, file=sys.stderr)


def write_json(document: Document) -> None:
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")
    sys.stdout.flush()


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """A table as wide as the screen; plain text where there is no terminal."""
    from rich.box import SIMPLE  # noqa: PLC0415 - slow to import; not needed with --json
    from rich.table import Table  # noqa: PLC0415

    drawn = Table(*columns, title=title, title_justify="left", box=SIMPLE, pad_edge=False)
    for row in rows:
        drawn.add_row(*("" if cell is None else str(cell) for cell in row))
    console().print(drawn)


def line(text: str = "", *, style: str | None = None) -> None:
    console().print(text, style=style, markup=False, highlight=False, soft_wrap=True)


def console(file: TextIO | None = None) -> Any:
    from rich.console import Console  # noqa: PLC0415

    screen = Console(file=file or sys.stdout, markup=False, highlight=False)
    if not screen.is_terminal:
        screen.width = max(screen.width, 160)  # a file or a pipe has no edge to break at
    return screen


@contextmanager
def progress(text: str, *, silent: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr that hears how many of how many are through; none in a pipe or beside a document."""
    if silent or not sys.stderr.isatty():
        yield lambda _done, _of: None
        return
    from rich.progress import Progress  # noqa: PLC0415 - slow to import

    with Progress(console=console(sys.stderr), transient=True) as bar:
        task = bar.add_task(text, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)
