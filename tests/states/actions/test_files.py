"""Plans come in from sheets as people keep them, and what goes out comes back with no difference."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet
from sqlalchemy import select

from models.actions import ActionItem
from models.database import reading, transaction
from models.errors import BadInput, Detail, Refused
from models.files import StoredFile
from models.obligations import ObligationState
from states.actions.exporting import COLUMNS, Exported, export_plan
from states.actions.listing import Filter
from states.documents import Content
from states.imports import Report, import_file
from states.imports.run import IMPORTERS
from states.verify import verify_trail
from tests.states.actions.plan import TARGET, Plan
from tests.states.workbook.excel import as_excel

Cells = tuple[Any, ...]

HEADINGS = ("candidacy", "area", "activity", "target", "pic", "progress", "obstacle")
ROW: Cells = ("RSUD-2026", "MP", "Rapat tim kerja", date(2026, 4, 24), "sari@contoh.invalid", 0.4, None)
HOSTILE = ("=1+1", "+62 812", "- butir", "@SUM(A1)", "'=kutip", "'''-x", "'biasa", 'tanda "kutip", koma; titik')

Draw = Callable[[Worksheet], None]


def take(plan: Plan, path: Path, *, by: str = "koordinator", dry_run: bool = False) -> Report:
    return import_file("action-items", path, dry_run=dry_run, actor=plan.office.actor(by), now=plan.office.now)


def faults(plan: Plan, path: Path) -> list[Detail]:
    with pytest.raises(BadInput) as refused:
        take(plan, path)
    assert refused.value.key == "import_failed"
    return list(refused.value.details)


def export(plan: Plan, path: Path, *, by: str = "kepala", **wanted: str) -> Exported:
    which = Filter(**(wanted or {"candidacy": plan.code}))  # type: ignore[arg-type]
    return export_plan(path, which, force=True, actor=plan.office.actor(by), now=plan.office.now)


def workbook(
    path: Path, *rows: tuple[Any, ...], headings: tuple[str, ...] = HEADINGS, draw: Draw | None = None
) -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(headings)
    for row in rows:
        sheet.append(row)
    if draw:
        draw(sheet)
    book.save(path)
    return path


def items() -> list[ActionItem]:
    with reading() as session:
        return list(session.execute(select(ActionItem).order_by(ActionItem.id)).scalars())  # type: ignore[arg-type]


class TestRoundTrip:
    """The export has the import's columns, and says nothing new to where it came from."""

    def test_the_columns_are_the_imports(self) -> None:
        assert set(COLUMNS) == set(IMPORTERS["action-items"].columns.known)

    @pytest.mark.parametrize("name", ["rencana.xlsx", "rencana.csv"])
    def test_no_difference(self, both_plans: Plan, tmp_path: Path, name: str) -> None:
        for number, text in enumerate(HOSTILE):
            both_plans.add(f"{text} {number}", obstacle=text, follow_up=text)
        both_plans.add("selesai", progress=100, done_on=date(2026, 1, 30))
        both_plans.add("tautan", evidence=Content(url="https://berkas.contoh.invalid/?a=1&b=2"), pic=None)
        both_plans.add("berkas", evidence=Content(file=StoredFile("ab" * 32, 3, "bukti.pdf")))
        dropped = both_plans.add("batal")
        both_plans.drop(dropped)

        exported = export(both_plans, tmp_path / name)
        report = take(both_plans, exported.path)

        assert (report.created, report.updated, report.unchanged) == (0, 0, len(HOSTILE) + 3)
        assert exported.items == len(HOSTILE) + 3

    @pytest.mark.parametrize("name", ["rencana.xlsx", "rencana.csv"])
    def test_an_empty_plan_is_a_file_with_headings(self, plan: Plan, tmp_path: Path, name: str) -> None:
        report = take(plan, export(plan, tmp_path / name).path)

        assert (report.created, report.updated, report.unchanged) == (0, 0, 0)

    def test_a_whole_agency(self, plan: Plan, tmp_path: Path) -> None:
        plan.add()
        other = plan.office.open(unit="DINAS")
        Plan(plan.office, other).add(by="koordinator")

        exported = export(plan, tmp_path / "semua.xlsx", agency="CONTOH", by="auditor")

        assert (exported.subject, exported.items) == ("agency:CONTOH", 2)
        assert take(plan, exported.path).unchanged == 2

    def test_who_has_no_role_there_takes_nothing_away(self, plan: Plan, tmp_path: Path) -> None:
        with pytest.raises(Refused):
            export(plan, tmp_path / "semua.xlsx", agency="CONTOH")  # the head's role is in one unit
        assert list(tmp_path.glob("*.xlsx")) == []

    def test_a_spreadsheet_works_nothing_out(self, plan: Plan, tmp_path: Path) -> None:
        plan.add('=HYPERLINK("https://jahat.invalid")', obstacle="-2+3")

        sheet = load_workbook(export(plan, tmp_path / "a.xlsx").path).worksheets[0]
        lines = export(plan, tmp_path / "a.csv").path.read_text(encoding="utf-8-sig").splitlines()

        assert [sheet.cell(2, column).data_type for column in (3, 7)] == ["s", "s"]
        assert '"\'=HYPERLINK(""https://jahat.invalid"")"' in lines[1]
        assert ",'-2+3," in lines[1]

    @given(texts=st.lists(st.text(st.characters(codec="utf-8"), max_size=40), min_size=3, max_size=3))
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_whatever_people_write(self, plan: Plan, tmp_path: Path, texts: list[str]) -> None:
        activity, obstacle, follow_up = texts
        with transaction() as session:
            session.execute(ActionItem.__table__.delete())  # type: ignore[attr-defined]
        try:
            plan.add(f"x{activity}", obstacle=obstacle, follow_up=follow_up)
        except BadInput:
            return  # what no database keeps

        for name in ("a.xlsx", "a.csv"):
            assert take(plan, export(plan, tmp_path / name).path).unchanged == 1


