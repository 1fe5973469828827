"""From a file to lines of named cells: UTF-8 CSV with `,` or `;`, every fault with its row."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from models.catalogue import say
from models.errors import BadInput, Detail
from models.files import MIB, read_up_to

SIZE_LIMIT = 10 * MIB  # bytes
ROW_LIMIT = 100_000
SIGNATURES = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf"}  # first bytes of what is no CSV
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # what spreadsheets call "Unicode text"


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


def read_lines(path: Path, columns: Columns) -> list[Line]:
    """The lines of a file that has these columns. Raises BadInput that names everything wrong with its form."""
    text = _text(path)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    lines: list[Line] = []
    faults: list[Detail] = []
    header: list[str] | None = None
    row = 0
    try:
        for row, cells in enumerate(rows, start=1):
            trimmed = [cell.strip() for cell in cells]
            if not any(trimmed):
                continue
            if header is None:
                header = _header(path, trimmed, columns, row=row)
                continue
            if len(trimmed) != len(header):
                faults.append(_fault(path, "cells", row=row, found=len(trimmed), wanted=len(header)))
                continue
            if len(lines) >= ROW_LIMIT:
                raise _broken(path, [_fault(path, "too_many_rows", row=row, most=ROW_LIMIT)])
            lines.append(Line(row, dict.fromkeys(columns.known, "") | dict(zip(header, trimmed, strict=True))))
    except csv.Error as error:
        raise _broken(path, [*faults, _fault(path, "csv", row=row + 1, fault=str(error))]) from error
    if header is None:
        raise _broken(path, [_fault(path, "empty")])
    if faults:
        raise _broken(path, faults)
    return lines


def _text(path: Path) -> str:
    content = _content(path)
    for signature, kind in SIGNATURES.items():
        if content.startswith(signature):
            raise _broken(path, [_fault(path, "not_csv", kind=kind)])
    if content.startswith(UTF_16):
        raise _broken(path, [_fault(path, "not_utf8", row=1)])
    if b"\x00" in content:
        raise _broken(path, [_fault(path, "not_text")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise _broken(path, [_fault(path, "not_utf8", row=row)]) from error


def _content(path: Path) -> bytes:
    content = read_up_to(path, SIZE_LIMIT + 1)
    if len(content) > SIZE_LIMIT:
        raise _broken(path, [_fault(path, "too_large", most=SIZE_LIMIT // MIB)])
    return content


def _delimiter(text: str) -> str:
    """What parts the names in the first line that has any."""
    first = next((line for line in text.splitlines() if line.strip(' \t,;"')), text)
    return ";" if first.count(";") > first.count(",") else ","


def _header(path: Path, cells: list[str], columns: Columns, *, row: int) -> list[str]:
    header = [cell.lower() for cell in cells]
    missing = [name for name in columns.required if name not in header]
    if columns.either and not set(columns.either) & set(header):
        missing.append("|".join(columns.either))
    known = ",".join(columns.known)
    faults = [
        *(
            _fault(path, "unknown_header", row=row, column=name, known=known)
            for name in dict.fromkeys(header)
            if name not in columns.known
        ),
        *(_fault(path, "missing_header", row=row, column=name) for name in missing),
        *(
            _fault(path, "repeated_header", row=row, column=name)
            for name in dict.fromkeys(header)
            if name in columns.known and header.count(name) > 1
        ),
    ]
    if faults:
        raise _broken(path, faults)
    return header


def _fault(path: Path, why: str, *, row: int | None = None, column: str | None = None, **params: object) -> Detail:
    return Detail(say(f"import.{why}", **params), file=path.name, row=row, column=column)


def _broken(path: Path, faults: Sequence[Detail]) -> BadInput:
    return BadInput("import_failed", details=faults, file=path.name, count=len(faults))
