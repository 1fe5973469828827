"""The register of predicates as people see it: their own units', with the next report's day."""

import csv
from datetime import date
from io import StringIO

from sqlalchemy import select
from sqlmodel import col

from models.agencies import Unit
from models.candidacies import Level
from models.database import transaction
from models.facts import Predicate
from tests.neighbours import NAME, Neighbour
from tests.web.site import Site


def holds(unit: str, level: Level, day: date, *, decree: str = "1/2020", revoked: date | None = None) -> None:
    with transaction() as session:
        key = session.execute(select(col(Unit.id)).where(col(Unit.code) == unit)).scalar_one()
        session.add(Predicate(unit_id=key, level=level, decree=decree, decreed_on=day, revoked_on=revoked))


def codes(site: Site, query: str, name: str = "auditor") -> list[tuple[str, str, str]]:
    """Unit, predicate and the next report of every row that the filter finds."""
    text = site.visitor(name).get(f"/predicates/export.csv?{query}").text.removeprefix("\ufeff")
    return [(row["Unit"], row["Target"], row["Laporan berikut"]) for row in csv.DictReader(StringIO(text))]


class TestRegister:
    """Every predicate of the units that somebody sees; the report is due two years after the last, on the highest."""

    def test_says_when_the_next_report_is_due(self, site: Site) -> None:
        holds("RSUD", Level.WBK, date(2020, 12, 21))
        holds("RSUD", Level.WBBM, date(2024, 12, 20), decree="=2/2024")
        holds("DINAS", Level.WBK, date(2019, 12, 1), revoked=date(2022, 1, 1))

        assert codes(site, "") == [
            ("DINAS", "WBK", ""),
            ("RSUD", "WBK", ""),
            ("RSUD", "WBBM", "2026-12-20"),
        ]
        page = site.visitor("auditor").get("/predicates").text
        assert "20 Des 2026" in page
        assert "3 predikat" in page

    def test_narrowed(self, site: Site) -> None:
        holds("RSUD", Level.WBK, date(2024, 2, 10))  # its report is due in eight days
        holds("DINAS", Level.WBK, date(2025, 12, 1), decree="9/2025")
        holds("DINAS", Level.WBBM, date(2023, 1, 1), revoked=date(2023, 2, 1))

        def units(query: str) -> list[str]:
            return [f"{unit} {level}" for unit, level, _ in codes(site, query)]

        assert units("standing=due") == ["RSUD WBK"]
        assert units("standing=revoked") == ["DINAS WBBM"]
        assert units("standing=held&level=WBK") == ["DINAS WBK", "RSUD WBK"]
        assert units("q=9%2F2025") == ["DINAS WBK"]
        assert units("agency=LAIN") == []

    def test_shows_nothing_of_others(self, site: Site) -> None:
        Neighbour.moved_in(site.office)
        holds("TET-RSUD", Level.WBK, date(2024, 2, 10))
        holds("DINAS", Level.WBK, date(2024, 2, 10))

        assert NAME not in site.visitor("auditor").get("/predicates").text
        assert codes(site, "") == [("DINAS", "WBK", "2026-02-10")]
        assert codes(site, "", "kepala") == codes(site, "standing=due", "kepala") == []
        assert codes(site, "", "tetangga") == [("TET-RSUD", "WBK", "2026-02-10")]
