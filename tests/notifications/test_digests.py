"""Digests: collected, made once, never lost; urgent things pass by, and a heartbeat arrives without news."""

import random
import subprocess
import sys
import time
from collections import Counter
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlmodel import col

from models.cycles import Holiday
from models.database import transaction
from models.findings import Finding, FindingState, Severity
from models.messages import Delivery, DeliveryState, Notice, OutboxMessage
from models.obligations import Obligation, ObligationKind, ObligationState
from models.people import Membership, Person, Role
from models.preferences import Mode, Preference, PreferenceKind
from notifications.deliver import deliver, plan_deliveries
from notifications.digests import _due, _make, make_digests
from notifications.expand import expand_outbox
from notifications.remind import remind
from states.preferences import Changes
from tests.notifications.peers import WebPeer
from tests.notifications.wishes import collected, wish
from tests.notifications.world import FRIDAY, LONG_AGO, World, kept, stored

in_both = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])

SATURDAY, MONDAY, TUESDAY = (FRIDAY + timedelta(days=days) for days in (1, 3, 4))
NEXT_MONDAY = MONDAY + timedelta(days=7)


def states(kind: Notice | None = None) -> Counter[str]:
    kinds = {row.id: row.kind for row in stored(OutboxMessage)}
    return Counter(row.state.value for row in stored(Delivery) if kind in (None, kinds[row.outbox_id]))


def mails(world: World) -> list[str]:
    """Plain texts in the order of their subjects."""
    texts = []
    for file in world.home.mail.glob("*.eml"):
        message = message_from_bytes(file.read_bytes(), policy=default)
        assert isinstance(message, EmailMessage)
        body = message.get_body(("plain",))
        assert body
        texts.append(f"{str(message['Subject']).strip()}\n\n{body.get_content()}")
    return sorted(texts)


def another_obligation(world: World, due_on: date) -> Obligation:
    return kept(
        Obligation(
            candidacy_id=world.candidacy.id,
            entry_id=world.entry.id,
            kind=ObligationKind.DOCUMENTS,
            item=Role.PIMPINAN_UNIT.value,
            owed_by=Role.PIMPINAN_UNIT,
            due_on=due_on,
            opened_at=FRIDAY,
        )
    )


