"""One transaction: a dry run tells what an import then does, and what is told is what is kept."""

import pytest

from models.database import reading
from states.imports import KINDS
from states.trail_reader import Record, records_of
from tests.states.imports.desk import GOOD, ImportDesk, row_counts

CHANGED = {
    "agencies": {"zone": "Asia/Jayapura"},
    "units": {"parent": "RSUD"},
    "people": {"whatsapp": ""},
    "memberships": {"until": ""},
    "predicates": {"decree": "K/2"},
    "facts": {"value": "99,5"},
    "calendar": {"due": "", "working_days": "30"},
    "action-items": {"progress": "20"},
}
CREATED_AS = {
    "agencies": ("agency_added", "agency:BARU"),
    "units": ("unit_added", "unit:PUSKESMAS"),
    "people": ("person_added", "person:"),
    "memberships": ("role_granted", "person:"),
    "predicates": ("predicate_recorded", "unit:DINAS"),
    "facts": ("fact_recorded", "unit:RSUD"),
    "calendar": ("calendar_set", "cycle:CONTOH-2026"),
    "action-items": ("action_item_set", "candidacy:RSUD-2026"),
}


class TestDryRun:
    """It does the whole work, tells it, and keeps nothing: no row, and no record in the trail."""

    def test_it_tells_what_the_import_then_does(self, both_desks: ImportDesk) -> None:
        for kind in KINDS:
            before = row_counts()

            told = both_desks.take(kind, {}, dry_run=True)

            assert row_counts() == before
            done = both_desks.take(kind, {})
            assert (told.kind, told.dry_run, done.dry_run) == (kind, True, False)
            assert told.changes == done.changes
            assert row_counts() != before

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_change_is_shown_with_what_was_there(self, desk: ImportDesk, kind: str) -> None:
        desk.take(kind, {})

        report = desk.take(kind, CHANGED[kind], dry_run=True)

        assert (report.created, report.updated, report.unchanged) == (0, 1, 0)
        good = {name: value or None for name, value in GOOD[kind].items()}
        for name, before, after in report.changes[0].fields:
            assert (before, after) == (good[name], CHANGED[kind][name] or None)
        assert {name for name, _, _ in report.changes[0].fields} == set(CHANGED[kind])

    @pytest.mark.parametrize("kind", KINDS)
    def test_a_new_row_is_shown_with_all_its_cells(self, desk: ImportDesk, kind: str) -> None:
        report = desk.take(kind, {}, dry_run=True)

        shown = {name: (before, after) for name, before, after in report.changes[0].fields}
        expected = {name: (None, value) for name, value in GOOD[kind].items() if value}
        if kind == "facts":
            expected["subject"] = (None, "unit:RSUD")
        assert report.changes[0].row == 2
        assert shown == expected


class TestTrail:
    """Every row that changes something leaves a record; a row that says what is so already leaves none."""

    @pytest.mark.parametrize("kind", KINDS)
    def test_one_record_for_a_row_and_none_for_the_same_again(self, desk: ImportDesk, kind: str) -> None:
        before = len(_records())
        desk.take(kind, {})
        after = _records()
        report = desk.take(kind, {})

        action, subject = CREATED_AS[kind]
        assert len(after) == before + 1
        assert after[-1]["action"] == action
        assert str(after[-1]["subject"]).startswith(subject)
        assert (report.created, report.updated, report.unchanged) == (0, 0, 1)
        assert len(_records()) == len(after)

    def test_names_and_words_stand_in_the_texts_only(self, desk: ImportDesk) -> None:
        desk.take("units", {"source": "Radar Contoh"})

        record = _records()[-1]
        assert record["texts"] == {
            "name": "Puskesmas Contoh",
            "kind": "puskesmas",
            "core_service": "kesehatan",
            "source": "Radar Contoh",
        }

    def test_a_second_import_of_a_unit_is_a_change(self, desk: ImportDesk) -> None:
        desk.take("units", {})
        desk.take("units", {"name": "Puskesmas Lain"})

        assert _records()[-1]["action"] == "unit_changed"


def _records() -> list[Record]:
    with reading() as session:
        return records_of(session)
