"""Every page as a browser has it: no serious trouble for who can't see it or use a mouse, wide and on a phone."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]

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
    "/account",
    "/account/password",
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
        page = opened("koordinator", width=width)

        for path in PAGES:
            page.goto(path)
            assert troubles(page) == [], path
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.title().endswith("· zi")

    def test_for_nobody(self, opened: Opened) -> None:
        page = opened(None, "/sign-in")

        assert troubles(page) == []

    def test_in_english(self, site: Site, opened: Opened) -> None:
        site.office.open()
        page = opened("koordinator", "/board")

        page.get_by_role("button", name="English").click()

        page.get_by_role("heading", name="Board").wait_for()
        assert page.locator("html").get_attribute("lang") == "en"
