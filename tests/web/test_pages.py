"""Every page as a browser has it: no serious trouble for who can't see it or use a mouse, wide and on a phone."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

from models.lke import Layer
from models.stages import Stage
from states.actions.adding import NewItem, add_item
from states.documents import Content
from states.evidence.adding import add_evidence
from states.lke.answers import Given, record_answers
from tests.office import TODAY
from tests.portals import proposed
from tests.web.conftest import Opened
from tests.web.site import Site

PAGES = (
    "/board",
    "/board?q=tidakada",
    "/candidacies",
    "/candidacies/new",
    "/candidacies/RSUD-2026",
    "/candidacies/RSUD-2026/moves/select_unit",
    "/candidacies/RSUD-2026/moves/withdraw",
    "/candidacies/RSUD-2026/documents/new",
    "/candidacies/RSUD-2026/lke",
    "/candidacies/RSUD-2026/lke/MP",
    "/candidacies/RSUD-2026/evidence",
    "/candidacies/RSUD-2026/actions",
    "/candidacies/RSUD-2026/findings/new",
    "/agenda",
    "/agenda?day=2026-02-27",
    "/agenda/feeds",
    "/monev",
    "/inbox",
    "/deliveries",
    "/deliveries?candidacy=tidakada",
    "/audit",
    "/audit?subject=RSUD-2026",
    "/audit/1",
    "/audit/99",
    "/predicates",
    "/predicates?standing=due",
    "/account",
    "/account/password",
    "/portal",
    "/portal/units/DINAS-2026",
    "/nothing-here",
    "/admin",
    "/admin/units/list",
    "/admin/units/list?q=tidakada",
    "/admin/units/new",
    "/admin/agencies/CONTOH/edit",
    "/admin/people/2/edit",
    "/admin/memberships/list",
    "/admin/cycles/CONTOH-2026/edit",
    "/admin/runs/list",
    "/admin/imports",
)

AT_WORK = (
    "/candidacies/RSUD-2026",
    "/candidacies/RSUD-2026/lke",
    "/candidacies/RSUD-2026/lke/MP",
    "/candidacies/RSUD-2026/lke/hasil",
    "/candidacies/RSUD-2026/lke/import",
    "/candidacies/RSUD-2026/evidence",
    "/candidacies/RSUD-2026/actions",
    "/candidacies/RSUD-2026/findings/1",
)
"""With answers, evidence, an action and a finding in them, and forms that may be filled in."""

SERIOUS = ("serious", "critical")


def troubles(page: Any) -> list[str]:
    """What axe-core finds that is serious, with where."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in SERIOUS]


class TestEveryPage:
    """Has nothing that shuts people out, and fits the screen."""

    @pytest.mark.parametrize("width", [1366, 380])
    def test_for_koordinators(self, site: Site, opened: Opened, width: int) -> None:
        site.office.open()
        proposed(site.office, "DINAS")
        page = opened("koordinator", width=width)

        for path in PAGES:
            page.goto(path)
            assert troubles(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.title().endswith("· zi")

    @pytest.mark.parametrize("width", [1366, 380])
    def test_for_a_unit_at_work(self, site: Site, opened: Opened, width: int) -> None:
        office = site.office
        code = office.open(stage=Stage.SELF_ASSESSMENT)
        answers = [Given("A.I.1.i.a", "Ya", note="SK 12"), Given("A.I.1.i.b", "B"), Given("B.II.a", "3.4")]
        record_answers(code, Layer.UNIT, answers, actor=office.actor("kepala"), now=office.now)
        link = Content(url="https://berkas.contoh.invalid/sk")
        add_evidence(code, ["A.I.1.i.a"], link, valid_until=TODAY, actor=office.actor("kepala"), now=office.now)
        office.finding(code)
        activity = NewItem("MP", "Menyusun SK tim kerja", TODAY, pic="kepala@contoh.invalid")
        add_item(code, activity, actor=office.actor("kepala"), now=office.now)
        office.days_later(1)
        page = opened("kepala", width=width)

        for path in AT_WORK:
            page.goto(path)
            page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
            assert troubles(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path

    def test_for_nobody(self, opened: Opened) -> None:
        page = opened(None, "/sign-in")

        assert troubles(page) == []

    def test_in_english(self, site: Site, opened: Opened) -> None:
        site.office.open()
        page = opened("koordinator", "/board")

        page.get_by_role("button", name="English").click()

        page.get_by_role("heading", name="Board").wait_for()
        assert page.locator("html").get_attribute("lang") == "en"