class TestCollecting:
    """What is wanted weekly waits for Monday, what is wanted daily for the next morning, and is told once."""

    @in_both
    def test_a_reminder_waits_and_is_told_on_monday(self, world: World) -> None:
        collected(world.head, Mode.WEEKLY, Notice.DUE, now=FRIDAY)
        world.queue_rung("H-7")

        first = deliver(home=world.home, clock=lambda: FRIDAY)
        assert (first.queued, first.held, first.sent, mails(world)) == (1, 1, 0, [])

        assert [make_digests(now=moment) for moment in (SATURDAY, MONDAY, MONDAY, TUESDAY)] == [0, 1, 0, 0]
        sent = deliver(home=world.home, clock=lambda: MONDAY)

        assert (sent.queued, sent.sent) == (1, 1)
        assert states(Notice.DUE) == {"digested": 1}
        (text,) = mails(world)
        assert text.startswith("Rangkuman pekan ini: 1 hal, tenggat terdekat 31 Mei 2026\n")
        assert "*RSUD dr. Loekmono Hadi: tahap Penilaian mandiri, terlambat 1 hari*" in text

    @in_both
    def test_a_daily_one_comes_the_next_morning_and_leaves_what_is_wanted_weekly(self, world: World) -> None:
        collected(world.head, Mode.DAILY, Notice.MOVED, now=FRIDAY)
        collected(world.head, Mode.WEEKLY, Notice.DUE, now=FRIDAY)
        world.queue_rung("H-7")
        world.queue(Notice.MOVED, world.entry, Role.PIMPINAN_UNIT)
        expand_outbox(now=FRIDAY)

        assert make_digests(now=SATURDAY) == 1
        deliver(home=world.home, clock=lambda: SATURDAY)

        (text,) = mails(world)
        assert text.startswith("Rangkuman hari ini: 1 hal\n")
        assert (states(Notice.DUE), states(Notice.MOVED)) == ({"waiting": 1}, {"digested": 1})
        assert make_digests(now=MONDAY) == 1
        assert states(Notice.DUE) == {"digested": 1}

    def test_the_nearest_deadline_is_first_and_of_one_obligation_the_newest_rung(self, world: World) -> None:
        collected(world.head, Mode.WEEKLY, Notice.DUE, Notice.MOVED, now=FRIDAY)
        world.queue(Notice.MOVED, world.entry, Role.PIMPINAN_UNIT)
        world.queue_rung("H-14", due_on=date(2026, 6, 15), obligation=another_obligation(world, date(2026, 6, 15)))
        world.queue_rung("H-14")
        world.queue_rung("H-7")
        expand_outbox(now=FRIDAY)
        make_digests(now=MONDAY)
        deliver(home=world.home, clock=lambda: MONDAY)

        (text,) = mails(world)

        titles = [line for line in text.splitlines() if line.startswith("*")]
        assert [title.split(", ")[-1] for title in titles[:2]] == ["terlambat 1 hari*", "14 hari lagi*"]
        assert len(titles) == 3
        assert "sekarang pada tahap" in titles[2]

    def test_what_is_no_longer_true_is_left_out_when_it_is_made_and_when_it_is_sent(self, world: World) -> None:
        collected(world.head, Mode.DAILY, Notice.DUE, Notice.FINDING, now=FRIDAY)
        finding = world.finding()
        world.queue_rung("H-7")
        world.queue(Notice.FINDING, finding, Role.PIMPINAN_UNIT)
        expand_outbox(now=FRIDAY)
        with transaction() as session:
            owed = session.get_one(Obligation, world.obligation.id)
            owed.state, owed.closed_at = ObligationState.DONE, FRIDAY

        assert make_digests(now=SATURDAY) == 1
        assert (states(Notice.DUE), states(Notice.FINDING)) == ({"cancelled": 1}, {"digested": 1})
        with transaction() as session:
            row = session.get_one(Finding, finding.id)
            row.state, row.closed_at = FindingState.CLOSED, SATURDAY

        assert deliver(home=world.home, clock=lambda: SATURDAY).sent == 0
        assert mails(world) == []

    def test_without_anything_to_tell_there_is_no_daily_one(self, world: World) -> None:
        collected(world.head, Mode.DAILY, Notice.DUE, now=FRIDAY)

        assert [make_digests(now=moment) for moment in (SATURDAY, MONDAY, TUESDAY)] == [0, 0, 0]

    def test_others_hear_it_at_once(self, world: World) -> None:
        collected(world.koordinator, Mode.WEEKLY, Notice.MOVED, now=FRIDAY)
        world.queue(Notice.MOVED, world.entry, Role.PIMPINAN_UNIT, Role.KOORDINATOR)

        assert deliver(home=world.home, clock=lambda: FRIDAY).sent == 1
        assert world.deliveries()["ani@kudus.go.id"].state is DeliveryState.WAITING

    def test_it_goes_by_the_persons_channels(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("ok"))
        collected(world.head, Mode.WEEKLY, Notice.DUE, now=FRIDAY)
        world.queue_rung("H-7")
        expand_outbox(now=FRIDAY)
        make_digests(now=MONDAY)

        assert deliver(home=world.home, clock=lambda: MONDAY).sent == 1
        assert "Rangkuman pekan ini" in web.taken[0]

    def test_the_dry_run_says_until_when_it_waits(self, world: World) -> None:
        collected(world.head, Mode.WEEKLY, Notice.DUE, now=FRIDAY)
        world.queue_rung("H-7")

        (planned,) = plan_deliveries(now=FRIDAY)

        assert planned.held_until == MONDAY


class TestUrgent:
    """What asks to be acted on within days waits for no digest, whatever the person has chosen."""

    @pytest.mark.parametrize(
        ("rung", "waits"), [("H-14", True), ("H-7", True), ("H-3", False), ("H-1", False), ("H", False), ("H+8", False)]
    )
    def test_a_reminder_from_h_minus_3_on(self, world: World, rung: str, waits: bool) -> None:
        collected(world.head, Mode.WEEKLY, Notice.DUE, now=FRIDAY)
        world.queue_rung(rung)
        expand_outbox(now=FRIDAY)

        assert (world.deliveries()["budi@kudus.go.id"].state is DeliveryState.WAITING) is waits

    @pytest.mark.parametrize("severity", list(Severity))
    def test_a_critical_finding(self, world: World, severity: Severity) -> None:
        collected(world.head, Mode.WEEKLY, Notice.FINDING, now=FRIDAY)
        finding = world.finding()
        with transaction() as session:
            session.get_one(Finding, finding.id).severity = severity
        world.queue(Notice.FINDING, finding, Role.PIMPINAN_UNIT)
        expand_outbox(now=FRIDAY)

        waits = world.deliveries()["budi@kudus.go.id"].state is DeliveryState.WAITING
        assert waits is (severity is not Severity.CRITICAL)


