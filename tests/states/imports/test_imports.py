"""CSV imports: all rows or none, every fault named with its place, and a dry run that keeps nothing."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlmodel import col

from models.agencies import Agency, Unit
from models.database import reading
from models.errors import BadInput, PipelineError, Refused
from models.facts import Predicate
from models.findings import ActionItem
from models.people import Membership, Person, Role
from models.stages import Stage
from states.imports import KINDS, Report, import_file
from states.trail_reader import records_of
from states.verify import verify_trail
from tests.office import Office

UNITS = "code,name,agency,parent,kind,core_service\n"
PEOPLE = "email,name,nip,whatsapp\n"
MEMBERSHIPS = "email,role,agency,unit,area,since,until\n"
PREDICATES = "unit,level,decree,date,revoked_on\n"
FACTS = "subject,kind,value,date,valid_until\n"
CALENDAR = "cycle,stage,due,working_days,note\n"
ACTIONS = "candidacy,area,activity,target,pic,progress,obstacle\n"


def load(
    office: Office, kind: str, content: str | bytes, folder: Path, *, by: str = "admin", dry_run: bool = False
) -> Report:
    path = folder / f"{kind}.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return import_file(kind, path, dry_run=dry_run, actor=office.actor(by), now=office.now)


def faults(
    office: Office, kind: str, content: str | bytes, folder: Path
) -> list[tuple[int | None, str | None, str | None]]:
    """Row, column and value of each fault; what is imported is a failure of the test."""
    with pytest.raises(BadInput) as bad:
        load(office, kind, content, folder)
    assert all(detail.why for detail in bad.value.details)
    return [(detail.row, detail.column, detail.value) for detail in bad.value.details]


def count(table: type) -> int:
    with reading() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


class TestFormat:
    """UTF-8 with or without BOM, comma or semicolon, any line end, ISO or day-first dates."""

    @pytest.mark.parametrize(
        "content",
        [
            UNITS + "PKM,Puskesmas,CONTOH,DINAS,puskesmas,kesehatan\n",
            "\ufeff" + UNITS + "pkm , Puskesmas ,contoh,dinas,puskesmas,kesehatan\r\n\r\n",
            UNITS.replace(",", ";") + "PKM;Puskesmas;CONTOH;DINAS;puskesmas;kesehatan\n",
            'core_service,kind,parent,agency,name,code\nkesehatan,puskesmas,DINAS,CONTOH,"Puskesmas","PKM"\n',
            UNITS.upper() + "PKM,Puskesmas,CONTOH,DINAS,puskesmas,kesehatan",
        ],
        ids=["plain", "bom-crlf-blank-lines", "semicolon", "other-order", "upper-case-no-end"],
    )
    def test_is_read_alike(self, office: Office, tmp_path: Path, content: str) -> None:
        report = load(office, "units", content, tmp_path)

        assert (report.created, report.updated, report.unchanged) == (1, 0, 0)
        with reading() as session:
            unit = session.execute(select(Unit).where(col(Unit.code) == "PKM")).scalar_one()
            assert (unit.name, unit.kind, unit.core_service) == ("Puskesmas", "puskesmas", "kesehatan")

    @pytest.mark.parametrize("day", ["2020-12-10", "10/12/2020"])
    def test_dates(self, office: Office, tmp_path: Path, day: str) -> None:
        load(office, "predicates", PREDICATES + f"RSUD,WBK,KM/1,{day},\n", tmp_path)
        with reading() as session:
            assert session.execute(select(col(Predicate.decreed_on))).scalar_one().isoformat() == "2020-12-10"

    @pytest.mark.parametrize(
        ("content", "row"),
        [
            (b"PK\x03\x04 an xlsx under another name", None),
            (b"\xd0\xcf\x11\xe0 an old xls", None),
            (b"%PDF-1.7", None),
            (b"code,name\x00", None),
            (UNITS.encode() + "PKM,Puskesmas Ba\u00e9,CONTOH,,,\n".encode("cp1252"), 2),
            (b"", None),
            (b"\n\n", None),
            (UNITS.encode() + b"PKM,Puskesmas,CONTOH\n", 2),
            (UNITS.encode() + b'PKM,"Puskesmas,CONTOH,,,\n', 2),
        ],
        ids=["xlsx", "xls", "pdf", "nul", "cp1252", "empty", "blank", "short-row", "open-quote"],
    )
    def test_what_is_no_csv_is_said_to_be_none(
        self, office: Office, tmp_path: Path, content: bytes, row: int | None
    ) -> None:
        assert faults(office, "units", content, tmp_path) == [(row, None, None)]

    @pytest.mark.parametrize(
        ("header", "columns"),
        [
            ("code,name,agency,parent,kind", ["core_service"]),
            ("code,name,agency,parent,kind,core_service,warna", ["warna"]),
            ("code,name,agency,parent,kind,core_service,code", ["code"]),
        ],
    )
    def test_the_header_is_known_whole_and_once(
        self, office: Office, tmp_path: Path, header: str, columns: list[str]
    ) -> None:
        found = faults(office, "units", f"{header}\n", tmp_path)
        assert [(row, column) for row, column, _ in found] == [(1, column) for column in columns]


class TestCells:
    """Each bad cell is named with its row, its column and its value."""

    @pytest.mark.parametrize(
        ("kind", "content", "found"),
        [
            ("units", UNITS + "PKM A,x,CONTOH,,,\n", [(2, "code", "PKM A")]),
            ("units", UNITS + f"{'P' * 33},x,CONTOH,,,\n", [(2, "code", "P" * 33)]),
            ("units", UNITS + "PKM,,CONTOH,,,\n", [(2, "name", "")]),
            ("units", UNITS + "PKM,x,LAIN,,,\n", [(2, "agency", "LAIN")]),
            ("units", UNITS + "PKM,x,CONTOH,TIDAK,,\n", [(2, "parent", "TIDAK")]),
            ("units", UNITS + "PKM,x,CONTOH,,,\npkm,y,CONTOH,,,\n", [(3, "code", "pkm")]),
            ("units", UNITS + "A,x,CONTOH,B,,\nB,y,CONTOH,A,,\n", [(2, "parent", "B"), (3, "parent", "A")]),
            ("units", UNITS + "RSUD,x,CONTOH,RSUD,,\n", [(2, "parent", "RSUD")]),
            ("agencies", "code,name,kind,zone\nX,x,planet,Asia/Jakarta\n", [(2, "kind", "planet")]),
            ("agencies", "code,name,kind,zone\nX,x,kl,Asia/Atlantis\n", [(2, "zone", "Asia/Atlantis")]),
            ("agencies", "code,name,kind,zone\nX,x,kl,../etc\n", [(2, "zone", "../etc")]),
            ("people", PEOPLE + "a@x.id,A,,\nA@X.id,B,,\n", [(3, "email", "A@X.id")]),
            ("people", PEOPLE + "bukan alamat,A,,\n", [(2, "email", "bukan alamat")]),
            ("people", PEOPLE + "a@x.id,A,1.98001012E+17,\n", [(2, "nip", "1.98001012E+17")]),
            ("people", PEOPLE + "a@x.id,A,198001012005011001.0,\n", [(2, "nip", "198001012005011001.0")]),
            ("people", PEOPLE + "a@x.id,A,123,\n", [(2, "nip", "123")]),
            ("people", PEOPLE + "a@x.id,A,,nol delapan\n", [(2, "whatsapp", "nol delapan")]),
            ("memberships", MEMBERSHIPS + "hantu@x.id,tpi,CONTOH,,,2024-01-01,\n", [(2, "email", "hantu@x.id")]),
            ("memberships", MEMBERSHIPS + "tpi@contoh.invalid,raja,CONTOH,,,2024-01-01,\n", [(2, "role", "raja")]),
            ("memberships", MEMBERSHIPS + "tpi@contoh.invalid,pokja,CONTOH,,,2024-01-01,\n", [(2, "unit", "")]),
            ("memberships", MEMBERSHIPS + "tpi@contoh.invalid,tpi,CONTOH,RSUD,,2024-01-01,\n", [(2, "unit", "RSUD")]),
            ("memberships", MEMBERSHIPS + "tpi@contoh.invalid,tpi,,,,2024-01-01,\n", [(2, "agency", "")]),
            (
                "memberships",
                MEMBERSHIPS + "tpi@contoh.invalid,tpi,CONTOH,,,2024-01-02,2024-01-01\n",
                [(2, "until", "2024-01-01")],
            ),
            ("predicates", PREDICATES + "RSUD,EMAS,,2020-12-10,\n", [(2, "level", "EMAS")]),
            ("predicates", PREDICATES + "RSUD,WBK,,2020-12-10,2019-01-01\n", [(2, "revoked_on", "2019-01-01")]),
            ("predicates", PREDICATES + "RSUD,WBK,,2030-12-10,\n", [(2, "date", "2030-12-10")]),
            ("predicates", PREDICATES + "RSUD,WBK,,31/02/2020,\n", [(2, "date", "31/02/2020")]),
            ("facts", FACTS + "RSUD,ramalan,cerah,2025-01-01,\n", [(2, "value", "cerah")]),
            ("facts", FACTS + "RSUD,lhkpn,101,2025-01-01,\n", [(2, "value", "101")]),
            ("facts", FACTS + "RSUD,lhkpn,100,2025-01-01,2024-01-01\n", [(2, "value", "100")]),
            ("calendar", CALENDAR + "CONTOH-2026,pencanangan,2026-03-01,5,\n", [(2, "due", "2026-03-01")]),
            ("calendar", CALENDAR + "CONTOH-2026,pencanangan,,,\n", [(2, "due", "")]),
            ("calendar", CALENDAR + "CONTOH-2026,pencanangan,,0,\n", [(2, "working_days", "0")]),
            ("calendar", CALENDAR + "CONTOH-2026,designation,,5,\n", [(2, "stage", "designation")]),
            ("calendar", CALENDAR + "LAIN-2026,pencanangan,,5,\n", [(2, "cycle", "LAIN-2026")]),
            ("action-items", ACTIONS + "TIDAK-2026,MP,rapat,2026-03-01,,0,\n", [(2, "candidacy", "TIDAK-2026")]),
            ("action-items", ACTIONS + "RSUD-2026,MP,rapat,2026-03-01,,101,\n", [(2, "progress", "101")]),
        ],
    )
    def test_is_named(
        self, office: Office, tmp_path: Path, kind: str, content: str, found: list[tuple[int, str, str]]
    ) -> None:
        office.open()
        before = count(Unit), count(Agency), count(Person), count(Membership), count(Predicate)

        assert faults(office, kind, content, tmp_path) == found

        assert (count(Unit), count(Agency), count(Person), count(Membership), count(Predicate)) == before

    def test_a_parent_in_another_agency(self, office: Office, tmp_path: Path) -> None:
        load(office, "agencies", "code,name,kind,zone\nLAIN,Lain,kl,Asia/Makassar\n", tmp_path)
        found = faults(office, "units", UNITS + "PKM,x,LAIN,DINAS,,\n", tmp_path)
        assert found == [(2, "parent", "DINAS")]

    def test_a_unit_does_not_move_between_agencies(self, office: Office, tmp_path: Path) -> None:
        load(office, "agencies", "code,name,kind,zone\nLAIN,Lain,kl,Asia/Makassar\n", tmp_path)
        assert faults(office, "units", UNITS + "RSUD,x,LAIN,,,\n", tmp_path) == [(2, "agency", "LAIN")]

    def test_a_circle_through_what_is_on_record(self, office: Office, tmp_path: Path) -> None:
        load(office, "units", UNITS + "PKM,x,CONTOH,DINAS,,\n", tmp_path)
        found = faults(office, "units", UNITS + "DINAS,Dinas Contoh,CONTOH,PKM,dinas,\n", tmp_path)
        assert found == [(2, "parent", "PKM")]


class TestUpdates:
    """The same code updates; what is the same already is left alone, and the trail tells only of changes."""

    def test_a_second_import_changes_nothing(self, office: Office, tmp_path: Path) -> None:
        content = UNITS + "PKM,Puskesmas,CONTOH,DINAS,puskesmas,kesehatan\n"
        load(office, "units", content, tmp_path)
        before = _trail_size()

        report = load(office, "units", content, tmp_path)

        assert (report.created, report.updated, report.unchanged) == (0, 0, 1)
        assert _trail_size() == before

    def test_a_dry_run_shows_the_change_and_keeps_nothing(self, office: Office, tmp_path: Path) -> None:
        content = UNITS + "RSUD,RSUD Baru,CONTOH,,rsud,rsud\nPKM,Puskesmas,CONTOH,DINAS,,\n"
        before = _trail_size(), count(Unit)

        report = load(office, "units", content, tmp_path, dry_run=True)

        assert (report.created, report.updated) == (1, 1)
        assert report.changes[0].fields == (("name", "RSUD Contoh", "RSUD Baru"),)
        assert (_trail_size(), count(Unit)) == before

    def test_every_kind_can_be_imported_twice(self, office: Office, tmp_path: Path) -> None:
        office.open()
        files = {
            "agencies": "code,name,kind,zone,source\nLAIN,Lain,kl,Asia/Jayapura,koran\n",
            "units": UNITS + "PKM,Puskesmas,CONTOH,DINAS,puskesmas,\n",
            "people": PEOPLE + "a@x.id,Ani,198001012005011001,+62811000111\n",
            "memberships": MEMBERSHIPS + "a@x.id,pokja,,RSUD,MP,2024-01-01,\n",
            "predicates": PREDICATES + "DINAS,WBK,KM/1,2021-12-20,\n",
            "facts": FACTS + "CONTOH,opini_bpk,WTP,2025-05-23,2026-05-31\nRSUD,lhkpn,100,2025-03-31,\n",
            "calendar": CALENDAR + "CONTOH-2026,submission_desk,,15,meja\n",
            "action-items": ACTIONS + "RSUD-2026,MP,Rapat tim,2026-03-01,a@x.id,20,\n",
        }
        assert tuple(files) == KINDS
        first = [load(office, kind, content, tmp_path) for kind, content in files.items()]
        second = [load(office, kind, content, tmp_path) for kind, content in files.items()]

        assert [report.created for report in first] == [1, 1, 1, 1, 1, 2, 1, 1]
        assert [(report.created, report.updated) for report in second] == [(0, 0)] * len(files)
        assert count(ActionItem) == 1
        with reading() as session:
            assert verify_trail(session).ok

    def test_a_source_goes_into_the_trail(self, office: Office, tmp_path: Path) -> None:
        header = PREDICATES.strip() + ",source\n"
        load(office, "predicates", header + "DINAS,WBK,,2021-12-20,,Koran Contoh 2021-12-21\n", tmp_path)
        with reading() as session:
            assert records_of(session, "unit:DINAS")[-1]["texts"]["source"] == "Koran Contoh 2021-12-21"


class TestWhoMay:
    """Agencies are the admin's; the rest is the koordinator's own agency's; a refusal stands in the trail."""

    def test_a_koordinator_imports_units_of_the_own_agency_only(self, office: Office, tmp_path: Path) -> None:
        load(office, "agencies", "code,name,kind,zone\nLAIN,Lain,kl,Asia/Makassar\n", tmp_path)

        assert load(office, "units", UNITS + "PKM,x,CONTOH,,,\n", tmp_path, by="koordinator").created == 1
        with pytest.raises(Refused):
            load(office, "units", UNITS + "LAIN-1,x,LAIN,,,\n", tmp_path, by="koordinator")
        with pytest.raises(Refused):
            load(office, "agencies", "code,name,kind,zone\nX,x,kl,Asia/Jakarta\n", tmp_path, by="koordinator")

        with reading() as session:
            assert records_of(session, last=1)[0]["action"] == "refused"

    def test_a_koordinator_makes_no_admin(self, office: Office, tmp_path: Path) -> None:
        with pytest.raises(Refused):
            load(
                office,
                "memberships",
                MEMBERSHIPS + "tpi@contoh.invalid,admin,,,,2024-01-01,\n",
                tmp_path,
                by="koordinator",
            )

    def test_one_koordinator_may_follow_another_in_one_file(self, office: Office, tmp_path: Path) -> None:
        office.open()
        ends = "".join(
            f"{name}@contoh.invalid,koordinator,CONTOH,,,2024-01-01,2026-02-28\n"
            for name in ("koordinator", "koordinator2")
        )

        with pytest.raises(Refused) as refused:
            load(office, "memberships", MEMBERSHIPS + ends, tmp_path)
        assert refused.value.refusals[0].obstacle.rule == "last_koordinator"

        follows = "tpi@contoh.invalid,koordinator,CONTOH,,,2026-03-01,\n"
        assert load(office, "memberships", MEMBERSHIPS + ends + follows, tmp_path).updated == 2
        with reading() as session:
            held = session.execute(
                select(col(Membership.until)).where(col(Membership.role) == Role.KOORDINATOR)
            ).scalars()
            assert sorted(str(until) for until in held) == ["2026-02-28", "2026-02-28", "None"]


