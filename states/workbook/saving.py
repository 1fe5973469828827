"""Writes workbooks: text stays text, and a file stands there whole or not at all."""

import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from models.errors import BadInput, StorageFailed
from states.workbook.texts import clean

LONGEST = 32_767  # letters in a cell; Excel holds no more
STARTS_FORMULA = ("=", "+", "-", "@", "\t")

BOLD = Font(bold=True)
TITLE = Font(bold=True, size=14)
HEADER = PatternFill("solid", start_color="FFDCE6F1")
WRAPPED = Alignment(wrap_text=True, vertical="top")
UNWRAPPED = Alignment()  # of titles, which run over the cells beside them


def put(sheet: Worksheet, row: int, column: int, value: object) -> Cell:
    """One cell. Text is stored as text, whatever it begins with: a sheet never works out what people wrote."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)  # noqa: S101 - our sheets merge nothing
    if isinstance(value, str):
        text = clean(str(value))[:LONGEST]
        if not text:
            return cell
        cell.value = text
        cell.data_type = "s"
        if text.startswith(STARTS_FORMULA):
            cell.quotePrefix = True  # stays text when somebody edits it, too
        cell.alignment = WRAPPED
    else:
        cell.value = value  # type: ignore[assignment]
        cell.alignment = Alignment(vertical="top")
    return cell


def put_header(sheet: Worksheet, row: int, headings: dict[int, str]) -> None:
    """Headings by column, bold on a tint."""
    for column, heading in headings.items():
        cell = put(sheet, row, column, heading)
        cell.font, cell.fill = BOLD, HEADER


def set_widths(sheet: Worksheet, widths: dict[int, int]) -> None:
    """In letters, by column."""
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = width


def require_target(path: Path, *, force: bool, suffixes: Sequence[str] = (".xlsx",)) -> None:
    """Raises BadInput where this can't be the name of a new workbook, or of another file that may be written."""
    if path.suffix.lower() not in suffixes:
        raise BadInput("export_not_xlsx", path=str(path), known=", ".join(suffixes))
    require_folder(path, force=force)


def require_folder(path: Path, *, force: bool) -> None:
    """Raises BadInput where no new file can be put here."""
    try:
        if path.is_dir() or not path.absolute().parent.is_dir():
            raise BadInput("export_no_folder", path=str(path))
        if path.exists() and not force:
            raise BadInput("export_exists", path=str(path))
    except (OSError, ValueError) as error:
        raise BadInput("export_no_folder", path=str(path)) from error


def content_of(book: Workbook, *, now: datetime) -> bytes:
    """The file's bytes; dated as the export is."""
    at = now.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.created = book.properties.modified = at
    book.properties.creator = "zi"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


class NewFile:
    """Written beside its place first, so that a full disk shows before anything is recorded; then put there."""

    def __init__(self, path: Path, content: bytes) -> None:
        self.path = path
        self.hash = sha256(content).hexdigest()
        try:
            handle, self._temporary = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.stem[:50]}-")
            with os.fdopen(handle, "wb") as target:
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
        except OSError as error:
            self.discard()
            raise StorageFailed("export_not_writable", path=str(path), why=error.strerror or "") from error

    def put_in_place(self) -> None:
        try:
            Path(self._temporary).replace(self.path)
        except OSError as error:
            raise StorageFailed("export_not_writable", path=str(self.path), why=error.strerror or "") from error

    def discard(self) -> None:
        """Remove what was not put in place."""
        if temporary := getattr(self, "_temporary", None):
            Path(temporary).unlink(missing_ok=True)