class TestHeartbeat:
    """A weekly digest arrives with news or without, so that silence means a fault."""

    @in_both
    def test_it_arrives_each_week_once(self, world: World) -> None:
        wish(world.koordinator, Changes(heartbeat=True), now=FRIDAY)

        made = [make_digests(now=moment) for moment in (FRIDAY, MONDAY, MONDAY, TUESDAY, NEXT_MONDAY)]
        deliver(home=world.home, clock=lambda: NEXT_MONDAY)

        assert made == [0, 1, 0, 0, 1]
        assert len(mails(world)) == 2
        assert all("Tidak ada yang baru pekan ini; pengingat berjalan." in text for text in mails(world))
        assert mails(world)[0].startswith("Rangkuman pekan ini: tidak ada yang baru\n")

    def test_missed_weeks_are_made_up_for_by_one(self, world: World) -> None:
        wish(world.koordinator, Changes(heartbeat=True), now=FRIDAY)

        later = NEXT_MONDAY + timedelta(days=9)

        assert [make_digests(now=later), make_digests(now=later)] == [1, 0]
        assert make_digests(now=NEXT_MONDAY + timedelta(days=14)) == 1

    def test_who_has_left_the_office_needs_none(self, world: World) -> None:
        wish(world.koordinator, Changes(heartbeat=True), now=FRIDAY)
        with transaction() as session:
            held = session.execute(select(Membership).where(col(Membership.person_id) == world.koordinator.id))
            held.scalar_one().until = FRIDAY.date()

        assert make_digests(now=MONDAY) == 0

    def test_on_a_monday_off_it_comes_on_tuesday_to_who_works_on_working_days(self, world: World) -> None:
        kept(Holiday(day=MONDAY.date(), name="Hari Lahir Pancasila", source="test"))
        wish(world.koordinator, Changes(heartbeat=True, working_days_only=True), now=FRIDAY)

        assert [make_digests(now=moment) for moment in (MONDAY, TUESDAY)] == [0, 1]

    def test_the_run_that_reminds_makes_it_last_so_that_it_holds_what_was_just_said(self, world: World) -> None:
        collected(world.head, Mode.WEEKLY, Notice.DUE, now=FRIDAY)
        world.queue_rung("H-7")

        remind(now=MONDAY)

        assert states(Notice.DUE) == {"digested": 1}
        assert states(Notice.DIGEST) == {"queued": 1}
        assert remind(now=MONDAY).queued == 0

    def test_what_stays_late_after_its_last_rung_is_listed_for_who_owes_it(self, world: World) -> None:
        wish(world.head, Changes(heartbeat=True), now=FRIDAY)
        wish(world.assessor, Changes(heartbeat=True), now=FRIDAY)
        make_digests(now=NEXT_MONDAY)
        deliver(home=world.home, clock=lambda: NEXT_MONDAY)

        late, other = sorted(mails(world), key=len, reverse=True)

        assert "pekan ini: tidak ada yang baru, 1 tetap terlambat" in late
        assert "Penilaian mandiri, batas 31 Mei 2026: terlambat 8 hari" in " ".join(late.split())
        assert "terlambat" not in other

    def test_while_rungs_are_to_come_it_is_not(self, world: World) -> None:
        with transaction() as session:
            session.get_one(Obligation, world.obligation.id).next_at = NEXT_MONDAY + timedelta(days=1)
        wish(world.head, Changes(heartbeat=True), now=FRIDAY)
        make_digests(now=NEXT_MONDAY)
        deliver(home=world.home, clock=lambda: NEXT_MONDAY)

        assert "terlambat" not in mails(world)[0]


