"""From a file to lines of named cells: UTF-8 CSV with `,` or `;`, every fault with its row."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from models.catalogue import say
from models.errors import BadInput, Detail

SIZE_LIMIT = 10 * 1024 * 1024  # bytes
ROW_LIMIT = 100_000
SIGNATURES = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf"}  # first bytes of what is no CSV


@dataclass(frozen=True)
class Line:
    row: int  # as a spreadsheet counts: the header is row 1
    cells: dict[str, str]  # by column, trimmed; every known column is there


def read_lines(path: Path, columns: Sequence[str], *, optional: Sequence[str] = ()) -> list[Line]:
    """The lines of a file that has these columns. Raises BadInput that names what is wrong with the file."""
    text = _text(path)
    delimiter = ";" if text.partition("\n")[0].count(";") > text.partition("\n")[0].count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    lines: list[Line] = []
    header: list[str] | None = None
    try:
        for cells in rows:
            row = rows.line_num
            trimmed = [cell.strip() for cell in cells]
            if not any(trimmed):
                continue
            if header is None:
                header = _header(path, trimmed, columns, optional)
                continue
            if len(trimmed) != len(header):
                raise _broken(path, "cells", row=row, found=len(trimmed), wanted=len(header))
            if len(lines) >= ROW_LIMIT:
                raise _broken(path, "too_many_rows", row=row, most=ROW_LIMIT)
            known = dict.fromkeys((*columns, *optional), "")
            lines.append(Line(row, {**known, **dict(zip(header, trimmed, strict=True))}))
    except csv.Error as error:
        raise _broken(path, "csv", row=rows.line_num, fault=str(error)) from error
    if header is None:
        raise _broken(path, "empty")
    return lines


def _text(path: Path) -> str:
    if not path.exists():
        raise BadInput("file_missing", path=str(path))
    if not path.is_file():
        raise BadInput("not_a_file", path=str(path))
    if path.stat().st_size > SIZE_LIMIT:
        raise BadInput("file_too_large", name=path.name, limit=SIZE_LIMIT // 1024 // 1024)
    content = path.read_bytes()
    for signature, kind in SIGNATURES.items():
        if content.startswith(signature):
            raise _broken(path, "not_csv", kind=kind)
    if b"\x00" in content:
        raise _broken(path, "not_text")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _broken(path, "not_utf8", row=content.count(b"\n", 0, error.start) + 1) from error


def _header(path: Path, cells: list[str], columns: Sequence[str], optional: Sequence[str]) -> list[str]:
    header = [cell.lower() for cell in cells]
    details = [
        *(
            _detail(path, "unknown_header", column=name, known=",".join(columns))
            for name in header
            if name not in (*columns, *optional)
        ),
        *(_detail(path, "missing_header", column=name) for name in columns if name not in header),
        *(_detail(path, "repeated_header", column=name) for name in sorted({n for n in header if header.count(n) > 1})),
    ]
    if details:
        raise BadInput("import_failed", details=details, file=path.name, count=len(details))
    return header


def _broken(path: Path, rule: str, *, row: int | None = None, **params: object) -> BadInput:
    detail = Detail(say(f"import.{rule}", **params), file=path.name, row=row)
    return BadInput("import_failed", details=[detail], file=path.name, count=1)


def _detail(path: Path, why: str, *, column: str, **params: object) -> Detail:
    return Detail(say(f"import.{why}", **params), file=path.name, row=1, column=column)
