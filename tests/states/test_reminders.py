"""What is due is said once, however often or seldom the run happens."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlmodel import col

from models.cycles import Route
from models.database import reading
from models.messages import Delivery, Notice, OutboxMessage
from models.obligations import Obligation, ObligationKind, ObligationState, Said
from models.stages import Stage
from notifications.remind import remind
from states.cycles import Dated, open_cycle
from states.documents import withdraw_document
from states.parts import Part
from states.reminders import queue_due_rungs
from tests.office import Office

JAKARTA = ZoneInfo("Asia/Jakarta")


def morning(day: date) -> datetime:
    """07:30 in the agency's zone, when the daily run happens."""
    return datetime.combine(day, time(7, 30), tzinfo=JAKARTA).astimezone(UTC)


def said(rung: str | None = None) -> list[Said]:
    with reading() as session:
        query = select(Said).order_by(col(Said.id))
        if rung:
            query = query.where(col(Said.rung) == rung)
        return list(session.execute(query).scalars())


def obligations(state: ObligationState | None = None) -> list[Obligation]:
    with reading() as session:
        query = select(Obligation).order_by(col(Obligation.id))
        if state:
            query = query.where(col(Obligation.state) == state)
        return list(session.execute(query).scalars())


def due_messages() -> list[OutboxMessage]:
    with reading() as session:
        query = select(OutboxMessage).where(col(OutboxMessage.kind) == Notice.DUE).order_by(col(OutboxMessage.id))
        return list(session.execute(query).scalars())


class TestSayingOnce:
    """Each rung is said or covered once for each person."""

    def test_ten_runs_on_one_day_say_what_one_run_says(self, both_offices: Office) -> None:
        both_offices.open()
        now = morning(date(2026, 2, 24))

        first = remind(now=now)
        again = [remind(now=now + timedelta(minutes=n)) for n in range(1, 10)]

        assert (first.planned, first.queued) == (1, 2)  # the deadline, told to both koordinators
        assert all((counts.planned, counts.queued) == (0, 0) for counts in again)

    def test_two_missed_weeks_are_covered_by_the_newest_rung(self, both_offices: Office) -> None:
        both_offices.open()  # due on Friday 27 February
        remind(now=morning(date(2026, 2, 13)))  # H-14

        remind(now=morning(date(2026, 2, 27)))  # nothing ran for two weeks

        rungs = Counter((row.rung, row.covered_by) for row in said())
        both, and_the_head = 2, 3  # the unit's head hears from the day before on
        assert rungs == {
            ("H-14", None): both,
            ("H-7", "H"): both,
            ("H-3", "H"): both,
            ("H-1", "H"): and_the_head,
            ("H", None): and_the_head,
        }
        assert [message.rung for message in due_messages()] == ["H-14", "H"]

    def test_a_daily_run_says_each_rung_on_its_day(self, office: Office) -> None:
        office.open()
        spoken: dict[str, date] = {}
        for day in (date(2026, 2, 2) + timedelta(days=n) for n in range(60)):
            before = len(due_messages())
            remind(now=morning(day))
            spoken.update({message.rung or "": day for message in due_messages()[before:]})

        assert spoken == {
            "H-14": date(2026, 2, 13),
            "H-7": date(2026, 2, 20),
            "H-3": date(2026, 2, 24),
            "H-1": date(2026, 2, 26),
            "H": date(2026, 2, 27),
            "H+1": date(2026, 3, 2),  # Saturday 28 February waits for Monday
            "H+8": date(2026, 3, 9),  # Saturday 7 March
            "H+15": date(2026, 3, 16),  # Saturday 14 March
        }

    def test_the_deadline_of_31_may_is_said_on_friday_29_may(self, office: Office) -> None:
        office.open(stage=Stage.TPI_ASSESSMENT)
        remind(now=morning(date(2026, 5, 28)))
        before = len(due_messages())

        remind(now=morning(date(2026, 5, 29)))

        assert [(one.rung, one.due_on) for one in due_messages()[before:] if one.obligation_id == 1] == [
            ("H", date(2026, 5, 31))
        ]

    def test_two_sweeps_at_once_queue_a_rung_once(self, both_offices: Office) -> None:
        for unit in ("RSUD", "DINAS"):
            both_offices.open(unit=unit)
        now = morning(date(2026, 2, 24))

        with ThreadPoolExecutor(4) as pool:
            queued = list(pool.map(lambda _: queue_due_rungs(now=now), range(4)))

        assert sum(queued) == 2
        assert len(due_messages()) == 2

    def test_shards_share_the_work(self, office: Office) -> None:
        for unit in ("RSUD", "DINAS"):
            office.open(unit=unit)
        now = morning(date(2026, 2, 24))

        assert [queue_due_rungs(now=now, part=Part(number, 2)) for number in range(2)] == [1, 1]


