"""What a file is by its bytes, whatever it is called, and whether it may stand as evidence.

Few kinds are let in, each by a signature of our own at a fixed place. puremagic names the others: it goes by the length
of a match, takes a match at the file's end as well, and any ZIP as a docx, which is good enough to name and not to let
in.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from collections.abc import Mapping
from pathlib import PurePath
from typing import BinaryIO, NoReturn

import puremagic

from models.containers import COMPOUND, ZIP, compound_kind, zip_kind
from models.errors import BadInput
from models.files import CHUNK, plain_name

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

TAKEN: Mapping[str, tuple[str, ...]] = {
    "application/pdf": ("pdf",),
    "image/jpeg": ("jpg", "jpeg", "jpe", "jfif"),
    "image/png": ("png",),
    "image/webp": ("webp",),
    f"{_OOXML}wordprocessingml.document": ("docx",),
    f"{_OOXML}spreadsheetml.sheet": ("xlsx",),
    f"{_OOXML}presentationml.presentation": ("pptx",),
    f"{_ODF}text": ("odt",),
    f"{_ODF}spreadsheet": ("ods",),
    f"{_ODF}presentation": ("odp",),
    "application/msword": ("doc",),
    "application/vnd.ms-excel": ("xls",),
    "application/vnd.ms-powerpoint": ("ppt",),
    "video/mp4": ("mp4", "m4v"),
    "text/plain": ("txt", "csv"),
}
"""Media types that may stand as evidence, with what their names may end in."""

ENDINGS = tuple(ending for endings in TAKEN.values() for ending in endings)
KNOWN = ", ".join(endings[0] for endings in TAKEN.values()) + ", csv"

HEAD = 4096  # bytes that signatures and markup are looked for in
SIGNATURES = ((b"%PDF-", "application/pdf"), (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))
MP4_BRANDS = frozenset(
    (
        b"isom",
        b"iso2",
        b"iso4",
        b"iso5",
        b"iso6",
        b"mp41",
        b"mp42",
        b"avc1",
        b"M4V ",
        b"MSNV",
        b"dash",
        b"3gp4",
        b"3gp5",
    )
)
PROGRAMS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"dex\n")
ARCHIVES = frozenset((".rar", ".7z", ".gz", ".bz2", ".xz", ".zst", ".tar", ".cab", ".lzh", ".zip", ".iso"))

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_ENDING = re.compile(r"\.([A-Za-z0-9]{1,10})")  # of a name; "Rapat No. 12" has none
_SCRIPT = re.compile(r"\s*(#!|<\?php|<%|@echo off)", re.IGNORECASE)
_SVG = re.compile(r"<(\w+:)?svg\b", re.IGNORECASE)
_PAGE = re.compile(r"<(!doctype\s+html|html|head|body|script|iframe|object|embed|meta|style|form)\b", re.IGNORECASE)
_OTHER_TEXT = re.compile(r"\s*(<\?xml|\{\\rtf)", re.IGNORECASE)


def sniff(source: BinaryIO, *, name: str) -> str:
    """The media type of what `source` yields, read from its start; `name` as it was called where it came from.

    Raises BadInput for what can't stand as evidence, and for a name that tells a dangerous lie.
    """
    name = plain_name(name)
    source.seek(0)
    head = source.read(HEAD)
    if not head:
        raise BadInput("file_empty", name=name)
    media_type = _kind(source, head, name=name)
    ending = _ENDING.fullmatch(PurePath(name).suffix)
    allowed = TAKEN["text/plain"] if media_type == "text/plain" else ENDINGS  # text is all that nothing else explains
    if media_type == "text/plain" and not ending:
        raise BadInput("file_name_misleads", name=name, found=media_type, endings=", ".join(allowed))
    if ending and ending[1].lower() not in allowed:
        raise BadInput("file_name_misleads", name=name, found=media_type, endings=", ".join(TAKEN[media_type]))
    return media_type


def _kind(source: BinaryIO, head: bytes, *, name: str) -> str:
    for signature, signed in SIGNATURES:
        if head.startswith(signature):
            return signed
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if head[4:8] == b"ftyp" and head[8:12] in MP4_BRANDS:
        return "video/mp4"
    if head.startswith(ZIP):
        return zip_kind(source, name=name)
    if head.startswith(COMPOUND):
        if media_type := compound_kind(source, name=name):
            return media_type
        raise BadInput("file_not_taken", name=name, found="application/x-ole-storage", known=KNOWN)
    for encoding in _encodings(head):
        if _decodes(source, encoding):
            return _text(head.decode(encoding, errors="replace"), name=name)
    if head.startswith(PROGRAMS):
        raise BadInput("file_is_program", name=name)
    return _not_taken(head, name=name)


def _text(start: str, *, name: str) -> str:
    """Plain text, unless a program would take it for more."""
    if _SCRIPT.match(start):
        raise BadInput("file_is_script", name=name)
    if _SVG.search(start):
        raise BadInput("file_is_svg", name=name)
    if _PAGE.search(start):
        raise BadInput("file_is_page", name=name)
    if _OTHER_TEXT.match(start):
        _not_taken(start.strip().encode(), name=name)
    return "text/plain"


def _encodings(head: bytes) -> tuple[str, ...]:
    """What text may be written in; spreadsheets still save CSV in Windows' own."""
    return ("utf-16",) if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)) else ("utf-8", "cp1252")


def _decodes(source: BinaryIO, encoding: str) -> bool:
    """Whether all of it is text, without a control character."""
    source.seek(0)
    decoder = getincrementaldecoder(encoding)()
    try:
        while chunk := source.read(CHUNK):
            if _CONTROL.search(decoder.decode(chunk)):
                return False
        decoder.decode(b"", final=True)  # an unfinished letter
    except UnicodeDecodeError:
        return False
    return True


def _not_taken(head: bytes, *, name: str) -> NoReturn:
    """Say what it seems to be."""
    try:
        best = puremagic.magic_string(head)[0]
    except puremagic.PureError:
        raise BadInput("file_kind_unknown", name=name, known=KNOWN) from None
    if best.extension in ARCHIVES:
        raise BadInput("file_is_archive", name=name)
    raise BadInput("file_not_taken", name=name, found=best.mime_type or best.extension, known=KNOWN)
