"""A file is what its bytes say; its name is only held against them."""

import io
from pathlib import Path

import pytest

from models.errors import BadInput
from models.files import MIB
from models.sniffing import ENDINGS, KNOWN, TAKEN, sniff
from tests.samples import (
    GIF,
    HEIC,
    HTML,
    JPEG,
    MP4,
    NOISE,
    ODF,
    OOXML,
    PDF,
    PNG,
    PROGRAM,
    RAR,
    SCRIPT,
    SVG,
    TEXT,
    WEBP,
    compound,
    docx,
    zipped,
)

ROOT = Path(__file__).parents[2]

TAKEN_SAMPLES = [
    ("a.pdf", PDF, "application/pdf"),
    ("a.jpg", JPEG, "image/jpeg"),
    ("FOTO.JPEG", JPEG, "image/jpeg"),
    ("a.png", PNG, "image/png"),
    ("a.webp", WEBP, "image/webp"),
    ("a.mp4", MP4, "video/mp4"),
    ("a.docx", docx(), f"{OOXML}wordprocessingml.document"),
    ("a.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml"), f"{OOXML}spreadsheetml.sheet"),
    ("a.pptx", zipped("[Content_Types].xml", "ppt/presentation.xml"), f"{OOXML}presentationml.presentation"),
    ("a.odt", zipped("content.xml", first=f"{ODF}text"), f"{ODF}text"),
    ("a.ods", zipped("content.xml", first=f"{ODF}spreadsheet"), f"{ODF}spreadsheet"),
    ("a.odp", zipped("content.xml", first=f"{ODF}presentation"), f"{ODF}presentation"),
    ("a.doc", compound("WordDocument", "1Table"), "application/msword"),
    ("a.xls", compound("Workbook"), "application/vnd.ms-excel"),
    ("a.ppt", compound("Pictures", "Current User", "A", "B", "PowerPoint Document"), "application/vnd.ms-powerpoint"),
    ("a.txt", TEXT, "text/plain"),
    ("a.csv", b"nama;nilai\r\nAsep;1\r\n", "text/plain"),
    ("a.csv", "﻿nama,nilai\n".encode(), "text/plain"),
    ("a.txt", "jumlah: 5 €\n".encode("cp1252"), "text/plain"),
    ("a.txt", "catatan\n".encode("utf-16"), "text/plain"),
]

REFUSED = [
    ("a.pdf", HTML, "file_is_page"),
    ("a.txt", b"\n\n  <HTML><body onload=alert(1)>", "file_is_page"),
    ("a.csv", b"nama\n<script>alert(1)</script>\n", "file_is_page"),
    ("a.txt", "<html>".encode("utf-16"), "file_is_page"),
    ("a.png", SVG, "file_is_svg"),
    ("a.svg", SVG, "file_is_svg"),
    ("a.txt", b"<s:svg xmlns:s='http://www.w3.org/2000/svg'/>", "file_is_svg"),
    ("a.txt", SCRIPT, "file_is_script"),
    ("a.txt", b"<?php system('id'); ?>", "file_is_script"),
    ("a.pdf", PROGRAM, "file_is_program"),
    ("a.jpg", b"\x7fELF\x02\x01\x01" + b"\x00" * 60, "file_is_program"),
    ("a.docx", zipped("META-INF/MANIFEST.MF", "[Content_Types].xml", "word/document.xml"), "file_is_program"),
    ("a.zip", zipped("a.pdf"), "file_is_archive"),
    ("a.docx", zipped("a.pdf"), "file_is_archive"),
    ("a.docx", zipped("word/document.xml"), "file_is_archive"),
    ("a.xlsx", zipped("[Content_Types].xml", "xl/workbook.bin"), "file_is_archive"),
    ("a.pdf", RAR, "file_is_archive"),
    ("a.docx", docx("word/vbaProject.bin"), "file_has_macros"),
    ("a.odt", zipped("Basic/script-lc.xml", first=f"{ODF}text"), "file_has_macros"),
    ("a.xls", compound("Workbook", "_VBA_PROJECT_CUR"), "file_has_macros"),
    ("a.docx", compound("EncryptionInfo", "EncryptedPackage"), "file_is_locked"),
    ("a.docx", docx()[:-30], "file_broken"),
    ("a.doc", compound("WordDocument")[:600], "file_broken"),
    ("a.msi", compound("SummaryInformation"), "file_not_taken"),
    ("a.gif", GIF, "file_not_taken"),
    ("a.jpg", HEIC, "file_not_taken"),
    ("a.txt", b"{\\rtf1 halo}", "file_not_taken"),
    ("a.txt", b"<?xml version='1.0'?><data/>", "file_not_taken"),
    ("a.pdf", NOISE, "file_kind_unknown"),
    ("a.txt", TEXT + b"\x00", "file_kind_unknown"),
    ("a.pdf", b"", "file_empty"),
]


