"""What fits twice is refused with the reason, and never guessed; whoever imports may pick."""

from collections.abc import Mapping

import pytest
from openpyxl import Workbook

from models.errors import BadInput
from models.lke import Layer
from tests.lkes import full_marks
from tests.states.workbook.conftest import WorkbookDesk
from tests.states.workbook.sheets import LINKED, LKE, OFFICIAL, Filled, marks, saved

LETTERS = {"A.I.4.i.a": 61, "A.I.4.i.b": 62}  # two questions of the same kind, one after the other


class TestSheets:
    """The official name wins; else the sheet with most answers; two that are alike are refused."""

    def test_two_alike_are_refused_by_name(self, desk: WorkbookDesk) -> None:
        books = [Filled(title=name, answers={"K": marks()}) for name in ("LKE 1", "LKE 2")]

        with pytest.raises(BadInput) as refused:
            desk.take(saved(desk.folder / "lke.xlsx", *books))

        assert refused.value.key == "workbook_sheets_unclear"
        assert refused.value.params["sheets"] == "LKE 1, LKE 2"
        assert desk.stored() == {}

    def test_one_of_them_may_be_picked(self, desk: WorkbookDesk) -> None:
        books = [Filled(title=f"LKE {end}", answers={"K": marks(A_I_1_i_b=end)}) for end in "BC"]

        done = desk.take(saved(desk.folder / "lke.xlsx", *books), sheet="lke c")

        assert (done.layout.sheet.name, done.layout.sheet_why) == ("LKE C", "picked")
        assert desk.stored() == full_marks(LKE, A_I_1_i_b="C")

    def test_the_official_name_wins_over_another(self, desk: WorkbookDesk) -> None:
        books = [Filled(title="Salinan", answers={"K": marks(A_I_1_i_b="B")}), Filled(answers={"K": marks()})]

        done = desk.take(saved(desk.folder / "lke.xlsx", *books))

        assert (done.layout.sheet.name, done.layout.sheet_why) == ("Jawaban", "name")

    def test_more_answers_win_over_fewer(self, desk: WorkbookDesk) -> None:
        few = {code: value for code, value in marks().items() if code.startswith("A.I.1")}
        books = [Filled(title="Contoh", answers={"K": few}), Filled(title="Isi", answers={"K": marks()})]

        done = desk.take(saved(desk.folder / "lke.xlsx", *books))

        assert (done.layout.sheet.name, done.layout.sheet_why) == ("Isi", "best")

    def test_a_sheet_that_is_not_there_is_told_with_those_that_are(self, desk: WorkbookDesk) -> None:
        with pytest.raises(BadInput) as refused:
            desk.take(saved(desk.folder / "lke.xlsx", Filled()), sheet="Rekap")

        assert "Jawaban" in refused.value.fix

    def test_a_sheet_of_something_else_is_refused(self, desk: WorkbookDesk) -> None:
        def unlike(book: Workbook) -> None:
            for row in range(5, 200):
                book["Jawaban"][f"K{row}"] = ("Ya", 7, "E")[row % 3]

        with pytest.raises(BadInput) as refused:
            desk.take(saved(desk.folder / "lke.xlsx", Filled(topics=False, choices=False), change=unlike))

        assert refused.value.key == "workbook_of_another"
        assert desk.stored() == {}

    def test_one_that_only_has_the_name_makes_way_for_one_that_fits(self, desk: WorkbookDesk) -> None:
        def unlike(book: Workbook) -> None:
            for row in range(5, 200):
                book["Jawaban"][f"K{row}"] = ("Ya", 7, "E")[row % 3]

        books = [Filled(topics=False, choices=False), Filled(title="Isi", answers={"K": marks()})]

        done = desk.look(saved(desk.folder / "lke.xlsx", *books, change=unlike))

        assert (done.layout.sheet.name, done.accepted) == ("Isi", 127)

    def test_a_workbook_without_answers_says_what_is_missing(self, desk: WorkbookDesk) -> None:
        book = Filled(title="Rekap", headings={"K": "Nama", "L": "Catatan"}, topics=False, choices=False)

        with pytest.raises(BadInput) as refused:
            desk.take(saved(desk.folder / "lke.xlsx", book))

        assert refused.value.key == "workbook_no_answers"