class TestWorkbooks:
    """Dates are dates, percentages percentages; titles, empty rows and other sheets are no matter."""

    @pytest.mark.parametrize("as_saved", [lambda path: path, as_excel], ids=["openpyxl", "excel"])
    def test_cells_of_every_kind(self, plan: Plan, tmp_path: Path, as_saved: Callable[[Path], Path]) -> None:
        def percent(sheet: Worksheet) -> None:
            sheet["F2"].number_format = "0%"

        report = take(plan, as_saved(workbook(tmp_path / "a.xlsx", ROW, draw=percent)))

        (item,) = items()
        assert report.created == 1
        assert (item.activity, item.target_on, item.progress) == ("Rapat tim kerja", TARGET, 40)

    @pytest.mark.parametrize(
        ("target", "kept"), [("2026-04-24", TARGET), ("24/04/2026", TARGET), (date(2026, 4, 24), TARGET)]
    )
    def test_days_as_text_or_as_days(self, plan: Plan, tmp_path: Path, target: object, kept: date) -> None:
        take(plan, workbook(tmp_path / "a.xlsx", (*ROW[:3], target, None, "40%", None)))

        assert [(item.target_on, item.progress) for item in items()] == [(TARGET, 40)]

    def test_days_are_counted_from_1904_where_the_workbook_says_so(self, plan: Plan, tmp_path: Path) -> None:
        book = Workbook()
        book.epoch = CALENDAR_MAC_1904
        book.worksheets[0].append(HEADINGS)
        book.worksheets[0].append((*ROW[:3], date(2026, 4, 24), None, 40, None))
        book.save(tmp_path / "a.xlsx")

        take(plan, tmp_path / "a.xlsx")

        assert items()[0].target_on == TARGET

    def test_the_sheet_and_the_row_that_have_the_headings(self, plan: Plan, tmp_path: Path) -> None:
        book = Workbook()
        book.worksheets[0].append(("Petunjuk pengisian",))
        sheet = book.create_sheet("Rencana")
        first, second = (*ROW[:5], 40, None), (*ROW[:2], "Lain", *ROW[3:5], 0, None)
        for row in (("RENCANA AKSI 2026",), (), HEADINGS, (), first, (" ", None), second):
            sheet.append(row)
        book.save(tmp_path / "a.xlsx")

        report = take(plan, tmp_path / "a.xlsx")

        assert [(change.row, change.what) for change in report.changes] == [(5, "created"), (7, "created")]

    def test_an_area_that_is_merged_over_its_activities(self, plan: Plan, tmp_path: Path) -> None:
        def merge(sheet: Worksheet) -> None:
            sheet.merge_cells("A2:A1000")
            sheet.merge_cells("B2:B3")

        rows = ((*ROW[:5], 40, None), (None, None, "Lain", *ROW[3:5], 0, None))
        take(plan, workbook(tmp_path / "a.xlsx", *rows, draw=merge))

        assert [(item.area, item.activity) for item in items()] == [("MP", "Rapat tim kerja"), ("MP", "Lain")]

    @pytest.mark.parametrize(
        ("cell", "value", "place"),
        [
            ("F2", "=1/0", (2, "progress")),  # openpyxl works nothing out
            ("D2", 46136, (2, "target")),  # a number that is no date
            ("D2", datetime(2026, 4, 24, 13, 0), (2, "target")),  # noqa: DTZ001 - as a workbook has it
            ("F2", 40.5, (2, "progress")),
            ("J2", "catatan", (2, None)),  # under no heading
            ("G1", "kendala", (1, "kendala")),
        ],
    )
    def test_what_can_not_be_taken_is_named(
        self, plan: Plan, tmp_path: Path, cell: str, value: Any, place: tuple[int, str | None]
    ) -> None:
        def put(sheet: Worksheet) -> None:
            sheet[cell] = value
            if isinstance(value, int):
                sheet[cell].number_format = "General"

        found = faults(plan, workbook(tmp_path / "a.xlsx", (*ROW[:5], 40, None), draw=put))

        assert (found[0].row, found[0].column) == place
        assert items() == []

    def test_all_or_nothing_and_a_dry_run(self, plan: Plan, tmp_path: Path) -> None:
        good, bad = (*ROW[:5], 40, None), (*ROW[:2], "Lain", "besok", None, 101, None)

        assert [(one.row, one.column) for one in faults(plan, workbook(tmp_path / "a.xlsx", good, bad))] == [
            (3, "progress"),
            (3, "target"),
        ]
        assert take(plan, workbook(tmp_path / "b.xlsx", good), dry_run=True).created == 1
        assert items() == []

    def test_another_kind_of_import_reads_workbooks_as_well(self, plan: Plan, tmp_path: Path) -> None:
        row = ("baru@contoh.invalid", "Orang Baru", "198001012005011001", "+6281200000000")
        path = workbook(tmp_path / "a.xlsx", row, headings=("email", "name", "nip", "whatsapp"))
        actor, now = plan.office.actor("koordinator"), plan.office.now

        assert import_file("people", path, dry_run=False, actor=actor, now=now).created == 1

    def test_a_nip_that_a_spreadsheet_rounded_is_refused(self, plan: Plan, tmp_path: Path) -> None:
        row = ("baru@contoh.invalid", "Orang Baru", 198001012005011001, None)
        path = workbook(tmp_path / "a.xlsx", row, headings=("email", "name", "nip", "whatsapp"))

        with pytest.raises(BadInput) as refused:
            import_file("people", path, dry_run=False, actor=plan.office.actor("koordinator"), now=plan.office.now)
        assert [one.column for one in refused.value.details] == ["nip"]

    def test_a_word_document_is_no_workbook(self, plan: Plan, tmp_path: Path) -> None:
        path = workbook(tmp_path / "a.xlsx", ROW)
        path.write_bytes(path.read_bytes()[:700])

        assert [one.row for one in faults(plan, path)] == [None]


