"""PortalRB on loopback: every answer and every refusal as its interface has it."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from sqlmodel import col

from models.agencies import Agency, AgencyKind, Unit
from models.audit import AuditRecord
from models.candidacies import Level
from models.database import reading, transaction
from models.lke import Layer
from models.portal import PortalToken
from models.stages import Stage
from states.portal.tokens import add_token, revoke_token
from states.portal.wbbm import set_wbbm
from tests.office import Office
from tests.portals import OPENS, answer, open_window, proposed, prove, rename
from tests.states.portal.test_documents import check_answers, check_units
from tests.web.site import Site, served

WBK, WBBM = "/portalrb/pengusulan/unit-wbk", "/portalrb/pengusulan/unit-wbbm"
SHEET = "/portalrb/lke/jawaban-unit/RSUD"

Asked = Callable[[str], httpx.Response]


def token_of(office: Office, agency: str = "CONTOH") -> str:
    return add_token(agency, actor=office.actor("admin"), now=office.now)


def ask(site: Site, path: str, token: str | None, **headers: str) -> httpx.Response:
    sent = {"Authorization": f"Bearer {token}", **headers} if token else headers
    return site.visitor().client.get(path, headers=sent)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Its status and code; it must be the interface's document and nothing else."""
    document = answer.json()
    assert answer.headers["content-type"] == "application/json"
    assert set(document) == {"error", "code", "message"}
    assert document["error"] is True
    assert document["message"] and "Traceback" not in answer.text
    assert "set-cookie" not in answer.headers
    return answer.status_code, document["code"]


def records(action: str) -> list[dict[str, Any]]:
    with reading() as session:
        query = select(col(AuditRecord.leaf)).where(col(AuditRecord.action) == action).order_by(col(AuditRecord.seq))
        return [json.loads(leaf) for leaf in session.execute(query).scalars()]


@contextmanager
def pulled(office: Office, folder: Path, **settings: object) -> Iterator[tuple[Site, str]]:
    """A site with these settings, its window open, and a token."""
    open_window(office)
    with served(office, folder, **settings) as site:
        yield site, token_of(office)


@pytest.fixture
def portal(site: Site) -> Asked:
    """Asks as PortalRB does, with a good token and the window open."""
    open_window(site.office)
    token = token_of(site.office)
    return lambda path: ask(site, path, token)


class TestUnits:
    """Those that stand proposed, with stable ids and the names that they were proposed under."""

    def test_of_an_agency_that_proposed_none(self, portal: Asked) -> None:
        answer = portal(WBK)

        assert answer.status_code == 200
        assert answer.json() == {"tahun": 2026, "units": []}

    def test_proposed_for_wbk(self, site: Site, portal: Asked) -> None:
        proposed(site.office)
        site.office.open(unit="DINAS")

        answer = portal(WBK)

        check_units(answer.json())
        unit = {"id": "RSUD", "nama": "RSUD Contoh", "kategori": "WBK", "afirmasi": False}
        assert answer.json() == {"tahun": 2026, "units": [unit]}
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"] == "no-store"

    def test_keep_the_name_that_was_given_first(self, site: Site, portal: Asked) -> None:
        proposed(site.office)
        first = portal(WBK).json()

        rename("RSUD", "RSUD Baru")

        assert portal(WBK).json() == first
        assert portal(SHEET).json()["nama_unit"] == "RSUD Contoh"

    def test_proposed_for_wbbm_where_the_agency_may(self, site: Site, portal: Asked) -> None:
        proposed(site.office, target=Level.WBBM)
        assert refusal(portal(WBBM)) == (403, "WBBM_NOT_ALLOWED")
        assert refusal(portal(SHEET)) == (404, "DATA_NOT_FOUND")

        set_wbbm("contoh", True, actor=site.office.actor("koordinator"), now=site.office.now)

        assert [unit["kategori"] for unit in portal(WBBM).json()["units"]] == ["WBBM"]
        assert portal(WBK).json()["units"] == []
        assert portal(SHEET).status_code == 200

    def test_each_pull_stands_in_the_trail_with_the_hash_of_what_was_given(self, site: Site, portal: Asked) -> None:
        proposed(site.office)

        units, sheet = portal(WBK), portal(SHEET)

        told = [one["details"] for one in records("portal_pulled")]
        assert [one["sha256"] for one in told] == [sha256(one.content).hexdigest() for one in (units, sheet)]
        assert (told[0]["units"], told[1]["answered"]) == (1, 3)
        assert {one["actor"] for one in records("portal_pulled")} == {"system"}


