"""The admin: who comes in, what its forms write, and that nothing else can be written."""

import re
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select
from sqlmodel import SQLModel, col
from starlette.applications import Starlette

from models.accounts import Account
from models.agencies import Agency, Unit
from models.audit import AuditRecord
from models.candidacies import Candidacy
from models.closures import Closure
from models.cycles import Cycle, CycleDate
from models.database import reading, transaction
from models.ladders import CycleLadder
from models.messages import Channel, Delivery, OutboxMessage
from models.people import Membership, Person
from models.stages import Stage
from models.windows import CycleWindow
from tests.office import NOW, Office
from tests.web.site import Site, Visitor
from tests.web.test_access import sends_to_sign_in
from web.admin.views import VIEWS
from web.app import refuse_undeclared

LISTS = tuple(f"/admin/{view.key}/list" for view in VIEWS)
OF_THE_LIBRARY = ("create", "edit?pk=1", "detail?pk=1", "list")  # after /admin/KEY/


def rows(table: type[SQLModel]) -> int:
    with reading() as session:
        count: int = session.execute(select(func.count()).select_from(table)).scalar_one()
        return count


def person_id(email: str) -> int:
    with reading() as session:
        number: int = session.execute(select(col(Person.id)).where(col(Person.email) == email)).scalar_one()
        return number


def last_record() -> AuditRecord:
    with reading() as session:
        newest = select(AuditRecord).order_by(col(AuditRecord.seq).desc()).limit(1)
        record: AuditRecord = session.execute(newest).scalar_one()
        return record


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


class TestAgenciesAndUnits:
    """Written by the rules of an imported row; what is wrong stands beside the cell."""

    def test_an_admin_adds_an_agency(self, site: Site) -> None:
        admin = site.visitor("admin")

        sent: dict[str, Any] = {"code": "baru", "name": "Kota Baru", "kind": "kabkota", "zone": "Asia/Jakarta"}
        assert admin.send("/admin/agencies/new", **sent).status_code == 303
        again = admin.send("/admin/agencies/new", **sent)

        assert again.status_code == 422 and "sudah tercatat" in again.text
        assert last_record().action == "agency_added"
        assert rows(Agency) == 2

    def test_a_koordinator_adds_none_but_decides_on_escalation(self, site: Site) -> None:
        koordinator = site.visitor("koordinator")

        refused = koordinator.send("/admin/agencies/new", code="BARU", name="x", kind="kabkota", zone="Asia/Jakarta")
        changed = koordinator.send("/admin/agencies/CONTOH/edit", name="Lain", escalates="1")

        assert refused.status_code == 403
        assert changed.status_code == 303
        with reading() as session:
            agency = session.execute(select(Agency)).scalar_one()
        assert (agency.name, agency.escalate_to_head) == ("Pemerintah Kabupaten Contoh", True)

    def test_a_unit_under_another(self, site: Site) -> None:
        koordinator = site.visitor("koordinator")

        koordinator.send("/admin/units/new", code="PKM-1", name="Puskesmas 1", agency="CONTOH", parent="dinas")
        wrong = koordinator.send("/admin/units/PKM-1/edit", name="", parent="PKM-1")
        koordinator.send("/admin/units/PKM-1/edit", name="Puskesmas Satu", parent="DINAS", kind="puskesmas")

        assert wrong.status_code == 422 and wrong.text.count("aria-invalid") == 1
        with reading() as session:
            unit = session.execute(select(Unit).where(col(Unit.code) == "PKM-1")).scalar_one()
            assert session.get_one(Unit, unit.parent_id).code == "DINAS"
        assert (unit.name, unit.kind) == ("Puskesmas Satu", "puskesmas")

    def test_none_in_an_agency_of_others(self, two_agencies: Site) -> None:
        answer = two_agencies.visitor("koordinator").send("/admin/units/new", code="X1", name="X", agency="LAIN")

        assert answer.status_code == 403
        assert rows(Unit) == 3


