"""The workbook has real figures and dates, frozen headings, and no cell that a spreadsheet would work out."""

from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import Workbook, load_workbook

from states.reports.book import report_book
from states.reports.contents import Contents
from states.workbook.saving import content_of
from tests.states.reports.made import NOW, a_finding, a_position, some_contents

FORMULAS = ('=HYPERLINK("http://x";"klik")', "+1", "-1", "@SUM(A1)", "\t=1")


def read(contents: Contents) -> Workbook:
    return load_workbook(BytesIO(content_of(report_book(contents), now=NOW)))


class TestSheets:
    """Five sheets, to be sorted, filtered and printed."""

    def test_their_names_and_headings(self) -> None:
        book = read(some_contents(3))

        assert book.sheetnames == ["Ringkasan", "Unit", "Area", "Temuan", "Kecenderungan"]
        for name in book.sheetnames[1:]:
            assert (book[name].freeze_panes, book[name].print_title_rows) == ("B2", "$1:$1")
            assert book[name].page_setup.fitToWidth == 1

    def test_figures_are_numbers_and_days_are_days(self) -> None:
        sheet = read(some_contents(1))["Unit"]
        row = {heading.value: cell for heading, cell in zip(sheet[1], sheet[2], strict=True)}

        assert row["Nilai unit"].value == pytest.approx(61.2599)
        assert row["Nilai unit"].number_format == "#,##0.00"
        assert row["Batas waktu"].value == datetime(2026, 12, 21)  # noqa: DTZ001 - a sheet's days know no zone
        assert row["Batas waktu"].number_format == "dd/mm/yyyy"
        assert row["Terlambat (hari)"].value == 1

    def test_what_is_absent_is_empty_and_not_zero(self) -> None:
        one = a_position(1, due_on=None, days_late=0, missing_evidence=None)
        sheet = read(some_contents(1, positions=(one,)))["Unit"]
        row = {heading.value: cell.value for heading, cell in zip(sheet[1], sheet[2], strict=True)}

        assert (row["Batas waktu"], row["Pertanyaan tanpa bukti"]) == (None, None)

    def test_all_findings_are_there(self) -> None:
        findings = tuple(a_finding(number) for number in range(1, 201))

        sheet = read(some_contents(1, findings=findings))["Temuan"]

        assert sheet.max_row == 201
        assert isinstance(sheet["E2"].value, datetime | date)

    def test_the_trend_says_when_there_is_no_round(self) -> None:
        said = [cell.value for row in read(some_contents(1, rounds=0))["Kecenderungan"] for cell in row]

        assert any("Belum ada putaran" in str(value) for value in said)

    def test_the_trend_has_a_row_a_quarter_and_the_changes(self) -> None:
        sheet = read(some_contents(2, rounds=2))["Kecenderungan"]

        column = [sheet.cell(row, 1).value for row in range(1, sheet.max_row + 1)]
        assert column[1:4] == ["Triwulan II Tahun 2026", "Triwulan III Tahun 2026", "Saat ini"]
        assert column[-2:] == ["U0001-2026", "U0002-2026"]
        assert sheet.cell(sheet.max_row, 5).value == pytest.approx(5)


class TestTextStaysText:
    """What people wrote is never a formula."""

    @pytest.mark.parametrize("text", FORMULAS)
    def test_names_and_findings(self, text: str) -> None:
        contents = some_contents(
            1, positions=(a_position(1, unit_name=text),), findings=(a_finding(1, text=text),), agency_name=text
        )

        book = read(contents)

        cells = [cell for sheet in book for row in sheet for cell in row if cell.value is not None]
        assert [cell for cell in cells if cell.data_type == "f"] == []
        assert book["Unit"]["B2"].value == text.strip()
        assert book["Temuan"]["C2"].value == text.strip()
