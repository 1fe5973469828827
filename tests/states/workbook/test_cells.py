"""What Excel makes of answers: what can be meant is taken, what can't is refused by its cell, and nothing is kept."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.styles import Alignment

from models.catalogue import say
from rulesets.answers import read_answer
from rulesets.library import find_ruleset
from states.workbook.cells import answer_in
from states.workbook.sheet import Cell, Kind
from tests.lkes import full_marks
from tests.states.workbook.conftest import WorkbookDesk
from tests.states.workbook.sheets import LKE, Filled, marks, read, saved

YES_NO = LKE.by_soal[1].code  # K6
LETTER = LKE.by_soal[2].code  # K7
COUNT = LKE.by_soal[88].code  # K126, of which K127 is a part
PART = LKE.by_soal[89].code
SURVEY = LKE.by_soal[125].code  # K199

TAKEN = [
    (YES_NO, "ya ", "Ya"),
    (YES_NO, "YA", "Ya"),
    (YES_NO, "\u00a0Tidak\n", "Tidak"),
    (LETTER, "b", "B"),
    (LETTER, " C", "C"),
    (COUNT, 12, "12"),
    (COUNT, 12.0, "12"),
    (COUNT, "12", "12"),
    (COUNT, 1e3, "1000"),
    (SURVEY, 3.5999999999999996, "3.6"),
    (SURVEY, "3,6", "3.6"),
    (SURVEY, "3.60", "3.6"),
    (SURVEY, 4, "4"),
]

REFUSED = [
    (YES_NO, "Mungkin", "answer.not_on_scale"),
    (YES_NO, 1, "answer.not_on_scale"),
    (YES_NO, True, "answer.cell_boolean"),
    (LETTER, "D", "answer.not_on_scale"),
    (LETTER, "-", "answer.not_on_scale"),
    (LETTER, "#DIV/0!", "answer.cell_error"),
    (COUNT, "#N/A", "answer.cell_error"),
    (COUNT, -1, "answer.negative"),
    (COUNT, 1.5, "answer.not_whole"),
    (COUNT, "dua belas", "answer.not_a_number"),
    (COUNT, 10**9, "answer.too_many"),
    (COUNT, date(2026, 3, 4), "answer.cell_date"),
    (COUNT, False, "answer.cell_boolean"),
    (COUNT, "=6+6", "answer.cell_no_value"),
    (SURVEY, 4.01, "answer.over_the_most"),
    (SURVEY, "90%", "answer.not_a_number"),
    (SURVEY, date(2026, 3, 4), "answer.cell_date"),
]


def with_cell(folder: Path, item: str, value: object, number_format: str | None = None) -> tuple[Path, str]:
    """A sheet of full marks with this in one cell; and the cell's name."""
    cell = f"K{LKE.items[item].row}"

    def put(book: Workbook) -> None:
        book["Jawaban"][cell].value = value
        if number_format:
            book["Jawaban"][cell].number_format = number_format
            book["Jawaban"][cell].alignment = Alignment(wrap_text=True)  # as every real workbook has it

    return saved(folder / "lke.xlsx", Filled(answers={"K": marks(**{PART: "0"})}), change=put), cell


class TestWhatIsTaken:
    """Letters in any case and with spaces, decimal commas, whole numbers in decimals, a spreadsheet's noise."""

    @pytest.mark.parametrize(("item", "typed", "stored"), TAKEN, ids=repr)
    def test_it_is_read_as_it_was_meant(self, tmp_path: Path, item: str, typed: object, stored: str) -> None:
        path, _ = with_cell(tmp_path, item, typed)

        found = read(path)

        assert found.faults == []
        assert {line.item.code: line.value for line in found.lines}[item] == stored

    def test_a_blank_cell_leaves_what_is_stored(self, desk: WorkbookDesk) -> None:
        desk.office.fill_lke(desk.code, A_I_1_i_b="C")
        path, _ = with_cell(desk.folder, LETTER, "   ")

        done = desk.take(path)

        assert desk.stored()[LETTER] == "C"
        assert (done.accepted, done.unchanged) == (1, 125)  # the part that was set to nothing; the blank is no answer


