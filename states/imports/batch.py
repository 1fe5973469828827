"""One file on its way in: its lines, what is wrong with them, and what changes."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, TypeVar

from sqlmodel import Session

from models.catalogue import say
from models.errors import BadInput, Detail, PipelineError, Refused
from states.actors import Actor
from states.imports.fields import BadCell
from states.imports.read import Line

T = TypeVar("T")

What = Literal["created", "updated"]
FieldChange = tuple[str, str | None, str | None]  # name, before, after


@dataclass(frozen=True)
class Change:
    row: int
    key: str
    what: What
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Report:
    kind: str
    dry_run: bool
    created: int
    updated: int
    unchanged: int
    changes: tuple[Change, ...]


@dataclass
class Batch:
    """What a kind of import works on."""

    session: Session
    file: str
    lines: list[Line]
    actor: Actor
    now: datetime
    problems: list[Detail] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    _seen: dict[Hashable, int] = field(default_factory=dict)

    def cell(self, line: Line, column: str, parse: Callable[[str], T]) -> T | None:
        """The value of a cell; None when it can't be taken, which is noted."""
        try:
            return parse(line.cells[column])
        except BadCell as bad:
            self.note(line, column, str(bad))
            return None

    def note(self, line: Line, column: str, why: str) -> None:
        self.problems.append(Detail(why, file=self.file, row=line.row, column=column, value=line.cells[column]))

    def complain(self, line: Line, column: str, why: str, **params: object) -> None:
        self.note(line, column, say(f"import.{why}", **params))

    def once(self, line: Line, column: str, key: Hashable) -> None:
        """Note a line whose key an earlier line has."""
        first = self._seen.setdefault(key, line.row)
        if first != line.row:
            self.complain(line, column, "twice", row=first)

    def stop_if_wrong(self) -> None:
        """Raises BadInput with everything that was noted."""
        if self.problems:
            found = sorted(self.problems, key=lambda detail: (detail.row or 0, detail.column or ""))
            raise BadInput("import_failed", details=found, file=self.file, count=len(found))

    @contextmanager
    def noting(self, line: Line, column: str) -> Iterator[None]:
        """What a service finds wrong with a line becomes a detail of it; a refusal stays a refusal."""
        try:
            yield
        except Refused:
            raise
        except PipelineError as error:
            self.note(line, column, str(error))

    def changed(self, line: Line, key: str, before: Mapping[str, object] | None, after: Mapping[str, object]) -> bool:
        """Count the line; False when it says what is so already."""
        differing = tuple(
            (name, None if before is None else _shown(before[name]), _shown(value))
            for name, value in after.items()
            if before is None or before[name] != value
        )
        if before is not None and not differing:
            self.unchanged += 1
            return False
        self.changes.append(Change(line.row, key, "created" if before is None else "updated", differing))
        return True


def _shown(value: object) -> str | None:
    return None if value is None else str(value)