def looked_at(content: bytes, name: str) -> str:
    return sniff(io.BytesIO(content), name=name)


class TestTaken:
    """Papers, pictures, videos and plain text are taken."""

    @pytest.mark.parametrize(("name", "content", "media_type"), TAKEN_SAMPLES)
    def test_by_their_bytes(self, name: str, content: bytes, media_type: str) -> None:
        assert looked_at(content, name) == media_type

    def test_every_kind_that_is_taken_is_among_the_samples(self) -> None:
        assert {media_type for _, _, media_type in TAKEN_SAMPLES} == set(TAKEN)

    @pytest.mark.parametrize("name", ["laporan", "Rapat No. 12", "foto.png", "../../etc/notulen.docx"])
    def test_under_any_harmless_name(self, name: str) -> None:
        assert looked_at(PDF, name) == "application/pdf"

    def test_a_long_text_is_read_to_its_end(self) -> None:
        long = "catatan é\n".encode() * (MIB // 8)

        assert looked_at(long, "a.txt") == "text/plain"
        with pytest.raises(BadInput):
            looked_at(long + b"\x01", "a.txt")

    def test_the_pages_for_people_name_them_all(self) -> None:
        page = (ROOT / "docs" / "evidence.md").read_text(encoding="utf-8")
        assert [ending for ending in ENDINGS if f"`{ending}`" not in page] == []
        assert {ending for ending in KNOWN.split(", ")} <= set(ENDINGS)


class TestRefused:
    """What can run, hides other files, or can't be read is refused with what it is and what to do."""

    @pytest.mark.parametrize(("name", "content", "why"), REFUSED)
    def test_whatever_it_is_called(self, name: str, content: bytes, why: str) -> None:
        with pytest.raises(BadInput) as refused:
            looked_at(content, name)

        assert refused.value.key == why
        assert name in str(refused.value)
        assert refused.value.fix

    @pytest.mark.parametrize(
        ("name", "content"),
        [("a.exe", PDF), ("a.html", JPEG), ("a.pdf", TEXT), ("jalankan.bat", TEXT), ("catatan", TEXT)],
    )
    def test_a_name_that_would_be_run_or_opened_as_something_else(self, name: str, content: bytes) -> None:
        with pytest.raises(BadInput) as refused:
            looked_at(content, name)

        assert refused.value.key == "file_name_misleads"

    def test_a_directory_that_runs_in_a_circle_ends(self) -> None:
        circle = bytearray(compound("A", "B"))
        circle[512 + 4 : 512 + 8] = (1).to_bytes(4, "little")  # the directory's sector is followed by itself

        with pytest.raises(BadInput) as refused:
            looked_at(bytes(circle), "a.doc")

        assert refused.value.key == "file_not_taken"

    def test_a_zip_with_an_endless_list_is_not_listed(self) -> None:
        endless = bytearray(docx())
        at = endless.rfind(b"PK\x05\x06")
        endless[at + 12 : at + 16] = b"\xff\xff\xff\xff"

        with pytest.raises(BadInput) as refused:
            looked_at(bytes(endless), "a.docx")

        assert refused.value.key == "file_is_archive"
