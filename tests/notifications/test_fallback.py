"""A message goes by the first channel; where that fails, by the next; last into the mail folder."""

from datetime import datetime, timedelta

import pytest

from models.database import transaction
from models.messages import Channel, Delivery, DeliveryState, Notice, OutboxMessage
from models.people import Role
from models.sealing import new_key
from notifications.counts import Counts
from notifications.deliver import deliver
from notifications.patience import REST, SOON
from tests.notifications.peers import MailPeer, WebPeer
from tests.notifications.world import FRIDAY, World, stored

in_both = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
DEAD = "budi.lama@kudus.go.id"


def run(world: World, now: datetime = FRIDAY) -> Counts:
    return deliver(home=world.home, clock=lambda: now)


def routes() -> list[tuple[str, DeliveryState]]:
    return [(row.route, row.state) for row in sorted(stored(Delivery), key=lambda row: row.id)]


def notices() -> int:
    return len([row for row in stored(OutboxMessage) if row.kind is Notice.UNREACHABLE])


def channel(number: int) -> Channel:
    return next(row for row in stored(Channel) if row.id == number)


def let_it_work(number: int) -> None:
    with transaction() as session:
        row = session.get_one(Channel, number)
        row.failed_at = row.failure = row.rests_until = None


class TestDeadMailLiveHook:
    """Who has a dead e-mail address and a live webhook reads the message there; the koordinator learns of it once."""

    @in_both
    def test_the_next_channel_has_it_in_the_same_run(self, world: World, smtp: MailPeer, web: WebPeer) -> None:
        smtp.refused[DEAD] = "550 5.1.1 no such user"
        world.channel(world.head, smtp.url(DEAD), position=1)
        world.channel(world.head, web.url("ok"), position=2)
        world.queue_rung("H-3")

        counts = run(world)

        told = world.deliveries()
        assert counts == Counts(queued=3, sent=2, failed=1)
        assert routes()[:2] == [("channel:1", DeliveryState.FAILED), ("channel:2", DeliveryState.SENT)]
        assert told["budi@kudus.go.id"].message_id in web.taken[0]
        assert len({row.message_id for row in stored(Delivery) if row.person_id == world.head.id}) == 1
        letter = (world.home.mail / f"{told['ani@kudus.go.id'].message_id}.eml").read_text()
        assert "Budi Santoso" in letter
        assert "zi user channel test 1" in letter

    def test_the_next_message_starts_at_the_channel_that_works(
        self, world: World, smtp: MailPeer, web: WebPeer
    ) -> None:
        smtp.refused[DEAD] = "550 5.1.1 no such user"
        world.channel(world.head, smtp.url(DEAD), position=1)
        world.channel(world.head, web.url("ok"), position=2)
        for rung in ("H-7", "H-3"):
            world.queue_rung(rung)
            run(world)

        for rung in ("H-1", "H"):
            world.queue_rung(rung)
            run(world, FRIDAY + timedelta(days=30))

        assert [route for route, state in routes() if state is DeliveryState.FAILED] == ["channel:1"]
        assert len(web.taken) == 4
        assert notices() == 1

    def test_the_koordinator_learns_of_it_anew_after_it_has_worked(self, world: World, smtp: MailPeer) -> None:
        smtp.refused[DEAD] = "550 5.1.1 no such user"
        world.channel(world.head, smtp.url(DEAD))
        world.queue_rung("H-7")
        run(world)

        let_it_work(1)
        world.queue_rung("H-3")
        run(world)

        assert notices() == 2
        assert channel(1).failures == 2

    def test_messages_on_their_way_when_it_died_tell_nobody_again(self, world: World, smtp: MailPeer) -> None:
        smtp.refused[DEAD] = "550 5.1.1 no such user"
        world.channel(world.head, smtp.url(DEAD))
        for rung in ("H-14", "H-7", "H-3"):
            world.queue_rung(rung)

        counts = run(world)

        assert (counts.failed, notices()) == (3, 1)
        assert len(list(world.home.mail.iterdir())) == 4


