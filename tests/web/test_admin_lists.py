"""The admin's lists: searched, sorted, taken as files, and only of what one manages."""

import pytest
from sqlalchemy import select

from models.agencies import Agency, Unit
from models.database import transaction
from tests.office import Office
from tests.web.admin_rows import last_record
from tests.web.site import Site
from web.admin.views import VIEWS

LISTS = tuple(f"/admin/{view.key}/list" for view in VIEWS)


class TestLists:
    """Searched, sorted, in pages, and taken as a file that the trail knows of."""

    def test_search_and_order(self, site: Site) -> None:
        visitor = site.visitor("koordinator")

        found = visitor.get("/admin/units/list?q=rsud&sort=name__desc").text
        assert "RSUD Contoh" in found and "Dinas Contoh" not in found
        both = visitor.get("/admin/units/list?sort=name__desc").text
        assert both.index("RSUD Contoh") < both.index("Dinas Contoh")
        assert "Tidak ada yang cocok" in visitor.get("/admin/units/list?q=%25").text

    @pytest.mark.parametrize("path", LISTS)
    def test_each_can_be_searched_sorted_and_taken(self, site: Site, path: str) -> None:
        visitor, (view,) = site.visitor("admin"), [one for one in VIEWS if f"/{one.key}/" in path]

        for column in view.columns:
            assert visitor.get(f"{path}?q=a&sort={column.name}__desc").status_code == 200
        for form in ("csv", "xlsx"):
            assert visitor.get(f"/admin/{view.key}/export.{form}").status_code == 200

    def test_pages(self, site: Site) -> None:
        with transaction() as session:
            agency = session.execute(select(Agency)).scalar_one()
            session.add_all(
                [Unit(code=f"U{number:03}", name=f"Unit {number:03}", agency_id=agency.id) for number in range(60)]
            )
        visitor = site.visitor("koordinator")

        first, second = visitor.get("/admin/units/list").text, visitor.get("/admin/units/list?page=2").text

        assert "62 baris" in first
        assert "U000" in first and "U000" not in second
        assert "U059" in second and "U059" not in first

    def test_an_export_stands_in_the_trail(self, site: Site) -> None:
        text = site.visitor("koordinator").get("/admin/units/export.csv?q=rsud").text

        assert "RSUD Contoh" in text and "Dinas" not in text
        assert last_record().action == "exported"
        assert '"via":"web"' in last_record().leaf


class TestListsOnBothDatabases:
    """What is read is the same on SQLite and PostgreSQL."""

    def test_every_list_is_read_searched_and_sorted(self, both_offices: Office) -> None:
        for view in (made() for made in VIEWS):
            for who in ("admin", "koordinator"):
                actor = both_offices.actor(who)
                sorts = [(column.name, "desc") for column in view.columns]
                assert len(view.read(actor, sorts=sorts, limit=500)) == view.total(actor, None)
                assert view.total(actor, "tidak ada 100%_") == len(view.read(actor, q="tidak ada 100%_")) == 0
