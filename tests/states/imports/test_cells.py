"""Cell by cell: what is refused, and what a cell becomes when it is taken."""

from datetime import UTC, date, datetime

import pytest

from models.actions import ActionItem
from models.cycles import CycleDate
from models.facts import Fact
from models.people import Membership, Person, Role
from tests.states.imports.desk import GOOD, ImportDesk, row_of


class TestWrongCells:
    """A cell that can't be taken is named with its row, column and value; the good ones beside it are not."""

    @pytest.mark.parametrize(
        ("kind", "column", "value"),
        [
            ("agencies", "code", ""),
            ("agencies", "code", "ß"),  # SS in upper case
            ("agencies", "code", "-X"),
            ("agencies", "code", "X" * 41),
            ("agencies", "name", "x" * 1001),
            ("agencies", "kind", "kota"),
            ("agencies", "zone", "WIB"),
            ("agencies", "zone", "../etc"),
            ("agencies", "zone", "Asia"),
            ("units", "code", "PKM A"),
            ("units", "code", "P" * 33),
            ("units", "name", ""),
            ("units", "agency", "LAIN"),
            ("units", "parent", "TIDAK"),
            ("units", "parent", "PUSKESMAS"),  # itself
            ("units", "parent", "DINAS KESEHATAN"),
            ("people", "email", "baru@contoh"),
            ("people", "email", f"{'x' * 250}@contoh.invalid"),
            ("people", "nip", "1980"),
            ("people", "nip", "1.98001E+17"),
            ("people", "nip", "1,98001E+17"),
            ("people", "nip", "198001012005011001.0"),
            ("people", "nip", "198001012005011001,00"),
            ("people", "nip", "198001012005011000"),  # what a spreadsheet leaves of the last three digits
            ("people", "nip", "١٩٨٠٠١٠١٢٠٠٥٠١١٠٠١"),
            ("people", "whatsapp", "6,28E+12"),
            ("people", "whatsapp", "0812"),
            ("people", "whatsapp", "nol delapan"),
            ("memberships", "email", "hantu@contoh.invalid"),
            ("memberships", "role", "raja"),
            ("memberships", "agency", "LAIN"),
            ("memberships", "agency", ""),
            ("memberships", "unit", "RSUD"),  # and an agency
            ("memberships", "unit", "TIDAK"),
            ("memberships", "since", ""),
            ("memberships", "until", "2025-12-31"),  # before it starts
            ("memberships", "until", "31/12/9999"),
            ("memberships", "until", "2026-13-01"),
            ("memberships", "until", "12-31-2026"),
            ("predicates", "unit", "CONTOH"),
            ("predicates", "date", "31/02/2020"),
            ("predicates", "revoked_on", "2020-12-09"),  # the day before
            ("predicates", "revoked_on", "2026-02-03"),  # tomorrow
            ("predicates", "level", "WBS"),
            ("facts", "subject", "CONTOH-2026"),  # a cycle
            ("facts", "subject", "unit:CONTOH"),
            ("facts", "subject", "dinas:RSUD"),
            ("facts", "kind", "ramalan"),
            ("facts", "date", "2026-02-03"),
            ("facts", "valid_until", "2025-12-30"),
            ("facts", "value", "101"),
            ("facts", "value", "100.5"),
            ("facts", "value", "٩٠"),
            ("facts", "value", ""),
            ("calendar", "cycle", "LAIN-2026"),
            ("calendar", "stage", "designation"),
            ("calendar", "due", ""),
            ("calendar", "due", "1 Maret 2026"),
            ("action-items", "candidacy", "RSUD-2025"),
            ("action-items", "target", ""),
            ("action-items", "progress", "101"),
            ("action-items", "pic", "hantu@contoh.invalid"),
            ("action-items", "pic", "hantu"),
            ("action-items", "progress", "-1"),
            ("action-items", "progress", "0.5"),
            ("action-items", "area", ""),
        ],
    )
    def test_the_cell_is_named(self, desk: ImportDesk, kind: str, column: str, value: str) -> None:
        assert desk.faults(kind, {column: value}) == [(2, column, value)]

    @pytest.mark.parametrize("value", ["0", "-1", "1.5", "lima", "367"])
    def test_working_days_are_a_positive_whole_number(self, desk: ImportDesk, value: str) -> None:
        assert desk.faults("calendar", {"due": "", "working_days": value}) == [(2, "working_days", value)]

    def test_a_stage_has_a_day_or_working_days_and_not_both(self, desk: ImportDesk) -> None:
        assert desk.faults("calendar", {"working_days": "5"}) == [(2, "due", "2026-03-31")]

    def test_a_role_of_a_unit_needs_one(self, desk: ImportDesk) -> None:
        assert desk.faults("memberships", {"role": "pokja"}) == [(2, "unit", "")]

    @pytest.mark.parametrize("value", ["5.1", "6"])
    def test_maturity_ends_at_five(self, desk: ImportDesk, value: str) -> None:
        row = {"subject": "agency:CONTOH", "kind": "maturitas_spip", "value": value}
        assert desk.faults("facts", row) == [(2, "value", value)]

    def test_a_fact_of_the_agency_is_none_of_a_unit(self, desk: ImportDesk) -> None:
        assert desk.faults("facts", {"kind": "maturitas_spip", "value": "3"}) == [(2, "kind", "maturitas_spip")]


