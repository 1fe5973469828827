"""What may be handed over as a CSV file, what is said of one that is none, and how rows are counted."""

import pytest

from models.agencies import Agency
from models.errors import BadInput, UsageError
from states.imports import KINDS, import_file
from states.imports import read as reader
from tests.states.imports.desk import GOOD, ImportDesk, as_csv, row_of

HEADER = "code,name,kind,zone"
ROW = "BARU,Kementerian Baru,kl,Asia/Makassar"
AS_EXCEL_WRITES = "\r\n".join([HEADER.replace(",", ";"), ROW.replace(",", ";"), ""])


class TestFormsThatAreTaken:
    """Any line ends, blank lines anywhere, columns in any order, upper or lower case where case says nothing."""

    @pytest.mark.parametrize(
        "raw",
        [
            f"{HEADER}\r{ROW}\r",
            f"\ufeff{AS_EXCEL_WRITES}",
            f"\n;;;\n{AS_EXCEL_WRITES}",
            f"{HEADER}\n\n,,,\n{ROW}\n\n",
            " NAME, Code ,kind ,zone\n Kementerian  Baru, baru ,\tKL,asia/makassar\n",
        ],
    )
    def test_the_agency_is_taken_as_it_is(self, desk: ImportDesk, raw: str) -> None:
        report = desk.take("agencies", raw=raw)

        agency = row_of(Agency, code="BARU")
        assert (report.created, report.updated, report.unchanged) == (1, 0, 0)
        assert (agency.name, agency.kind, agency.zone) == ("Kementerian Baru", "kl", "Asia/Makassar")

    def test_a_quoted_cell_may_hold_delimiters_quotes_and_line_ends(self, desk: ImportDesk) -> None:
        desk.take("agencies", {"name": 'Badan "Baru",\r\nKota; Contoh'})

        assert row_of(Agency, code="BARU").name == 'Badan "Baru", Kota; Contoh'

    def test_a_file_without_rows_changes_nothing(self, desk: ImportDesk) -> None:
        report = desk.take("agencies", raw=HEADER)

        assert (report.created, report.updated, report.unchanged, report.changes) == (0, 0, 0, ())

    @pytest.mark.parametrize("kind", ["agencies", "units", "predicates"])
    def test_a_source_column_is_taken_where_published_facts_come_from(self, desk: ImportDesk, kind: str) -> None:
        assert desk.take(kind, {"source": "Radar Contoh 2026-01-01"}).created == 1

    @pytest.mark.parametrize(("column", "value"), [("due", "30/10/2026"), ("working_days", "15")])
    def test_a_calendar_may_leave_out_the_column_it_does_not_use(
        self, desk: ImportDesk, column: str, value: str
    ) -> None:
        report = desk.take("calendar", raw=f"cycle,stage,{column},note\nCONTOH-2026,submission_desk,{value},\n")

        assert report.created == 1


class TestHeaders:
    """Every column that is unknown, missing or there twice is named, where the header stands."""

    @pytest.mark.parametrize(
        ("header", "columns"),
        [
            ("code,name,kind", ["zone"]),
            ("code,name,kind,zone,warna", ["warna"]),
            ("code,name,kind,zone,code", ["code"]),
            ("kode,name,kind,zone", ["kode", "code"]),
            ("code,name,kind,zone,", [""]),
            ("code name kind zone", ["code name kind zone", "code", "name", "kind", "zone"]),
        ],
    )
    def test_each_wrong_column_is_named(self, desk: ImportDesk, header: str, columns: list[str]) -> None:
        faults = desk.faults("agencies", raw=f"\n\n{header}\n{ROW}\n")

        assert faults == [(3, column, None) for column in columns]

    @pytest.mark.parametrize("kind", ["people", "memberships", "facts", "calendar", "action-items"])
    def test_other_kinds_know_no_source(self, desk: ImportDesk, kind: str) -> None:
        assert desk.faults(kind, {"source": "koran"}) == [(1, "source", None)]

    def test_a_calendar_needs_one_of_its_two_columns(self, desk: ImportDesk) -> None:
        raw = "cycle,stage,note\nCONTOH-2026,submission_desk,\n"

        assert desk.faults("calendar", raw=raw) == [(1, "due|working_days", None)]


