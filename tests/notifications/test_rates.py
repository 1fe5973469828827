"""Rates: no more messages a minute by one kind of channel than are allowed, whoever sends."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from models.messages import Delivery, DeliveryState
from models.people import Role
from models.settings import Settings
from notifications.counts import Counts
from notifications.deliver import deliver
from notifications.expand import expand_outbox
from notifications.leases import claim
from notifications.rates import Rates
from tests.notifications.peers import WebPeer
from tests.notifications.world import FRIDAY, World, stored

in_both = pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
MINUTE = timedelta(minutes=1)
THREE = Rates({"json": 3, "other": 1})


def heads(world: World, url: str, count: int) -> None:
    for number in range(count):
        head = world.person(f"p{number}@kudus.go.id", f"Person {number}", Role.PIMPINAN_UNIT)
        world.channel(head, url)


@in_both
class TestRates:
    """What is over the rate of its kind is put off, and is no attempt."""

    def test_the_rest_is_spread_over_the_minutes_to_come(self, world: World, web: WebPeer) -> None:
        heads(world, web.url("ok"), 8)
        world.queue_rung("H-3")

        counts = deliver(home=world.home, clock=lambda: FRIDAY, rates=THREE)

        waiting = [row for row in stored(Delivery) if row.state is DeliveryState.QUEUED]
        assert counts.sent == 4  # three of the web, and one in the mail folder, which has no limit
        assert Counter(row.next_try_at - FRIDAY for row in waiting) == {MINUTE: 3, 2 * MINUTE: 2}
        assert all((row.attempts, row.first_tried_at) == (0, None) for row in waiting)

    def test_no_minute_has_more_and_everything_arrives(self, world: World, web: WebPeer) -> None:
        heads(world, web.url("ok"), 8)
        world.queue_rung("H-3")
        sent: list[int] = []
        now = [FRIDAY]

        for second in range(0, 180, 20):
            before = len(web.taken)
            now[0] = FRIDAY + timedelta(seconds=second)
            deliver(home=world.home, clock=lambda: now[0], rates=THREE)
            sent.append(len(web.taken) - before)

        assert sent == [3, 0, 0, 3, 0, 0, 2, 0, 0]

    def test_other_kinds_are_not_held_up(self, world: World, web: WebPeer) -> None:
        heads(world, web.url("ok"), 80)  # more than one batch
        world.queue_rung("H-7")
        expand_outbox(now=FRIDAY - MINUTE)
        world.channel(world.koordinator, web.url("ok").replace("json://", "xml://"))
        world.queue_rung("H+1")

        deliver(home=world.home, clock=lambda: FRIDAY, rates=Rates({"json": 3, "other": 0}))

        assert world.deliveries()["ani@kudus.go.id"].state is DeliveryState.SENT
        assert len([body for body in web.taken if body.startswith("<")]) == 1

    def test_several_senders_share_a_rate(self, world: World, web: WebPeer) -> None:
        heads(world, web.url("ok"), 20)
        world.queue_rung("H-3")
        expand_outbox(now=FRIDAY)

        def take(name: str) -> list[int]:
            return claim(now=FRIDAY, worker_id=name, limit=5, rates=Rates({"json": 7})).ids

        with ThreadPoolExecutor(4) as pool:
            taken = [one for ids in pool.map(take, ("one", "two", "three", "four")) for one in ids]

        by_channel = {row.id for row in stored(Delivery) if row.channel_id is not None}
        assert len(set(taken)) == len(taken)
        assert len(by_channel & set(taken)) == 7


class TestStaying:
    """A run waits for the minutes to come as long as it may, and not at all where the clock stands still."""

    def test_it_sends_the_rest_when_there_is_room(self, world: World, web: WebPeer) -> None:
        heads(world, web.url("ok"), 8)
        world.queue_rung("H-3")
        now = [FRIDAY]

        def pause(seconds: float) -> None:
            now[0] += timedelta(seconds=seconds)

        stay = timedelta(minutes=4)
        counts = deliver(home=world.home, clock=lambda: now[0], rates=THREE, stay=stay, pause=pause)

        assert (counts.sent, len(web.taken)) == (9, 8)
        assert now[0] - FRIDAY == 2 * MINUTE

    def test_not_for_longer(self, world: World, web: WebPeer) -> None:
        heads(world, web.url("ok"), 8)
        world.queue_rung("H-3")
        now = [FRIDAY]

        def pause(seconds: float) -> None:
            now[0] += timedelta(seconds=seconds)

        deliver(home=world.home, clock=lambda: now[0], rates=THREE, stay=timedelta(seconds=90), pause=pause)

        assert (len(web.taken), now[0] - FRIDAY) == (6, MINUTE)

    def test_a_clock_that_stands_still_is_not_waited_for(self, world: World, web: WebPeer) -> None:
        heads(world, web.url("ok"), 8)
        world.queue_rung("H-3")
        pauses: list[float] = []

        def run() -> Counts:
            return deliver(
                home=world.home, clock=lambda: FRIDAY, rates=THREE, stay=timedelta(minutes=4), pause=pauses.append
            )

        assert run().sent == 4
        assert len(pauses) == 1


class TestSetting:
    """ZI_RATES_PER_MINUTE names kinds; what it does not name keeps its default, and 0 is no limit."""

    @pytest.mark.parametrize(
        ("given", "kind", "rate"),
        [("mailto=300", "mailto", 300), ("mailto=300", "tgram", 60), ("other=0", "json", 0), ("", "slack", 120)],
    )
    def test_is_read(self, given: str, kind: str, rate: int) -> None:
        assert Rates(Settings(rates_per_minute=given).rates).of(kind) == rate

    def test_the_mail_folder_has_none(self) -> None:
        assert Rates(Settings().rates).of(None) == 0

    @pytest.mark.parametrize("given", ["mailto", "mailto=-1", "mailto=many", "mailto:60"])
    def test_nonsense_is_refused(self, given: str) -> None:
        with pytest.raises(ValueError, match="rates_per_minute"):
            Settings(rates_per_minute=given)
