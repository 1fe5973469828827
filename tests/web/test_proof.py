"""A link to evidence: read only, inside the window, until it is revoked; each visit stands in the trail."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.audit import AuditText
from models.database import reading
from models.evidence import EvidenceState
from models.link_key import link_key
from states.portal.evidence_page import network_of
from states.portal.links import LinkTo, link_token, revoke_links
from tests.portals import answer, id_of, open_window, proposed, prove
from tests.web.conftest import Opened
from tests.web.site import Site
from tests.web.test_pages import troubles
from tests.web.test_portalrb import records

QUESTION = "A.I.1.i.a"


@pytest.fixture
def link(site: Site) -> str:
    """Of a question with a file, a link, and a rejected piece."""
    open_window(site.office)
    code = proposed(site.office)
    answer(site.office, code, "A.I.1.i.c", None, evidence="x")
    prove(site.office, code, QUESTION, files=site.home.files)
    prove(site.office, code, QUESTION)
    prove(site.office, code, QUESTION, name="ditolak", state=EvidenceState.REJECTED)
    return f"/bukti/{token_for(site, code)}"


def token_for(site: Site, code: str, question: str = QUESTION, generation: int = 1) -> str:
    return link_token(link_key(site.home.link_key), LinkTo(id_of(code), question), generation)


class TestPage:
    """Shows what stands for one answer to whoever holds the link, and nothing else."""

    def test_lists_what_was_not_rejected(self, site: Site, link: str) -> None:
        page = site.visitor().get(link)

        assert page.status_code == 200
        assert "RSUD Contoh" in page.text and "Bukti SK tim.pdf" in page.text
        assert "ditolak" not in page.text

    def test_is_kept_out_of_search_engines_and_referrers(self, site: Site, link: str) -> None:
        page = site.visitor().get(link)

        assert page.headers["x-robots-tag"] == "noindex, nofollow"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert page.headers["x-content-type-options"] == "nosniff"
        assert page.headers["cache-control"] == "no-store"
        assert "set-cookie" not in page.headers
        assert "<form" not in page.text

    def test_gives_the_file_to_be_saved(self, site: Site, link: str) -> None:
        file = site.visitor().get(f"{link}/1")

        assert file.content == b"%PDF-1.7 isi"
        assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''SK%20tim.pdf"
        assert file.headers["content-type"] == "application/octet-stream"
        assert file.headers["x-robots-tag"] == "noindex, nofollow"
        assert file.headers["referrer-policy"] == "no-referrer"

    def test_leads_on_to_a_link(self, site: Site, link: str) -> None:
        answer = site.visitor().get(f"{link}/2")

        assert (answer.status_code, answer.headers["location"]) == (303, f"https://berkas.contoh.invalid/{QUESTION}")

    def test_each_visit_stands_in_the_trail_without_the_visitors_address(self, site: Site, link: str) -> None:
        for path in (link, f"{link}/1", f"{link}/3", link):
            site.visitor().get(path)

        told = records("evidence_link_visited")
        assert [one["details"].get("evidence") for one in told] == [None, 1, None]
        assert {one["details"]["question"] for one in told} == {QUESTION}
        with reading() as session:
            texts = select(col(AuditText.text)).where(col(AuditText.field) == "visitor")
            assert set(session.execute(texts).scalars()) == {"127.0.0.0/24"}

    @pytest.mark.parametrize("width", [1366, 380])
    def test_in_a_browser(self, opened: Opened, link: str, width: int) -> None:
        page: Any = opened(None, link, width=width)

        assert troubles(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.get_by_role("link").count() == 2


class TestWhatOpensNothing:
    """The same 404 for everything, so that nobody learns what there is; it leaves no record."""

    def test_of_a_link_that_is_wrong(self, site: Site, link: str) -> None:
        token = link.rpartition("/")[2]
        changed = token[:-1] + ("A" if token[-1] != "A" else "B")
        other = token.replace(QUESTION, "A.I.1.i.b")

        for wrong in (changed, other, "x", "1.A.x", f"{token}x", "9" * 40, f"999.{QUESTION}.{token[-32:]}", "%00"):
            assert_nothing(site, f"/bukti/{wrong}")
        for number in ("3", "99", "0", "-1", "x", "1.0", str(2**80)):
            assert_nothing(site, f"{link}/{number}")
        assert records("evidence_link_visited") == []

    def test_once_it_is_revoked(self, site: Site, link: str) -> None:
        revoke_links("RSUD-2026", actor=site.office.actor("koordinator"), now=site.office.now)

        assert_nothing(site, link)
        assert_nothing(site, f"{link}/1")
        assert site.visitor().get(f"/bukti/{token_for(site, 'RSUD-2026', generation=2)}").status_code == 200

    def test_outside_the_window(self, site: Site, link: str) -> None:
        open_window(site.office, date(2026, 2, 10), date(2026, 2, 20))

        assert_nothing(site, link)
        assert_nothing(site, f"{link}/1")

    def test_once_the_unit_is_not_proposed_any_more(self, site: Site, link: str) -> None:
        site.office.move("RSUD-2026", "not_designated", reason="belum")

        assert_nothing(site, link)

    def test_evidence_of_another_question_by_this_link(self, site: Site, link: str) -> None:
        other = prove(site.office, "RSUD-2026", "A.I.1.i.b", files=site.home.files, content=b"%PDF lain")

        assert_nothing(site, f"{link}/{other}")


class TestVisitors:
    """The trail keeps the network that a visitor came from, and no address."""

    @pytest.mark.parametrize(
        ("address", "kept"),
        [
            ("203.0.113.77", "203.0.113.0/24"),
            ("::ffff:203.0.113.77", "203.0.113.0/24"),
            ("2001:db8:1:2::3", "2001:db8:1::/48"),
            ("", "-"),
            ("testclient", "-"),
        ],
    )
    def test_network(self, address: str, kept: str) -> None:
        assert network_of(address) == kept


def assert_nothing(site: Site, path: str) -> None:
    answer = site.visitor().get(path)
    assert answer.status_code == 404, path
    assert "RSUD" not in answer.text and "set-cookie" not in answer.headers
