"""The import as a whole: shown first, then all of it or nothing; who may, and what the trail keeps."""

import pytest
from openpyxl import Workbook

from models.catalogue import say
from models.database import reading
from models.errors import AnswersRejected, BadInput, NotFound, Refused
from models.lke import Layer
from models.people import Role
from states.people import Grant, PersonData, add_person, grant_role
from states.trail_reader import Record, records_of
from states.workbook.reading import import_workbook
from tests.lkes import full_marks
from tests.office import TODAY, rules_of
from tests.states.imports.desk import row_counts
from tests.states.workbook.conftest import WorkbookDesk
from tests.states.workbook.sheets import LKE, Filled, marks, saved


def records() -> list[Record]:
    with reading() as session:
        return records_of(session)


class TestDryRun:
    """It shows how the sheet is read, every refused cell and what would change; it writes nothing."""

    def test_it_tells_what_the_import_then_does(self, both_desks: WorkbookDesk) -> None:
        path = saved(both_desks.folder / "lke.xlsx", Filled(answers={"K": marks()}))
        before = row_counts()

        told = both_desks.look(path)

        assert row_counts() == before
        done = both_desks.take(path)
        assert (told.layout, told.accepted, told.changes) == (done.layout, done.accepted, done.changes)
        assert told.accepted == 127
        assert row_counts() != before

    def test_refused_cells_stand_beside_what_would_change(self, desk: WorkbookDesk) -> None:
        path = saved(desk.folder / "lke.xlsx", Filled(answers={"K": marks() | {"A.I.1.i.b": "Z"}}))

        told = desk.look(path)

        assert [(one.row, one.column, one.value) for one in told.rejected] == [(7, "K7", "Z")]
        assert told.rejected[0].why == say("answer.not_on_scale", known="A, B, C")
        assert len(told.changes) == 126
        assert desk.stored() == {}

    def test_a_part_over_its_whole_is_found_with_what_is_stored(self, desk: WorkbookDesk) -> None:
        desk.office.fill_lke(desk.code)
        path = saved(desk.folder / "lke.xlsx", Filled(answers={"K": {"A.II.6.i.b.b": 13}}))

        told = desk.look(path)

        assert [one.column for one in told.rejected] == ["K192"]
        assert set(desk.rejected(path)) == {"K192"}


class TestTheRealRun:
    """How the sheet is read is shown before anything is written; then all of it is, with one record."""

    def test_it_is_shown_first(self, desk: WorkbookDesk) -> None:
        path = saved(desk.folder / "lke.xlsx", Filled(answers={"K": marks()}))
        seen: list[tuple[str, dict[str, str]]] = []

        import_workbook(
            desk.code,
            path,
            Layer.UNIT,
            dry_run=False,
            actor=desk.office.actor("kepala"),
            now=desk.office.now,
            show=lambda layout, _lke, _warnings: seen.append((layout.sheet.name, desk.stored())),
        )

        assert seen == [("Jawaban", {})]
        assert desk.stored() == full_marks(LKE)

    def test_one_record_and_for_the_same_again_none(self, desk: WorkbookDesk) -> None:
        path = saved(desk.folder / "lke.xlsx", Filled(answers={"K": marks(), "L": {"A.I.1.i.a": "nama orang"}}))
        before = len(records())

        desk.take(path)
        done = desk.take(path)

        assert (done.accepted, done.unchanged) == (0, 127)
        assert len(records()) == before + 1
        assert records()[-1]["action"] == "unit_answered"
        assert records()[-1]["texts"] == {"note:A.I.1.i.a": "nama orang"}

    def test_one_bad_cell_keeps_all_out(self, both_desks: WorkbookDesk) -> None:
        path = saved(both_desks.folder / "lke.xlsx", Filled(answers={"K": marks() | {"B.II.a": 40}}))
        before = row_counts()

        with pytest.raises(AnswersRejected) as refused:
            both_desks.take(path)

        assert row_counts() == before
        assert [(one.file, one.row, one.column) for one in refused.value.details] == [("lke.xlsx", 202, "K202")]


