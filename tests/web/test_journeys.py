"""People do their work in the pages, from signing in to the last click."""

from datetime import date
from typing import Any

import pytest

from tests.web.conftest import Opened
from tests.web.site import Site


class TestKoordinator:
    """Sees at a glance what is late, is told why a move can't be made yet, mends it, and makes it."""

    @pytest.mark.parametrize(("width", "script"), [(1366, True), (380, True), (1366, False)])
    def test_refused_then_recorded(self, site: Site, opened: Opened, width: int, script: bool) -> None:
        code = site.office.open()
        page = opened("koordinator", "/board", width=width, script=script)

        page.get_by_role("link", name="RSUD Contoh").click()
        page.get_by_text("Pilih unit").or_(page.locator("summary .btn")).first.wait_for()
        assert page.locator(".zi-move details").count() >= 1
        page.goto(f"/candidacies/{code}/moves/select_unit")
        page.get_by_role("button", name="Catat langkah ini").click()

        page.get_by_role("alert").wait_for()
        assert "piagam" in page.get_by_role("alert").inner_text().lower()

        for kind in ("piagam_pencanangan", "pakta_integritas"):
            page.set_input_files(
                f'[id="file.{kind}"]', {"name": f"{kind}.pdf", "mimeType": "application/pdf", "buffer": kind.encode()}
            )
        page.get_by_role("button", name="Catat langkah ini").click()

        page.get_by_role("status").wait_for()
        assert "Langkah tercatat" in page.get_by_role("status").inner_text()
        assert site.office.situation(code).stage.value == "unit_identification"

    def test_opens_a_candidacy(self, site: Site, opened: Opened) -> None:
        page = opened("koordinator", "/board")

        page.get_by_role("link", name="Buka pencalonan").click()
        page.get_by_label("Unit").fill("RSUD")
        page.get_by_label("WBK").check()
        page.get_by_role("button", name="Buka pencalonan").click()

        page.get_by_role("heading", name="RSUD Contoh").wait_for()
        assert site.office.situation("RSUD-2026").stage.value == "pencanangan"

    def test_late_ones_stand_out(self, site: Site, opened: Opened) -> None:
        site.office.open()
        site.office.days_later(40)
        assert site.office.now.date() > date(2026, 2, 27)

        page = opened("koordinator", "/board")

        assert page.title() == "(1) Papan · zi"
        assert "terlambat" in page.locator(".zi-card-late").inner_text()

    def test_by_keyboard_alone(self, site: Site, opened: Opened) -> None:
        code = site.office.open()
        page = opened("koordinator", "/board")

        tab_to(page, "RSUD Contoh")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/candidacies/{code}")
        tab_to(page, "Menarik unit")
        page.keyboard.press("Enter")
        page.wait_for_url("**/moves/withdraw")
        tab_to(page, "reason")
        page.keyboard.type("Unit digabung dengan dinas lain")
        tab_to(page, "Catat langkah ini")
        page.keyboard.press("Enter")

        page.get_by_role("status").wait_for()
        assert site.office.situation(code).stage.value == "withdrawn"


FOCUSED = """() => {
  const here = document.activeElement;
  return here.matches("a, button, summary, input, select, textarea") ? here.innerText || here.name : "";
}"""


def tab_to(page: Any, words: str) -> None:
    """Press Tab, as somebody without a mouse does, until what has the focus says this or is named so."""
    said = ""
    for _ in range(80):
        page.keyboard.press("Tab")
        said = page.evaluate(FOCUSED)
        if words in said:
            return
    raise AssertionError(f"no way to {words!r} by keyboard; it ended at {said!r}")
