"""The pre-check: what PortalRB would get, what is wrong with it, and who may look after it."""

import html
import re
from datetime import date

import pytest

from models.candidacies import Level
from models.people import Role
from states.people import Grant, grant_role
from tests.office import NOW
from tests.portals import open_window, proposed, prove, rename
from tests.web.conftest import Opened
from tests.web.site import Site
from tests.web.test_portalrb import WBK, ask, records, refusal


def text_of(site: Site, path: str = "/portal", who: str = "koordinator") -> str:
    page = site.visitor(who).get(path)
    assert page.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", page.text))


class TestFaults:
    """Each is named, with what to do about it."""

    def test_of_an_agency_that_has_done_nothing(self, site: Site) -> None:
        page = text_of(site)

        assert "Jendela pengusulan siklus ini belum diatur" in page
        assert "Belum ada token yang berlaku" in page
        assert "Alamat halaman zi belum diatur" in page
        assert "Belum ada unit yang diusulkan" in page

    @pytest.mark.parametrize(
        ("opens", "closes", "says"),
        [
            (date(2026, 2, 3), date(2026, 2, 9), "baru buka 2026-02-03"),
            (date(2026, 1, 3), date(2026, 2, 1), "sudah tutup 2026-02-01"),
            (date(2026, 1, 3), date(2026, 2, 2), "terbuka sampai 2 Feb 2026"),
        ],
    )
    def test_of_the_window(self, site: Site, opens: date, closes: date, says: str) -> None:
        open_window(site.office, opens, closes)

        assert says in text_of(site)

    def test_of_each_unit(self, site: Site) -> None:
        proposed(site.office, target=Level.WBBM)

        page = text_of(site)

        assert "124 jawaban unit kosong" in page
        assert "127 jawaban TPI kosong" in page
        assert "3 soal" not in page and "2 soal yang bernilai belum memiliki bukti" in page
        assert "pengusulan WBBM instansi belum dibuka" in page
        assert "dikunci pada pengambilan pertama" in page

    def test_of_a_name_that_has_changed_since(self, site: Site) -> None:
        open_window(site.office)
        proposed(site.office)
        koordinator = site.visitor("koordinator")
        token = made_token(koordinator.send("/portal/tokens", agency="CONTOH").text)
        ask(site, WBK, token)

        rename("RSUD", "RSUD Baru")

        page = text_of(site)
        assert "Nama unit kini RSUD Baru" in page
        assert "dikunci pada pengambilan pertama" not in page
        assert "Tutup" not in page


class TestUnit:
    """The sheet as PortalRB would get it, with what is wrong; its links end here."""

    def test_is_shown(self, site: Site) -> None:
        code = proposed(site.office)

        page = text_of(site, f"/portal/units/{code}")

        assert '"unit_id": "RSUD"' in page
        assert page.count('"soal_id"') == 127
        assert f'href="/candidacies/{code}"' in page

    def test_is_not_there_before_it_is_proposed(self, site: Site) -> None:
        code = site.office.open()

        assert site.visitor("koordinator").get(f"/portal/units/{code}").status_code == 404

    def test_its_links_are_revoked(self, site: Site) -> None:
        code = proposed(site.office)
        prove(site.office, code, "A.I.1.i.a")

        answer = site.visitor("koordinator").send(f"/portal/units/{code}/revoke-links")

        assert answer.status_code == 303
        (told,) = records("evidence_links_revoked")
        assert (told["before"], told["after"], told["subject"]) == (1, 2, f"candidacy:{code}")


class TestWhoMay:
    """Koordinators of the agency, and admins; of another agency nothing is there."""

    @pytest.mark.parametrize("who", ["kepala", "pokja", "tpi", "auditor", "pimpinan"])
    def test_others_may_not(self, site: Site, who: str) -> None:
        code = proposed(site.office)
        visitor = site.visitor(who)

        assert visitor.get("/portal").status_code == 403
        assert visitor.get(f"/portal/units/{code}").status_code == 403
        assert visitor.send("/portal/tokens", agency="CONTOH").status_code == 403
        assert visitor.send(f"/portal/units/{code}/revoke-links").status_code == 403
        assert records("portal_token_added") == []

    def test_a_koordinator_of_one_unit_keeps_no_pull(self, site: Site) -> None:
        admin = site.office.actor("admin")
        grant_role(Grant("pokja@contoh.invalid", Role.KOORDINATOR, unit="RSUD"), actor=admin, now=NOW)
        visitor = site.visitor("pokja")

        assert visitor.get("/portal").status_code == 200
        assert visitor.get("/portal?agency=CONTOH").status_code == 404
        assert visitor.send("/portal/tokens", agency="CONTOH").status_code == 403
        assert visitor.send("/portal/wbbm", agency="CONTOH", allowed="yes").status_code == 403

    def test_admins_may(self, site: Site) -> None:
        assert site.visitor("admin").get("/portal?agency=contoh&cycle=contoh-2026").status_code == 200

    @pytest.mark.parametrize("path", ["/portal?agency=TIDAK", "/portal?cycle=TIDAK-2026"])
    def test_what_is_not_there_is_not(self, site: Site, path: str) -> None:
        assert site.visitor("koordinator").get(path).status_code == 404


class TestKoordinator:
    """Makes a token, gives it to PortalRB, sees that it was used, and takes it back."""

    def test_a_token_from_first_to_last(self, site: Site, opened: Opened) -> None:
        open_window(site.office)
        proposed(site.office)
        page = opened("koordinator", "/portal", width=380)

        page.get_by_role("button", name="Buat token").click()
        token = page.locator("#token").input_value()
        assert ask(site, WBK, token).status_code == 200
        page.goto("/portal")
        assert page.locator("#token").count() == 0
        assert "belum pernah" not in page.locator("#tokens + p + div").inner_text()

        page.get_by_role("button", name="Cabut").click()

        page.get_by_role("status").wait_for()
        assert refusal(ask(site, WBK, token))[0] == 401

    def test_opens_and_shuts_the_list_of_wbbm(self, site: Site, opened: Opened) -> None:
        page = opened("koordinator", "/portal")

        page.get_by_role("button", name="Layani daftar WBBM").click()
        page.get_by_text("Daftar WBBM dilayani").wait_for()
        page.get_by_role("button", name="Hentikan daftar WBBM").click()
        page.get_by_text("Daftar WBBM tidak dilayani").wait_for()

        assert [one["after"] for one in records("portal_wbbm_set")] == [True, False]


def made_token(page: str) -> str:
    return page.partition('id="token" type="text" readonly value="')[2].partition('"')[0]