class TestPeople:
    """Added with their first role, both or neither; given an account whose password is shown once."""

    def test_with_a_role_and_an_account(self, site: Site) -> None:
        koordinator = site.visitor("koordinator")
        about: dict[str, Any] = {"email": "Baru@Contoh.invalid", "name": "Orang Baru", "role": "pokja", "area": "MP"}

        nowhere = koordinator.send("/admin/people/new", **about)
        unknown = rows(Person)
        answer = koordinator.send("/admin/people/new", **about, unit="RSUD")
        page = answer.headers["location"].partition("?")[0].removesuffix("/edit")
        shown = koordinator.send(f"{page}/account")

        assert nowhere.status_code == 422 and rows(Person) == unknown + 1
        assert answer.status_code == 303
        password = re.search(r'id="password">([^<]+)<', shown.text)
        assert password
        assert last_record().action == "account_opened"
        newcomer = site.visitor()
        signed = newcomer.send("/sign-in", email="baru@contoh.invalid", password=password[1])
        assert signed.status_code == 303
        assert newcomer.get("/board").headers["location"] == "/account/password"
        assert password[1] not in koordinator.get(f"{page}/edit").text

    def test_no_koordinator_makes_an_admin(self, site: Site) -> None:
        answer = site.visitor("koordinator").send("/admin/people/new", email="a@b.invalid", name="A", role="admin")

        assert answer.status_code == 403

    def test_changed_and_ended(self, site: Site) -> None:
        koordinator, number = site.visitor("koordinator"), person_id("pokja@contoh.invalid")
        with reading() as session:
            held = session.execute(select(Membership).where(col(Membership.person_id) == number)).scalar_one()

        wrong = koordinator.send(f"/admin/people/{number}/edit", name="Pokja", nip="12")
        koordinator.send(f"/admin/people/{number}/edit", name="Pak Pokja", nip="")
        ended = koordinator.send(f"/admin/memberships/{held.id}/end", on="2026-02-02")

        assert wrong.status_code == 422 and "aria-invalid" in wrong.text
        assert ended.status_code == 303
        with reading() as session:
            assert session.get_one(Person, number).name == "Pak Pokja"
            assert session.get_one(Membership, held.id).until == date(2026, 2, 2)

    def test_an_account_is_closed(self, site: Site) -> None:
        koordinator, pokja = site.visitor("koordinator"), site.visitor("pokja")
        number = person_id("pokja@contoh.invalid")

        koordinator.send(f"/admin/people/{number}/account/close")

        assert sends_to_sign_in(pokja.get("/board"))
        assert koordinator.send(f"/admin/people/{number}/account/close").status_code == 404

    def test_no_account_of_who_is_more_than_they_manage(self, site: Site) -> None:
        """A password opens all that the person holds."""
        koordinator, admin = site.visitor("koordinator"), site.visitor("admin")
        admin.send("/admin/memberships/new", email="admin@contoh.invalid", role="auditor", agency="CONTOH")

        answer = koordinator.send(f"/admin/people/{person_id('admin@contoh.invalid')}/account")

        assert answer.status_code == 403

    def test_a_channel_that_does_not_answer_is_not_kept(self, site: Site) -> None:
        koordinator, number = site.visitor("koordinator"), person_id("pokja@contoh.invalid")

        nonsense = koordinator.send(f"/admin/people/{number}/channels", url="kuda://rahasia")
        silent = koordinator.send(f"/admin/people/{number}/channels", url="json://127.0.0.1:9/rahasia-sekali")

        assert (nonsense.status_code, silent.status_code) == (422, 422)
        assert "rahasia-sekali" not in silent.text
        assert rows(Channel) == 0

    def test_a_channel_of_others_is_out_of_reach(self, two_agencies: Site) -> None:
        number = person_id("stranger@contoh.invalid")
        with transaction() as session:
            channel = Channel(person_id=number, sealed_url=b"x", masked_url="json://x", kind="json", added_at=NOW)
            session.add(channel)
        koordinator = two_agencies.visitor("koordinator")

        own = person_id("pokja@contoh.invalid")
        answers = [
            koordinator.send(f"/admin/people/{whose}/channels/{channel.id}/{what}")
            for whose in (number, own)
            for what in ("test", "first", "remove")
        ]

        assert {answer.status_code for answer in answers} == {404}
        assert rows(Channel) == 1