class TestEscalation:
    """Who owes hears it first; the unit's head from the day before; the koordinator when it is late."""

    @pytest.mark.parametrize(
        ("day", "hearers"),
        [
            (date(2026, 2, 24), {"tpi", "tpi2"}),
            (date(2026, 2, 26), {"tpi", "tpi2", "kepala"}),
            (date(2026, 3, 2), {"tpi", "tpi2", "kepala", "koordinator", "koordinator2"}),
        ],
    )
    def test_who_hears_of_the_tpis_deadline(self, office: Office, day: date, hearers: set[str]) -> None:
        office.calendar(Dated(Stage.TPI_ASSESSMENT, due=date(2026, 2, 27)))
        code = office.open(stage=Stage.TPI_ASSESSMENT)
        for kind in ("surat_usulan", "sptjm"):
            office.file(code, kind)

        remind(now=morning(day))

        with reading() as session:
            people = session.execute(select(col(Delivery.person_id))).scalars().all()
        assert {_name(office, person) for person in people} == hearers


class TestObligations:
    """An obligation opens with its stage, is done when the thing is done, and follows a moved date."""

    def test_a_stage_owes_its_end_and_the_papers_of_others(self, office: Office) -> None:
        office.open(stage=Stage.UNIT_IDENTIFICATION)

        owed = {(row.kind, row.item, row.owed_by.value) for row in obligations(ObligationState.OPEN)}

        assert owed == {
            (ObligationKind.STAGE, "", "koordinator"),
            (ObligationKind.DOCUMENTS, "pimpinan_unit", "pimpinan_unit"),
        }

    def test_filing_the_papers_ends_it_and_withdrawing_one_opens_it_again(self, office: Office) -> None:
        code = office.open(stage=Stage.UNIT_IDENTIFICATION)
        office.file(code, "sk_tim_kerja", by="kepala")
        number = office.file(code, "rencana_aksi", by="kepala")
        assert [row.state for row in obligations() if row.item] == [ObligationState.DONE]

        withdraw_document(number, reason="keliru", actor=office.actor("kepala"), now=office.now)

        assert [row.state for row in obligations() if row.item] == [ObligationState.OPEN]

    def test_leaving_the_stage_ends_its_reminders(self, office: Office) -> None:
        code = office.open()
        office.file_required(code, "select_unit")
        office.move(code, "select_unit")

        remind(now=morning(date(2026, 2, 27)))

        assert not due_messages()

    def test_a_moved_date_keeps_the_obligation_and_gives_new_rungs(self, office: Office) -> None:
        office.open()
        remind(now=morning(date(2026, 2, 24)))  # H-3 of 27 February
        office.calendar(Dated(Stage.PENCANANGAN, due=date(2026, 3, 13)))

        remind(now=morning(date(2026, 2, 27)))  # H-14 of 13 March

        assert len(obligations()) == 1
        assert [(one.rung, one.due_on) for one in due_messages()] == [
            ("H-3", date(2026, 2, 27)),
            ("H-14", date(2026, 3, 13)),
        ]

    def test_without_a_date_nothing_is_said(self, office: Office) -> None:
        office.open(stage=Stage.SUBMISSION_DESK)
        remind(now=morning(date(2026, 12, 1)))
        assert due_messages() == []

    def test_a_cycle_kept_for_the_record_owes_nothing(self, office: Office) -> None:
        office.cycle = open_cycle(
            "CONTOH",
            2023,
            ruleset="permen-90-2021",
            route=Route.TPN,
            actor=office.actor("koordinator"),
            now=office.now,
            record_only=True,
        )
        office.open(stage=Stage.SUBMISSION_DESK)

        assert obligations() == []


def _name(office: Office, person: int) -> str:
    names = ("koordinator", "koordinator2", "kepala", "pokja", "tpi", "tpi2", "pimpinan", "admin")
    return next(name for name in names if office.actor(name).person_id == person)
