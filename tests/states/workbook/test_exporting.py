"""Exports: who may take one, what it holds, and that it never overwrites or runs what people wrote."""

from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from models.agencies import AgencyKind
from models.catalogue import use_language
from models.database import reading
from models.errors import BadInput, NotFound, Refused, StorageFailed
from models.lke import Layer
from models.stages import Stage
from states.lke.answers import Given, record_answers
from states.trail_reader import records_of
from states.workbook.exporting import export_official, export_readable
from states.workbook.opening import hash_of
from tests.office import Office, rules_of
from tests.states.workbook.conftest import WorkbookDesk
from tests.states.workbook.sheets import LKE

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1:A9)", "\t=1", '=cmd|"/c calc"!A1')


def readable(desk: WorkbookDesk, name: str = "baca.xlsx", *, by: str = "kepala", force: bool = False) -> Path:
    path = desk.folder / name
    export_readable(desk.code, path, force=force, actor=desk.office.actor(by), now=desk.office.now)
    return path


class TestWhoMay:
    """Whoever has a role over the candidacy, and the admin; others are refused and that is recorded."""

    @pytest.mark.parametrize("who", ["admin", "auditor", "koordinator", "pimpinan", "kepala", "pokja", "tpi"])
    def test_every_role_that_covers_it(self, desk: WorkbookDesk, who: str) -> None:
        assert readable(desk, by=who).exists()

    def test_the_people_of_another_unit_may_not(self, tpi_desk: WorkbookDesk) -> None:
        with pytest.raises(Refused) as refused:
            readable(tpi_desk, by="kepala")

        assert rules_of(refused) == {"role_needed"}
        assert list(tpi_desk.folder.glob("*.xlsx")) == []

    def test_the_trail_keeps_the_files_hash(self, both_desks: WorkbookDesk) -> None:
        path = both_desks.export("milik-rsud.xlsx")

        with reading() as session:
            record = records_of(session)[-1]
        assert (record["action"], record["subject"]) == ("lke_exported", "candidacy:RSUD-2026")
        assert record["details"]["sha256"] == hash_of(path)
        assert record["details"]["layout"] == "official"
        assert record["texts"] == {"file_name": "milik-rsud.xlsx"}

    def test_an_unknown_candidacy(self, desk: WorkbookDesk) -> None:
        desk.code = "TIDAK-2026"

        with pytest.raises(NotFound):
            readable(desk)


class TestTheFile:
    """Whole or not at all, and never over another without being told to."""

    @pytest.mark.parametrize("export", [export_official, export_readable])
    def test_a_file_that_exists_stays(self, desk: WorkbookDesk, export: Callable[..., object]) -> None:
        path = desk.folder / "ada.xlsx"
        path.write_text("punya orang")

        with pytest.raises(BadInput) as refused:
            export(desk.code, path, force=False, actor=desk.office.actor("kepala"), now=desk.office.now)

        assert refused.value.key == "export_exists"
        assert path.read_text() == "punya orang"
        export(desk.code, path, force=True, actor=desk.office.actor("kepala"), now=desk.office.now)
        assert load_workbook(path).sheetnames

    @pytest.mark.parametrize("name", ["lke.csv", "lke.xlsm", "lke", "tidak-ada/lke.xlsx"])
    def test_a_name_that_can_be_none(self, desk: WorkbookDesk, name: str) -> None:
        before = {path.name.partition(".")[0] for path in desk.folder.iterdir()}  # the database, where it is a file

        with pytest.raises(BadInput):
            readable(desk, name)

        assert {path.name.partition(".")[0] for path in desk.folder.iterdir()} == before

    def test_nothing_is_left_beside_it(self, desk: WorkbookDesk) -> None:
        readable(desk)

        assert [path.name for path in desk.folder.glob("*baca*")] == ["baca.xlsx"]

    def test_a_folder_that_can_not_be_written(self, desk: WorkbookDesk) -> None:
        with pytest.raises(StorageFailed):
            export_readable(
                desk.code, Path("/proc/lke.xlsx"), force=False, actor=desk.office.actor("kepala"), now=desk.office.now
            )


class TestFormulas:
    """What people wrote stays text in both layouts, whatever it begins with."""

    @pytest.mark.parametrize("layout", ["official", "readable"])
    def test_no_cell_is_a_formula(self, desk: WorkbookDesk, layout: str) -> None:
        items = list(LKE.items)[: len(FORMULAS)]
        given = [Given(item, note=text, evidence=text) for item, text in zip(items, FORMULAS, strict=True)]
        record_answers(desk.code, Layer.UNIT, given, actor=desk.office.actor("kepala"), now=desk.office.now)

        book = load_workbook(desk.export() if layout == "official" else readable(desk))

        cells = [cell for sheet in book for row in sheet for cell in row]
        assert not [cell for cell in cells if cell.data_type == "f"]
        shown = {str(cell.value) for cell in cells}
        assert {text.strip() for text in FORMULAS} <= shown