class TestCycles:
    """Opened and dated by their koordinators; what is as it was is not written again."""

    def test_opened(self, site: Site) -> None:
        sent: dict[str, Any] = {"agency": "CONTOH", "year": "2027", "ruleset": "permen-90-2021-5-2024", "route": "tpn"}

        opened = site.visitor("koordinator").send("/admin/cycles/new", **sent)
        twice = site.visitor("koordinator").send("/admin/cycles/new", **sent)
        by_admin = site.visitor("admin").send("/admin/cycles/new", **sent | {"year": "2028"})
        strange = site.visitor("koordinator").send("/admin/cycles/new", **sent | {"year": "²"})

        assert opened.headers["location"].startswith("/admin/cycles/CONTOH-2027/edit")
        assert (twice.status_code, by_admin.status_code, strange.status_code) == (409, 403, 422)
        assert rows(Cycle) == 2

    def test_dated(self, site: Site) -> None:
        site.office.open()
        koordinator, page = site.visitor("koordinator"), "/admin/cycles/CONTOH-2026"
        with reading() as session:
            dates = session.execute(select(CycleDate)).scalars().all()
        sent: dict[str, Any] = {f"due.{row.stage.value}": row.due.isoformat() for row in dates if row.due}
        sent |= {f"days.{row.stage.value}": str(row.working_days) for row in dates if row.working_days}
        sent |= {f"note.{row.stage.value}": row.note for row in dates if row.note}
        records = rows(AuditRecord)

        assert koordinator.send(f"{page}/calendar", **sent).status_code == 303
        assert rows(AuditRecord) == records
        koordinator.send(f"{page}/calendar", **sent | {"due.pencanangan": "2026-02-20"})
        both = koordinator.send(f"{page}/calendar", **sent | {"days.pencanangan": "3"})

        assert both.status_code == 422 and "salah satu" in both.text
        assert site.office.situation("RSUD-2026").current.due_on == date(2026, 2, 20)
        assert rows(AuditRecord) == records + 1

    def test_windows_and_ladders(self, site: Site) -> None:
        koordinator, page = site.visitor("koordinator"), "/admin/cycles/CONTOH-2026"

        days: dict[str, Any] = {"opens": "2026-06-01", "closes": "2026-06-30"}
        assert koordinator.send(f"{page}/windows/proposal", **days).status_code == 303
        assert koordinator.send(f"{page}/windows/proposal", opens="", closes="").status_code == 422
        assert koordinator.send(f"{page}/ladders/stage", rungs="H-3 H").status_code == 303
        assert koordinator.send(f"{page}/ladders/stage", rungs="besok").status_code == 422
        assert (rows(CycleWindow), rows(CycleLadder)) == (1, 1)
        assert "H-3 H" in koordinator.get(f"{page}/edit").text
        koordinator.send(f"{page}/windows/proposal", remove="1")
        koordinator.send(f"{page}/ladders/stage", common="1")
        assert (rows(CycleWindow), rows(CycleLadder)) == (0, 0)
        assert koordinator.send(f"{page}/windows/nonsense").status_code == 404

    def test_days_off(self, site: Site) -> None:
        koordinator = site.visitor("koordinator")

        koordinator.send("/admin/closures/new", agency="CONTOH", day="2026-02-25", name="Hari jadi")
        twice = koordinator.send("/admin/closures/new", agency="CONTOH", day="2026-02-25", name="Hari jadi")
        with reading() as session:
            number = session.execute(select(col(Closure.id))).scalar_one()
        shown = koordinator.get(f"/admin/closures/{number}/edit").text
        koordinator.send(f"/admin/closures/{number}/remove")

        assert twice.status_code == 409
        assert "Hari jadi" in shown
        assert rows(Closure) == 0

    def test_holidays_are_compared_first(self, site: Site) -> None:
        admin = site.visitor("admin")

        assert "sama dengan" in admin.get("/admin/holidays/refresh?year=2026").text
        assert "Simpan hari libur 2023" in admin.get("/admin/holidays/refresh?year=2023").text
        assert admin.send("/admin/holidays/refresh", year="2023").status_code == 303
        assert "sama dengan" in admin.get("/admin/holidays/refresh?year=2023").text
        assert site.visitor("koordinator").send("/admin/holidays/refresh", year="2023").status_code == 403


