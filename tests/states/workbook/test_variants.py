"""The shapes that ministries send: each is read by its headings, and every row is matched or named."""

from collections.abc import Mapping

import pytest
from openpyxl import Workbook

from models.lke import Layer
from states.workbook.reading import Imported
from tests.lkes import full_marks
from tests.states.workbook.conftest import WorkbookDesk
from tests.states.workbook.excel import as_excel
from tests.states.workbook.sheets import LINKED, LKE, OFFICIAL, Filled, marks, saved, shifted

UNHEADED = {"K": "Jawaban Unit", "L": "Catatan", "N": "Jawaban TPI", "O": "Nilai", "P": "%", "Q": "Catatan"}
ENGLISH = {"K": "Unit's answer", "L": "Note", "M": "Evidence", "N": "TPI's answer", "Q": "TPI's note"}
Answers = dict[str, Mapping[str, object]]

ITEM_60, ITEM_61 = LKE.by_soal[60].code, LKE.by_soal[61].code


def columns(done: Imported) -> dict[str, str]:
    """What is taken, by role."""
    known = done.layout.columns
    return {one.role.value: one.letter for one in known.known if one in known.of(one.role)}


class TestTheOfficialSheet:
    """`Jawaban`, as the ministry has it: K, L, M are the unit's, N and Q the TPI's."""

    def test_a_filled_one_is_taken_whole(self, desk: WorkbookDesk) -> None:
        book = Filled(answers={"K": marks(), "L": {ITEM_60: "sudah"}, "M": {ITEM_60: "https://contoh.invalid/60"}})
        path = saved(desk.folder / "lke.xlsx", book)

        done = desk.take(path)

        assert (done.accepted, done.unchanged, done.warnings) == (127, 0, ())
        assert desk.stored() == full_marks(LKE)
        assert desk.texts(ITEM_60) == ("sudah", "https://contoh.invalid/60")
        assert done.layout.matching.rows == {code: item.row for code, item in LKE.items.items()}
        assert done.layout.header_row == 4

    def test_one_that_excel_wrote_is_read_alike(self, desk: WorkbookDesk) -> None:
        book = Filled(answers={"K": marks(A_I_1_i_b="B"), "L": {ITEM_60: "<satu> & dua"}})
        path = as_excel(saved(desk.folder / "lke.xlsx", book))

        desk.take(path)

        assert desk.stored() == full_marks(LKE, A_I_1_i_b="B")
        assert desk.texts(ITEM_60) == ("<satu> & dua", None)

    def test_the_tpi_finds_its_own_columns_beside_repeated_headings(self, tpi_desk: WorkbookDesk) -> None:
        book = Filled(answers={"K": marks(), "N": marks(A_I_1_i_b="C"), "O": marks(), "Q": {ITEM_61: "kurang"}})
        path = saved(tpi_desk.folder / "lke.xlsx", book)

        done = tpi_desk.take(path, Layer.TPI, by="tpi")

        assert columns(done)["answer"] == "N"
        assert tpi_desk.stored(Layer.TPI) == full_marks(LKE, A_I_1_i_b="C")
        assert tpi_desk.texts(ITEM_61, Layer.TPI) == ("kurang", None)
        assert tpi_desk.stored(Layer.UNIT) == {}

    def test_without_any_heading_the_masters_letters_count(self, desk: WorkbookDesk) -> None:
        def no_headings(book: Workbook) -> None:
            book["Jawaban"].delete_rows(4)
            book["Jawaban"].insert_rows(4)

        path = saved(desk.folder / "lke.xlsx", Filled(answers={"K": marks(), "L": {ITEM_60: "x"}}), change=no_headings)

        done = desk.take(path)

        assert done.layout.header_row is None
        assert {one.why for one in done.layout.columns.known} == {"master"}
        assert desk.stored() == full_marks(LKE)

    def test_headings_may_stand_in_two_rows_under_merged_ones(self, tpi_desk: WorkbookDesk) -> None:
        sub = {"K": "Jawaban", "L": "Catatan", "M": "Bukti", "N": "Jawaban", "O": "Nilai", "P": "%", "Q": "Catatan"}

        def whose(book: Workbook) -> None:
            sheet = book["Jawaban"]
            sheet["A1"] = "LEMBAR KERJA EVALUASI UNIT KERJA"
            sheet["K3"], sheet["N3"] = "Unit Kerja", "Tim Penilai Internal"
            sheet.merge_cells("K3:M3")
            sheet.merge_cells("N3:Q3")

        book = Filled(headings=sub, answers={"K": marks(), "N": marks(A_I_1_i_b="B")})
        path = saved(tpi_desk.folder / "lke.xlsx", book, change=whose)

        done = tpi_desk.look(path, Layer.TPI)

        assert columns(done) == {"answer": "N", "score": "O", "percent": "P", "note": "Q"}
        assert (done.accepted, done.rejected) == (127, ())


