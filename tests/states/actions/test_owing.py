"""What is open is owed until it is done, whatever becomes of the stages; by its PIC, or whoever stands in."""

from datetime import date, datetime, timedelta

import pytest

from models.obligations import Obligation, ObligationKind, ObligationState
from models.people import Role
from models.stages import Stage
from notifications.expand import expand_outbox
from notifications.remind import plan_reminders
from states.corrections import correct
from states.findings import close_finding
from states.reminders import queue_due_rungs
from tests.office import ANSWERED
from tests.states.actions.plan import TARGET, Plan, end, give_role, morning, told

OPEN, DONE, CANCELLED = ObligationState.OPEN, ObligationState.DONE, ObligationState.CANCELLED
H_14 = TARGET - timedelta(days=14)  # a Friday, and no holiday

Shape = tuple[str, ObligationState, int | None, date | None, str | None]


def remind(*, now: datetime) -> None:
    """Reminders alone: a month's summary is drafted in the trail, and who acts next here has an earlier clock."""
    queue_due_rungs(now=now)
    expand_outbox(now=now)


def shape(one: Obligation) -> Shape:
    return (one.item, one.state, one.person_id, one.due_on, one.reason)


def entry_of(plan: Plan) -> int:
    return plan.office.situation(plan.code).current.entry_id


class TestOneObligation:
    """An item is one obligation from beginning to end."""

    def test_it_is_owed_by_its_pic_until_its_target(self, both_plans: Plan) -> None:
        number = both_plans.add()

        (owed,) = both_plans.owed()

        sari = both_plans.office.actor("sari").person_id
        assert shape(owed) == (str(number), OPEN, sari, TARGET, None)
        assert (owed.owed_by, owed.entry_id) == (Role.PIMPINAN_UNIT, entry_of(both_plans))

    def test_the_target_and_the_pic_are_followed(self, plan: Plan) -> None:
        number, later = plan.add(), TARGET + timedelta(days=30)

        plan.update(number, target_on=later, pic="", reason="anggaran berubah")

        assert [shape(one) for one in plan.owed()] == [(str(number), OPEN, None, later, None)]

    @pytest.mark.parametrize(
        ("how", "state", "reason"), [("done", DONE, None), ("dropped", CANCELLED, "action_dropped")]
    )
    def test_it_ends_with_the_item(self, plan: Plan, how: str, state: ObligationState, reason: str | None) -> None:
        number = plan.add()

        if how == "done":
            plan.update(number, progress=100)
        else:
            plan.drop(number)

        (owed,) = plan.owed()
        assert (owed.state, owed.reason, owed.next_at) == (state, reason, None)

    def test_what_turns_out_not_to_be_done_is_owed_again(self, plan: Plan) -> None:
        number = plan.add(progress=100)
        assert plan.owed() == []

        plan.update(number, progress=90)

        assert [one.state for one in plan.owed()] == [OPEN]

    def test_history_owes_nothing(self, plan: Plan) -> None:
        plan.office.move(plan.code, "withdraw", reason="tidak siap")

        plan.add()

        assert plan.owed() == []


class TestStages:
    """It goes on in the next stay, comes back with a correction, and rests while the candidacy is closed."""

    def test_a_walk_through_the_stages_and_back(self, both_plans: Plan) -> None:
        plan, office = both_plans, both_plans.office
        number = plan.add()
        (first,) = plan.owed()

        def holds(state: ObligationState = OPEN, reason: str | None = None) -> None:
            (owed,) = plan.owed()
            assert (owed.id, owed.state, owed.reason) == (first.id, state, reason)
            if state is OPEN:
                assert owed.entry_id == entry_of(plan)
                assert owed.next_at == first.next_at

        for name, by in (("select_unit", "koordinator"), ("start_self_assessment", "koordinator")):
            office.file_required(plan.code, name)
            office.move(plan.code, name, by=by, values=ANSWERED if name == "start_self_assessment" else {})
            holds()
        office.file_required(plan.code, "submit_to_tpi")
        office.move(plan.code, "submit_to_tpi", by="kepala")
        holds()
        found = office.finding(plan.code)
        office.move(plan.code, "return_to_unit", by="tpi", reason="bukti kurang")
        holds()
        close_finding(found, actor=office.actor("tpi"), now=office.now)
        for who in ("koordinator", "koordinator2"):  # the return is undone
            correct([plan.code], reason="salah catat", actor=office.actor(who), now=office.now)
        assert office.situation(plan.code).stage is Stage.TPI_ASSESSMENT
        holds()
        office.move(plan.code, "withdraw", reason="tidak siap")
        holds(CANCELLED, "withdraw")
        for who in ("koordinator", "koordinator2"):  # and so is the withdrawal
            correct([plan.code], reason="salah catat", actor=office.actor(who), now=office.now)
        holds()
        plan.update(number, progress=100)
        holds(DONE)
        assert all(one.state is not OPEN or one.kind is not ObligationKind.ACTION for one in plan.owed())

    def test_a_stage_that_is_left_says_no_rung_twice(self, plan: Plan) -> None:
        plan.add()
        remind(now=morning(H_14))
        plan.office.file_required(plan.code, "select_unit")
        plan.office.move(plan.code, "select_unit")

        remind(now=morning(H_14 + timedelta(days=3)))

        assert told() == [("H-14", "sari")]