UNITS = "code,name,agency,parent,kind,core_service\n"


def tried(visitor: Visitor, text: str, kind: str = "units") -> tuple[int, str, dict[str, Any]]:
    """Sends a file to be tried; returns the page and what its button would send."""
    answer = visitor.send("/admin/imports", files={"file": (f"{kind}.csv", text.encode())}, kind=kind)
    hidden: dict[str, Any] = dict(
        re.findall(r'<input type="hidden" name="(kind|file|name|fingerprint|ticket)" value="([^"]*)"', answer.text)
    )
    return answer.status_code, answer.text, hidden


class TestImports:
    """A dry run shows everything and keeps nothing; what is confirmed is exactly that, or nothing."""

    def test_faults_by_row_and_column(self, site: Site) -> None:
        koordinator, before = site.visitor("koordinator"), rows(Unit)

        status, page, hidden = tried(koordinator, UNITS + "PKM-1,Puskesmas,CONTOH,,,\nPKM 2,,CONTOH,TIDAKADA,,\n")

        assert status == 422 and hidden == {}
        assert page.count('<th scope="row">3</th>') == 3
        assert rows(Unit) == before

    def test_shown_then_kept(self, site: Site) -> None:
        koordinator, before = site.visitor("koordinator"), rows(Unit)

        _, page, hidden = tried(koordinator, UNITS + "PKM-1,Puskesmas,CONTOH,,,\nRSUD,RSUD Raya,CONTOH,,rsud,rsud\n")
        between = rows(Unit)
        done = koordinator.send("/admin/imports/confirm", **hidden)

        assert "Akan ditambah: 1. Akan diubah: 1." in page
        assert "<del>RSUD Contoh</del> <ins>RSUD Raya</ins>" in page
        assert between == before
        assert done.status_code == 200 and "1 ditambah, 1 diubah" in done.text
        assert rows(Unit) == before + 1
        assert '"via":"web"' in last_record().leaf

    def test_what_has_changed_since_is_shown_anew(self, site: Site) -> None:
        koordinator = site.visitor("koordinator")
        _, _, hidden = tried(koordinator, UNITS + "RSUD,RSUD Raya,CONTOH,,rsud,rsud\n")
        koordinator.send("/admin/units/RSUD/edit", name="RSUD Agung", kind="rsud", core_service="rsud")

        answer = koordinator.send("/admin/imports/confirm", **hidden)

        assert answer.status_code == 422 and "<del>RSUD Agung</del>" in answer.text
        with reading() as session:
            assert "RSUD Agung" in session.execute(select(col(Unit.name))).scalars().all()

    @pytest.mark.parametrize("name", ["kind", "file", "fingerprint", "ticket"])
    def test_nothing_is_confirmed_that_was_not_shown(self, site: Site, name: str) -> None:
        koordinator, before = site.visitor("koordinator"), rows(Unit)
        _, _, hidden = tried(koordinator, UNITS + "PKM-1,Puskesmas,CONTOH,,,\n")
        other = {"kind": "agencies"}.get(name, "é" * 64 if name == "ticket" else "a" * 64)

        assert koordinator.send("/admin/imports/confirm", **hidden | {name: other}).status_code == 404
        assert site.visitor("koordinator2").send("/admin/imports/confirm", **hidden).status_code == 404
        assert rows(Unit) == before

    def test_only_what_the_importer_may(self, two_agencies: Site) -> None:
        koordinator = two_agencies.visitor("koordinator")

        assert tried(koordinator, UNITS + "X-1,X,LAIN,,,\n")[0] == 403
        assert tried(koordinator, "code,name,kind,zone\nX,X,kabkota,Asia/Jakarta\n", "agencies")[0] == 403
        assert tried(koordinator, UNITS, "stages")[0] == 422
        assert koordinator.send("/admin/imports", kind="units").status_code == 422
