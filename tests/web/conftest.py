"""A site for each test, and one real browser for all of them."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from models.agencies import Agency, AgencyKind, Unit
from models.database import transaction
from models.people import Role
from states.people import Grant, PersonData, add_person, grant_role
from tests.office import NOW, Office
from tests.web.site import PASSWORD, Site, served

REQUIRE_BROWSER = "ZI_TEST_REQUIRE_BROWSER"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture
def site(office: Office, tmp_path: Path) -> Iterator[Site]:
    with served(office, tmp_path) as site:
        yield site


@pytest.fixture
def two_agencies(site: Site) -> Site:
    """Beside the office another agency, with a koordinator and a unit of its own."""
    with transaction() as session:
        other = Agency(code="LAIN", name="Kota Lain", kind=AgencyKind.KABKOTA, zone="Asia/Makassar")
        session.add(other)
        session.flush()
        session.add(Unit(code="LAIN-RSUD", name="RSUD Lain", agency_id=other.id))
    admin = site.office.actor("admin")
    add_person(PersonData("stranger@contoh.invalid", "Orang Lain"), actor=admin, now=NOW)
    grant_role(Grant("stranger@contoh.invalid", Role.KOORDINATOR, agency="LAIN"), actor=admin, now=NOW)
    return site


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Debian's Chromium; without one these tests are skipped, unless they are required."""
    program = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if program is None:
        if os.environ.get(REQUIRE_BROWSER) == "1":
            pytest.fail(f"{REQUIRE_BROWSER}=1, but there is no Chromium: apt-get install chromium")
        pytest.skip("no Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield chromium
        chromium.close()


Opened = Callable[..., Any]


@pytest.fixture
def opened(browser: Any, site: Site) -> Iterator[Opened]:
    """Opens a page of the site, signed in as somebody of the office; every request must stay on this machine, and
    nothing may be said on the page's console but answers of 400 and more, which tests ask for."""
    contexts: list[Any] = []
    strayed: list[str] = []
    said: list[str] = []

    def heard(message: Any) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            said.append(message.text)

    def requested(request: Any) -> None:
        if urlsplit(request.url).hostname not in ("127.0.0.1", None):
            strayed.append(request.url)

    def open_(name: str | None, path: str = "/", *, width: int = 1366, script: bool = True) -> Any:
        context = browser.new_context(
            base_url=site.url, viewport={"width": width, "height": 900}, java_script_enabled=script
        )
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("request", requested)
        page.on("console", heard)
        page.on("pageerror", lambda error: said.append(str(error)))
        if name:
            page.goto("/sign-in")
            page.fill("#email", site.account(name))
            page.fill("#password", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url("**/board")
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert strayed == []
    assert said == []