class TestWhoMay:
    """Whoever may answer the layer; asked before the file is read, and a refusal leaves its record."""

    @pytest.mark.parametrize(
        ("who", "layer", "rule"),
        [
            ("auditor", Layer.UNIT, "role_needed"),
            ("tpi", Layer.UNIT, "role_needed"),
            ("kepala", Layer.TPI, "role_needed"),
            ("tpi", Layer.TPI, "layer_not_now"),
        ],
    )
    def test_others_are_refused(self, desk: WorkbookDesk, who: str, layer: Layer, rule: str) -> None:
        path = desk.folder / "tidak-ada.xlsx"  # it would say that there is no file, if it looked

        with pytest.raises(Refused) as refused:
            desk.take(path, layer, by=who)
        with pytest.raises(Refused):
            desk.take(path, layer, by=who, dry_run=True)

        assert rule in rules_of(refused)
        assert [record["action"] for record in records()[-1:]] == ["refused"]

    def test_a_member_with_some_areas_may_hand_in_the_whole_sheet(self, desk: WorkbookDesk) -> None:
        """What the others answered is in it, and is as it is stored."""
        self.member(desk, area="MP")
        desk.office.fill_lke(desk.code)
        own = saved(desk.folder / "lke.xlsx", Filled(answers={"K": marks(A_I_1_i_b="C")}))
        foreign = saved(desk.folder / "lain.xlsx", Filled(answers={"K": marks(A_I_2_i_a="C")}))

        assert desk.take(own, by="anggota").accepted == 1
        with pytest.raises(Refused) as refused:
            desk.take(foreign, by="anggota")

        with pytest.raises(Refused):
            desk.take(foreign, by="anggota", dry_run=True)

        assert rules_of(refused) == {"area_not_yours"}

    @staticmethod
    def member(desk: WorkbookDesk, *, area: str) -> None:
        admin, email = desk.office.actor("admin"), "anggota@contoh.invalid"
        add_person(PersonData(email, "Anggota"), actor=admin, now=desk.office.now)
        grant = Grant(email, Role.POKJA, unit="RSUD", area=area, since=TODAY)
        grant_role(grant, actor=admin, now=desk.office.now)

    def test_an_unknown_candidacy(self, desk: WorkbookDesk) -> None:
        desk.code = "TIDAK-2026"

        with pytest.raises(NotFound):
            desk.take(desk.folder / "lke.xlsx")


class TestTheOlderRuleSet:
    """52/2014 has no official layout; a sheet with headings and item codes is read all the same."""

    def test_by_codes_and_not_by_letters(self, tmp_path: object) -> None:
        from pathlib import Path

        from openpyxl import Workbook

        from rulesets.library import find_ruleset
        from states.workbook.layout import Picks, find_layout
        from states.workbook.lines import read_lines
        from states.workbook.opening import opened

        lke = find_ruleset("permen-52-2014").lke
        book = Workbook()
        sheet = book.worksheets[0]
        sheet.append(["Kode", "Jawaban unit"])
        for code, value in full_marks(lke).items():
            sheet.append([code, value])
        path = Path(str(tmp_path)) / "lke.xlsx"
        book.save(path)

        with opened(path) as read:
            layout = find_layout(read, lke=lke, layer=Layer.UNIT, words={}, picks=Picks())

        lines = read_lines(layout, lke, file="lke.xlsx")
        assert {line.item.code: line.value for line in lines.lines} == full_marks(lke)
        assert lines.faults == []


class TestWordingHelps:
    """Official wording that the cycle has stored tells rows apart where order and kind do not."""

    def test_a_row_that_was_put_in_is_known_by_its_words(self, desk: WorkbookDesk) -> None:
        def stray(book: object) -> None:
            sheet = book["Jawaban"]  # type: ignore[index]
            sheet.insert_rows(62)
            sheet["K62"] = "C"

        silent = Filled(answers={"K": marks()}, choices=False, topics=False)
        spoken = Filled(answers={"K": marks()}, choices=False)

        unsure = desk.look(saved(desk.folder / "a.xlsx", silent, change=stray))
        sure = desk.look(saved(desk.folder / "b.xlsx", spoken, change=stray))

        assert unsure.rejected
        assert sure.rejected == ()
        assert [one.column for one in sure.warnings] == ["K62"]

    def test_nothing_is_guessed_about_a_file_that_is_none(self, desk: WorkbookDesk) -> None:
        with pytest.raises(BadInput):
            desk.look(desk.folder / "tidak-ada.xlsx")


class TestWhatIsNotHeard:
    """A column without answers, and words that can't be read, are told: nothing is passed over in silence."""

    def test_a_column_without_a_single_answer(self, desk: WorkbookDesk) -> None:
        done = desk.take(saved(desk.folder / "lke.xlsx", Filled()), dry_run=True)

        assert say("workbook.nothing_answered", column="K") in {one.why for one in done.warnings}

    def test_a_note_whose_formula_was_never_worked_out(self, desk: WorkbookDesk) -> None:
        def noted(book: Workbook) -> None:
            book["Jawaban"]["L6"] = "=1+1"

        done = desk.take(saved(desk.folder / "lke.xlsx", Filled(answers={"K": marks()}), change=noted), dry_run=True)

        assert [one.column for one in done.warnings if one.why == say("workbook.words_unread")] == ["L6"]
