"""Who may do what with an action plan."""

from datetime import date, timedelta
from typing import Any

import pytest

from models.errors import Refused
from models.people import Role
from states.areas import area_named
from tests.office import rules_of
from tests.states.actions.plan import TARGET, Plan, end, give_role

EVERYBODY = ("admin", "koordinator", "pimpinan", "kepala", "pokja", "pokja-mp", "sari", "tpi", "auditor")
PLANNING = {"admin", "koordinator", "kepala", "pokja", "pokja-mp"}  # the item is in the area MP
LATER = TARGET + timedelta(days=30)


class TestRoles:
    """Koordinator, admin and the unit's head plan everything, a pokja its areas; the PIC reports on what is theirs."""

    @pytest.mark.parametrize("who", EVERYBODY)
    def test_who_adds(self, plan: Plan, who: str) -> None:
        if who in PLANNING:
            assert plan.item(plan.add("Kegiatan lain", by=who)).area == "MP"
            return
        with pytest.raises(Refused) as refused:
            plan.add("Kegiatan lain", by=who)
        assert rules_of(refused) == {"role_needed"}

    @pytest.mark.parametrize("who", EVERYBODY)
    def test_who_reports(self, plan: Plan, who: str) -> None:
        number = plan.add()

        if who in PLANNING | {"sari"}:  # Sari is the PIC
            assert plan.update(number, by=who, progress=40, obstacle="anggaran", follow_up="revisi DIPA")
            return
        with pytest.raises(Refused):
            plan.update(number, by=who, progress=40)
        assert plan.item(number).progress == 0

    @pytest.mark.parametrize("who", EVERYBODY)
    def test_who_moves_the_target_and_names_another_pic(self, plan: Plan, who: str) -> None:
        number = plan.add()
        anew = {"target_on": LATER, "pic": "pokja@contoh.invalid", "reason": "jadwal pimpinan"}

        if who in PLANNING:
            assert plan.update(number, by=who, **anew)
            return
        with pytest.raises(Refused) as refused:
            plan.update(number, by=who, **anew)
        assert rules_of(refused) == {"action_not_pics" if who == "sari" else "role_needed"}

    @pytest.mark.parametrize("who", EVERYBODY)
    def test_who_drops(self, plan: Plan, who: str) -> None:
        number = plan.add()

        if who in PLANNING:
            assert plan.drop(number, by=who) == plan.code
            return
        with pytest.raises(Refused) as refused:
            plan.drop(number, by=who)
        assert rules_of(refused) == {"role_needed"}

    @pytest.mark.parametrize("area", ["TL", "Penataan Tatalaksana", "Area yang tidak dikenal"])
    def test_a_pokja_of_one_area_plans_no_other(self, plan: Plan, area: str) -> None:
        with pytest.raises(Refused) as refused:
            plan.add(by="pokja-mp", area=area)

        assert rules_of(refused) == {"area_not_yours"}

    @pytest.mark.parametrize("area", ["mp", "Manajemen perubahan", "Change management"])
    def test_its_own_area_by_any_name(self, plan: Plan, area: str) -> None:
        assert area_named(area) == "MP"
        assert plan.add(by="pokja-mp", area=area)

    def test_the_head_of_another_unit_is_a_stranger(self, plan: Plan) -> None:
        give_role(plan.office, "kadis", Role.PIMPINAN_UNIT, unit="DINAS")

        with pytest.raises(Refused):
            plan.add(by="kadis")

    def test_a_pic_who_has_left_the_unit_reports_no_more(self, plan: Plan) -> None:
        number = plan.add()
        plan.office.days_later(1)
        end(plan.office, "sari", Role.VIEWER, unit="RSUD")

        with pytest.raises(Refused) as refused:
            plan.update(number, by="sari", progress=100)

        assert rules_of(refused) == {"role_needed"}

    def test_a_pic_of_one_item_is_none_of_another(self, plan: Plan) -> None:
        number = plan.add("Kegiatan lain", pic="pokja@contoh.invalid")

        with pytest.raises(Refused):
            plan.update(number, by="sari", progress=10)


class TestRules:
    """A plan says what is true: whole on a day that has come, moved for a reason, dropped for good."""

    def test_whole_is_done_today_and_less_is_not_done(self, plan: Plan) -> None:
        number = plan.add()

        plan.update(number, progress=100)
        assert plan.item(number).done_on == date(2026, 2, 2)

        plan.update(number, progress=80)
        assert plan.item(number).done_on is None

    def test_the_day_may_be_given_with_it_or_later(self, plan: Plan) -> None:
        number = plan.add(progress=100)

        plan.update(number, done_on=date(2026, 1, 30))

        assert plan.item(number).done_on == date(2026, 1, 30)

    @pytest.mark.parametrize(
        ("said", "rule"),
        [
            ({"progress": 100, "done_on": date(2026, 2, 3)}, "date_in_future"),
            ({"progress": 99, "done_on": date(2026, 2, 2)}, "action_not_done"),
            ({"target_on": LATER}, "reason_missing"),
            ({"target_on": LATER, "reason": "  "}, "reason_missing"),
        ],
    )
    def test_what_is_refused(self, plan: Plan, said: dict[str, Any], rule: str) -> None:
        number = plan.add()

        with pytest.raises(Refused) as refused:
            plan.update(number, **said)

        assert rules_of(refused) == {rule}

    def test_an_activity_is_there_once_dropped_or_not(self, plan: Plan) -> None:
        number = plan.add("Rapat  tim kerja")
        with pytest.raises(Refused) as refused:
            plan.add("Rapat tim kerja")
        assert rules_of(refused) == {"action_given_twice"}

        plan.drop(number)

        with pytest.raises(Refused) as refused:
            plan.add("Rapat tim kerja")
        assert rules_of(refused) == {"action_dropped_before"}

    def test_what_was_dropped_stays_as_it_was(self, plan: Plan) -> None:
        number = plan.add()
        plan.drop(number)

        for again in (lambda: plan.drop(number), lambda: plan.update(number, progress=10)):
            with pytest.raises(Refused) as refused:
                again()
            assert rules_of(refused) == {"action_dropped_already"}
        assert plan.item(number).drop_reason == "tidak relevan lagi"

    def test_the_same_again_changes_nothing_and_is_not_recorded(self, plan: Plan) -> None:
        number = plan.add(progress=40)

        assert plan.update(number, progress=40, target_on=TARGET) is False
