"""What is imported changes only what differs, and acts at once."""

from pathlib import Path

from sqlalchemy import func, select

from models.actions import ActionItem
from models.agencies import Unit
from models.database import reading
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


def count(table: type) -> int:
    with reading() as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


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


def _trail_size() -> int:
    with reading() as session:
        return len(records_of(session))