class TestBrokenFiles:
    """Everything wrong with a file's form is named at once, with rows counted as a spreadsheet counts them."""

    @pytest.mark.parametrize(
        ("raw", "row"),
        [
            (b"PK\x03\x04 under another name", None),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None),
            (b"%PDF-1.7", None),
            (f"{HEADER}\n".encode() + b"B2,Badan\x00,kl,Asia/Jakarta\n", None),
            (f"{HEADER}\n{ROW}\n".encode("utf-16"), 1),
            (f"{HEADER}\n{ROW}\nB2,Badan Ba\u00e9,kl,Asia/Jakarta\n".encode("windows-1252"), 3),
            (b"", None),
            (b"\r\n \r\n;;;\r\n", None),
            (f'{HEADER}\n{ROW}\nB2,"never shut,kl,Asia/Jakarta\n'.encode(), 3),
            (f'{HEADER}\n{ROW}\nB2,"shut"early,kl,Asia/Jakarta\n'.encode(), 3),
        ],
        ids=["xlsx", "xls", "pdf", "NUL", "utf-16", "windows-1252", "empty", "blank", "open-quote", "quote-inside"],
    )
    def test_one_fault_says_what_it_is(self, desk: ImportDesk, raw: bytes, row: int | None) -> None:
        assert desk.faults("agencies", raw=raw) == [(row, None, None)]

    def test_every_row_with_too_few_or_too_many_cells_is_named(self, desk: ImportDesk) -> None:
        raw = f"{HEADER}\nB1,Badan\n{ROW}\nB2,Badan,kl,Asia/Jakarta,lebih\n"

        assert desk.faults("agencies", raw=raw) == [(2, None, None), (4, None, None)]

    def test_a_cell_of_two_lines_and_a_blank_line_are_one_row_each(self, desk: ImportDesk) -> None:
        raw = f'{HEADER}\nB1,"Badan\nSatu",kl,Asia/Jakarta\n\nB2,Badan Dua,kota,Asia/Jakarta\n'

        assert desk.faults("agencies", raw=raw) == [(4, "kind", "kota")]

    def test_a_file_has_a_largest_size(self, desk: ImportDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reader, "SIZE_LIMIT", 50)

        assert desk.faults("agencies", raw=f"{HEADER}\n{ROW}\n") == [(None, None, None)]

    def test_a_file_has_a_largest_number_of_rows(self, desk: ImportDesk, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(reader, "ROW_LIMIT", 2)
        rows = [{**GOOD["agencies"], "code": f"B{number}"} for number in range(3)]

        assert desk.faults("agencies", raw=as_csv(rows)) == [(4, None, None)]

    @pytest.mark.parametrize(("name", "key"), [("tidak-ada.csv", "file_missing"), (".", "not_a_file")])
    def test_what_is_no_file_is_refused(self, desk: ImportDesk, name: str, key: str) -> None:
        admin, now = desk.office.actor("admin"), desk.office.now

        with pytest.raises(BadInput) as refused:
            import_file("units", desk.folder / name, dry_run=True, actor=admin, now=now)

        assert refused.value.key == key


class TestKinds:
    """There are eight, named as they are typed."""

    def test_each_takes_its_good_row(self, desk: ImportDesk) -> None:
        assert set(KINDS) == set(GOOD)
        assert all(desk.take(kind, {}).created == 1 for kind in KINDS)

    def test_another_word_is_a_wrong_command(self, desk: ImportDesk) -> None:
        with pytest.raises(UsageError) as refused:
            desk.take("unit", raw="code\n")

        assert refused.value.key == "unknown_import_kind"
        assert refused.value.params["known"] == ", ".join(KINDS)