class TestEffects:
    """What is imported acts at once."""

    def test_a_predicate_opens_the_way_to_wbbm(self, office: Office, tmp_path: Path) -> None:
        from models.candidacies import Level

        code = office.open(stage=Stage.TPI_ASSESSMENT, target=Level.WBBM)
        office.file(code, "sk_penetapan_unit")
        office.file_required(code, "propose")
        load(office, "predicates", PREDICATES + "RSUD,WBK,KM/1,2022-12-06,\n", tmp_path, by="koordinator")

        assert office.move(code, "propose").dest is Stage.SUBMISSION_ADMINISTRATIVE

    def test_a_fact_starts_the_clock(self, office: Office, tmp_path: Path) -> None:
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        office.file_required(code, "propose")
        load(office, "facts", FACTS + "RSUD,sk_penetapan_unit,SK/1,2025-01-10,\n", tmp_path, by="koordinator")

        assert office.move(code, "propose").dest is Stage.SUBMISSION_ADMINISTRATIVE

    def test_five_thousand_units_come_in_with_few_queries(self, office: Office, tmp_path: Path) -> None:
        rows = "".join(f"U{n},Unit {n},CONTOH,{'DINAS' if n % 2 else ''},,\n" for n in range(5_000))
        assert load(office, "units", UNITS + rows, tmp_path).created == 5_000