class TestColumns:
    """One answer column a layer; two are refused and named by letter."""

    TWICE = Filled(
        headings={**OFFICIAL, "K": "Jawaban Unit", "R": "Jawaban Unit"},
        answers={"K": marks(), "R": marks(A_I_1_i_b="C")},
    )

    def test_two_for_one_layer_are_refused(self, desk: WorkbookDesk) -> None:
        with pytest.raises(BadInput) as refused:
            desk.take(saved(desk.folder / "lke.xlsx", self.TWICE))

        assert refused.value.key == "workbook_columns_unclear"
        assert 'K "Jawaban Unit", R "Jawaban Unit"' in str(refused.value)
        assert desk.stored() == {}

    def test_one_may_be_picked(self, desk: WorkbookDesk) -> None:
        done = desk.take(saved(desk.folder / "lke.xlsx", self.TWICE), answer="R")

        assert [one.why for one in done.layout.columns.known if one.letter == "R"] == ["picked"]
        assert desk.stored() == full_marks(LKE, A_I_1_i_b="C")

    def test_a_second_tpi_may_be_picked_with_its_notes(self, tpi_desk: WorkbookDesk) -> None:
        answers: dict[str, Mapping[str, object]] = {
            "O": marks(),
            "R": {"A.I.1.i.a": "yang pertama"},
            "S": marks(A_I_1_i_b="C"),
            "V": {"A.I.1.i.a": "yang kedua"},
        }
        path = saved(tpi_desk.folder / "lke.xlsx", Filled(headings=LINKED, answers=answers))

        tpi_desk.take(path, Layer.TPI, by="tpi", answer="S")

        assert tpi_desk.stored(Layer.TPI) == full_marks(LKE, A_I_1_i_b="C")
        assert tpi_desk.texts("A.I.1.i.a", Layer.TPI) == ("yang kedua", None)

    def test_a_layer_without_a_column_takes_none_of_another(self, desk: WorkbookDesk) -> None:
        book = Filled(headings={"K": "Jawaban TPI"}, answers={"K": marks()})

        with pytest.raises(BadInput) as refused:
            desk.take(saved(desk.folder / "lke.xlsx", book))

        assert refused.value.key == "workbook_no_answers"

    def test_the_tpi_does_not_take_a_link_column_for_its_answers(self, tpi_desk: WorkbookDesk) -> None:
        book = Filled(headings={"K": "Jawaban Unit", "N": "Tautan"}, answers={"K": marks()})

        with pytest.raises(BadInput) as refused:
            tpi_desk.take(saved(tpi_desk.folder / "lke.xlsx", book), Layer.TPI, by="tpi")

        assert refused.value.key == "workbook_no_answers"


class TestRows:
    """Two rows for one item that say different things are refused and named; alike, they are one."""

    def doubled(self, desk: WorkbookDesk, *, codes: bool, second: str) -> object:
        row = LETTERS["A.I.4.i.a"]

        def double(book: Workbook) -> None:
            sheet = book["Jawaban"]
            sheet.insert_rows(row + 1)
            for column in ("A", "B", "H", "K"):
                sheet[f"{column}{row + 1}"] = sheet[f"{column}{row}"].value
            sheet[f"K{row + 1}"] = second

        book = Filled(answers={"K": marks()}, codes=codes, topics=codes)
        return saved(desk.folder / "lke.xlsx", book, change=double)

    @pytest.mark.parametrize("codes", [True, False])
    def test_rows_that_contradict_each_other(self, desk: WorkbookDesk, codes: bool) -> None:
        path = self.doubled(desk, codes=codes, second="B")

        told = desk.look(path)  # type: ignore[arg-type]
        rejected = desk.rejected(path)  # type: ignore[arg-type]

        assert any("61, 62" in why for why in rejected.values())
        assert {detail.column for detail in told.rejected} == set(rejected)

    @pytest.mark.parametrize("codes", [True, False])
    def test_rows_that_say_the_same(self, desk: WorkbookDesk, codes: bool) -> None:
        desk.take(self.doubled(desk, codes=codes, second="A"))  # type: ignore[arg-type]

        assert desk.stored() == full_marks(LKE)