class TestTheOfficialLayout:
    """Sheet, rows and columns as the ministry has them; every layer in columns of its own."""

    def test_each_answer_stands_where_the_ministry_looks_for_it(self, desk: WorkbookDesk) -> None:
        desk.office.fill_lke(desk.code, A_I_1_i_b="B", B_I_a="3.61")
        given = [Given("A.I.1.i.b", note="catatan", evidence="https://contoh.invalid")]
        record_answers(desk.code, Layer.UNIT, given, actor=desk.office.actor("kepala"), now=desk.office.now)

        sheet = load_workbook(desk.export())["Jawaban"]

        assert [sheet[cell].value for cell in ("K6", "K7", "L7", "M7")] == [
            "Ya",
            "B",
            "catatan",
            "https://contoh.invalid",
        ]
        assert (sheet["K126"].value, sheet["K199"].value) == (12, 3.61)
        assert [sheet[f"A{item.row}"].value for item in LKE.items.values()] == list(LKE.items)
        assert sheet.freeze_panes == "D5"

    def test_the_tpis_in_n_and_q(self, tpi_desk: WorkbookDesk) -> None:
        given = [Given("A.I.1.i.b", "C", note="bukti kurang")]
        record_answers(tpi_desk.code, Layer.TPI, given, actor=tpi_desk.office.actor("tpi"), now=tpi_desk.office.now)

        sheet = load_workbook(tpi_desk.export(by="tpi"))["Jawaban"]

        assert [sheet[cell].value for cell in ("K7", "N7", "Q7")] == [None, "C", "bukti kurang"]

    def test_a_ministrys_preliminary_layer_has_its_own(self, migrated_url: str, tmp_path: Path) -> None:
        from models.database import bind, unbind

        bind(migrated_url)
        office = Office.opened(migrated_url, kind=AgencyKind.KL)
        desk = WorkbookDesk(office, office.open(stage=Stage.SELF_ASSESSMENT), tmp_path)
        given = [Given("A.I.1.i.b", "C", note="perlu dibina")]
        who = office.actor("koordinator")
        record_answers(desk.code, Layer.PRELIMINARY, given, actor=who, now=office.now)

        done = desk.take(desk.export(), Layer.PRELIMINARY, by="koordinator")
        unbind()

        assert (done.accepted, done.unchanged) == (0, 1)

    def test_the_older_rule_set_has_none(self, migrated_url: str, tmp_path: Path) -> None:
        from models.database import bind, unbind

        bind(migrated_url)
        office = Office.opened(migrated_url, ruleset="permen-52-2014")
        desk = WorkbookDesk(office, office.open(stage=Stage.SELF_ASSESSMENT), tmp_path)

        with pytest.raises(BadInput) as refused:
            desk.export()
        book = load_workbook(readable(desk))
        unbind()

        assert "readable" in refused.value.fix
        assert book.sheetnames == ["Ringkasan", "Butir"]


class TestTheReadableLayout:
    """What it comes to, thresholds met or not, and item by item the unit beside the TPI."""

    def both_layers(self, tpi_desk: WorkbookDesk) -> Workbook:
        tpi_desk.office.fill_lke(tpi_desk.code, layer=Layer.TPI, A_I_1_i_b="B")
        return load_workbook(readable(tpi_desk, by="tpi"))

    def test_it_says_what_the_layers_come_to(self, tpi_desk: WorkbookDesk) -> None:
        sheet = self.both_layers(tpi_desk)["Ringkasan"]

        rows = {row[0]: row[1:] for row in sheet.iter_rows(values_only=True) if row[0]}
        assert rows["nilai total"][:4] in (
            (100, 0, 99.875, 99.875),
            (75, 99.875, "terpenuhi", None),
            (85, 99.875, "terpenuhi", None),
        )
        assert any(str(name).startswith("Ambang WBK") for name in rows)

    def test_it_shows_points_and_difference_by_item(self, tpi_desk: WorkbookDesk) -> None:
        sheet = self.both_layers(tpi_desk)["Butir"]

        header = [cell.value for cell in sheet[1]]
        row = dict(zip(header, [cell.value for cell in sheet[3]], strict=True))
        assert (row["Butir"], row["penilaian TPI"], row["Poin penilaian TPI"], row["Selisih"]) == (
            "A.I.1.i.b",
            "B",
            0.125,
            0.125,
        )
        assert sheet.freeze_panes == "D2"
        assert sheet["G3"].number_format == "0.00##"

    def test_it_says_which_sub_areas_the_second_figure_leaves_out(self, desk: WorkbookDesk) -> None:
        given = [Given("A.I.1.i.a", "Ya")]
        record_answers(desk.code, Layer.UNIT, given, actor=desk.office.actor("kepala"), now=desk.office.now)

        sheet = load_workbook(readable(desk))["Ringkasan"]

        texts = [str(row[0]) for row in sheet.iter_rows(values_only=True) if row[0]]
        assert any("A.I.1.ii" in text and "kosong" in text for text in texts)

    def test_it_speaks_the_readers_language(self, desk: WorkbookDesk) -> None:
        use_language("en")
        try:
            book = load_workbook(readable(desk))
        finally:
            use_language("id")

        assert book.sheetnames == ["Summary", "Items"]
        assert book["Items"]["C2"].value == "ZI work team set up"
