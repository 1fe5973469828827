"""One sheet's cells as they stand: the same as another reader sees, with what it does not tell."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment

from states.workbook.opening import opened
from states.workbook.sheet import Cell, Kind, Sheet, cells, column_of, letters
from tests.states.workbook.sheets import LINKED, Filled, marks, saved, shifted
from tests.states.workbook.test_opening import zipped

HEAD = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def read(path: Path) -> Sheet:
    with opened(path) as book:
        return book.read(book.sheets[0])


def raw(folder: Path, xml: bytes, *, after: bytes = b"") -> Sheet:
    """A sheet with these rows, as they stand in the file."""
    like = saved(folder / "a.xlsx", Filled())
    parts = {"xl/worksheets/sheet1.xml": HEAD + xml + b"</sheetData>" + after + b"</worksheet>"}
    return read(zipped(folder / "b.xlsx", parts, like=like))


class TestAgainstAnotherReader:
    """Every cell has the place and the value that openpyxl finds."""

    @pytest.mark.parametrize(
        "book",
        [
            Filled(answers={"K": marks(), "N": marks()}),
            Filled(headings=LINKED, answers={"K": marks(), "S": {"A.I.1.i.a": "\u201cYa\u201d & <tidak>"}}),
            Filled(title="LKE ZI", at=shifted, answers={"K": marks(B_I_a="3.61")}),
        ],
        ids=["official", "linked", "shifted"],
    )
    def test_they_agree(self, tmp_path: Path, book: Filled) -> None:
        path = saved(tmp_path / "a.xlsx", book)

        ours = {cell.name: cell.text if cell.number is None else float(cell.number) for cell in cells(read(path))}

        sheet = load_workbook(path).worksheets[0]
        theirs = {cell.coordinate: cell.value for row in sheet for cell in row if cell.value is not None}
        assert ours == theirs


class TestKinds:
    """What a cell is: by its type, and for numbers by how they are shown."""

    @pytest.mark.parametrize(
        ("shown_as", "kind"),
        [
            ("General", Kind.NUMBER),
            ("0.00", Kind.NUMBER),
            ('#,##0" hari"', Kind.NUMBER),
            ("[Red]0.0", Kind.NUMBER),
            ("0%", Kind.PERCENT),
            ("0.00%", Kind.PERCENT),
            ('0.0" %"', Kind.NUMBER),
            ("dd/mm/yyyy", Kind.DATE),
            ("[$-421]d mmmm yyyy", Kind.DATE),
            ("h:mm", Kind.DATE),
        ],
    )
    def test_by_the_number_format(self, tmp_path: Path, shown_as: str, kind: Kind) -> None:
        def shown(book: Workbook) -> None:
            book["Jawaban"]["K6"] = 1
            book["Jawaban"]["K6"].number_format = shown_as
            book["Jawaban"]["K6"].alignment = Alignment(wrap_text=True)  # a style with something inside it

        cell = read(saved(tmp_path / "a.xlsx", Filled(), change=shown)).at(6, 11)

        assert cell
        assert cell.kind is kind

    def test_a_date(self, tmp_path: Path) -> None:
        book = Filled(answers={"K": {"A.I.1.i.a": date(2026, 1, 2)}})

        cell = read(saved(tmp_path / "a.xlsx", book)).at(6, 11)

        assert cell
        assert cell.kind is Kind.DATE

    def test_what_excel_writes(self, tmp_path: Path) -> None:
        sheet = raw(
            tmp_path,
            b'<row r="1"><c r="A1" t="str"><f>"x"</f><v>B</v></c><c r="B1"><f>1</f></c><c r="C1"><f>1+1</f><v>2</v></c>'
            b'<c r="D1" t="e"><v>#DIV/0!</v></c><c r="E1" t="b"><v>1</v></c><c r="F1" t="d"><v>2026-01-02</v></c>'
            b'<c r="G1" t="inlineStr"><is><r><t>Y</t></r><r><t>a</t></r><rPh><t>z</t></rPh></is></c>'
            b'<c r="H1" t="str"><f>IF(1,"","")</f><v></v></c><c r="I1"/><c r="J1"><v>3.5999999999999996</v></c></row>',
        )

        assert list(sheet.rows[1].values()) == [
            Cell(1, 1, Kind.TEXT, "B", formula=True),
            Cell(1, 2, Kind.NO_VALUE, "", formula=True),
            Cell(1, 3, Kind.NUMBER, "2", Decimal(2), formula=True),
            Cell(1, 4, Kind.ERROR, "#DIV/0!"),
            Cell(1, 5, Kind.BOOLEAN, "TRUE"),
            Cell(1, 6, Kind.DATE, "2026-01-02"),
            Cell(1, 7, Kind.TEXT, "Ya"),
            Cell(1, 10, Kind.NUMBER, "3.6", Decimal("3.6")),
        ]

    def test_cells_that_do_not_say_where_they_stand(self, tmp_path: Path) -> None:
        sheet = raw(tmp_path, b"<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>")

        assert [cell.name for cell in cells(sheet)] == ["A1", "B1", "A3"]

    @pytest.mark.parametrize("said", [b"1E+400000", b"NaN", b"Infinity", b"x"])
    def test_numbers_beyond_reason_are_faults(self, tmp_path: Path, said: bytes) -> None:
        sheet = raw(tmp_path, b'<row r="1"><c r="A1"><v>' + said + b"</v></c></row>")

        assert [cell.kind for cell in cells(sheet)] == [Kind.ERROR]


class TestBounds:
    """Only so many rows and columns are looked at, and the sheet says that there was more."""

    def test_more_below_and_to_the_right(self, tmp_path: Path) -> None:
        sheet = raw(tmp_path, b'<row r="1"><c r="A1"><v>1</v></c></row><row r="9000"><c r="A9000"><v>1</v></c></row>')

        assert [cell.name for cell in cells(sheet)] == ["A1"]
        assert sheet.cut_off

    def test_merged_cells_are_known(self, tmp_path: Path) -> None:
        merged = b'<mergeCells><mergeCell ref="K6:M7"/></mergeCells>'

        sheet = raw(tmp_path, b"", after=merged)

        assert sheet.range_of(7, 12) == (6, 11, 7, 13)
        assert sheet.range_of(8, 12) is None

    def test_letters_of_columns(self) -> None:
        assert [letters(column) for column in (1, 26, 27, 703)] == ["A", "Z", "AA", "AAA"]
        assert [column_of(name) for name in ("A", "z", "AA", "AAA")] == [1, 26, 27, 703]