class TestWhatIsRefused:
    """Each such cell is named with the reason, and the whole import is given up."""

    @pytest.mark.parametrize(("item", "typed", "why"), REFUSED, ids=repr)
    def test_by_its_cell(self, tmp_path: Path, item: str, typed: object, why: str) -> None:
        path, cell = with_cell(tmp_path, item, typed)

        faults = read(path).faults

        assert [(fault.column, fault.row, fault.file) for fault in faults] == [(cell, LKE.items[item].row, "lke.xlsx")]
        assert faults[0].why.startswith(say(why).split("{", maxsplit=1)[0])

    def test_all_of_them_at_once(self, desk: WorkbookDesk) -> None:
        answers = marks() | {YES_NO: "Mungkin", LETTER: "Z", SURVEY: 40}
        path = saved(desk.folder / "lke.xlsx", Filled(answers={"K": answers}))

        assert set(desk.rejected(path)) == {"K6", "K7", "K199"}

    def test_a_part_over_its_whole(self, desk: WorkbookDesk) -> None:
        change = LKE.questions["A.II.6.i.b"]  # services on record 12, simplified 13
        path = saved(desk.folder / "lke.xlsx", Filled(answers={"K": marks() | {f"{change.code}.b": 13}}))

        assert set(desk.rejected(path)) & {"K191", "K192"}

    def test_an_endless_note(self, desk: WorkbookDesk) -> None:
        path = saved(desk.folder / "lke.xlsx", Filled(answers={"K": marks(), "L": {LETTER: "x" * 10_001}}))

        assert set(desk.rejected(path)) == {"K7"}


class TestFormulas:
    """A formula's answer is the value that Excel last worked out."""

    def test_the_cached_value_is_taken(self) -> None:
        cell = Cell(7, 11, Kind.TEXT, "B", formula=True)

        assert answer_in(LKE.items[LETTER], cell) == "B"

    def test_one_that_was_never_worked_out_is_refused(self, desk: WorkbookDesk) -> None:
        path, cell = with_cell(desk.folder, LETTER, '=IF(1=1,"A","B")')

        assert desk.rejected(path) == {cell: say("answer.cell_no_value")}


class TestPercentages:
    """Excel stores 95 % as 0.95: that is 95 where a percentage is asked for, and a mistake where it is not."""

    TLHP = find_ruleset("permen-52-2014").lke.items["B.I.2"]

    @pytest.mark.parametrize(
        ("kind", "text", "number", "stored"),
        [(Kind.PERCENT, "95 %", "0.95", "95"), (Kind.NUMBER, "95", "95", "95"), (Kind.TEXT, "95%", None, "95")],
    )
    def test_ninety_five_however_it_is_written(self, kind: Kind, text: str, number: str | None, stored: str) -> None:
        cell = Cell(1, 1, kind, text, Decimal(number) if number else None)

        assert read_answer(self.TLHP, answer_in(self.TLHP, cell)) == stored

    @pytest.mark.parametrize("item", [COUNT, SURVEY, LETTER])
    def test_elsewhere_it_is_refused(self, desk: WorkbookDesk, item: str) -> None:
        path, cell = with_cell(desk.folder, item, 0.95, "0%")

        assert desk.rejected(path) == {cell: say("answer.cell_percent")}


class TestMergedCells:
    """A merged cell speaks for the one item it covers; for several it is refused."""

    def merged(self, desk: WorkbookDesk, cells: str, *, value: str, at: str) -> Path:
        def merge(book: Workbook) -> None:
            sheet = book["Jawaban"]
            sheet.merge_cells(cells)
            sheet[at] = value

        return saved(desk.folder / "lke.xlsx", Filled(answers={"K": marks()}), change=merge)

    def test_with_the_heading_above_it(self, desk: WorkbookDesk) -> None:
        desk.take(self.merged(desk, "K5:K6", value="Tidak", at="K5"))

        assert desk.stored() == full_marks(LKE) | {YES_NO: "Tidak"}

    def test_with_its_note(self, desk: WorkbookDesk) -> None:
        desk.take(self.merged(desk, "K7:M7", value="C", at="K7"))

        assert desk.stored()[LETTER] == "C"

    def test_over_two_items_it_is_nobodys(self, desk: WorkbookDesk) -> None:
        path = self.merged(desk, "K10:K11", value="A", at="K10")

        assert desk.rejected(path) == dict.fromkeys(("K10", "K11"), say("answer.cell_merged"))
