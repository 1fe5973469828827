"""The assessment from first to last: the unit answers and uploads, the TPI reviews and returns it with findings."""

from sqlalchemy import select

from models.database import reading
from models.evidence import Evidence, EvidenceState
from models.lke import Layer
from models.stages import Stage
from tests.samples import PDF, PNG
from tests.web.conftest import Opened
from tests.web.site import Site
from tests.web.test_lke_form import stored

ITEM = "A.I.1.i.a"


def evidence() -> list[Evidence]:
    with reading() as session:
        return list(session.execute(select(Evidence).order_by(Evidence.id)).scalars())  # type: ignore[arg-type]


class TestTheUnit:
    """Answers question by question, sees the score rise, and lays its evidence beside the question."""

    def test_answers_and_uploads(self, site: Site, opened: Opened) -> None:
        code = site.office.open(stage=Stage.SELF_ASSESSMENT)
        page = opened("kepala", f"/candidacies/{code}")
        page.get_by_role("link", name="Isi LKE").first.click()
        question = page.locator(f'[id="q-{ITEM}"]')

        question.get_by_label("Ya", exact=True).check()
        page.get_by_text("Tersimpan.").wait_for()
        assert question.locator("h3 [data-figure]").inner_text() == "0.25 / 0.25"
        assert page.locator("h1 + p [data-figure=total]").inner_text() == "0.25 / 100"
        question.get_by_text("Tambah data dukung").first.click()
        question.locator("input[type=file]").set_input_files(
            [
                {"name": "SK tim.pdf", "mimeType": "application/pdf", "buffer": PDF},
                {"name": "foto.png", "mimeType": "image/png", "buffer": PNG},
                {"name": "halaman.html", "mimeType": "text/html", "buffer": b"<html><script>alert(1)</script></html>"},
            ]
        )
        question.get_by_role("button", name="Tambah data dukung").click()
        question.get_by_text("adalah halaman web").wait_for()  # the last of the three has been answered

        assert question.locator(".zi-piece").count() == 2
        assert "halaman.html" in question.locator(".zi-sent .zi-late").inner_text()
        assert [one.file_name for one in evidence()] == ["SK tim.pdf", "foto.png"]
        assert stored(code, site)[ITEM].value == "Ya"

    def test_drops_files_beside_the_question(self, site: Site, opened: Opened) -> None:
        code = site.office.open(stage=Stage.SELF_ASSESSMENT)
        page = opened("kepala", f"/candidacies/{code}/lke/MP")
        proofs = page.locator(f'[id="q-{ITEM}"] .zi-proofs')

        dropped = page.evaluate_handle(
            """() => {
              const carried = new DataTransfer();
              for (const name of ["satu.txt", "dua.txt"]) carried.items.add(new File([`Notulen ${name}`], name));
              carried.items.add(new File([new Uint8Array(51 * 1024 * 1024)], "besar.pdf"));
              return carried;
            }"""
        )
        proofs.dispatch_event("drop", {"dataTransfer": dropped})
        proofs.get_by_text("besar.pdf: terlalu besar").wait_for()

        assert proofs.locator(".zi-piece").count() == 2
        assert [one.file_name for one in evidence()] == ["satu.txt", "dua.txt"]

    def test_by_keyboard_from_one_blank_to_the_next(self, site: Site, opened: Opened) -> None:
        code = site.office.open(stage=Stage.SELF_ASSESSMENT)
        page = opened("kepala", f"/candidacies/{code}/lke/MP")

        page.keyboard.press("Alt+n")
        page.keyboard.press("ArrowLeft")  # from "not answered" to Tidak
        page.get_by_text("Tersimpan.").wait_for()
        page.keyboard.press("Alt+n")

        assert stored(code, site)[ITEM].value == "Tidak"
        assert page.evaluate("document.activeElement.name") == "value.A.I.1.i.b"

    def test_keeps_what_was_typed_when_the_line_is_cut(self, site: Site, opened: Opened) -> None:
        code = site.office.open(stage=Stage.SELF_ASSESSMENT)
        page = opened("kepala", f"/candidacies/{code}/lke/MP")
        page.context.set_offline(True)

        page.locator('[name="value.A.II.1.i.a.a"]').fill("12")
        page.keyboard.press("Tab")

        page.get_by_text("Belum tersimpan").first.wait_for()
        assert page.locator('[name="value.A.II.1.i.a.a"]').input_value() == "12"
        page.context.set_offline(False)

    def test_meets_somebody_elses_answer(self, site: Site, opened: Opened) -> None:
        code = site.office.open(stage=Stage.SELF_ASSESSMENT)
        first, second = (opened(who, f"/candidacies/{code}/lke/MP") for who in ("kepala", "pokja"))
        first.locator(f'[name="value.{ITEM}"][value="Ya"]').check()
        first.get_by_text("Tersimpan.").wait_for()

        second.locator(f'[name="value.{ITEM}"][value="Tidak"]').check()
        second.get_by_text("Yang tersimpan sekarang").wait_for()
        assert stored(code, site)[ITEM].value == "Ya"
        assert "kepala@contoh.invalid" in second.locator(f'[data-clash="{ITEM}"]').inner_text()
        second.get_by_label("Biarkan yang tersimpan").check()

        second.get_by_text("Tersimpan.").wait_for()
        assert second.locator(f'[name="value.{ITEM}"][value="Ya"]').is_checked()
        assert second.locator(f'[data-clash="{ITEM}"]').inner_text() == ""


