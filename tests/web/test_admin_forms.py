"""The admin's forms write through the services, with their refusals and their records."""

import re
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlmodel import col

from models.agencies import Agency, Unit
from models.audit import AuditRecord
from models.closures import Closure
from models.cycles import Cycle, CycleDate
from models.database import reading, transaction
from models.ladders import CycleLadder
from models.messages import Channel
from models.people import Membership, Person
from models.windows import CycleWindow
from tests.office import NOW
from tests.web.admin_rows import last_record, person_id, rows
from tests.web.site import Site
from tests.web.test_access import sends_to_sign_in


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
