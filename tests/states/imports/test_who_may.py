"""Agencies are the admin's; the rest is also a koordinator's, in the agency that the role covers."""

from datetime import date, timedelta

import pytest

from models.errors import Refused
from models.people import Role
from states.imports import KINDS
from states.people import Grant, end_role, grant_role
from tests.office import TODAY
from tests.states.imports.desk import ImportDesk, row_counts

NOT_AGENCIES = [kind for kind in KINDS if kind != "agencies"]
IN_AN_AGENCY = [kind for kind in KINDS if kind not in ("agencies", "people")]


class TestRoles:
    """A refusal is no fault of the file; an import leaves it in the trail, a dry run leaves nothing."""

    @pytest.mark.parametrize("kind", NOT_AGENCIES)
    def test_a_koordinator_may(self, desk: ImportDesk, kind: str) -> None:
        assert desk.take(kind, {}, by="koordinator").created == 1

    @pytest.mark.parametrize("kind", KINDS)
    def test_the_head_of_a_unit_may_not(self, desk: ImportDesk, kind: str) -> None:
        before = row_counts(trail=False)

        with pytest.raises(Refused):
            desk.take(kind, {}, by="kepala")

        assert row_counts(trail=False) == before

    @pytest.mark.parametrize("kind", KINDS)
    def test_not_even_where_nothing_would_change(self, desk: ImportDesk, kind: str) -> None:
        desk.take(kind, {})

        with pytest.raises(Refused):
            desk.take(kind, {}, by="auditor")

    def test_a_dry_run_that_is_refused_leaves_no_record(self, desk: ImportDesk) -> None:
        before = row_counts()

        with pytest.raises(Refused):
            desk.take("units", {}, by="auditor", dry_run=True)

        assert row_counts() == before

    def test_what_counts_is_the_role_held_now(self, desk: ImportDesk) -> None:
        desk.office.actor("koordinator2")
        grant = Grant("koordinator2@contoh.invalid", Role.KOORDINATOR, agency="CONTOH")
        end_role(grant, on=TODAY - timedelta(days=1), actor=desk.office.actor("admin"), now=desk.office.now)

        with pytest.raises(Refused):
            desk.take("units", {}, by="koordinator2")


class TestScope:
    """A role covers its own agency, and in a unit the units below it."""

    @pytest.mark.parametrize("kind", IN_AN_AGENCY)
    def test_another_agency_is_not_the_koordinators_whether_or_not_it_would_change(
        self, desk: ImportDesk, kind: str
    ) -> None:
        desk.take("agencies", {})
        grant = Grant("kepala@contoh.invalid", Role.KOORDINATOR, agency="BARU", since=date(2024, 1, 1))
        grant_role(grant, actor=desk.office.actor("admin"), now=desk.office.now)

        with pytest.raises(Refused):
            desk.take(kind, {}, by="kepala")
        desk.take(kind, {})
        with pytest.raises(Refused):
            desk.take(kind, {}, by="kepala")

    def test_a_koordinator_of_a_unit_covers_the_units_below_it(self, desk: ImportDesk) -> None:
        desk.take("units", {})
        grant = Grant("kepala@contoh.invalid", Role.KOORDINATOR, unit="DINAS", since=date(2024, 1, 1))
        grant_role(grant, actor=desk.office.actor("admin"), now=desk.office.now)

        assert desk.take("facts", {"subject": "PUSKESMAS"}, by="kepala").created == 1
        with pytest.raises(Refused):
            desk.take("facts", {"subject": "RSUD"}, by="kepala")

    def test_units_are_added_by_who_covers_the_agency(self, desk: ImportDesk) -> None:
        grant = Grant("kepala@contoh.invalid", Role.KOORDINATOR, unit="DINAS", since=date(2024, 1, 1))
        grant_role(grant, actor=desk.office.actor("admin"), now=desk.office.now)

        with pytest.raises(Refused):
            desk.take("units", {}, by="kepala")

    @pytest.mark.parametrize("wanted", [{"role": "admin"}, {"role": "admin", "agency": ""}])
    def test_a_koordinator_makes_no_admin(self, desk: ImportDesk, wanted: dict[str, str]) -> None:
        with pytest.raises(Refused):
            desk.take("memberships", wanted, by="koordinator")


class TestLastKoordinator:
    """Each agency is asked once, after the last row, and about its own dates only."""

    def test_another_agencys_date_does_not_count(self, desk: ImportDesk) -> None:
        desk.take("agencies", {})
        mine = {"role": "koordinator", "since": "2024-01-01", "until": "2027-12-31"}
        first, second = "koordinator@contoh.invalid", "koordinator2@contoh.invalid"
        desk.take("memberships", {**mine, "email": first, "until": ""})
        desk.take("memberships", {**mine, "email": second})

        report = desk.take(
            "memberships",
            {**mine, "email": second, "until": "2026-06-30"},
            {**mine, "agency": "BARU", "until": "2099-12-31"},
        )

        assert (report.created, report.updated) == (1, 1)

    def test_the_end_of_another_role_is_no_matter(self, desk: ImportDesk) -> None:
        both = [{"email": f"{name}@contoh.invalid", "role": "koordinator"} for name in ("koordinator", "koordinator2")]
        rows = [{**one, "since": "2024-01-01", "until": "2026-12-31"} for one in both]
        with pytest.raises(Refused) as refused:
            desk.take("memberships", *rows)
        assert refused.value.refusals[0].obstacle.rule == "last_koordinator"

        assert desk.take("memberships", {"role": "tpi", "until": "2099-12-31"}).created == 1

    def test_who_goes_and_who_comes_stand_in_one_file(self, desk: ImportDesk) -> None:
        goes = {"role": "koordinator", "since": "2024-01-01", "until": "2026-12-31"}

        report = desk.take(
            "memberships",
            {**goes, "email": "koordinator@contoh.invalid"},
            {**goes, "email": "koordinator2@contoh.invalid"},
            {"role": "koordinator", "since": "2027-01-01", "until": ""},
        )

        assert (report.created, report.updated) == (1, 2)
