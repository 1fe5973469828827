"""The admin: who comes in, and that nothing of stages, trail or deliveries can be written there."""

import re

import pytest
from fastapi import FastAPI
from sqlalchemy import select
from starlette.applications import Starlette

from models.accounts import Account
from models.audit import AuditRecord
from models.candidacies import Candidacy
from models.database import transaction
from models.messages import Delivery, OutboxMessage
from models.stages import Stage
from tests.web.admin_rows import person_id, rows
from tests.web.site import Site
from tests.web.test_access import sends_to_sign_in
from web.admin.views import VIEWS
from web.app import refuse_undeclared

LISTS = tuple(f"/admin/{view.key}/list" for view in VIEWS)
OF_THE_LIBRARY = ("create", "edit?pk=1", "detail?pk=1", "list")  # after /admin/KEY/


class TestWhoComesIn:
    """Admins and koordinators with our own session; everybody else is sent away before the library is asked."""

    @pytest.mark.parametrize("who", [None, "admin", "koordinator", "pimpinan", "kepala", "pokja", "tpi", "auditor"])
    def test_each_address_for_each_role(self, site: Site, who: str | None) -> None:
        visitor = site.visitor(who)

        for path in (*LISTS, "/admin/static/css/select2-tabler.css", "/admin/nothing/list", "/admin/agencies/create"):
            answer = visitor.get(path)
            if who is None:
                assert sends_to_sign_in(answer), path
            elif who not in ("admin", "koordinator"):
                assert answer.status_code == 403, path
            else:
                assert answer.status_code == (
                    200 if path in LISTS or "static" in path else 404 if "not" in path else 403
                )
                assert "set-cookie" not in answer.headers

    def test_a_given_password_is_changed_first(self, site: Site) -> None:
        visitor = site.visitor("koordinator")
        with transaction() as session:
            for account in session.execute(select(Account)).scalars():
                account.must_change = True

        assert visitor.get("/admin/units/list").headers["location"] == "/account/password"

    def test_koordinators_see_their_own_agency_only(self, two_agencies: Site) -> None:
        koordinator, admin = two_agencies.visitor("koordinator"), two_agencies.visitor("admin")

        for path in LISTS:
            page = koordinator.get(path).text
            assert "Lain" not in page and "LAIN" not in page, path
        for path in ("/admin/units/LAIN-RSUD/edit", "/admin/agencies/LAIN/edit", "/admin/units/export.csv?q=LAIN"):
            answer = koordinator.get(path)
            assert answer.status_code == 404 or "Lain" not in answer.text
        number = person_id("stranger@contoh.invalid")
        assert koordinator.get(f"/admin/people/{number}/edit").status_code == 404
        assert "RSUD Lain" in admin.get("/admin/units/list").text
        assert "Orang Lain" in admin.get(f"/admin/people/{number}/edit").text

    def test_the_policy_is_as_strict_as_everywhere(self, site: Site) -> None:
        visitor = site.visitor("admin")

        for path in ("/admin", *LISTS):
            answer = visitor.get(path)
            assert "unsafe" not in answer.headers["content-security-policy"]
            assert not re.search(r"<style|style=|<script(?! src)|\son\w+=|https?://", answer.text), path


class TestNothingElseIsWritten:
    """No page writes a stage, the trail, the outbox or a delivery: what is no form of ours can only be read."""

    SHIELDED = (Candidacy, AuditRecord, OutboxMessage, Delivery)

    def test_no_list_is_of_these(self) -> None:
        shielded = {table.__tablename__ for table in self.SHIELDED} | {"audit_text", "audit_head", "stage_entry"}
        shown = {
            source.table.name
            for view in VIEWS
            for column in view.columns
            for source in getattr(column.value, "base_columns", ())
            if getattr(source, "table", None) is not None and hasattr(source.table, "name")
        }

        assert not shown & shielded
        assert {"agency", "unit", "person", "cycle"} <= shown

    def test_the_library_takes_nothing(self, site: Site) -> None:
        code = site.office.open()
        visitor = site.visitor("admin")
        before = [rows(table) for table in self.SHIELDED]

        for key in (*(view.key for view in VIEWS), "candidacy", "audit_record", "delivery", "outbox"):
            for path in (
                *(f"/admin/{key}/{page}" for page in OF_THE_LIBRARY),
                f"/admin/_api/{key}/action?name=delete&pks=1",
                f"/admin/_api/{key}/row-action?name=delete&pk=1",
                f"/admin/{key}/import",
            ):
                answer = visitor.send(path, name="x", stage="designation", state="sent")
                assert answer.status_code in (404, 405), path
                assert visitor.client.post(path).status_code == 403, path
                assert visitor.client.put(path).status_code == 403, path

        assert [rows(table) for table in self.SHIELDED] == before
        assert site.office.situation(code).stage is Stage.PENCANANGAN

    def test_a_mount_without_the_door_is_refused(self) -> None:
        app = FastAPI()
        app.mount("/admin", Starlette())

        with pytest.raises(LookupError, match="/admin"):
            refuse_undeclared(app)

    def test_every_view_says_no(self) -> None:
        for view in (made() for made in VIEWS):
            asked = (view.can_create, view.can_edit, view.can_delete, view.can_import, view.can_view_detail)
            assert not any(one(None) for one in asked)  # type: ignore[arg-type]
