"""Quiet hours on the way of a message: it is queued and counted as said at its time, and delivered later."""

from datetime import UTC, datetime, timedelta

import pytest

from models.database import reading
from models.messages import Delivery, DeliveryState, Notice
from models.obligations import Said
from models.people import Role
from models.preferences import Language, Mode, Zone
from notifications.counts import Counts
from notifications.deliver import deliver, plan_deliveries
from notifications.digests import make_digests
from notifications.evidence_notices import evidence_letters
from notifications.expand import expand_outbox
from states.preferences import Changes, To
from tests.notifications.peers import WebPeer
from tests.notifications.wishes import NIGHT, collected, wish
from tests.notifications.world import FRIDAY, World, stored

in_both = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])

EVENING = datetime(2026, 5, 29, 13, 0, tzinfo=UTC)  # 20:00 WIB, 21:00 WITA, 22:00 WIT
NIGHT_IN_THE_WEST = EVENING + timedelta(hours=2)
MONDAY = FRIDAY + timedelta(days=3)
MORNING = datetime(2026, 5, 29, 23, 0, tzinfo=UTC)  # 06:00 WIB of the 30th


def run(world: World, now: datetime) -> Counts:
    return deliver(home=world.home, clock=lambda: now)


class TestHeld:
    """Delivery waits for the morning; evaluation does not."""

    @in_both
    def test_at_night_it_is_said_and_held_and_in_the_morning_it_goes(self, world: World) -> None:
        wish(world.head, Changes(quiet=NIGHT), now=FRIDAY)
        world.queue_rung("H-3")

        night = run(world, NIGHT_IN_THE_WEST)
        again = run(world, NIGHT_IN_THE_WEST + timedelta(hours=1))
        morning = run(world, MORNING)

        assert night == Counts(queued=1, held=1)
        assert (again, morning) == (Counts(), Counts(sent=1))
        assert [row.at for row in stored(Said) if row.covered_by is None] == [NIGHT_IN_THE_WEST]
        assert stored(Delivery)[0].attempts == 1

    def test_the_same_instant_is_held_in_jayapura_and_sent_in_jakarta(self, world: World) -> None:
        wish(world.head, Changes(quiet=NIGHT, zone=To(Zone.WIT)), now=FRIDAY)
        wish(world.koordinator, Changes(quiet=NIGHT, zone=To(Zone.WIB)), now=FRIDAY)
        world.queue(Notice.MOVED, world.entry, Role.PIMPINAN_UNIT, Role.KOORDINATOR)

        counts = run(world, EVENING)

        assert (counts.sent, counts.held) == (1, 1)
        rows = world.deliveries()
        assert rows["ani@kudus.go.id"].state is DeliveryState.SENT
        assert rows["budi@kudus.go.id"].next_try_at == datetime(2026, 5, 29, 21, 0, tzinfo=UTC)

    def test_a_retry_into_the_night_is_held_and_is_no_attempt(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("broken"))
        wish(world.head, Changes(quiet=NIGHT), now=FRIDAY)
        world.queue_rung("H-3")
        assert run(world, EVENING + timedelta(minutes=59)).retrying == 1

        night = run(world, NIGHT_IN_THE_WEST)

        assert night == Counts(held=1)
        row = stored(Delivery)[0]
        assert (row.attempts, row.next_try_at, row.leased_by, row.state) == (1, MORNING, None, DeliveryState.QUEUED)

    def test_who_sets_them_after_a_message_was_queued_is_left_alone_too(self, world: World) -> None:
        world.queue_rung("H-3")
        expand_outbox(now=EVENING)
        wish(world.head, Changes(quiet=NIGHT), now=EVENING)

        assert run(world, NIGHT_IN_THE_WEST) == Counts(held=1)
        assert list(world.home.mail.iterdir()) == []

    def test_what_is_due_today_rings(self, world: World) -> None:
        wish(world.head, Changes(quiet=NIGHT, working_days_only=True), now=FRIDAY)
        world.queue_rung("H")

        counts = run(world, datetime(2026, 5, 31, 14, 30, tzinfo=UTC))  # 21:30 on the due day, a Sunday

        assert (counts.sent, counts.held) == (1, 0)

    @in_both
    def test_who_lifts_quiet_hours_need_not_wait_for_the_morning(self, world: World) -> None:
        wish(world.head, Changes(quiet=NIGHT), now=FRIDAY)
        world.queue_rung("H-3")
        run(world, NIGHT_IN_THE_WEST)

        wish(world.head, Changes(quiet=To(None)), now=NIGHT_IN_THE_WEST)

        assert run(world, NIGHT_IN_THE_WEST).sent == 1

    def test_the_dry_run_says_until_when(self, world: World) -> None:
        wish(world.head, Changes(quiet=NIGHT), now=FRIDAY)
        world.queue_rung("H-3")

        assert [one.held_until for one in plan_deliveries(now=NIGHT_IN_THE_WEST)] == [MORNING]
        assert [one.held_until for one in plan_deliveries(now=EVENING)] == [None]


class TestLanguage:
    """Each letter is in the language of its person; of who has chosen none, in the installation's."""

    def test_one_message_in_two_languages(self, world: World) -> None:
        wish(world.head, Changes(language=To(Language.EN)), now=FRIDAY)
        world.queue(Notice.MOVED, world.entry, Role.PIMPINAN_UNIT, Role.KOORDINATOR)
        run(world, FRIDAY)

        texts = {row.person_id: (world.home.mail / f"{row.message_id}.eml").read_text() for row in stored(Delivery)}

        assert "Subject: RSUD dr. Loekmono Hadi: now at Self-assessment" in texts[world.head.id]
        assert "Subject: RSUD dr. Loekmono Hadi: sekarang pada" in texts[world.koordinator.id]
        assert "Message id" in texts[world.head.id]
        assert "ID pesan" in texts[world.koordinator.id]

    def test_an_item_of_a_digest_too(self, world: World) -> None:
        wish(world.head, Changes(language=To(Language.EN)), now=FRIDAY)
        collected(world.head, Mode.WEEKLY, Notice.MOVED, now=FRIDAY)
        world.queue(Notice.MOVED, world.entry, Role.PIMPINAN_UNIT)
        expand_outbox(now=FRIDAY)
        make_digests(now=MONDAY)
        run(world, MONDAY)

        (file,) = world.home.mail.iterdir()
        assert "This week: 1 thing" in file.read_text()
        assert "now at Self-assessment" in " ".join(file.read_text().split())

    def test_the_list_of_missing_evidence_to_copy(self, world: World) -> None:
        world.queue_evidence(world.head)
        wish(world.head, Changes(language=To(Language.EN)), now=FRIDAY)

        with reading() as session:
            (one,) = evidence_letters(session, now=FRIDAY)

        assert one.letter.subject.startswith("Evidence missing")