class TestWhoHears:
    """The PIC first, the unit's head from the day before on, the koordinator when it is late."""

    def test_the_rungs_climb(self, both_plans: Plan) -> None:
        both_plans.add()
        for day in (H_14, TARGET - timedelta(days=1), TARGET + timedelta(days=3)):
            remind(now=morning(day))

        assert told() == [
            ("H-14", "sari"),
            ("H-1", "kepala"),
            ("H-1", "sari"),
            ("H+1", "kepala"),
            ("H+1", "koordinator"),
            ("H+1", "koordinator2"),
            ("H+1", "sari"),
        ]

    def test_a_dry_run_says_the_same(self, plan: Plan) -> None:
        plan.add()
        day = TARGET - timedelta(days=1)

        planned = [
            (one.kind, one.rung, one.recipient) for one in plan_reminders(now=morning(day)) if one.kind == "action"
        ]

        assert planned == [("action", "H-1", "kepala@contoh.invalid"), ("action", "H-1", "sari@contoh.invalid")]

    def test_nothing_is_said_of_what_is_done(self, plan: Plan) -> None:
        number = plan.add()
        remind(now=morning(H_14))
        plan.update(number, progress=100)

        for days in range(1, 40):
            remind(now=morning(H_14 + timedelta(days=days)))

        assert told() == [("H-14", "sari")]

    def test_without_a_pic_it_is_the_heads(self, plan: Plan) -> None:
        plan.add(pic=None)
        remind(now=morning(H_14))

        assert told() == [("H-14", "kepala")]

    def test_who_has_left_the_unit_hears_no_more_and_the_head_does(self, plan: Plan) -> None:
        plan.add()
        remind(now=morning(H_14))
        plan.office.now = morning(H_14 + timedelta(days=2))
        end(plan.office, "sari", Role.VIEWER, unit="RSUD")
        give_role(plan.office, "sari2", Role.VIEWER, unit="DINAS")

        remind(now=morning(TARGET - timedelta(days=7)))

        assert told() == [("H-14", "sari"), ("H-7", "kepala")]

    def test_where_there_is_no_head_the_koordinator_does(self, plan: Plan) -> None:
        plan.add(pic=None)
        plan.office.now = morning(H_14)
        end(plan.office, "kepala", Role.PIMPINAN_UNIT, unit="RSUD")

        remind(now=morning(H_14))

        assert told() == [("H-14", "koordinator"), ("H-14", "koordinator2")]

    def test_another_pic_hears_what_was_said_last_and_the_others_do_not_hear_it_again(self, both_plans: Plan) -> None:
        number = both_plans.add()
        remind(now=morning(TARGET - timedelta(days=1)))
        both_plans.update(number, pic="pokja@contoh.invalid")

        remind(now=morning(TARGET - timedelta(days=1)))

        assert told() == [("H-1", "kepala"), ("H-1", "pokja"), ("H-1", "sari")]

    def test_a_target_that_was_moved_gives_new_rungs(self, plan: Plan) -> None:
        number, later = plan.add(), TARGET + timedelta(days=28)
        remind(now=morning(TARGET - timedelta(days=3)))
        plan.update(number, target_on=later, reason="anggaran berubah")

        remind(now=morning(TARGET))
        remind(now=morning(later - timedelta(days=14)))

        assert told() == [("H-3", "sari"), ("H-14", "sari")]