class TestAnswers:
    """The whole sheet of one unit, in the scale's own words, with links to the evidence."""

    def test_of_a_proposed_unit(self, site: Site, portal: Asked) -> None:
        code = proposed(site.office)
        answer(site.office, code, "A.I.1.i.a", "Tidak", layer=Layer.TPI, note="SK kedaluwarsa")
        answer(site.office, code, "A.I.1.ii.a", None, note="menyusul", evidence="di lemari")

        document = portal(SHEET).json()

        check_answers(document)
        answers = {one.pop("soal_id"): one for one in document["answers"]}
        assert (document["unit_id"], document["tahun"], len(answers)) == ("RSUD", 2026, 127)
        assert answers[1] == {"jawaban_unit": "Ya", "jawaban_tpi": "Tidak", "catatan_tpi": "SK kedaluwarsa"}
        assert answers[2] == {"jawaban_unit": "B", "jawaban_tpi": None}
        blank = {"jawaban_unit": None, "jawaban_tpi": None}
        assert answers[3] == {**blank, "catatan_unit": "menyusul", "bukti_dukung_unit": "di lemari"}

    def test_link_to_the_evidence_and_to_the_same_page_each_time(self, office: Office, tmp_path: Path) -> None:
        code = proposed(office)
        prove(office, code, "A.I.1.i.a")
        with pulled(office, tmp_path, web_url="http://zi.contoh.invalid/") as (site, token):
            first, second = (ask(site, SHEET, token).json()["answers"] for _ in range(2))

        assert first == second
        assert first[0]["bukti_dukung_unit"].startswith("http://zi.contoh.invalid/bukti/")
        assert "bukti_dukung_unit" not in first[1]

    def test_of_a_rule_set_that_has_no_numbers(self, migrated_url: str, tmp_path: Path) -> None:
        from models.database import bind, unbind

        bind(migrated_url)
        office = Office.opened(migrated_url, ruleset="permen-52-2014")
        proposed(office, answers={})
        with pulled(office, tmp_path) as (site, token):
            assert ask(site, WBK, token).status_code == 200
            assert refusal(ask(site, SHEET, token)) == (422, "RULE_SET_WITHOUT_SOAL")
        unbind()


