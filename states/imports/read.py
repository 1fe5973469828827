"""From a file to lines of named cells: UTF-8 CSV with `,` or `;`, or a workbook; every fault with its row."""

import csv
import io
import re
from pathlib import Path

from models.containers import ZIP
from models.errors import Detail
from models.files import MIB, read_up_to
from states.imports.lines import Columns, Line, broken, fault, header_of, line_of
from states.imports.workbook import read_workbook

SIZE_LIMIT = 10 * MIB  # bytes
ROW_LIMIT = 100_000
SIGNATURES = {b"\xd0\xcf\x11\xe0": "xls", b"%PDF": "pdf"}  # first bytes of what is no CSV
_KEPT_TEXT = re.compile(r"'+[=+@-]")
UTF_16 = (b"\xff\xfe", b"\xfe\xff")  # what spreadsheets call "Unicode text"


def read_lines(path: Path, columns: Columns) -> list[Line]:
    """The lines of a file that has these columns. Raises BadInput that names everything wrong with its form."""
    content = _content(path)
    return read_workbook(path, columns) if content.startswith(ZIP) else _read_csv(path, content, columns)


def _read_csv(path: Path, content: bytes, columns: Columns) -> list[Line]:
    text = _text(path, content)
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
                header = header_of(path, trimmed, columns, row=row)
                continue
            if len(trimmed) != len(header):
                faults.append(fault(path, "cells", row=row, found=len(trimmed), wanted=len(header)))
                continue
            if len(lines) >= ROW_LIMIT:
                raise broken(path, [fault(path, "too_many_rows", row=row, most=ROW_LIMIT)])
            lines.append(line_of(row, header, [_plain(cell) for cell in trimmed], columns))
    except csv.Error as error:
        raise broken(path, [*faults, fault(path, "csv", row=row + 1, fault=str(error))]) from error
    if header is None:
        raise broken(path, [fault(path, "empty")])
    if faults:
        raise broken(path, faults)
    return lines


def _text(path: Path, content: bytes) -> str:
    for signature, kind in SIGNATURES.items():
        if content.startswith(signature):
            raise broken(path, [fault(path, "not_csv", kind=kind)])
    if content.startswith(UTF_16):
        raise broken(path, [fault(path, "not_utf8", row=1)])
    if b"\x00" in content:
        raise broken(path, [fault(path, "not_text")])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise broken(path, [fault(path, "not_utf8", row=row)]) from error


def _content(path: Path) -> bytes:
    content = read_up_to(path, SIZE_LIMIT + 1)
    if len(content) > SIZE_LIMIT:
        raise broken(path, [fault(path, "too_large", most=SIZE_LIMIT // MIB)])
    return content


def _plain(cell: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from working it out, as our exports set it."""
    return cell[1:] if _KEPT_TEXT.match(cell) else cell


def _delimiter(text: str) -> str:
    """What parts the names in the first line that has any."""
    first = next((line for line in text.splitlines() if line.strip(' \t,;"')), text)
    return ";" if first.count(";") > first.count(",") else ","
