"""Evidence, findings, the action plan and workbooks in the pages: each step by a plain form, each refusal in words."""

from datetime import date
from io import BytesIO
from typing import TypeVar

import pytest
from openpyxl import load_workbook

from models.actions import ActionItem
from models.database import reading
from models.errors import Obstacle
from models.evidence import Evidence, EvidenceState
from models.findings import Finding, FindingState
from models.lke import Layer
from models.stages import Stage
from states.lke.answers import Given, record_answers
from tests.samples import PDF, PNG
from tests.web.site import Site
from tests.web.test_lke_form import ITEM, stored
from web.next_steps import step_for

Row = TypeVar("Row")


def one(table: type[Row], number: int = 1) -> Row:
    with reading() as session:
        return session.get_one(table, number)


def at_work(site: Site) -> str:
    code = site.office.open(stage=Stage.SELF_ASSESSMENT)
    given = [Given(ITEM, "Ya"), Given("A.I.1.ii.a", "Ya")]
    record_answers(code, Layer.UNIT, given, actor=site.office.actor("kepala"), now=site.office.now)
    return code


class TestEvidence:
    """What is missing stands at the top, by person; pieces are added, replaced, withdrawn and judged."""

    def test_what_is_missing_comes_first(self, site: Site) -> None:
        code = at_work(site)
        kepala = site.visitor("kepala")

        before = kepala.get(f"/candidacies/{code}/evidence").text
        kepala.send(f"/candidacies/{code}/evidence", question=ITEM, url="https://berkas.contoh.invalid/sk")
        after = kepala.get(f"/candidacies/{code}/evidence").text

        assert "pokja@contoh.invalid: 2 pertanyaan" in before
        assert "pokja@contoh.invalid: 1 pertanyaan" in after

    def test_is_replaced_and_withdrawn(self, site: Site) -> None:
        code = at_work(site)
        kepala = site.visitor("kepala")
        path = f"/candidacies/{code}/evidence"
        kepala.send(path, files={"files": ("SK.pdf", PDF)}, question=ITEM, effective="2026-01-10", until="2026-12-31")

        kepala.send(path, files={"files": ("SK.png", PNG)}, question=ITEM, replaces="1")
        refused = kepala.send(f"{path}/2/withdraw", reason=" ")
        kepala.send(f"{path}/2/withdraw", reason="salah berkas")

        assert one(Evidence, 1).state is EvidenceState.REPLACED
        assert one(Evidence, 1).valid_until == date(2026, 12, 31)
        assert one(Evidence, 2).version == 2
        assert refused.status_code == 409
        assert one(Evidence, 2).state is EvidenceState.WITHDRAWN

    def test_is_judged_by_the_tpi_alone(self, site: Site) -> None:
        code = site.office.open(stage=Stage.TPI_ASSESSMENT)
        kepala, tpi = site.visitor("kepala"), site.visitor("tpi")
        path = f"/candidacies/{code}/evidence"
        kepala.send(path, files={"files": ("SK.pdf", PDF)}, question=ITEM)

        own = kepala.send(f"{path}/1/review", verdict="accept")
        silent = tpi.send(f"{path}/1/review", verdict="reject")
        back = tpi.send(f"{path}/1/review", verdict="accept", back="lke/MP?layer=tpi")
        astray = tpi.send(f"{path}/1/review", verdict="accept", back="//contoh.invalid/lke/MP")

        assert own.status_code == 409
        assert silent.status_code == 409
        assert back.headers["location"] == f"/candidacies/{code}/lke/MP?layer=tpi&done=evidence_accept#e-1"
        assert astray.headers["location"] == f"{path}?done=evidence_accept#e-1"
        assert one(Evidence).state is EvidenceState.ACCEPTED

    def test_says_where_the_same_stands_too(self, site: Site) -> None:
        code = at_work(site)
        kepala = site.visitor("kepala")
        for question in (ITEM, "A.I.1.ii.a"):
            kepala.send(f"/candidacies/{code}/evidence", question=question, url="https://berkas.contoh.invalid/sk")

        assert "Dipakai juga di 1 tempat lain" in kepala.get(f"/candidacies/{code}/evidence").text

    def test_names_what_is_wrong_with_a_form(self, site: Site) -> None:
        code = at_work(site)
        kepala = site.visitor("kepala")
        path = f"/candidacies/{code}/evidence"

        for wrong in ({"question": ""}, {"question": ITEM}, {"question": "Z", "url": "https://a.invalid"}):
            answer = kepala.fill(path, wrong)
            assert answer.status_code in (404, 422), wrong
            assert 'id="problem"' in answer.text
        assert kepala.send(path, question=ITEM, url="javascript:alert(1)").status_code == 422
        assert kepala.send(path, question=ITEM, url="https://a.invalid", until="besok").status_code in (400, 422)