class TestNoise:
    """Whatever a file holds, the answer is one of ours, and nothing of it is kept."""

    @given(st.binary(max_size=200))
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_random_bytes(self, office: Office, tmp_path: Path, content: bytes) -> None:
        for kind in ("units", "memberships"):
            self._try(office, kind, content, tmp_path)

    @given(
        st.integers(0, 400), st.sampled_from([b"", b"\x00", b'"', b",", b";", b"\n", b"\xff", b"1e9", b"=1+1", b"'"])
    )
    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_mutations_of_a_good_file(self, office: Office, tmp_path: Path, at: int, put: bytes) -> None:
        good = (MEMBERSHIPS + "tpi@contoh.invalid,tpi,CONTOH,,MP,2024-01-01,2027-01-01\n").encode()
        at %= len(good)
        self._try(office, "memberships", good[:at] + put + good[at + 1 :], tmp_path)

    def _try(self, office: Office, kind: str, content: bytes, folder: Path) -> None:
        before = count(Unit)
        said: PipelineError | None = None
        try:
            load(office, kind, content, folder, dry_run=True)
        except PipelineError as error:
            said = error
        assert said is None or (str(said) and said.fix)
        assert count(Unit) == before


def _trail_size() -> int:
    with reading() as session:
        return len(records_of(session))
