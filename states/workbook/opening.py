"""Opens a workbook from outside; what is no .xlsx, or is made to fill the memory, is refused before it is unpacked."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from lzma import LZMAError
from pathlib import Path
from typing import BinaryIO
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from models.containers import COMPOUND, ZIP, compound_kind, zip_kind
from models.errors import BadInput
from models.files import MIB
from states.workbook.parts import Format, SheetPart, formats_of, parts_of, strings_of
from states.workbook.sheet import MOST_ROWS, Sheet, read_sheet

SIZE_LIMIT = 20 * MIB  # bytes of the file
UNPACKED_LIMIT = 150 * MIB  # bytes of all its parts, pictures too
MOST_PARTS = 2_000

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SIGNATURES = ((b"%PDF", "PDF"), (b"\x89PNG", "PNG"), (b"\xff\xd8\xff", "JPEG"), (b"{", "JSON"), (b"<", "HTML/XML"))
ENCRYPTED = 0x1  # in a part's flags

BROKEN = (
    BadZipFile,
    zlib.error,
    LZMAError,
    struct.error,
    ParseError,
    ValueError,  # the safe XML reader's, text that is no UTF-8, a number that is none
    LookupError,  # a part, a text or an encoding that is not there
    OverflowError,
    EOFError,
    OSError,
    NotImplementedError,  # odd compression
)
"""What reading a damaged workbook raises."""


@dataclass(frozen=True)
class Book:
    """An opened workbook; its sheets are read when they are asked for."""

    name: str
    archive: ZipFile
    sheets: tuple[SheetPart, ...]
    texts: list[str]
    formats: list[Format]
    from_1904: bool = False

    def read(self, sheet: SheetPart, *, most_rows: int = MOST_ROWS) -> Sheet:
        """Raises BadInput where it is damaged."""
        with _damage_named(self.name):
            return read_sheet(
                self.archive, sheet.name, sheet.part, texts=self.texts, formats=self.formats, most_rows=most_rows
            )


@contextmanager
def opened(path: Path) -> Iterator[Book]:
    """The workbook, of a size that can be read. Raises BadInput that says what it is and what to do."""
    try:
        if not path.exists():
            raise BadInput("file_missing", path=str(path))
        if not path.is_file():
            raise BadInput("not_a_file", path=str(path))
        source = path.open("rb")
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        raise BadInput("file_unreadable", path=str(path)) from error
    with source:
        _require_xlsx(source, path.name)
        with _damage_named(path.name):
            archive = ZipFile(source)
        with archive:
            _require_bounds(archive, path.name)
            with _damage_named(path.name):
                parts = parts_of(archive)
                texts, formats = strings_of(archive, parts.texts), formats_of(archive, parts.styles)
            yield Book(path.name, archive, parts.sheets, texts, formats, parts.from_1904)


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    """Around the reading alone, so that no fault of ours further on is taken for the file's."""
    try:
        yield
    except BROKEN as error:
        raise BadInput("workbook_broken", name=name, why=type(error).__name__) from error


def hash_of(path: Path) -> str:
    """SHA-256 of the file, hex."""
    with path.open("rb") as source:
        digest = sha256()
        while chunk := source.read(MIB):
            digest.update(chunk)
    return digest.hexdigest()


def _require_xlsx(source: BinaryIO, name: str) -> None:
    size = source.seek(0, 2)
    source.seek(0)
    if size == 0:
        raise BadInput("file_empty", name=name)
    if size > SIZE_LIMIT:
        raise BadInput("workbook_too_large", name=name, most=SIZE_LIMIT // MIB)
    head = source.read(512)
    found = _kind(source, head, name)
    if found != XLSX:
        raise BadInput("workbook_kind", name=name, found=found)


def _kind(source: BinaryIO, head: bytes, name: str) -> str:
    if head.startswith(ZIP):
        return zip_kind(source, name=name)
    if head.startswith(COMPOUND):
        return compound_kind(source, name=name) or "OLE"
    signed = next((kind for signature, kind in SIGNATURES if head.lstrip().startswith(signature)), None)
    return signed or ("CSV" if b"\0" not in head and any(mark in head for mark in b",;\t") else "?")


def _require_bounds(archive: ZipFile, name: str) -> None:
    """As the ZIP's own list says; its reader never unpacks more of a part than that."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > UNPACKED_LIMIT:
        raise BadInput("workbook_bomb", name=name, parts=len(parts), unpacked=unpacked // MIB)
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise BadInput("file_is_locked", name=name)