class TestTheTpi:
    """Answers beside the unit, rejects a piece with its reason, records a finding, and returns the unit; the unit
    responds and the TPI closes."""

    def test_reviews_and_returns_with_findings(self, site: Site, opened: Opened) -> None:
        code = site.office.open(stage=Stage.SELF_ASSESSMENT)
        site.office.file_required(code, "submit_to_tpi")
        site.office.move(code, "submit_to_tpi", by="kepala")
        page = opened("tpi", f"/candidacies/{code}/lke/MP")
        question = page.locator(f'[id="q-{ITEM}"]')

        assert "Penilaian mandiri unit" in question.locator("dl").inner_text()
        question.get_by_label("Tidak", exact=True).check()
        page.get_by_text("Tersimpan.").wait_for()
        question.get_by_text("Tolak").first.click()
        question.locator("textarea[name=reason]").fill("Tidak ditandatangani")
        question.get_by_role("button", name="Tolak").last.click()
        page.get_by_role("status").first.wait_for()
        page.goto(f"/candidacies/{code}/findings/new")
        page.get_by_label("Apa yang ditemukan").fill("SK tim kerja belum ditandatangani")
        page.get_by_role("button", name="Catat temuan").click()
        page.get_by_text("Temuan tercatat").wait_for()
        page.goto(f"/candidacies/{code}/moves/return_to_unit")
        page.locator("#reason").fill("Lengkapi SK")
        page.get_by_role("button", name="Catat langkah ini").click()
        page.get_by_text("Langkah tercatat").wait_for()

        assert site.office.situation(code).stage is Stage.SELF_ASSESSMENT
        assert stored(code, site, Layer.TPI)[ITEM].value == "Tidak"
        assert [one.state for one in evidence() if one.question == ITEM] == [EvidenceState.REJECTED]

        unit = opened("kepala", f"/candidacies/{code}")
        unit.get_by_role("link", name="SK tim kerja belum ditandatangani").click()
        unit.locator("#text").fill("Sudah ditandatangani 3 Februari")
        unit.get_by_role("button", name="Kirim tanggapan").click()
        unit.get_by_text("menunggu verifikasi").wait_for()
        page.goto(unit.url.partition("?")[0])
        page.get_by_role("button", name="Tanggapan cukup").click()
        page.get_by_text("Temuan ditutup.").wait_for()
