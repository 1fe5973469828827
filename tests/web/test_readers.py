"""The auditor does the work in the pages, from signing in to the last click; monev as a koordinator has it."""

import re
from io import BytesIO
from zipfile import ZipFile

import pytest

from models.lke import Layer
from models.stages import Stage
from states.monev.rounds import take_round
from tests.neighbours import NAME, Neighbour
from tests.web.conftest import Opened
from tests.web.site import Site
from tests.web.test_audit import newest_of


class TestAuditor:
    """Verifies: finds a record, sees before and after, has the whole trail checked, and takes the evidence away."""

    @pytest.mark.parametrize(("width", "script"), [(1366, True), (380, False)])
    def test_verifies(self, site: Site, opened: Opened, width: int, script: bool) -> None:
        code = site.office.open()
        site.office.file_required(code, "select_unit")
        site.office.move(code, "select_unit")
        seq = newest_of(site, "moved")
        page = opened("auditor", "/board", width=width, script=script)

        page.get_by_role("navigation").first.get_by_role("link", name="Jejak audit").click()
        if not page.locator("#f-subject").is_visible():
            page.locator("summary", has_text="Saring").click()
        page.fill("#f-subject", code)
        page.select_option("#f-action", "moved")
        page.get_by_role("button", name="Saring").click()
        page.locator("tbody tr").get_by_role("link", name=str(seq)).click()

        change = page.locator("section", has=page.locator("#change")).inner_text()
        assert "Pencanangan" in change
        assert "Penetapan unit" in change
        assert page.get_by_text("koordinator@contoh.invalid").first.is_visible()

        page.get_by_role("link", name="Lihat daftar mulai dari sini").click()
        page.get_by_role("button", name="Periksa keutuhan jejak").click()
        page.get_by_role("heading", name="Jejak utuh").wait_for()
        assert "catatan diperiksa" in page.get_by_role("status").inner_text()

        page.goto(f"/audit?subject={code}")
        with page.expect_download() as download:
            page.get_by_role("link", name="Unduh CSV").click()
        lines = download.value.path().read_text(encoding="utf-8-sig").splitlines()
        assert lines[0].startswith("nomor,waktu,oleh")
        assert any("moved" in line and "pencanangan" in line for line in lines)


class TestMonev:
    """Shows what the visitor sees of it; the report goes to those whose report it is."""

    def test_shows_figures_as_pictures_and_as_tables(self, site: Site) -> None:
        code = site.office.open(stage=Stage.SELF_ASSESSMENT)
        site.office.fill_lke(code)
        take_round("CONTOH", now=site.office.now, actor=site.office.actor("koordinator"))
        site.office.days_later(60)
        take_round("CONTOH", now=site.office.now, actor=site.office.actor("koordinator"))

        page = site.visitor("koordinator").get("/monev").text

        assert page.count('role="img" aria-labelledby=') == 3  # no findings, so no picture of their ages
        assert "Triwulan II Tahun 2026" in page
        assert "100,00" in page
        assert "style=" not in page.partition("<main")[2]

    def test_lists_open_findings_by_what_is_asked(self, site: Site) -> None:
        code = site.office.open(stage=Stage.TPI_ASSESSMENT)
        site.office.finding(code, "Bukti <b>belum</b> ada")
        visitor = site.visitor("koordinator")

        assert "Bukti &lt;b&gt;belum&lt;/b&gt; ada" in visitor.get("/monev").text
        assert "Bukti &lt;b&gt;" not in visitor.get("/monev?severity=info").text
        assert "Bukti &lt;b&gt;" in visitor.get("/monev?severity=nonsense&area=XX").text

    def test_nothing_of_others(self, site: Site) -> None:
        other = Neighbour.moved_in(site.office)

        for query in ("", "?agency=TETANGGA"):
            page = site.visitor("koordinator").get(f"/monev{query}").text
            assert NAME not in page
            assert other.code not in page
        assert "Kota Tetangga" not in site.visitor("koordinator").get("/monev").text

    @pytest.mark.parametrize(
        ("who", "agency", "status"),
        [
            ("koordinator", "CONTOH", 200),
            ("auditor", "contoh", 200),
            ("kepala", "CONTOH", 403),
            ("koordinator", "TETANGGA", 404),
            ("tetangga", "CONTOH", 404),
        ],
    )
    def test_whose_report_it_is(self, site: Site, who: str, agency: str, status: int) -> None:
        Neighbour.moved_in(site.office)
        site.office.open()

        answer = site.visitor(who).send("/monev/report", agency=agency, form="xlsx", name="Siti")

        assert answer.status_code == status
        if status == 200:
            assert "xl/workbook.xml" in ZipFile(BytesIO(answer.content)).namelist()
            assert re.search(r'filename="laporan-monev-CONTOH-[\d-]+\.xlsx"', answer.headers["content-disposition"])
            assert newest_of(site, "report_exported")

    def test_as_a_pdf(self, site: Site) -> None:
        site.office.open(stage=Stage.SELF_ASSESSMENT)
        site.office.fill_lke("RSUD-2026", layer=Layer.UNIT)

        answer = site.visitor("koordinator").send("/monev/report", agency="CONTOH", form="pdf")

        assert answer.content.startswith(b"%PDF")
        assert site.visitor("koordinator").send("/monev/report", agency="CONTOH", form="exe").status_code == 404