class TestTemporary:
    """What may pass is waited for, but not for longer than the message is of use."""

    def test_the_next_channel_has_its_turn_when_patience_ends(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("broken"), position=1)
        world.channel(world.head, web.url("ok"), position=2)
        world.queue_rung("H-3")

        for minute in range(int(SOON.total_seconds() / 60)):
            run(world, FRIDAY + timedelta(minutes=minute))
        assert routes() == [("channel:1", DeliveryState.QUEUED)]
        run(world, FRIDAY + SOON)

        assert routes()[:2] == [("channel:1", DeliveryState.FAILED), ("channel:2", DeliveryState.SENT)]
        assert len(web.taken) == 1

    def test_a_channel_that_failed_of_what_may_pass_is_tried_again_the_day_after(
        self, world: World, web: WebPeer
    ) -> None:
        world.channel(world.head, web.url("broken"), position=1)
        world.channel(world.head, web.url("ok"), position=2)
        world.queue_rung("H-7")
        run(world)
        run(world, FRIDAY + SOON)

        world.queue_rung("H-3")
        run(world, FRIDAY + SOON)
        world.queue_rung("H-1")
        run(world, FRIDAY + SOON + REST)

        by_first = [row for row in stored(Delivery) if row.channel_id == 1]
        assert [row.state for row in by_first] == [DeliveryState.FAILED, DeliveryState.FAILED]
        assert by_first[1].attempts == 1  # it is not waited for again
        assert (len(web.taken), notices()) == (3, 1)

    def test_a_message_that_goes_by_it_takes_the_mark_away(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("ok"))
        with transaction() as session:
            row = session.get_one(Channel, 1)
            row.failed_at, row.failure, row.rests_until = FRIDAY - REST, "500", FRIDAY
        world.queue_rung("H-3")

        run(world)

        assert (channel(1).failed_at, channel(1).failure, channel(1).rests_until) == (None, None, None)
        assert len(web.taken) == 1

    def test_a_server_that_asks_to_wait_is_left_alone_by_all_that_goes_there(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("busy"))
        for rung in ("H-14", "H-7"):
            world.queue_rung(rung)
        web.retry_after = "3600"

        run(world)
        asked = web.asked
        for minutes in (5, 30, 59):
            run(world, FRIDAY + timedelta(minutes=minutes))

        assert web.asked == asked
        assert all(row.next_try_at >= FRIDAY + timedelta(hours=1) for row in stored(Delivery))
        run(world, FRIDAY + timedelta(hours=2))
        assert web.asked > asked

    def test_one_that_asks_to_wait_for_too_long_is_passed_over(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("busy"), position=1)
        world.channel(world.head, web.url("ok"), position=2)
        world.queue_rung("H-3")
        web.retry_after = "86400"

        run(world)

        assert next(route for route, state in routes() if state is DeliveryState.SENT) == "channel:2"

    def test_a_message_that_may_have_arrived_is_sent_again_with_its_id(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("cut"))
        world.queue_rung("H-3")

        run(world)
        run(world, FRIDAY + timedelta(minutes=2))

        row = stored(Delivery)[0]
        assert (row.state, row.attempts) == (DeliveryState.QUEUED, 2)
        assert len(web.taken) == 2
        assert all(row.message_id in body for body in web.taken)


class TestOurOwnKey:
    """A key that does not open an address is our fault: no attempt is counted and no channel is marked."""

    def test_the_message_waits_for_the_key(self, world: World, web: WebPeer) -> None:
        world.channel(world.head, web.url("ok"))
        world.queue_rung("H-3")
        right = world.home.channel_key.read_bytes()

        world.home.channel_key.write_bytes(new_key())
        for hours in range(100):
            run(world, FRIDAY + timedelta(hours=hours / 4))
        row = stored(Delivery)[0]
        assert (row.state, row.attempts, channel(1).failed_at) == (DeliveryState.QUEUED, 0, None)
        world.home.channel_key.write_bytes(right)
        run(world, FRIDAY + timedelta(hours=26))

        assert len(web.taken) == 1


class TestEverybodyGetsIt:
    """Whatever the channels do, every message ends by one of them or in the mail folder, and nothing waits for ever."""

    @pytest.mark.parametrize(
        "paths",
        [
            ("broken", "busy", "cut"),
            ("status/404", "broken"),
            ("busy", "status/410", "broken"),
            ("status/401",) * 3,
        ],
        ids=" ".join,
    )
    def test_last_in_the_mail_folder(self, world: World, web: WebPeer, paths: tuple[str, ...]) -> None:
        for position, path in enumerate(paths):
            world.channel(world.head, web.url(f"{path}", query=f"?n={position}"), position=position)
        world.queue(Notice.MOVED, world.entry, Role.PIMPINAN_UNIT)

        for hours in range(0, 24 * 8, 2):
            run(world, FRIDAY + timedelta(hours=hours))

        mine = [row for row in stored(Delivery) if row.person_id == world.head.id]
        assert [row.route for row in mine] == [*(f"channel:{one + 1}" for one in range(len(paths))), "mail"]
        assert [row.state for row in mine] == [DeliveryState.FAILED] * len(paths) + [DeliveryState.SENT]
        assert (world.home.mail / f"{mine[0].message_id}.eml").exists()
        assert notices() == len(paths)
