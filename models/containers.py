"""Files that hold other files: what a ZIP or a compound file (the older Office's) is, by what stands inside."""

import struct
import zlib
from os import SEEK_END
from typing import BinaryIO
from zipfile import BadZipFile, ZipFile

from olefile import OleFileIO

from models.errors import BadInput

ZIP = b"PK\x03\x04"
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

FOLDERS = {
    "word/": f"{_OOXML}wordprocessingml.document",
    "xl/": f"{_OOXML}spreadsheetml.sheet",
    "ppt/": f"{_OOXML}presentationml.presentation",
}
"""Where a docx, xlsx or pptx keeps its parts."""

OPEN_DOCUMENTS = frozenset(f"{_ODF}{kind}" for kind in ("text", "spreadsheet", "presentation"))

STREAMS = {
    "WordDocument": "application/msword",
    "Workbook": "application/vnd.ms-excel",
    "Book": "application/vnd.ms-excel",  # Excel 5 and 95
    "PowerPoint Document": "application/vnd.ms-powerpoint",
}
"""The stream that makes a compound file a doc, xls or ppt."""

PROGRAMS_INSIDE = ("META-INF/MANIFEST.MF", "AndroidManifest.xml", "classes.dex")
LONGEST_TYPE = 100  # bytes of a media type
MOST_LISTED = 4 * 1024 * 1024  # bytes of a ZIP's own list of contents: some 40,000 parts


def zip_kind(source: BinaryIO, *, name: str) -> str:
    """The media type of an office document in a ZIP. Raises BadInput for every other ZIP, and for macros."""
    if _listed(source) > MOST_LISTED:
        raise BadInput("file_is_archive", name=name)
    try:
        with ZipFile(source) as archive:
            inside = archive.namelist()
            declared = _declared(archive) if "mimetype" in inside else ""
    except (BadZipFile, struct.error, zlib.error, ValueError, OverflowError, EOFError, RuntimeError) as error:
        raise BadInput("file_broken", name=name) from error
    if any(one.lower().endswith("vbaproject.bin") or one.startswith("Basic/") for one in inside):
        raise BadInput("file_has_macros", name=name)
    found = {media_type for folder, media_type in FOLDERS.items() if any(one.startswith(folder) for one in inside)}
    if any(one in PROGRAMS_INSIDE for one in inside):
        raise BadInput("file_is_program", name=name)
    if declared in OPEN_DOCUMENTS:
        return declared
    if "[Content_Types].xml" in inside and len(found) == 1 and "xl/workbook.bin" not in inside:
        return found.pop()
    raise BadInput("file_is_archive", name=name)


def compound_kind(source: BinaryIO, *, name: str) -> str | None:
    """The media type of a doc, xls or ppt; None for another compound file. Raises BadInput for macros and passwords."""
    source.seek(0)
    try:
        with OleFileIO(source) as compound:
            inside = {part for path in compound.listdir(storages=True) for part in path}
    except (OSError, ValueError, IndexError, struct.error, RecursionError) as error:  # olefile's own are OSErrors
        raise BadInput("file_broken", name=name) from error
    if "EncryptedPackage" in inside:  # a newer Office's document with a password
        raise BadInput("file_is_locked", name=name)
    if inside & {"VBA", "_VBA_PROJECT", "_VBA_PROJECT_CUR", "Macros"}:
        raise BadInput("file_has_macros", name=name)
    return next((media_type for stream, media_type in STREAMS.items() if stream in inside), None)


def _listed(source: BinaryIO) -> int:
    """Bytes of the list of contents, as the end of the ZIP has it: asked before a long one fills the memory."""
    size = source.seek(0, SEEK_END)
    source.seek(max(size - 65_557, 0))  # the end record with the longest comment
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06")
    return int(struct.unpack_from("<I", tail.ljust(at + 16, b"\0"), at + 12)[0]) if at >= 0 else 0


def _declared(archive: ZipFile) -> str:
    """What an OpenDocument says it is."""
    with archive.open("mimetype") as entry:
        return entry.read(LONGEST_TYPE).decode("ascii", errors="replace").strip()
