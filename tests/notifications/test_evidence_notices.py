"""Missing evidence is told to whoever has to bring it: once for each occasion, in one message, true on its day."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlmodel import col

from models.agencies import Unit
from models.database import bound_engine, reading, transaction
from models.home import Home
from models.messages import Delivery, DeliveryState, Notice, OutboxMessage
from models.people import Person, Role
from models.stages import Stage
from notifications.compose import compose
from notifications.deliver import plan_deliveries
from notifications.evidence_notices import evidence_letters, plan_evidence_notices, queue_evidence_notices
from notifications.expand import expand_outbox
from notifications.letter import SHORT, Letter
from notifications.parcel import load_parcels
from notifications.relevance import untrue
from notifications.remind import plan_reminders, remind
from notifications.send import deliver_queued
from states.absences import set_absence
from states.cycles import Dated
from states.evidence.reviewing import Verdict
from states.lookups import find
from states.parts import Part
from tests.office import Office
from tests.states.evidence.cabinet import MEMBERS, PLAN, SOP, TEAM, Cabinet

MONDAY = datetime(2026, 2, 9, 0, 30, tzinfo=UTC)  # 07:30 in Jakarta
DUE = date(2026, 3, 31)


@pytest.fixture
def cabinet(office: Office, tmp_path: Path) -> Cabinet:
    office.calendar(Dated(Stage.SELF_ASSESSMENT, due=DUE), Dated(Stage.TPI_ASSESSMENT, due=date(2026, 5, 31)))
    office.open(stage=Stage.SELF_ASSESSMENT)
    return Cabinet(office, tmp_path)


@pytest.fixture
def both(both_offices: Office, tmp_path: Path) -> Cabinet:
    both_offices.open(stage=Stage.SELF_ASSESSMENT)
    return Cabinet(both_offices, tmp_path)


def told() -> list[tuple[str, str]]:
    """Who is told of which occasion."""
    with reading() as session:
        rows = session.execute(
            select(col(Person.email), col(OutboxMessage.subject))
            .join(OutboxMessage, col(OutboxMessage.person_id) == col(Person.id))
            .where(col(OutboxMessage.kind) == Notice.EVIDENCE)
            .order_by(col(OutboxMessage.id))
        )
        return [(email.partition("@")[0], subject.rpartition(":")[2]) for email, subject in rows]


def letter(name: str = "pokja", *, now: datetime = MONDAY) -> Letter:
    with reading() as session:
        (one,) = evidence_letters(session, f"{name}@contoh.invalid", now=now)
    return one.letter


def away(cabinet: Cabinet, name: str, deputy: str) -> None:
    """From the second Monday on."""
    set_absence(
        f"{name}@contoh.invalid",
        since=date(2026, 2, 16),
        until=DUE,
        deputy=f"{deputy}@contoh.invalid",
        actor=cabinet.office.actor("koordinator"),
        now=cabinet.now,
    )


class TestAbsence:
    """A deputy hears what somebody has to prove who is away; from the day before the end both do."""

    def test_the_deputy_is_told_and_the_message_names_who_is_away(self, both: Cabinet) -> None:
        both.answer(**{TEAM: "Ya"})
        away(both, "pokja", "tpi")
        wednesday = MONDAY.replace(day=18)

        for day in (MONDAY, wednesday):
            queue_evidence_notices(now=day)
            assert expand_outbox(now=day).queued == 1

        assert told() == [("pokja", "2026-02-09"), ("tpi", "2026-02-18")]
        assert "Atas nama Pokja, yang sedang tidak di tempat." in letter("tpi", now=wednesday).body
        assert "*RSUD Contoh* (a.n. Pokja)" in letter("tpi", now=wednesday).short

    def test_the_dry_run_names_the_deputy(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        away(cabinet, "pokja", "tpi")

        with reading() as session:
            planned = list(plan_evidence_notices(session, now=MONDAY.replace(day=18)))

        assert [one.recipient for one in planned] == ["tpi@contoh.invalid"]

    def test_on_the_day_before_both_are_told(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        away(cabinet, "pokja", "tpi")

        queue_evidence_notices(now=MONDAY.replace(month=3, day=30))

        assert sorted(told()) == [("pokja", "2026-03-30"), ("tpi", "2026-03-30")]

    def test_where_the_deputy_is_away_whoever_stands_in_is_told(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        away(cabinet, "pokja", "tpi")
        away(cabinet, "tpi", "tpi2")

        queue_evidence_notices(now=MONDAY.replace(day=18))

        assert sorted(told()) == [("koordinator", "2026-02-18"), ("koordinator2", "2026-02-18")]


class TestQueue:
    """Once for each person and occasion; a missed day is caught up with."""

    def test_who_has_to_bring_it_is_told(self, both: Cabinet) -> None:
        both.answer(**{TEAM: "Ya"})

        assert queue_evidence_notices(now=MONDAY) == 1
        assert told() == [("pokja", "2026-02-09")]

    def test_running_again_says_nothing_twice(self, both: Cabinet) -> None:
        both.answer(**{TEAM: "Ya"})
        queue_evidence_notices(now=MONDAY)

        assert queue_evidence_notices(now=MONDAY) == 0
        assert queue_evidence_notices(now=MONDAY.replace(day=16)) == 0  # a day off before Imlek, which is the 17th
        assert queue_evidence_notices(now=MONDAY.replace(day=18)) == 1
        assert told() == [("pokja", "2026-02-09"), ("pokja", "2026-02-18")]

    def test_a_missed_monday_is_said_later_and_older_ones_are_not(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})

        queue_evidence_notices(now=MONDAY.replace(day=26))

        assert told() == [("pokja", "2026-02-23")]

    def test_what_was_answered_after_the_monday_waits_for_the_next(self, cabinet: Cabinet) -> None:
        cabinet.office.now = MONDAY.replace(day=10)
        cabinet.answer(**{TEAM: "Ya"})

        assert queue_evidence_notices(now=MONDAY.replace(day=11)) == 0
        assert queue_evidence_notices(now=MONDAY.replace(day=18)) == 1

    def test_nothing_missing_is_told_to_nobody(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        cabinet.add(TEAM)

        assert queue_evidence_notices(now=MONDAY) == 0

    def test_before_the_end_every_rung_is_said(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        cabinet.set_stage(Stage.TPI_ASSESSMENT)

        days = [MONDAY.replace(month=3, day=day) for day in range(1, 32)]
        for day in days:
            queue_evidence_notices(now=day)

        # Half time, H-14 and, because of Nyepi and Eid, H-7 in one, H-3 on the Friday, H-1.
        assert [day for _, day in told()] == ["2026-03-02", "2026-03-17", "2026-03-27", "2026-03-30"]

    def test_history_is_told_to_nobody(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        cabinet.set_record_only()

        assert queue_evidence_notices(now=MONDAY) == 0

    def test_remind_queues_and_plans_it(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        planned = [one for one in plan_reminders(now=MONDAY) if one.kind == "evidence"]

        remind(now=MONDAY)

        with reading() as session:
            ids = session.execute(select(col(Delivery.message_id))).scalars().all()
            assert list(plan_evidence_notices(session, now=MONDAY)) == []
        assert [one.recipient for one in planned] == ["pokja@contoh.invalid"]
        assert planned[0].message_id in ids
        assert planned[0] in plan_deliveries(now=MONDAY)

    def test_the_second_shard_leaves_it_to_the_first(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})

        remind(now=MONDAY, part=Part(1, 2))

        assert told() == []


class TestWho:
    """Whoever has the area; where nobody has it, who stands in for the role."""

    def test_each_area_is_told_to_its_own(self, cabinet: Cabinet) -> None:
        cabinet.person("ani", Role.POKJA, unit="RSUD", area="TL")
        cabinet.answer(**{TEAM: "Ya", SOP: "A"})

        assert (SOP in letter("ani").body, TEAM in letter("ani").body) == (True, False)
        assert (SOP in letter().body, TEAM in letter().body) == (False, True)

    def test_where_nobody_holds_the_role_the_koordinators_are_told(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        cabinet.end_roles("pokja", Role.POKJA)
        cabinet.end_roles("kepala", Role.PIMPINAN_UNIT)

        queue_evidence_notices(now=MONDAY)

        assert [name for name, _ in told()] == ["koordinator", "koordinator2"]
        assert "belum ada pimpinan unit untuk unit ini" in letter("koordinator").body

    def test_all_candidacies_of_a_person_are_in_one_message(self, cabinet: Cabinet) -> None:
        cabinet.office.open(unit="DINAS", stage=Stage.TPI_ASSESSMENT)
        cabinet.person("pokja", Role.POKJA, unit="DINAS")
        cabinet.answer(**{TEAM: "Ya"})
        cabinet.set_stage(Stage.TPI_ASSESSMENT)
        cabinet.code = "DINAS-2026"
        cabinet.set_stage(Stage.SELF_ASSESSMENT)
        cabinet.answer(by="pokja", **{SOP: "A"})

        assert queue_evidence_notices(now=MONDAY) == 1
        body = letter().body
        assert body.index("*RSUD Contoh") < body.index("*Dinas Contoh"), "the nearer deadline first"


class TestWords:
    """What is missing, since when, until when, why it was rejected, and how to bring it."""

    def test_the_question_its_day_its_deadline_and_its_command(self, cabinet: Cabinet, language: str) -> None:
        cabinet.answer(**{TEAM: "Ya"})

        body = letter().body

        assert f"{TEAM} " in body
        assert ("sejak 2 Februari 2026" if language == "id" else "since 2 February 2026") in body
        assert (
            "Selasa, 31 Maret 2026: 50 hari lagi" if language == "id" else "Tuesday, 31 March 2026: 50 days"
        ) in body
        assert f"    zi evidence add RSUD-2026 {TEAM} " in body
        assert "    zi evidence missing RSUD-2026 --person pokja@contoh.invalid" in body

    def test_what_was_rejected_comes_first_with_the_tpis_reason(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya", SOP: "A"})
        number = cabinet.one(SOP)
        cabinet.set_stage(Stage.TPI_ASSESSMENT)
        cabinet.review(number, Verdict.REJECT, "buram <b>dan</b>\nterpotong")

        written = letter()

        assert "Ditolak TPI: buram <b>dan</b> terpotong" in written.body
        assert written.body.index(SOP) < written.body.index(TEAM)
        assert "ditolak: buram" in written.short
        assert "&lt;b&gt;" in written.html

    def test_a_long_list_is_counted_and_fits_whatsapp(self, cabinet: Cabinet) -> None:
        cabinet.office.fill_lke(cabinet.code)

        written = letter()

        total = len(cabinet.missing())
        assert written.subject.startswith(f"Data dukung belum ada: {total} pertanyaan")
        assert f"dan {total - 8} pertanyaan lain" in written.body
        assert len(written.short) <= SHORT


class TestSending:
    """It is put into words when it is sent; where nothing is missing any more, nothing is sent."""

    def deliver(self, home: Home, *, now: datetime) -> int:
        return deliver_queued(home=home, worker_id="w", clock=lambda: now)[0].sent

    def states(self) -> list[DeliveryState]:
        with reading() as session:
            query = (
                select(col(Delivery.state))
                .join(OutboxMessage, col(OutboxMessage.id) == col(Delivery.outbox_id))
                .where(col(OutboxMessage.kind) == Notice.EVIDENCE)
            )
            return list(session.execute(query).scalars())

    def test_it_lists_what_is_missing_then(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya", MEMBERS: "A"})
        queue_evidence_notices(now=MONDAY)
        expand_outbox(now=MONDAY)
        cabinet.add(TEAM)

        with reading() as session:
            query = select(col(Delivery.id)).join(Person, col(Person.id) == col(Delivery.person_id))
            ids = list(session.execute(query.where(col(Person.email) == "pokja@contoh.invalid")).scalars())
            parcels = [one for one in load_parcels(session, ids) if one.outbox.kind is Notice.EVIDENCE]
            (written,) = compose(session, parcels, now=MONDAY).values()

        assert written
        assert (TEAM in written.body, MEMBERS in written.body) == (False, True)

    def test_what_was_brought_meanwhile_cancels_it(self, cabinet: Cabinet, home: Home) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        queue_evidence_notices(now=MONDAY)
        expand_outbox(now=MONDAY)
        cabinet.add(TEAM)

        self.deliver(home, now=MONDAY)

        assert self.states() == [DeliveryState.CANCELLED]

    def test_who_has_it_no_more_is_not_told(self, cabinet: Cabinet) -> None:
        cabinet.answer(**{TEAM: "Ya"})
        queue_evidence_notices(now=MONDAY)
        cabinet.end_roles("pokja", Role.POKJA)

        with reading() as session:
            rows = (
                session.execute(select(OutboxMessage).where(col(OutboxMessage.kind) == Notice.EVIDENCE)).scalars().all()
            )
            assert untrue(session, rows, now=MONDAY) == {row.id for row in rows}


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    event.listen(bound_engine(), "before_cursor_execute", note)
    yield asked
    event.remove(bound_engine(), "before_cursor_execute", note)


class TestMany:
    """A fixed number of queries, however many candidacies there are."""

    def test_ten_more_units_ask_no_more_queries(self, cabinet: Cabinet) -> None:
        def queries() -> int:
            with counted_queries() as asked:
                queue_evidence_notices(now=MONDAY)
            return len(asked)

        self.open_many(cabinet, 1, 2)
        few = queries()
        self.open_many(cabinet, 3, 12)

        assert queries() == few
        assert "Masih ada 2 unit lain" in letter("kadis").body

    def open_many(self, cabinet: Cabinet, first: int, last: int) -> None:
        with transaction() as session:
            dinas = find(session, Unit, "DINAS")
            session.add_all(
                Unit(code=f"UPT{number:02}", name=f"UPT {number}", agency_id=dinas.agency_id, parent_id=dinas.id)
                for number in range(first, last + 1)
            )
        cabinet.person("kadis", Role.PIMPINAN_UNIT, unit="DINAS")
        for number in range(first, last + 1):
            code = cabinet.office.open(unit=f"UPT{number:02}", stage=Stage.SELF_ASSESSMENT)
            cabinet.answer(code, by="kadis", **{PLAN: "Ya"})
