"""Lines of named cells, whatever file they come from, and what can be wrong with the names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.catalogue import say
from models.errors import BadInput, Detail


@dataclass(frozen=True)
class Columns:
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    either: tuple[str, ...] = ()  # at least one of these

    @property
    def known(self) -> tuple[str, ...]:
        return (*self.required, *self.either, *self.optional)


@dataclass(frozen=True)
class Line:
    row: int  # as a spreadsheet counts: the header is row 1, a blank row and a cell of two lines count once
    cells: Mapping[str, str]  # by column, trimmed; every known column is there
    header: Sequence[str] = ()  # the columns that the file has; the others are empty in every row


def line_of(row: int, header: Sequence[str], cells: Sequence[str], columns: Columns) -> Line:
    return Line(row, dict.fromkeys(columns.known, "") | dict(zip(header, cells, strict=True)), header)


def header_of(path: Path, cells: list[str], columns: Columns, *, row: int) -> list[str]:
    """The names, as they are known. Raises BadInput that names each one unknown, missing or there twice."""
    header = [cell.lower() for cell in cells]
    missing = [name for name in columns.required if name not in header]
    if columns.either and not set(columns.either) & set(header):
        missing.append("|".join(columns.either))
    known = ",".join(columns.known)
    faults = [
        *(
            fault(path, "unknown_header", row=row, column=name, known=known)
            for name in dict.fromkeys(header)
            if name not in columns.known
        ),
        *(fault(path, "missing_header", row=row, column=name) for name in missing),
        *(
            fault(path, "repeated_header", row=row, column=name)
            for name in dict.fromkeys(header)
            if name in columns.known and header.count(name) > 1
        ),
    ]
    if faults:
        raise broken(path, faults)
    return header


def fault(
    path: Path,
    why: str,
    *,
    row: int | None = None,
    column: str | None = None,
    value: str | None = None,
    **params: object,
) -> Detail:
    return Detail(say(f"import.{why}", **params), file=path.name, row=row, column=column, value=value)


def broken(path: Path, faults: Sequence[Detail]) -> BadInput:
    return BadInput("import_failed", details=faults, file=path.name, count=len(faults))