class TestRefusals:
    """All of them are documents of the interface, with one of its six statuses."""

    @pytest.mark.parametrize("path", [WBK, WBBM, SHEET])
    @pytest.mark.parametrize("header", [None, "Bearer", "Bearer x", "Basic eDp5", "Bearer \xff"])
    def test_without_a_good_token(self, site: Site, path: str, header: str | None) -> None:
        open_window(site.office)
        sent = {b"Authorization": header.encode("latin-1")} if header else {}

        answer = site.visitor().client.get(path, headers=sent)

        assert refusal(answer) == (401, "UNAUTHORIZED")
        assert answer.headers["www-authenticate"] == "Bearer"

    def test_a_revoked_token(self, site: Site) -> None:
        open_window(site.office)
        token = token_of(site.office)
        assert ask(site, WBK, token).status_code == 200

        revoke_token(1, actor=site.office.actor("koordinator"), now=site.office.now)

        assert refusal(ask(site, WBK, token)) == (401, "UNAUTHORIZED")

    @pytest.mark.parametrize("who", [None, "koordinator", "admin"])
    def test_a_signed_in_person_without_a_token(self, site: Site, who: str | None) -> None:
        open_window(site.office)

        assert refusal(site.visitor(who).get(WBK))[0] == 401

    @pytest.mark.parametrize(
        ("unit", "status"),
        [("DINAS", 404), ("TIDAK", 404), ("LAIN-RSUD", 404), ("rsud", 422), ("RS UD", 422), ("X" * 50, 422)],
    )
    def test_a_unit_that_is_not_proposed_or_of_another_agency(
        self, site: Site, portal: Asked, unit: str, status: int
    ) -> None:
        with transaction() as session:
            other = Agency(code="LAIN", name="Kota Lain", kind=AgencyKind.KABKOTA, zone="Asia/Makassar")
            session.add(other)
            session.flush()
            session.add(Unit(code="LAIN-RSUD", name="RSUD Lain", agency_id=other.id))
        proposed(site.office)
        site.office.open(unit="DINAS", stage=Stage.TPI_ASSESSMENT, since=site.office.now.date())

        assert refusal(portal(f"/portalrb/lke/jawaban-unit/{unit}"))[0] == status

    def test_the_token_of_another_agency_opens_nothing_of_this_one(self, site: Site) -> None:
        with transaction() as session:
            session.add(Agency(code="LAIN", name="Kota Lain", kind=AgencyKind.KABKOTA, zone="Asia/Makassar"))
        open_window(site.office)
        proposed(site.office)

        assert refusal(ask(site, SHEET, token_of(site.office, "LAIN"))) == (403, "OUTSIDE_PROPOSAL_PERIOD")

    @pytest.mark.parametrize("path", ["/portalrb", "/portalrb/", "/portalrb/nothing", "/portalrb/lke/jawaban-unit/A/B"])
    def test_an_address_that_is_none(self, portal: Asked, path: str) -> None:
        assert refusal(portal(path)) == (404, "DATA_NOT_FOUND")

    @pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
    def test_another_method(self, site: Site, method: str) -> None:
        assert refusal(site.visitor().client.request(method, WBK)) == (404, "DATA_NOT_FOUND")

    def test_too_many(self, office: Office, tmp_path: Path) -> None:
        with pulled(office, tmp_path, portal_per_minute=2) as (site, token):
            other = token_of(office)
            statuses = [ask(site, WBK, token).status_code for _ in range(2)]
            late = ask(site, WBK, token)
            assert ask(site, WBK, other).status_code == 200

        assert statuses == [200, 200]
        assert refusal(late) == (429, "TOO_MANY_REQUESTS")
        assert late.headers["retry-after"] == "60"

    def test_http_where_the_pages_are_served_by_https(self, office: Office, tmp_path: Path) -> None:
        with pulled(office, tmp_path, web_url="https://zi.contoh.invalid") as (site, token):
            by_http = ask(site, WBK, token)
            by_proxy = ask(site, WBK, token, **{"X-Forwarded-Proto": "https"})

        assert refusal(by_http) == (403, "HTTPS_REQUIRED")
        assert by_proxy.status_code == 200

    def test_a_fault_of_ours_tells_nothing_of_it(
        self, site: Site, portal: Asked, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        def broken(*_: object, **__: object) -> bytes:
            raise RuntimeError("rahasia")

        monkeypatch.setattr("web.pages.portalrb.pull_units", broken)

        answer = portal(WBK)

        assert refusal(answer) == (500, "INTERNAL_ERROR")
        assert "rahasia" not in answer.text
        assert "rahasia" in caplog.text

    def test_a_database_that_is_gone(self, site: Site, portal: Asked) -> None:
        with transaction() as session:
            session.connection().exec_driver_sql("ALTER TABLE cycle_window RENAME TO gone")

        assert refusal(portal(WBK)) == (500, "INTERNAL_ERROR")


class TestWindow:
    """From the first moment of its first day to the last of its last, in the agency's zone (WIB, UTC+7)."""

    @pytest.mark.parametrize(
        ("at", "status"),
        [
            (datetime(2026, 2, 4, 16, 59, 59, tzinfo=UTC), 403),
            (datetime(2026, 2, 4, 17, 0, 0, tzinfo=UTC), 200),
            (datetime(2026, 2, 10, 16, 59, 59, tzinfo=UTC), 200),
            (datetime(2026, 2, 10, 17, 0, 0, tzinfo=UTC), 403),
        ],
    )
    def test_its_edges(self, site: Site, at: datetime, status: int) -> None:
        open_window(site.office, OPENS + timedelta(days=4), OPENS + timedelta(days=9))
        proposed(site.office)
        token = token_of(site.office)

        site.office.now = at

        for path in (WBK, SHEET):
            answer = ask(site, path, token)
            assert answer.status_code == status
            assert status == 200 or refusal(answer) == (403, "OUTSIDE_PROPOSAL_PERIOD")

    def test_is_shut_where_none_was_set(self, site: Site) -> None:
        proposed(site.office)

        assert refusal(ask(site, WBK, token_of(site.office))) == (403, "OUTSIDE_PROPOSAL_PERIOD")


class TestToken:
    """Shown once, kept as its hash; when it was last used is known to the minute."""

    def test_is_kept_nowhere(self, site: Site) -> None:
        token = token_of(site.office)

        with reading() as session:
            row = session.execute(select(PortalToken)).scalar_one()
        assert row.token_hash == sha256(token.encode()).hexdigest()
        assert token not in str(records("portal_token_added"))

    def test_notes_its_use(self, site: Site, portal: Asked) -> None:
        site.office.now = site.office.now.replace(second=31)

        portal(WBK)

        with reading() as session:
            used = session.execute(select(col(PortalToken.last_used_at))).scalar_one()
        assert used == site.office.now.replace(second=0)