class TestAllAtOnce:
    """Whoever mends a file hears of every fault at once, and of each only once."""

    def test_every_cell_of_every_row_is_named(self, desk: ImportDesk) -> None:
        faults = desk.faults(
            "memberships",
            {"email": "hantu@contoh.invalid", "role": "raja", "agency": "LAIN", "since": "x", "until": "y"},
            {},
            {"email": "tpi@contoh.invalid", "until": "2025-01-01"},
        )

        wrong = [(row, column) for row, column, _ in faults]
        assert wrong == [(2, "agency"), (2, "email"), (2, "role"), (2, "since"), (2, "until"), (4, "until")]

    def test_what_hangs_on_a_wrong_cell_is_not_named_too(self, desk: ImportDesk) -> None:
        faults = desk.faults("facts", {"kind": "ramalan"}, {"date": "x"}, {"date": "y"})

        assert faults == [(2, "kind", "ramalan"), (3, "date", "x"), (4, "date", "y")]

    def test_a_second_row_with_one_key_is_named_even_where_it_is_wrong_besides(self, desk: ImportDesk) -> None:
        faults = desk.faults("people", {}, {"email": "BARU@contoh.invalid", "nip": "1"})

        assert faults == [(3, "email", "BARU@contoh.invalid"), (3, "nip", "1")]

    @pytest.mark.parametrize(
        ("kind", "same"),
        [
            ("agencies", {"code": "baru"}),
            ("memberships", {"since": "01/01/2026", "until": ""}),
            ("predicates", {"level": "wbk", "date": "10/12/2020", "decree": "K/2"}),
            ("facts", {"subject": "unit:rsud", "date": "31/12/2025", "value": "90"}),
            ("calendar", {"stage": "SELF_ASSESSMENT", "due": "2026-04-01"}),
            ("action-items", {"candidacy": "rsud-2026", "activity": "Rapat  tim kerja", "progress": "20"}),
        ],
    )
    def test_one_thing_written_in_two_ways_is_one_thing(
        self, desk: ImportDesk, kind: str, same: dict[str, str]
    ) -> None:
        faults = desk.faults(kind, {}, same)

        assert [(row, column) for row, column, _ in faults] == [(3, next(iter(GOOD[kind])))]


class TestCellsThatAreTaken:
    """What people write becomes what is stored."""

    @pytest.mark.parametrize(
        ("written", "kept"),
        [("198001012005011001", "198001012005011001"), ("19800101 200501 1 001", "198001012005011001"), ("", None)],
    )
    def test_a_nip_is_eighteen_digits(self, desk: ImportDesk, written: str, kept: str | None) -> None:
        desk.take("people", {"nip": written})

        assert row_of(Person, email="baru@contoh.invalid").nip == kept

    @pytest.mark.parametrize(
        ("written", "kept"), [("0812-0000-0000", "081200000000"), ("+62 812 0000", "+628120000"), ("", None)]
    )
    def test_a_number_keeps_its_digits_and_its_plus(self, desk: ImportDesk, written: str, kept: str | None) -> None:
        desk.take("people", {"whatsapp": written})

        assert row_of(Person, email="baru@contoh.invalid").whatsapp == kept

    @pytest.mark.parametrize("written", ["2026-03-09", "09/03/2026", "9/3/2026"])
    def test_the_day_comes_before_the_month(self, desk: ImportDesk, written: str) -> None:
        desk.take("calendar", {"due": written})

        assert row_of(CycleDate, stage="self_assessment").due == date(2026, 3, 9)

    @pytest.mark.parametrize(("written", "kept"), [("45", 45), ("45%", 45), ("45 %", 45), ("", 0), ("100", 100)])
    def test_progress_is_a_percentage(self, desk: ImportDesk, written: str, kept: int) -> None:
        desk.take("action-items", {"progress": written})

        assert row_of(ActionItem, activity="Rapat tim kerja").progress == kept

    def test_an_admin_may_hold_the_role_everywhere(self, desk: ImportDesk) -> None:
        desk.take("memberships", {"role": "admin", "agency": "", "until": ""})

        assert row_of(Membership, role=Role.ADMIN, since=date(2026, 1, 1)).agency_id is None


class TestFactsOfTwins:
    """A code that an agency and a unit share needs its kind in front; a candidacy's or cycle's code never matters."""

    def test_it_must_say_which_of_the_two(self, desk: ImportDesk) -> None:
        desk.take("units", {"code": "CONTOH", "parent": ""})

        assert desk.faults("facts", {"subject": "CONTOH"}) == [(2, "subject", "CONTOH")]
        desk.take(
            "facts", {"subject": "agency:contoh", "kind": "opini_bpk", "value": "WTP"}, {"subject": "UNIT:CONTOH"}
        )
        assert row_of(Fact, agency_id=None).unit_id
        assert row_of(Fact, unit_id=None).agency_id

    def test_a_unit_may_be_called_like_a_candidacy(self, desk: ImportDesk) -> None:
        desk.take("units", {"code": "RSUD-2026"})

        assert desk.take("facts", {"subject": "RSUD-2026"}).created == 1


class TestToday:
    """What is dated today may be imported from the first minute of the agency's day, not of London's."""

    @pytest.mark.parametrize(
        ("kind", "column"), [("facts", "date"), ("predicates", "date"), ("predicates", "revoked_on")]
    )
    def test_half_an_hour_after_midnight_in_jakarta(self, desk: ImportDesk, kind: str, column: str) -> None:
        desk.office.now = datetime(2026, 2, 2, 17, 30, tzinfo=UTC)
        other = {"valid_until": ""} if kind == "facts" else {"revoked_on": ""} if column == "date" else {}

        assert desk.faults(kind, {**other, column: "2026-02-04"}) == [(2, column, "2026-02-04")]
        assert desk.take(kind, {**other, column: "2026-02-03"}).created == 1