class TestFindings:
    """The TPI raises, the unit responds, the TPI verifies or opens again; who may not, reads why."""

    def test_from_raised_to_closed(self, site: Site) -> None:
        code = site.office.open(stage=Stage.TPI_ASSESSMENT)
        tpi, kepala = site.visitor("tpi"), site.visitor("kepala")

        raised = tpi.send(f"/candidacies/{code}/findings/new", text="SK belum ada", area="MP")
        path = raised.headers["location"].partition("?")[0]
        kepala.send(f"{path}/respond", text="Sudah ada")
        tpi.send(f"{path}/reopen", reason="Belum ditandatangani")
        kepala.send(f"{path}/respond", text="Sudah ditandatangani")
        own = kepala.send(f"{path}/verify")
        tpi.send(f"{path}/verify", note="cukup")

        finding = one(Finding)
        assert own.status_code == 409
        assert finding.state is FindingState.CLOSED
        assert (finding.area, finding.reopened) == ("MP", 1)
        page = kepala.get(path).text
        assert "Belum ditandatangani" in page
        assert "Tanggapan diverifikasi oleh orang lain" in page

    def test_belongs_to_its_candidacy(self, site: Site) -> None:
        code = site.office.open(stage=Stage.TPI_ASSESSMENT)
        other = site.office.open(unit="DINAS", stage=Stage.TPI_ASSESSMENT)
        number = site.office.finding(code)
        tpi = site.visitor("tpi")

        assert tpi.get(f"/candidacies/{other}/findings/{number}").status_code == 404
        assert tpi.send(f"/candidacies/{other}/findings/{number}/close").status_code == 404
        assert tpi.get(f"/candidacies/{code}/findings/{number}").status_code == 200

    def test_is_raised_by_nobody_else(self, site: Site) -> None:
        code = site.office.open(stage=Stage.TPI_ASSESSMENT)

        answer = site.visitor("kepala").send(f"/candidacies/{code}/findings/new", text="coba")

        assert answer.status_code == 409
        assert 'name="text"' not in site.visitor("kepala").get(f"/candidacies/{code}/findings/new").text


class TestThePlan:
    """Items are added, reported on and dropped; late ones stand out, here and on the unit's page."""

    def test_from_added_to_done(self, site: Site) -> None:
        code = at_work(site)
        kepala = site.visitor("kepala")
        path = f"/candidacies/{code}/actions"
        new = {"area": "MP", "activity": "Menyusun SK", "target": "2026-02-10", "pic": "pokja@contoh.invalid"}

        kepala.fill(path, new)
        twice = kepala.fill(path, new)
        site.office.days_later(20)
        kepala = site.visitor("kepala")
        late, unit = kepala.get(path).text, kepala.get(f"/candidacies/{code}").text
        site.visitor("pokja").send(
            f"{path}/1", files={"file": ("SK.pdf", PDF)}, progress="60", obstacle="Menunggu paraf", target="2026-02-10"
        )
        unexplained = kepala.send(f"{path}/1", progress="60", target="2026-03-10")
        kepala.send(f"{path}/1", progress="100", target="2026-03-10", reason="rapat mundur")

        item = one(ActionItem)
        assert twice.status_code == 409
        assert "terlambat 12 hari" in late
        assert "Menyusun SK" in unit
        assert unexplained.status_code == 409
        assert (item.progress, item.target_on) == (100, date(2026, 3, 10))
        assert kepala.get(f"{path}/1/evidence").content == PDF

    def test_is_dropped_with_a_reason(self, site: Site) -> None:
        code = at_work(site)
        kepala = site.visitor("kepala")
        path = f"/candidacies/{code}/actions"
        kepala.send(path, area="MP", activity="Menyusun SK", target="2026-02-10")

        assert kepala.send(f"{path}/1/drop", reason="").status_code == 409
        kepala.send(f"{path}/1/drop", reason="digabung")

        assert "digabung" in kepala.get(path).text

    @pytest.mark.parametrize("wrong", [{"target": "besok"}, {"pic": "siapa@contoh.invalid"}, {"activity": ""}])
    def test_keeps_what_was_typed(self, site: Site, wrong: dict[str, str]) -> None:
        code = at_work(site)
        new = {"area": "MP", "activity": "Menyusun SK", "target": "2026-02-10", "pic": ""}

        answer = site.visitor("kepala").fill(f"/candidacies/{code}/actions", new | wrong)

        assert answer.status_code in (400, 404, 422)
        assert 'id="problem"' in answer.text

    def test_is_read_by_others(self, site: Site) -> None:
        code = at_work(site)
        auditor = site.visitor("auditor")

        answer = auditor.send(f"/candidacies/{code}/actions", area="MP", activity="X", target="2026-02-10")

        assert answer.status_code == 409
        assert 'id="activity"' not in auditor.get(f"/candidacies/{code}/actions").text


