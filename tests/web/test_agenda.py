"""The agenda and its calendar feeds: the late first, then day by day; a feed is opened by its token alone."""

import re
from datetime import date

import pytest

from models.candidacies import Level
from models.database import reading
from models.windows import WindowKind
from states.due_dates import Window
from states.windows import set_window
from tests.neighbours import NAME, Neighbour
from tests.web.site import Site
from tests.web.test_predicates import holds

DUE = "2026-02-27"  # of the office's first stage, a Friday


class TestAgenda:
    """What is due in a week by day, and before it all that is late; of what the visitor sees, or owes."""

    def test_by_day(self, site: Site) -> None:
        code = site.office.open()

        page = site.visitor("koordinator").get(f"/agenda?day={DUE}").text

        friday = page.partition('id="d-2026-02-27"')[2]
        assert "Jumat, 27 Februari 2026" in friday
        assert f'href="/candidacies/{code}">RSUD Contoh' in friday
        assert "selesaikan tahap Pencanangan" in friday
        assert "terlambat" not in page.partition("<main")[2]

    def test_the_late_first(self, site: Site) -> None:
        site.office.open()
        site.office.days_later(40)

        page = site.visitor("koordinator").get("/agenda").text

        assert "terlambat, batasnya 27 Feb 2026" in page.partition('id="late"')[2].partition("</section>")[0]
        assert page.partition("<title>")[2].startswith("(")

    def test_windows_and_reports(self, site: Site) -> None:
        site.office.open()
        site.office.open(unit="DINAS")
        koordinator = site.office.actor("koordinator")
        set_window(
            "CONTOH-2026",
            WindowKind.PROPOSAL,
            Window(date(2026, 2, 26), date(2026, 4, 30)),
            actor=koordinator,
            now=site.office.now,
        )
        holds("DINAS", Level.WBK, date(2024, 2, 25))

        page = site.visitor("koordinator").get(f"/agenda?day={DUE}").text

        assert "Jendela pengusulan dibuka, CONTOH-2026" in page.partition('id="d-2026-02-26"')[2]
        assert "laporan dua tahunan WBK kepada Menteri" in page.partition('id="d-2026-02-25"')[2]
        closing = site.visitor("koordinator").get("/agenda?day=2026-04-30").text
        assert "Jendela pengusulan ditutup" in closing

    def test_only_what_is_mine(self, site: Site) -> None:
        site.office.open()
        site.office.days_later(40)

        def units(name: str, query: str) -> int:
            return site.visitor(name).get(f"/agenda?{query}").text.count("RSUD Contoh</a>")

        assert units("koordinator", "mine=1") >= 1
        assert units("kepala", "") == units("koordinator", "")
        assert units("kepala", "mine=1") == units("auditor", "mine=1") == 0

    def test_nothing_of_others(self, site: Site) -> None:
        Neighbour.moved_in(site.office)
        holds("TET-RSUD", Level.WBK, date(2023, 2, 25))
        site.office.days_later(400)

        assert NAME in site.visitor("tetangga").get("/agenda").text
        for query in ("", "?agency=TETANGGA", "?mine=1"):
            assert NAME not in site.visitor("koordinator").get(f"/agenda{query}").text

    @pytest.mark.parametrize("day", ["", "kemarin", "0001-01-01", "9999-12-31", "2026-02-30"])
    def test_any_day_in_the_address(self, site: Site, day: str) -> None:
        assert site.visitor("koordinator").get(f"/agenda?day={day}").status_code == 200


class TestFeeds:
    """A token, shown once, opens the feed without signing in; revoked ones and unknown ones are alike."""

    def test_made_fetched_and_revoked(self, site: Site) -> None:
        site.office.open()
        koordinator, program = site.visitor("koordinator"), site.visitor()

        page = koordinator.send("/agenda/feeds", scope="agency:CONTOH").text
        address = re.search(r'value="http://127[^"]*(/feeds/[\w-]{43}\.ics)"', page)
        assert address
        answer = program.get(address[1])

        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert answer.headers["cache-control"].startswith("private")
        assert "set-cookie" not in answer.headers
        assert "RSUD Contoh" in answer.text.replace("\r\n ", "")
        listed = koordinator.get("/agenda/feeds").text
        assert address[1] not in listed
        number = re.search(r"/agenda/feeds/(\d+)/revoke", listed)
        assert number

        assert site.visitor("auditor").send(f"/agenda/feeds/{number[1]}/revoke").status_code == 404
        assert program.get(address[1]).status_code == 200
        assert koordinator.send(f"/agenda/feeds/{number[1]}/revoke").status_code == 303
        gone, unknown = program.get(address[1]), program.get(f"/feeds/{'x' * 43}.ics")

        assert gone.status_code == unknown.status_code == 404
        assert plain(gone.text) == plain(unknown.text)

    @pytest.mark.parametrize("scope", ["agency:TETANGGA", "unit:TET-RSUD"])
    def test_not_of_others(self, site: Site, scope: str) -> None:
        Neighbour.moved_in(site.office)

        answer = site.visitor("koordinator").send("/agenda/feeds", scope=scope)

        assert answer.status_code in (403, 409)
        assert ".ics" not in answer.text
        with reading() as session:
            assert session.connection().exec_driver_sql("SELECT count(*) FROM feed").scalar_one() == 0


def plain(page: str) -> str:
    """Without what every page has of its own."""
    page = re.sub(r'name="(form_key|back)" value="[^"]*"', "", page)
    return re.sub(r"\b[0-9a-f]{12}\b", "", page)
