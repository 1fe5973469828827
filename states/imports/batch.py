"""One file on its way in: its lines, what is wrong with them, and what changes."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Literal, TypeVar, cast

from pydantic import ValidationError
from sqlmodel import Session

from models.catalogue import say
from models.errors import BadInput, Detail
from states.actors import Actor
from states.imports.fields import BadCell
from states.imports.known import Known
from states.imports.lines import Line
from states.imports.row import Row

AnyRow = TypeVar("AnyRow", bound=Row)

Watch = Callable[[int, int], None]
"""Hears how many lines are through, and of how many."""


def watch_nothing(_done: int, _of: int) -> None:
    """For whoever does not want to know."""


FieldChange = tuple[str, str | None, str | None]  # name, before, after


@dataclass(frozen=True)
class Change:
    row: int
    key: str
    what: Literal["created", "updated"]
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True)
class Report:
    kind: str
    dry_run: bool
    created: int
    updated: int
    unchanged: int
    changes: tuple[Change, ...]

    @property
    def fingerprint(self) -> str:
        """The same for two runs that say the same of every line, and for no others."""
        told = (self.kind, self.created, self.updated, self.unchanged, self.changes)
        return sha256(repr(told).encode()).hexdigest()


@dataclass
class Batch:
    """What a kind of import works on."""

    session: Session
    file: str
    lines: list[Line]
    actor: Actor
    now: datetime
    known: Known
    problems: list[Detail] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    watch: Watch = watch_nothing

    def read(self, kind: type[AnyRow]) -> list[tuple[Line, AnyRow]]:
        """The lines as rows of this kind; each fault of the others is noted, and every second row with one key."""
        rows: list[tuple[Line, AnyRow]] = []
        seen: dict[Hashable, int] = {}
        for line in self.lines:
            self._refuse_twice(line, kind, seen)
            try:
                rows.append((line, kind.model_validate(line.cells, context=self.known)))
            except ValidationError as error:
                for fault in error.errors(include_url=False):
                    bad = cast("BadCell", fault.get("ctx", {})["error"])  # no other kind of fault is possible
                    self._note(line, bad.at or str(fault["loc"][0]), str(bad))
        return rows

    def complain(self, line: Line, column: str, why: str, **params: object) -> None:
        self._note(line, column, say(f"import.{why}", **params))

    def stop_if_wrong(self) -> None:
        """Raises BadInput with everything that was noted."""
        if self.problems:
            found = sorted(self.problems, key=lambda detail: (detail.row or 0, detail.column or ""))
            raise BadInput("import_failed", details=found, file=self.file, count=len(found))

    def changed(self, line: Line, before: AnyRow | None, after: AnyRow) -> bool:
        """Count the line; False when it says what is so already."""
        self.watch(len(self.changes) + self.unchanged + 1, len(self.lines))
        if before == after:
            self.unchanged += 1
            return False
        names = type(after).model_fields
        pairs = ((name, _shown(getattr(before, name, None)), _shown(getattr(after, name))) for name in names)
        differing = tuple((name, was, is_now) for name, was, is_now in pairs if was != is_now)
        self.changes.append(Change(line.row, after.key, "updated" if before else "created", differing))
        return True

    def _refuse_twice(self, line: Line, kind: type[Row], seen: dict[Hashable, int]) -> None:
        try:
            key = kind.identity.model_validate(line.cells, context=self.known)
        except ValidationError:
            return  # its faults are noted with the whole row's
        first = seen.setdefault(key, line.row)
        if first != line.row:
            self.complain(line, next(iter(kind.identity.model_fields)), "twice", row=first)

    def _note(self, line: Line, column: str, why: str) -> None:
        self.problems.append(Detail(why, file=self.file, row=line.row, column=column, value=line.cells[column]))


def _shown(value: object) -> str | None:
    return None if value is None else str(value)