class TestALinkColumnAndASecondTpi:
    """One ministry put a link column in, so that the TPI sits in O; a second TPI follows in S."""

    def test_each_layer_is_read_from_where_it_now_stands(self, tpi_desk: WorkbookDesk) -> None:
        links = {ITEM_60: "https://contoh.invalid/folder"}
        answers: Answers = {"K": marks(A_I_1_i_b="B"), "N": links, "O": marks(A_I_1_i_b="C"), "S": marks(A_I_1_i_b="A")}
        path = saved(tpi_desk.folder / "lke.xlsx", Filled(headings=LINKED, answers=answers))

        done = tpi_desk.take(path, Layer.TPI, by="tpi")

        assert columns(done)["answer"] == "O"
        assert tpi_desk.stored(Layer.TPI) == full_marks(LKE, A_I_1_i_b="C")

    def test_the_second_tpi_is_named_as_not_taken(self, tpi_desk: WorkbookDesk) -> None:
        path = saved(tpi_desk.folder / "lke.xlsx", Filled(headings=LINKED, answers={"O": marks(), "S": marks()}))

        done = tpi_desk.look(path, Layer.TPI)

        assert [(one.column, one.value) for one in done.warnings] == [("S", "Jawaban TPI 2")]
        second = [one.letter for one in done.layout.columns.known if one.second]
        assert second == ["S", "T", "U", "V"]

    def test_links_go_with_the_evidence(self, desk: WorkbookDesk) -> None:
        answers: Answers = {"K": marks(), "M": {ITEM_60: "laporan"}, "N": {ITEM_60: "https://contoh.invalid/folder"}}
        path = saved(desk.folder / "lke.xlsx", Filled(headings=LINKED, answers=answers))

        desk.take(path)

        assert desk.texts(ITEM_60) == (None, "laporan\nhttps://contoh.invalid/folder")


class TestShiftedRows:
    """Another has a sheet `LKE ZI`: rows moved by two, from item 61 on by three, evidence without a heading."""

    def book(self, **other: object) -> Filled:
        answers = {"K": marks(), "N": marks(), "M": {ITEM_60: "https://contoh.invalid/60"}}
        return Filled(**({"title": "LKE ZI", "headings": UNHEADED, "answers": answers, "at": shifted} | other))  # type: ignore[arg-type]

    @staticmethod
    def oddities(book: Workbook) -> None:
        sheet = book["LKE ZI"]
        sheet["B89"], sheet["K89"] = "baris sisipan", "B"  # between items 60 and 61
        sheet["K178"] = 30  # typed above 12 + 12 + 12 obliged to report
        for row in range(210, 2210):
            sheet.cell(row, 11).number_format = "0.00"
            sheet.cell(row, 12, " ")

    @pytest.mark.parametrize("layer", [Layer.UNIT, Layer.TPI])
    @pytest.mark.parametrize("topics", [True, False])
    def test_every_row_is_matched_or_named(
        self, desk: WorkbookDesk, tpi_desk: WorkbookDesk, layer: Layer, topics: bool
    ) -> None:
        book = self.book(topics=topics)
        path = saved(desk.folder / "lke.xlsx", book, change=self.oddities)

        done = (desk if layer is Layer.UNIT else tpi_desk).look(path, layer)

        assert done.layout.matching.rows == {code: book.row(code) for code in LKE.items}
        assert (done.accepted, done.rejected, done.layout.matching.missing) == (127, (), ())
        assert (done.layout.sheet.name, done.layout.sheet_why) == ("LKE ZI", "only")
        assert {one.column for one in done.warnings} == ({"K89", "K178"} if layer is Layer.UNIT else set())

    def test_the_contradicting_total_is_told_with_both_figures(self, desk: WorkbookDesk) -> None:
        path = saved(desk.folder / "lke.xlsx", self.book(), change=self.oddities)

        done = desk.take(path)

        told = [one for one in done.warnings if one.column == "K178"]
        assert any("30" in one.why and "36" in one.why for one in told)
        assert desk.stored() == full_marks(LKE)

    def test_evidence_without_a_heading_is_known_by_its_links(self, desk: WorkbookDesk) -> None:
        path = saved(desk.folder / "lke.xlsx", self.book())

        done = desk.take(path)

        assert columns(done) == {"answer": "K", "note": "L", "evidence": "M"}
        assert desk.texts(ITEM_60) == (None, "https://contoh.invalid/60")

    def test_order_and_answers_are_enough_where_nothing_else_tells(self, desk: WorkbookDesk) -> None:
        book = self.book(topics=False, choices=False)
        path = saved(desk.folder / "lke.xlsx", book)

        done = desk.take(path)

        assert done.layout.matching.rows == {code: book.row(code) for code in LKE.items}
        assert desk.stored() == full_marks(LKE)

    def test_what_has_no_row_is_named_and_stays(self, desk: WorkbookDesk) -> None:
        desk.office.fill_lke(desk.code, A_I_5_iii_d="C")
        row = self.book().row(ITEM_60)
        path = saved(desk.folder / "lke.xlsx", self.book(), change=lambda book: book["LKE ZI"].delete_rows(row))

        done = desk.take(path)

        assert done.layout.matching.missing == (ITEM_60,)
        assert any(ITEM_60 in one.why for one in done.warnings)
        assert desk.stored()[ITEM_60] == "C"