class TestWorkbooks:
    """What comes out goes in again: looked at first, taken in when it was seen, and by nobody else's form."""

    def test_out_and_in(self, site: Site) -> None:
        code = at_work(site)
        kepala = site.visitor("kepala")
        out = kepala.get(f"/candidacies/{code}/lke/export/official")
        book = load_workbook(BytesIO(out.content))
        sheet = book["Jawaban"]
        (cell,) = [row[10] for row in sheet.iter_rows() if row[10].value == "Ya"][:1]
        cell.value = "Tidak"
        changed = BytesIO()
        book.save(changed)
        path = f"/candidacies/{code}/lke/import"

        seen = kepala.send(path, files={"file": ("lke.xlsx", changed.getvalue())}).text
        token = seen.partition('name="token" value="')[2].partition('"')[0]
        foreign = site.visitor("pokja").send(path, token=token, layer="unit")
        before = stored(code, site)[ITEM].value
        taken = kepala.send(path, token=token, layer="unit")

        assert "1 jawaban akan berubah" in seen
        assert foreign.status_code == 422
        assert before == "Ya"
        assert taken.headers["location"].endswith("done=lke_imported")
        assert stored(code, site)[ITEM].value == "Tidak"
        assert not [path for path in (site.home.files / ".set-aside").iterdir() if path.is_file()]

    def test_to_read(self, site: Site) -> None:
        code = at_work(site)

        out = site.visitor("auditor").get(f"/candidacies/{code}/lke/export/readable")

        assert load_workbook(BytesIO(out.content)).sheetnames
        assert out.headers["content-disposition"] == f'attachment; filename="LKE-{code}.xlsx"'

    def test_that_is_none(self, site: Site) -> None:
        code = at_work(site)

        answer = site.visitor("kepala").send(f"/candidacies/{code}/lke/import", files={"file": ("lke.xlsx", PDF)})

        assert answer.status_code == 422


class TestNextSteps:
    """Every obstacle that is mended in these pages leads to its place."""

    @pytest.mark.parametrize(
        ("rule", "params", "path"),
        [
            ("lke_incomplete", {"questions": "A.I.1.i.a, A.I.1.i.b, +3", "layer": "tpi"}, "lke/A.I.1.i.a?layer=tpi"),
            ("survey_missing", {"item": "B.II.a"}, "lke/B.II.a?layer=unit"),
            ("evidence_missing", {}, "evidence"),
            ("threshold_unmet", {}, "lke#priorities"),
            ("no_finding_raised", {}, "findings/new"),
            ("prerequisite_missing", {}, "lke#prerequisites"),
            ("document_missing", {"kind": "lhe"}, "documents/new?kind=lhe"),
        ],
    )
    def test_leads_there(self, rule: str, params: dict[str, str], path: str) -> None:
        step = step_for("RSUD-2026", Obstacle(rule, params))

        assert step
        assert step.path == f"/candidacies/RSUD-2026/{path}"

    def test_or_nowhere(self) -> None:
        assert step_for("RSUD-2026", Obstacle("role_needed", {"role": "tpi"})) is None
