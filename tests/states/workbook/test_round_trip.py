"""What we write, we read: our own official export imports again with no difference."""

import pytest
from openpyxl import load_workbook

from models.catalogue import use_language
from models.lke import Layer
from states.lke.answers import Given, record_answers
from tests.states.workbook.conftest import WorkbookDesk
from tests.states.workbook.sheets import LKE

ITEM = LKE.by_soal[10].code
HOSTILE = (
    "=1+1",
    "+62 812",
    "-",
    "@SUM(A1)",
    '=HYPERLINK("http://contoh.invalid")',
    "satu\r\ndua",
    " tepi ",
    "\tmasuk",
)


class TestOurOwnExport:
    """Every answer, note and word of evidence comes back as it is stored, in either language."""

    def test_it_makes_no_difference(self, both_desks: WorkbookDesk) -> None:
        both_desks.office.fill_lke(both_desks.code, A_I_1_i_b="B", B_I_a="3.61")
        path = both_desks.export()

        done = both_desks.take(path)

        assert (done.accepted, done.unchanged, done.changes, done.warnings) == (0, 127, (), ())

    @pytest.mark.parametrize("language", ["id", "en"])
    def test_whatever_language_its_headings_have(self, desk: WorkbookDesk, language: str) -> None:
        desk.office.fill_lke(desk.code)
        use_language(language)
        try:
            done = desk.take(desk.export())
        finally:
            use_language("id")

        assert (done.accepted, done.unchanged) == (0, 127)
        taken = [one.letter for one in done.layout.columns.known if one.layer is Layer.UNIT]
        assert taken == ["K", "L", "M"]

    @pytest.mark.parametrize("text", HOSTILE)
    def test_whatever_people_wrote_beside_an_answer(self, desk: WorkbookDesk, text: str) -> None:
        given = [Given(ITEM, "A", note=text, evidence=text)]
        record_answers(desk.code, Layer.UNIT, given, actor=desk.office.actor("kepala"), now=desk.office.now)

        path = desk.export()

        assert desk.take(path).accepted == 0
        cell = load_workbook(path)["Jawaban"][f"L{LKE.items[ITEM].row}"]
        assert cell.data_type == "s"  # text, and no formula
        assert cell.quotePrefix == text.strip().startswith(("=", "+", "-", "@"))

    def test_an_empty_one_has_nothing_to_say(self, desk: WorkbookDesk) -> None:
        done = desk.take(desk.export())

        assert (done.accepted, done.unchanged, done.rejected) == (0, 0, ())

    def test_what_was_changed_since_is_set_back(self, desk: WorkbookDesk) -> None:
        desk.office.fill_lke(desk.code, A_I_1_i_b="C")
        path = desk.export()
        given = [Given("A.I.1.i.b", "A")]
        record_answers(desk.code, Layer.UNIT, given, actor=desk.office.actor("kepala"), now=desk.office.now)

        done = desk.take(path)

        assert [(one.line.item.code, one.before.value, one.line.value) for one in done.changes] == [
            ("A.I.1.i.b", "A", "C")
        ]
        assert desk.stored()["A.I.1.i.b"] == "C"

    def test_the_tpi_layer_comes_back_as_well(self, tpi_desk: WorkbookDesk) -> None:
        tpi_desk.office.fill_lke(tpi_desk.code, layer=Layer.TPI, A_I_1_i_b="B")

        done = tpi_desk.take(tpi_desk.export(by="tpi"), Layer.TPI, by="tpi")

        assert (done.accepted, done.unchanged) == (0, 127)

    def test_rows_may_be_sorted_otherwise_because_each_has_its_code(self, desk: WorkbookDesk) -> None:
        desk.office.fill_lke(desk.code, A_I_1_i_b="C")
        path = desk.export()
        book = load_workbook(path)
        sheet = book["Jawaban"]
        rows = [[cell.value for cell in sheet[row]] for row in range(6, 203)]
        sheet.delete_rows(6, len(rows))
        for values in reversed(rows):
            sheet.append(values)
        book.save(path)

        assert (desk.take(path).accepted, desk.stored()["A.I.1.i.b"]) == (0, "C")
