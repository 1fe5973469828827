"""Only .xlsx is taken, of a size that can be read; all else is refused before it is unpacked, with what to do."""

import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from models.errors import BadInput
from models.files import MIB
from states.workbook.opening import SIZE_LIMIT, opened
from states.workbook.parts import XML_LIMIT
from tests.states.workbook.conftest import WorkbookDesk
from tests.states.workbook.excel import as_excel
from tests.states.workbook.sheets import Filled, marks, saved

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

NOT_A_WORKBOOK: dict[str, tuple[bytes, str]] = {
    "kosong.xlsx": (b"", "file_empty"),
    "lke.csv": (b"kode;jawaban\nA.I.1.i.a;Ya\n", "workbook_kind"),
    "lke.pdf": (b"%PDF-1.7 ...", "workbook_kind"),
    "gambar.xlsx": (b"\x89PNG\r\n\x1a\n", "workbook_kind"),
    "halaman.xls": (b"<html><table></table></html>", "workbook_kind"),
    "acak.xlsx": (bytes(range(256)), "workbook_kind"),
    "rusak.xlsx": (b"PK\x03\x04" + bytes(200), "file_broken"),
    "lama.xls": (OLE + bytes(600), "file_broken"),
}


def zipped(path: Path, parts: dict[str, bytes], *, like: Path | None = None) -> Path:
    """A ZIP with these parts, and those of another that are not replaced."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        if like:
            with zipfile.ZipFile(like) as source:
                for part in source.namelist():
                    if part not in parts:
                        target.writestr(part, source.read(part))
        for part, content in parts.items():
            target.writestr(part, content)
    return path


def key_of(path: Path) -> str:
    with pytest.raises(BadInput) as refused, opened(path) as book:
        for sheet in book.sheets:
            book.read(sheet)
    assert str(refused.value)
    assert refused.value.fix
    return refused.value.key


class TestWhatIsNoWorkbook:
    """Its bytes decide, not its name."""

    @pytest.mark.parametrize("name", NOT_A_WORKBOOK)
    def test_it_is_refused_as_what_it_is(self, desk: WorkbookDesk, name: str) -> None:
        content, key = NOT_A_WORKBOOK[name]
        path = desk.folder / name
        path.write_bytes(content)

        assert key_of(path) == key
        with pytest.raises(BadInput):
            desk.take(path)
        assert desk.stored() == {}

    def test_a_name_does_not_help_or_harm(self, desk: WorkbookDesk) -> None:
        path = saved(desk.folder / "lke.bin", Filled(answers={"K": marks()}))

        assert desk.take(path).accepted == 127

    def test_nothing_and_a_folder(self, tmp_path: Path) -> None:
        assert key_of(tmp_path / "tidak-ada.xlsx") == "file_missing"
        assert key_of(tmp_path) == "not_a_file"

    @pytest.mark.parametrize(
        ("parts", "key"),
        [
            ({"xl/vbaProject.bin": b"x"}, "file_has_macros"),
            ({"xl/workbook.bin": b"x"}, "file_is_archive"),
            ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, "workbook_kind"),
            ({"xl/workbook.xml": b"<workbook"}, "workbook_broken"),
            ({"xl/workbook.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}, "workbook_broken"),
            ({"xl/worksheets/sheet1.xml": b"<worksheet><sheetData><row>"}, "workbook_broken"),
            ({"xl/sharedStrings.xml": b"\xff\xfe\x00"}, "workbook_broken"),
            ({"xl/styles.xml": b"<s><cellXfs><xf numFmtId='x'/></cellXfs></s>"}, "workbook_broken"),
            ({"xl/_rels/workbook.xml.rels": b"<?xml version='1.0' encoding='antah'?><r/>"}, "workbook_broken"),
        ],
        ids=lambda value: next(iter(value)) + str(len(str(value))) if isinstance(value, dict) else value,
    )
    def test_a_workbook_with_something_wrong_inside(self, tmp_path: Path, parts: dict[str, bytes], key: str) -> None:
        path = zipped(
            tmp_path / "b.xlsx", parts, like=as_excel(saved(tmp_path / "a.xlsx", Filled(answers={"K": marks()})))
        )

        assert key_of(path) == key


class TestBombs:
    """Small files that fill the memory are refused by what their own list of contents says."""

    def test_one_that_unpacks_to_far_more(self, tmp_path: Path) -> None:
        like = saved(tmp_path / "a.xlsx", Filled())
        path = zipped(tmp_path / "b.xlsx", {f"xl/media/{n}.png": bytes(40 * MIB) for n in range(4)}, like=like)

        assert peak(lambda: key_of(path)) < 20 * MIB
        assert key_of(path) == "workbook_bomb"

    def test_one_part_that_is_too_large_to_be_a_sheet(self, tmp_path: Path) -> None:
        like = saved(tmp_path / "a.xlsx", Filled())
        sheet = b"<worksheet><sheetData>" + b"<row/>" * (XML_LIMIT // 6)
        path = zipped(tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": sheet}, like=like)

        assert peak(lambda: key_of(path)) < 20 * MIB
        assert key_of(path) == "workbook_broken"

    def test_thousands_of_parts(self, tmp_path: Path) -> None:
        parts = {f"xl/{number}.xml": b"" for number in range(2_100)}
        path = zipped(tmp_path / "b.xlsx", parts, like=saved(tmp_path / "a.xlsx", Filled()))

        assert key_of(path) == "workbook_bomb"

    def test_elements_inside_each_other_without_end(self, tmp_path: Path) -> None:
        path = zipped(
            tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": b"<a>" * 10**6}, like=saved(tmp_path / "a.xlsx", Filled())
        )

        assert peak(lambda: key_of(path)) < 40 * MIB
        assert key_of(path) == "workbook_broken"

    def test_a_file_that_is_large_itself(self, tmp_path: Path) -> None:
        path = tmp_path / "b.xlsx"
        with path.open("wb") as target:
            target.write(b"PK\x03\x04")
            target.truncate(SIZE_LIMIT + 1)

        assert key_of(path) == "workbook_too_large"

    def test_rows_without_end_are_let_go_while_they_are_read(self, tmp_path: Path) -> None:
        rows = b"".join(b'<row r="%d"><c r="K%d"/></row>' % (row, row) for row in range(1, 20_000))
        sheet = b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"
        like = saved(tmp_path / "a.xlsx", Filled())
        path = zipped(tmp_path / "b.xlsx", {"xl/worksheets/sheet1.xml": sheet}, like=like)

        def read() -> None:
            with opened(path) as book:
                assert book.read(book.sheets[0]).rows == {}

        assert peak(read) < 5 * MIB


def peak(work: Callable[[], object]) -> int:
    """Most bytes that Python held while this ran."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
