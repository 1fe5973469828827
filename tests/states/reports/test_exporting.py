"""Who may have the report; what the trail keeps of it; and that a file stands there whole or not at all."""

from hashlib import sha256
from pathlib import Path

import pytest
from openpyxl import load_workbook

from models.database import reading
from models.errors import BadInput, NotFound, Refused
from models.lke import Layer
from models.stages import Stage
from states.monev.rounds import take_round
from states.reports.contents import Signature
from states.reports.exporting import Reported, export_report
from states.trail_reader import records_of
from states.verify import verify_trail
from tests.office import Office, rules_of


def report(office: Office, path: Path, *, by: str = "koordinator", agency: str = "contoh", **how: object) -> Reported:
    signature = how.pop("signature", Signature())
    force = bool(how.pop("force", False))
    assert isinstance(signature, Signature)
    return export_report(agency, path, signature=signature, force=force, actor=office.actor(by), now=office.now)


class TestWhoMay:
    """Koordinator, pimpinan, auditor, TPI and the admin; who answers for a unit doesn't see all the others."""

    @pytest.mark.parametrize("who", ["koordinator", "pimpinan", "auditor", "tpi", "admin"])
    def test_may(self, office: Office, tmp_path: Path, who: str) -> None:
        assert report(office, tmp_path / "l.xlsx", by=who).path.exists()

    @pytest.mark.parametrize("who", ["kepala", "pokja"])
    def test_may_not(self, office: Office, tmp_path: Path, who: str) -> None:
        with pytest.raises(Refused) as refused:
            report(office, tmp_path / "l.xlsx", by=who)

        assert rules_of(refused) == {"role_needed"}
        assert list(tmp_path.glob("l*")) == []
        with reading() as session:
            assert records_of(session)[-1]["action"] == "refused"


class TestTheFile:
    """A PDF or a workbook by its name, never over another without being told to."""

    @pytest.mark.parametrize("name", ["laporan.pdf", "laporan.PDF", "laporan.xlsx"])
    def test_the_trail_keeps_its_hash(self, both_offices: Office, tmp_path: Path, name: str) -> None:
        both_offices.open()

        done = report(both_offices, tmp_path / name)

        with reading() as session:
            record = records_of(session)[-1]
            assert verify_trail(session).ok
        assert (record["action"], record["subject"]) == ("report_exported", "agency:CONTOH")
        assert record["details"]["sha256"] == done.sha256 == sha256((tmp_path / name).read_bytes()).hexdigest()
        assert (record["details"]["quarter"], record["details"]["units"]) == ("2026-Q1", 1)
        assert record["seq"] == done.audit_seq

    @pytest.mark.parametrize(
        ("name", "key"),
        [("l.docx", "report_not_known"), ("l", "report_not_known"), ("tidak/l.pdf", "export_no_folder")],
    )
    def test_a_name_that_can_be_none(self, office: Office, tmp_path: Path, name: str, key: str) -> None:
        with pytest.raises(BadInput) as refused:
            report(office, tmp_path / name)

        assert refused.value.key == key

    def test_another_file_stays_unless_forced(self, office: Office, tmp_path: Path) -> None:
        path = tmp_path / "l.pdf"
        path.write_text("punya orang")

        with pytest.raises(BadInput):
            report(office, path)

        assert path.read_text() == "punya orang"
        report(office, path, force=True)
        assert path.read_bytes().startswith(b"%PDF-")

    def test_a_signature_longer_than_a_line(self, office: Office, tmp_path: Path) -> None:
        with pytest.raises(BadInput) as refused:
            report(office, tmp_path / "l.pdf", signature=Signature(name="x" * 121))

        assert refused.value.key == "report_text_too_long"

    def test_an_unknown_agency(self, office: Office, tmp_path: Path) -> None:
        with pytest.raises(NotFound):
            report(office, tmp_path / "l.pdf", agency="TIDAK")


class TestBeforeAndAfter:
    """The present is held against the round of the last quarter."""

    def test_scores_and_evidence_of_a_unit_that_moved_on(self, both_offices: Office, tmp_path: Path) -> None:
        code = both_offices.open(stage=Stage.SELF_ASSESSMENT)
        take_round("CONTOH", now=both_offices.now, actor=both_offices.actor("koordinator"))
        both_offices.days_later(80)  # in the second quarter
        both_offices.fill_lke(code)
        both_offices.prove(code)

        report(both_offices, tmp_path / "l.xlsx")

        book = load_workbook(tmp_path / "l.xlsx")
        sheet = book["Kecenderungan"]
        assert [sheet.cell(row, 1).value for row in (2, 3)] == ["Triwulan I Tahun 2026", "Saat ini"]
        assert sheet.cell(sheet.max_row, 7).value == 110  # pieces of evidence more
        assert both_offices.situation(code).figures[Layer.UNIT].total == "100.0000"
        assert book["Unit"]["J2"].value == 100