class TestWhatAFileChanges:
    """Only what it speaks of; and obligations follow at once."""

    def test_a_file_without_the_optional_columns_leaves_them(self, plan: Plan, tmp_path: Path) -> None:
        url = "https://berkas.contoh.invalid/1"
        plan.add(follow_up="revisi", evidence=Content(url=url))

        report = take(plan, workbook(tmp_path / "a.xlsx", (*ROW[:5], 40, None)))

        assert [change.fields for change in report.changes] == [(("progress", "0", "40"),)]
        assert [(item.follow_up, item.evidence_url) for item in items()] == [("revisi", url)]

    def test_an_empty_cell_takes_a_link_away_and_leaves_a_file(self, plan: Plan, tmp_path: Path) -> None:
        plan.add("satu", evidence=Content(url="https://berkas.contoh.invalid/1"))
        plan.add("dua", evidence=Content(file=StoredFile("ab" * 32, 3, "bukti.pdf")))
        rows = [(*ROW[:2], name, *ROW[3:5], 0, None, None) for name in ("satu", "dua")]

        take(plan, workbook(tmp_path / "a.xlsx", *rows, headings=(*HEADINGS, "evidence_link")))

        assert [(item.evidence_url, item.evidence_name) for item in items()] == [(None, None), (None, "bukti.pdf")]

    def test_what_it_brings_is_owed_and_what_it_ends_is_not(self, both_plans: Plan, tmp_path: Path) -> None:
        take(both_plans, workbook(tmp_path / "a.xlsx", (*ROW[:5], 40, None)))
        assert [(one.state, one.due_on) for one in both_plans.owed()] == [(ObligationState.OPEN, TARGET)]

        take(both_plans, workbook(tmp_path / "b.xlsx", (*ROW[:5], 100, None)))

        assert [one.state for one in both_plans.owed()] == [ObligationState.DONE]
        assert items()[0].done_on == both_plans.office.now.date()
        with reading() as session:
            assert verify_trail(session).ok

    def test_what_was_dropped_does_not_come_back(self, plan: Plan, tmp_path: Path) -> None:
        plan.drop(plan.add())

        found = faults(plan, workbook(tmp_path / "a.xlsx", (*ROW[:5], 40, None)))

        assert [(one.row, one.column) for one in found] == [(2, "activity")]

    def test_a_link_is_a_link_and_a_day_is_of_something_whole(self, plan: Plan, tmp_path: Path) -> None:
        headings = (*HEADINGS, "evidence_link", "done_on")
        rows = [
            (*ROW[:5], 40, None, "C:\\bukti.pdf", "2026-01-30"),
            (*ROW[:2], "Lain", *ROW[3:5], 100, None, None, "2026-03-01"),
        ]

        found = faults(plan, workbook(tmp_path / "a.xlsx", *rows, headings=headings))

        assert [(one.row, one.column) for one in found] == [(2, "done_on"), (2, "evidence_link"), (3, "done_on")]
