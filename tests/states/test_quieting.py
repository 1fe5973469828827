"""Acknowledged: spared until the day before. Snoozed: spared until a day, then told the newest. Others hear as ever."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Event
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.candidacies import Candidacy
from models.database import locked, reading, transaction
from models.errors import BadInput, NotFound, Refused
from models.messages import Delivery, OutboxMessage
from models.obligations import Obligation, ObligationKind, ObligationState, Said
from models.people import Person
from models.quieting import Snooze
from models.stages import Stage
from notifications.expand import expand_outbox
from notifications.remind import plan_reminders
from notifications.resume import resume_snoozed
from states.acknowledging import acknowledge
from states.calendar import WorkCalendar
from states.cycle_ladders import set_ladder
from states.cycles import Dated
from states.ladder import LADDER, read_ladder
from states.obligation_list import owed_by, owed_of_candidacy
from states.quieting import is_spared, is_urgent, latest_day
from states.reminders import queue_due_rungs
from states.snoozing import snooze
from states.trail_reader import records_of
from tests.office import Office, rules_of
from tests.states.test_reminders import morning

CODE = "RSUD-2026"
DUE = date(2026, 2, 27)  # a Friday; who owes are the two koordinators
H_14, H_7, H_3 = date(2026, 2, 13), date(2026, 2, 20), date(2026, 2, 24)
H_1, H, H1, H8 = date(2026, 2, 26), DUE, date(2026, 3, 2), date(2026, 3, 9)
JAKARTA = WorkCalendar(ZoneInfo("Asia/Jakarta"))


@pytest.fixture
def owing(office: Office) -> Office:
    """One obligation, number 1."""
    office.open()
    return office


@pytest.fixture
def both_owing(both_offices: Office) -> Office:
    both_offices.open()
    return both_offices


def remind(*days: date) -> None:
    """Reminders alone, on each of these days: a month's summary would move the trail's clock."""
    for day in days:
        queue_due_rungs(now=morning(day))
        resume_snoozed(now=morning(day))
        expand_outbox(now=morning(day))


def told(name: str) -> list[tuple[str, date]]:
    """The rungs that somebody was told, and when, in that order."""
    query = (
        select(col(OutboxMessage.rung), col(Delivery.queued_at))
        .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
        .join(Person, col(Person.id) == col(Delivery.person_id))
        .where(col(Person.email) == f"{name}@contoh.invalid", col(OutboxMessage.obligation_id).is_not(None))
        .order_by(col(Delivery.id))
    )
    with reading() as session:
        return [(rung or "", at.astimezone(JAKARTA.zone).date()) for rung, at in session.execute(query)]


def rungs(name: str) -> list[str]:
    return [rung for rung, _ in told(name)]


def said(name: str) -> dict[str, str | None]:
    """By rung: the newer one that covers it, if one does."""
    query = select(Said).join(Person, col(Person.id) == col(Said.person_id))
    with reading() as session:
        rows = session.execute(query.where(col(Person.email) == f"{name}@contoh.invalid")).scalars()
        return {row.rung: row.covered_by for row in rows}


def ack(office: Office, on: date, *, by: str = "koordinator", number: int = 1, note: str = "") -> None:
    acknowledge(number, note=note, actor=office.actor(by), now=morning(on))


def put_off(office: Office, on: date, until: date, *, by: str = "koordinator", number: int = 1) -> None:
    snooze(number, until=until, actor=office.actor(by), now=morning(on))


class TestUrgent:
    """From the day before on nobody is spared, nor of the last rung; late rungs are said when they climb."""

    @pytest.mark.parametrize(
        ("words", "spared", "urgent"),
        [
            ("H-14 H-7 H-1 H", (-14, -7), (-1, 0)),
            ("H-14 H-7:pimpinan_unit H", (-14, -7), (0,)),
            ("H-14 H-7", (-14,), (-7,)),
            ("H-3 H+1 H+3:koordinator H+5 H+7", (-3, 1, 5), (1, 3, 5, 7)),
            ("H-3", (), (-3,)),
        ],
    )
    def test_which_rungs(self, words: str, spared: tuple[int, ...], urgent: tuple[int, ...]) -> None:
        ladder = read_ladder(words.split())

        assert tuple(rung.days for rung in ladder if is_spared(rung.days, ladder)) == spared
        assert tuple(rung.days for rung in ladder if is_urgent(rung.days, ladder)) == urgent

    def test_of_the_common_ladder_an_acknowledgement_spares_three(self) -> None:
        assert [rung.name for rung in LADDER if is_spared(rung.days, LADDER)] == ["H-14", "H-7", "H-3"]


class TestAcknowledging:
    """Who knows is told again on H-1; who else hears is not concerned; a moved date voids it."""

    def test_the_day_before_is_the_next_that_is_said(self, both_owing: Office) -> None:
        remind(H_14)
        ack(both_owing, H_14)
        remind(H_7, H_3, H_1, H)

        assert rungs("koordinator") == ["H-14", "H-1", "H"]
        assert rungs("koordinator2") == ["H-14", "H-7", "H-3", "H-1", "H"]
        assert said("koordinator") == {"H-14": None, "H-7": "H-1", "H-3": "H-1", "H-1": None, "H": None}

    def test_the_head_hears_the_rungs_that_name_them(self, owing: Office) -> None:
        ack(owing, H_14)
        remind(H_1)

        assert rungs("kepala") == ["H-1"]

    def test_late_the_next_that_climbs_is_said(self, owing: Office) -> None:
        set_ladder(
            owing.cycle,
            ObligationKind.STAGE,
            ["H", "H+3", "H+5:pimpinan_unit", "H+7"],
            actor=owing.actor("koordinator"),
            now=owing.now,
        )
        remind(H)
        ack(owing, DUE + timedelta(days=1))
        remind(*(DUE + timedelta(days=day) for day in range(1, 12)))

        assert rungs("koordinator") == ["H", "H+5", "H+7"]

    def test_a_date_that_is_moved_voids_it(self, owing: Office) -> None:
        ack(owing, H_14)
        owing.now = morning(H_7)
        owing.calendar(Dated(Stage.PENCANANGAN, due=date(2026, 3, 13)))

        remind(DUE)  # two weeks before the new date

        assert rungs("koordinator") == ["H-14"]

    def test_moved_away_and_back_it_is_void_still(self, owing: Office) -> None:
        ack(owing, H_14)
        for day, due in ((H_14, date(2026, 3, 13)), (H_14 + timedelta(days=1), DUE)):
            owing.now = morning(day)
            owing.calendar(Dated(Stage.PENCANANGAN, due=due))

        remind(H_7)

        assert rungs("koordinator") == ["H-7"]

    def test_it_is_in_the_trail_with_its_note_beside_it(self, owing: Office) -> None:
        ack(owing, H_14, note="sedang dikerjakan")

        with reading() as session:
            (record,) = [one for one in records_of(session, f"candidacy:{CODE}") if one["action"].startswith("obl")]
            (listed,) = owed_of_candidacy(session, CODE, now=morning(H_14))
        assert (record["action"], record["texts"]) == ("obligation_acknowledged", {"note": "sedang dikerjakan"})
        assert record["details"] == {"obligation": 1, "due_on": "2026-02-27"}
        assert [(one.email, one.note) for one in listed.acknowledged] == [
            ("koordinator@contoh.invalid", "sedang dikerjakan")
        ]

    def test_a_note_that_no_database_keeps_is_refused(self, owing: Office) -> None:
        with pytest.raises(BadInput):
            ack(owing, H_14, note="x" * 1_001)


class TestSnoozing:
    """Nothing is said to that person until the day; then the newest rung that came due, and it covers the rest."""

    def test_over_two_rungs_the_newest_is_said_at_its_end(self, both_owing: Office) -> None:
        remind(H_14)
        put_off(both_owing, H_14, date(2026, 2, 25))
        remind(H_7, H_3)
        assert rungs("koordinator") == ["H-14"]

        remind(date(2026, 2, 25), H_1)

        assert told("koordinator") == [("H-14", H_14), ("H-3", date(2026, 2, 25)), ("H-1", H_1)]
        assert said("koordinator") == {"H-14": None, "H-7": "H-3", "H-3": None, "H-1": None}
        assert rungs("koordinator2") == ["H-14", "H-7", "H-3", "H-1"]

    def test_it_ends_with_the_first_run_that_comes_after(self, owing: Office) -> None:
        put_off(owing, H_7, date(2026, 2, 23))
        remind(H_7)

        remind(H_1)  # nothing ran for a week

        assert rungs("koordinator") == ["H-1"]
        assert said("koordinator")["H-7"] == "H-1"

    def test_where_nothing_came_due_nothing_is_said(self, owing: Office) -> None:
        remind(H_14)
        put_off(owing, H_14, date(2026, 2, 17))

        remind(date(2026, 2, 16), date(2026, 2, 17), date(2026, 2, 18))

        assert rungs("koordinator") == ["H-14"]

    def test_running_twice_says_it_once(self, both_owing: Office) -> None:
        put_off(both_owing, H_7, date(2026, 2, 23))
        remind(H_7)
        remind(date(2026, 2, 23), date(2026, 2, 23))

        assert rungs("koordinator") == ["H-7"]

    def test_what_is_done_meanwhile_is_not_said(self, owing: Office) -> None:
        put_off(owing, H_7, date(2026, 2, 23))
        remind(H_7)
        owing.now = morning(H_7)
        owing.file_required(CODE, "select_unit")
        owing.move(CODE, "select_unit")

        remind(date(2026, 2, 23))

        assert rungs("koordinator") == []

    def test_lateness_climbs_past_it(self, owing: Office) -> None:
        remind(H)
        put_off(owing, date(2026, 2, 28), date(2026, 3, 7))
        remind(H1)
        assert (rungs("koordinator"), rungs("kepala")) == (["H"], ["H", "H+1"])

        remind(date(2026, 3, 7))

        assert rungs("koordinator") == ["H", "H+1"]

    def test_an_acknowledgement_holds_after_it(self, owing: Office) -> None:
        ack(owing, H_14)
        put_off(owing, H_14, H_3)
        remind(H_14, H_7, H_3, H_1)

        assert rungs("koordinator") == ["H-1"]

    def test_what_was_heard_is_not_said_again_by_another_way(self, owing: Office) -> None:
        remind(H_7)
        put_off(owing, H_7, date(2026, 2, 23))
        with transaction() as session:  # another channel since
            for row in session.execute(select(Delivery)).scalars():
                row.route = "channel:99"

        remind(date(2026, 2, 23))

        assert (rungs("koordinator"), rungs("koordinator2")) == (["H-7"], ["H-7"])

    @pytest.mark.parametrize(
        ("today", "until", "rule"),
        [
            (H_7, H_7, "snooze_not_ahead"),
            (date(2026, 2, 3), date(2026, 2, 18), "snooze_too_long"),
            (H_7, date(2026, 2, 28), "snooze_past_due"),
            (DUE, date(2026, 2, 28), "snooze_past_due"),
            (H1, date(2026, 3, 10), "snooze_too_long_late"),
        ],
    )
    def test_how_long_is_held_to_the_rules(self, owing: Office, today: date, until: date, rule: str) -> None:
        with pytest.raises(Refused) as refused:
            put_off(owing, today, until)

        assert rules_of(refused) == {rule}

    @pytest.mark.parametrize(
        ("today", "due", "latest"),
        [
            (date(2026, 2, 2), DUE, date(2026, 2, 16)),
            (H_7, DUE, DUE),
            (H_7, date(2026, 3, 1), DUE),  # a Sunday: said on the Friday before
            (date(2026, 3, 2), DUE, date(2026, 3, 9)),
        ],
    )
    def test_the_latest_day(self, today: date, due: date, latest: date) -> None:
        assert latest_day(due, today=today, calendar=JAKARTA) == latest

    def test_one_that_lasts_is_made_shorter_but_not_longer(self, owing: Office) -> None:
        put_off(owing, H_7, date(2026, 2, 25))
        with pytest.raises(Refused) as refused:
            put_off(owing, H_7, H_1)
        put_off(owing, H_7, date(2026, 2, 23))

        assert rules_of(refused) == {"snooze_lasts"}
        remind(H_7, date(2026, 2, 23))
        assert told("koordinator") == [("H-7", date(2026, 2, 23))]

    def test_a_new_one_waits_until_the_last_was_followed_by_a_reminder(self, owing: Office) -> None:
        put_off(owing, H_7, date(2026, 2, 23))
        remind(H_7)
        with pytest.raises(Refused):
            put_off(owing, date(2026, 2, 23), date(2026, 2, 25))
        remind(date(2026, 2, 23))

        put_off(owing, date(2026, 2, 23), date(2026, 2, 25))
        remind(H_3, date(2026, 2, 25))

        assert told("koordinator") == [("H-7", date(2026, 2, 23)), ("H-3", date(2026, 2, 25))]

    def test_it_is_in_the_trail(self, owing: Office) -> None:
        put_off(owing, H_7, H_1)

        with reading() as session:
            record = records_of(session, f"candidacy:{CODE}")[-1]
        assert record["action"] == "obligation_snoozed"
        assert record["details"] == {"obligation": 1, "due_on": "2026-02-27", "until": "2026-02-26"}


class TestDryRun:
    """It names whom the run tells, no more and no fewer, on every day."""

    def test_each_day_of_two_snoozes_and_an_acknowledgement(self, both_owing: Office) -> None:
        asked = {H_14: "snooze", H_7: "ack", date(2026, 3, 3): "late"}
        for day in (date(2026, 2, 9) + timedelta(days=number) for number in range(45)):
            planned = {one.message_id for one in plan_reminders(now=morning(day)) if one.kind == "stage"}
            before = _message_ids()

            remind(day)

            assert _message_ids() - before == planned, day
            match asked.get(day):
                case "snooze":
                    put_off(both_owing, day, date(2026, 2, 23))
                case "ack":
                    ack(both_owing, day, by="koordinator2")
                case "late":
                    put_off(both_owing, day, date(2026, 3, 10))
        assert rungs("koordinator") == ["H-14", "H-7", "H-3", "H-1", "H", "H+1", "H+8", "H+15"]
        assert rungs("koordinator2") == ["H-14", "H-7", "H-1", "H", "H+1", "H+8", "H+15"]


def _message_ids() -> set[str]:
    with reading() as session:
        query = select(col(Delivery.message_id)).join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
        return set(session.execute(query.where(col(OutboxMessage.obligation_id).is_not(None))).scalars())


class TestWhoMay:
    """Only who owes it, while it is open and has a date."""

    @pytest.mark.parametrize("name", ["kepala", "pimpinan", "auditor", "admin", "tpi"])
    def test_others_are_refused(self, owing: Office, name: str) -> None:
        with pytest.raises(Refused) as acknowledged:
            ack(owing, H_7, by=name)
        with pytest.raises(Refused) as snoozed:
            put_off(owing, H_7, H_1, by=name)

        assert rules_of(acknowledged) == rules_of(snoozed) == {"obligation_not_yours"}

    def test_what_is_closed_is_refused(self, owing: Office) -> None:
        owing.file_required(CODE, "select_unit")
        owing.move(CODE, "select_unit")

        with pytest.raises(Refused) as acknowledged:
            ack(owing, H_7)
        with pytest.raises(Refused) as snoozed:
            put_off(owing, H_7, H_1)

        assert rules_of(acknowledged) == rules_of(snoozed) == {"obligation_closed"}

    def test_what_has_no_date_is_refused(self, office: Office) -> None:
        office.open(stage=Stage.SUBMISSION_DESK)

        with pytest.raises(Refused) as refused:
            ack(office, H_7)

        assert rules_of(refused) == {"obligation_undated"}

    @pytest.mark.parametrize("number", [99, -1, 2**70])
    def test_what_is_not_there_is_not_found(self, owing: Office, number: int) -> None:
        with pytest.raises(NotFound):
            ack(owing, H_7, number=number)

    def test_ones_own_are_listed(self, owing: Office) -> None:
        put_off(owing, H_7, H_1)

        with reading() as session:
            mine = owed_by(session, owing.actor("koordinator"), now=morning(H_7))
            heads = owed_by(session, owing.actor("kepala"), now=morning(H_7))
            admins = owed_by(session, owing.actor("admin"), now=morning(H_7))
        assert [(one.candidacy, one.days_left, [a.until for a in one.snoozed]) for one in mine] == [(CODE, 7, [H_1])]
        assert (heads, admins) == ([], [])


class TestRaces:
    """Who asks waits for who moves the candidacy, and then sees that it is done."""

    def test_a_move_that_was_first_closes_it(self, both_owing: Office) -> None:
        both_owing.file_required(CODE, "select_unit")
        holds, go = Event(), Event()

        def mover() -> None:
            with transaction() as session:
                locked(session, Candidacy, col(Candidacy.code) == CODE)
                holds.set()
                assert go.wait(30)
                row = session.get_one(Obligation, 1)
                row.state, row.closed_at = ObligationState.DONE, both_owing.now

        with ThreadPoolExecutor(2) as pool:
            moving = pool.submit(mover)
            assert holds.wait(30)
            asking = pool.submit(ack, both_owing, H_7)
            with pytest.raises(TimeoutError):
                asking.result(timeout=0.3)
            go.set()
            moving.result(30)
            with pytest.raises(Refused) as refused:
                asking.result(30)
        assert rules_of(refused) == {"obligation_closed"}

    def test_two_runs_at_once_end_a_snooze_once(self, both_owing: Office) -> None:
        put_off(both_owing, H_7, date(2026, 2, 23))
        remind(H_7)
        now: datetime = morning(date(2026, 2, 23))

        with ThreadPoolExecutor(4) as pool:
            counts = list(pool.map(lambda _: resume_snoozed(now=now), range(4)))

        assert sum(one.queued for one in counts) == 1
        with reading() as session:
            assert session.execute(select(col(Snooze.ended_at))).scalar_one() == now
