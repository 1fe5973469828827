"""Every page as a browser has it: no serious trouble for who can't see it or use a mouse, wide and on a phone."""

from datetime import UTC, datetime
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from sqlalchemy import func, select
from sqlmodel import col

from models.audit import AuditRecord
from models.database import reading
from models.lke import Layer
from models.stages import Stage
from notifications.remind import remind
from states.actions.adding import NewItem, add_item
from states.closures import close_agency
from states.documents import Content
from states.evidence.adding import add_evidence
from states.lke.answers import Given, record_answers
from tests.office import TODAY
from tests.portals import proposed
from tests.web.conftest import Opened
from tests.web.site import Site
from tests.web.table import left_out

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

BY_ADMIN = (
    "/admin/agencies/new",
    "/admin/agencies/CONTOH/edit",
    "/admin/units/RSUD/edit",
    "/admin/people/new",
    "/admin/memberships/new",
    "/admin/cycles/new",
    "/admin/closures/new",
    "/admin/closures/1/edit",
    "/admin/holidays/refresh",
)

ELSEWHERE = (
    "/sign-in",  # test_for_nobody
    "/deliveries/x",  # test_of_one_message
    "/bukti/x",  # test_proof.py
)

MISSING = {"/nothing-here", "/audit/99"}

SERIOUS = ("serious", "critical")


AXE = Axe()
WIDTHS = (1366, 380)  # a common screen, and a phone


def troubles(page: Any) -> list[str]:
    """What axe-core finds that is serious, with where."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    found = page.evaluate("axe.run({resultTypes: ['violations']}).then((results) => results.violations)")
    return [f"{one['id']}: {one['nodes'][0]['html'][:160]}" for one in found if one["impact"] in SERIOUS]


def look_at(page: Any, path: str) -> None:
    """Open it, unfold what it folds away, and find nothing wrong at either width."""
    answer = page.goto(path)
    assert answer.status == (404 if path in MISSING else 200), path
    page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert troubles(page) == [], f"{path} at {width}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"


def newest_of(code: str) -> int:
    """The number of the last record of a candidacy."""
    query = select(func.max(col(AuditRecord.seq))).where(col(AuditRecord.subject) == f"candidacy:{code}")
    with reading() as session:
        seq: int = session.execute(query).scalar_one()
        return seq


class TestEveryPage:
    """Has nothing that shuts people out, and fits the screen."""

    def test_for_koordinators(self, site: Site, opened: Opened) -> None:
        site.office.open()
        proposed(site.office, "DINAS")
        page = opened("koordinator")

        for path in (*PAGES, f"/audit/{newest_of('RSUD-2026')}"):
            look_at(page, path)
            assert page.title().endswith("· zi")

    def test_for_admins(self, site: Site, opened: Opened) -> None:
        office = site.office
        close_agency("CONTOH", TODAY, name="Hari jadi", actor=office.actor("koordinator"), now=office.now)
        page = opened("admin")

        for path in BY_ADMIN:
            look_at(page, path)

    def test_of_one_message(self, site: Site, opened: Opened) -> None:
        site.office.open()
        remind(now=datetime(2026, 2, 24, 1, 0, tzinfo=UTC))
        page = opened("koordinator", "/deliveries")

        page.locator("main table a").first.click()

        page.wait_for_url("**/deliveries/*")
        assert troubles(page) == []

    def test_none_is_left_out(self) -> None:
        assert left_out((*PAGES, *AT_WORK, *BY_ADMIN, *ELSEWHERE)) == []

    def test_for_a_unit_at_work(self, site: Site, opened: Opened) -> None:
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
        page = opened("kepala")

        for path in AT_WORK:
            look_at(page, path)

    def test_for_nobody(self, opened: Opened) -> None:
        page = opened(None, "/sign-in")

        assert troubles(page) == []

    def test_in_english(self, site: Site, opened: Opened) -> None:
        site.office.open()
        page = opened("koordinator", "/board")

        page.get_by_role("button", name="English").click()

        page.get_by_role("heading", name="Board").wait_for()
        assert page.locator("html").get_attribute("lang") == "en"