class TestOtherHeadings:
    """Answers may be headed otherwise, where nothing else can be meant."""

    def test_penilaian_with_its_owner(self, tpi_desk: WorkbookDesk) -> None:
        headings = {"K": "Penilaian Mandiri", "L": "Catatan", "N": "Penilaian TPI", "O": "Nilai", "Q": "Catatan"}
        book = Filled(headings=headings, answers={"K": marks(), "N": marks(A_I_1_i_b="C")})

        done = tpi_desk.look(saved(tpi_desk.folder / "lke.xlsx", book), Layer.TPI)

        assert columns(done) == {"answer": "N", "score": "O", "note": "Q"}
        assert done.accepted == 127

    def test_nilai_where_letters_stand_under_it(self, desk: WorkbookDesk) -> None:
        headings = {"I": "Nilai", "J": "%", "K": "Nilai Unit", "L": "%", "M": "Bukti"}
        answers: Answers = {"I": dict.fromkeys(LKE.items, 0.25), "K": marks(), "L": dict.fromkeys(LKE.items, 1)}
        book = Filled(headings=headings, answers=answers)

        done = desk.look(saved(desk.folder / "lke.xlsx", book))

        assert [one.why for one in done.layout.columns.known if one.letter == "K"] == ["content"]
        assert (columns(done)["answer"], done.accepted, done.rejected) == ("K", 127, ())

    def test_two_without_an_owner_are_unit_and_tpi_as_the_master_has_them(self, tpi_desk: WorkbookDesk) -> None:
        headings = {"K": "Jawaban", "L": "Nilai", "M": "%", "N": "Jawaban", "O": "Nilai", "P": "%", "Q": "Catatan"}
        book = Filled(headings=headings, answers={"K": marks(), "N": marks(A_I_1_i_b="C")})

        done = tpi_desk.look(saved(tpi_desk.folder / "lke.xlsx", book), Layer.TPI)

        assert columns(done) == {"answer": "N", "score": "O", "percent": "P", "note": "Q"}


class TestHeadingsInEitherLanguage:
    """The same sheet is read whatever the language of its headings."""

    @pytest.mark.parametrize("headings", [OFFICIAL, ENGLISH], ids=["indonesian", "english"])
    def test_it_is_read_alike(self, desk: WorkbookDesk, headings: dict[str, str]) -> None:
        path = saved(desk.folder / "lke.xlsx", Filled(headings=headings, answers={"K": marks()}))

        done = desk.look(path)

        assert columns(done) == {"answer": "K", "note": "L", "evidence": "M"}
        assert done.accepted == 127
