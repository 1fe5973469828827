"""Tiny files of every kind, made as their formats say."""

import io
import struct
from zipfile import ZipFile

OOXML = "application/vnd.openxmlformats-officedocument."
ODF = "application/vnd.oasis.opendocument."

PDF = b"%PDF-1.7\n1 0 obj\n<< >>\nendobj\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 20 + b"\xff\xd9"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + b"\x00" * 25
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + b"\x00" * 24
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + b"\x00" * 24
TEXT = b"Notulen rapat tim kerja\nHadir: 12 orang\n"

HTML = b"<!DOCTYPE html>\n<html><body><script>alert(1)</script></body></html>\n"
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>\n'
SCRIPT = b"#!/bin/sh\necho halo\n"
PROGRAM = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\x00" * 100
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00" + b"\x00" * 20
RAR = b"Rar!\x1a\x07\x00" + b"\x00" * 40
HEIC = b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 24
NOISE = bytes(range(1, 9)) * 40


def zipped(*names: str, first: str | None = None) -> bytes:
    """A ZIP with these files in it; `first` is what an OpenDocument says of itself."""
    target = io.BytesIO()
    with ZipFile(target, "w") as archive:
        if first:
            archive.writestr("mimetype", first)
        for name in names:
            archive.writestr(name, "isi")
    return target.getvalue()


def docx(*more: str) -> bytes:
    return zipped("[Content_Types].xml", "word/document.xml", *more)


def compound(*streams: str) -> bytes:
    """A compound file with empty streams: header, table, directory of four entries a sector."""
    free, end, table = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    rights = [*range(2, len(streams) + 1), free]  # each entry's right neighbour: a tree that leans one way
    entries = [
        _entry("Root Entry", 5, child=1),
        *(_entry(stream, 2, right=right) for stream, right in zip(streams, rights, strict=True)),
    ]
    sectors = -(-len(entries) // 4)
    header = bytearray(512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<II", header, 44, 1, 1)  # one sector of the table; the directory starts at sector 1
    struct.pack_into("<IIIIII", header, 56, 4096, end, 0, end, 0, 0)
    struct.pack_into("<108I", header, 80, *([free] * 108))
    follow = [table, *range(2, sectors + 1), end]
    fat = struct.pack("<128I", *follow, *([free] * (128 - len(follow))))
    return bytes(header) + fat + b"".join(entries).ljust(sectors * 512, b"\x00")


def _entry(name: str, kind: int, *, right: int = 0xFFFFFFFF, child: int = 0xFFFFFFFF) -> bytes:
    written = name.encode("utf-16-le")
    linked = struct.pack("<HBBIII", len(written) + 2, kind, 1, 0xFFFFFFFF, right, child)
    start = struct.pack("<I", 0xFFFFFFFE)  # an empty stream has no sector
    return ((written.ljust(64, b"\x00") + linked).ljust(116, b"\x00") + start).ljust(128, b"\x00")