class TestNothingIsLost:
    """An item waits, or stands in one digest: whatever is cut off, and whatever people change their minds to."""

    @in_both
    def test_what_is_cut_off_before_the_end_leaves_all_as_it_was(self, world: World) -> None:
        collected(world.head, Mode.WEEKLY, Notice.DUE, now=FRIDAY)
        world.queue_rung("H-7")
        expand_outbox(now=FRIDAY)

        with pytest.raises(KeyboardInterrupt), transaction() as session:
            assert _make(session, _due(session, 10, now=MONDAY), now=MONDAY) == 1
            session.flush()
            raise KeyboardInterrupt

        assert (states(), len(stored(OutboxMessage))) == ({"waiting": 1}, 1)
        assert make_digests(now=MONDAY) == 1
        assert states() == {"digested": 1}

    def test_kill_minus_9(self, world: World) -> None:
        people = many_weekly_heads(world)
        world.queue_rung("H-7")
        expand_outbox(now=FRIDAY)
        dice = random.Random(11)

        for _ in range(3):
            make_and_kill(world.home.path, after=dice.uniform(0.0, 0.15))
            assert states(Notice.DUE).keys() <= {"waiting", "digested"}
            assert states(Notice.DUE)["digested"] == len(stored_digests())
        make_digests(now=MONDAY)
        deliver(home=world.home, clock=lambda: MONDAY)

        assert states(Notice.DUE) == {"digested": people}
        assert states(Notice.DIGEST) == {"sent": people}
        assert len({row.person_id for row in stored_digests()}) == people

    @in_both
    def test_who_wants_it_at_once_again_gets_what_waits_in_one_last_digest(self, world: World) -> None:
        collected(world.head, Mode.WEEKLY, Notice.DUE, now=FRIDAY)
        world.queue_rung("H-7")
        expand_outbox(now=FRIDAY)

        collected(world.head, Mode.IMMEDIATE, Notice.DUE, now=FRIDAY)

        assert [make_digests(now=moment) for moment in (FRIDAY, SATURDAY, MONDAY, NEXT_MONDAY)] == [1, 0, 0, 0]
        assert states(Notice.DUE) == {"digested": 1}
        assert stored(Preference)[0].next_daily_at is None

    @in_both
    def test_what_was_put_aside_just_as_they_changed_their_mind(self, world: World) -> None:
        collected(world.head, Mode.WEEKLY, Notice.DUE, now=FRIDAY)
        collected(world.head, Mode.IMMEDIATE, Notice.DUE, now=FRIDAY)
        world.queue_rung("H-7")
        expand_outbox(now=FRIDAY)
        with transaction() as session:  # as an expansion does that read the preferences before the change
            session.execute(update(Delivery).values(state=DeliveryState.WAITING, route="digest"))

        assert [make_digests(now=moment) for moment in (FRIDAY, SATURDAY)] == [1, 0]
        assert states(Notice.DUE) == {"digested": 1}

    def test_a_second_digest_on_one_day_waits_for_the_next(self, world: World) -> None:
        collected(world.head, Mode.DAILY, Notice.DUE, Notice.MOVED, now=FRIDAY)
        world.queue_rung("H-7")
        expand_outbox(now=FRIDAY)
        make_digests(now=SATURDAY)
        world.queue(Notice.MOVED, world.entry, Role.PIMPINAN_UNIT)
        expand_outbox(now=SATURDAY)
        collected(world.head, Mode.IMMEDIATE, Notice.DUE, Notice.MOVED, now=SATURDAY)

        assert [make_digests(now=SATURDAY), states(Notice.MOVED)] == [0, {"waiting": 1}]
        assert make_digests(now=SATURDAY + timedelta(days=1)) == 1
        assert states(Notice.MOVED) == {"digested": 1}

    def test_many_people_are_taken_in_batches(self, world: World) -> None:
        people = many_weekly_heads(world, count=7)

        assert make_digests(now=MONDAY, limit=3) == people
        assert make_digests(now=MONDAY, limit=3) == 0


MAKER = """
import sys
from datetime import datetime
from models.database import bind
from models.home import find_home
from models.settings import Settings
from notifications.digests import make_digests

home = find_home(Settings(home=sys.argv[1]))
bind(home.database_url)
print("ready", flush=True)
make_digests(now=datetime.fromisoformat(sys.argv[2]), limit=20)
"""


def make_and_kill(home: Path, *, after: float) -> None:
    command = [sys.executable, "-c", MAKER, str(home), MONDAY.isoformat()]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as maker:
        assert maker.stdout
        maker.stdout.readline()
        time.sleep(after)
        maker.kill()


def stored_digests() -> list[OutboxMessage]:
    return [row for row in stored(OutboxMessage) if row.kind is Notice.DIGEST]


def many_weekly_heads(world: World, count: int = 200) -> int:
    """Heads who want reminders weekly; how many, with the one who is there already."""
    collected(world.head, Mode.WEEKLY, Notice.DUE, now=FRIDAY)
    with transaction() as session:
        for number in range(count - 1):
            person = Person(email=f"p{number}@kudus.go.id", name=f"Person {number}")
            session.add(person)
            session.flush()
            session.add(Membership(person_id=person.id, role=Role.PIMPINAN_UNIT, unit_id=world.unit.id, since=LONG_AGO))
            session.add(Preference(person_id=person.id, next_weekly_at=MONDAY))
            session.add(PreferenceKind(person_id=person.id, kind=Notice.DUE, mode=Mode.WEEKLY))
    return count
