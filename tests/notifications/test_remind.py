"""Reminding, and its dry run."""

from datetime import datetime, timedelta

import pytest

from models.database import transaction
from models.messages import Delivery, OutboxMessage
from models.obligations import Obligation
from notifications.counts import Counts
from notifications.remind import plan_reminders, remind
from tests.notifications.world import DUE, FRIDAY, World, stored


@pytest.fixture
def waiting(world: World) -> World:
    with transaction() as session:
        session.get_one(Obligation, world.obligation.id).next_at = FRIDAY - timedelta(days=20)
    return world


class TestRemind:
    """The newest rung that came due is addressed, once, however often this runs."""

    def test_it_counts_rungs_and_messages(self, waiting: World) -> None:
        now = datetime.combine(DUE, FRIDAY.timetz()) + timedelta(days=1)

        counts = remind(now=now)

        assert counts == Counts(planned=2, queued=3)  # the rung to two people; June's summary waits for the koordinator
        assert sorted(waiting.deliveries()) == ["ani@kudus.go.id", "budi@kudus.go.id"]

    def test_a_second_run_adds_nothing(self, waiting: World) -> None:
        remind(now=FRIDAY)

        assert remind(now=FRIDAY) == Counts()

    def test_the_dry_run_says_what_the_run_would_say(self, waiting: World) -> None:
        planned = plan_reminders(now=FRIDAY)
        assert stored(OutboxMessage) == []

        remind(now=FRIDAY)

        assert {one.message_id for one in planned} == {row.message_id for row in stored(Delivery)}
        assert [one.as_dict() for one in planned] == [
            {
                "candidacy": "RSUD-2026",
                "kind": "stage",
                "rung": "H",
                "recipient": "budi@kudus.go.id",
                "due_on": "2026-05-31",
                "message_id": planned[0].message_id,
                "held_until": None,
            }
        ]


class TestCounts:
    """Counts of several runs add up."""

    def test_they_add_up_by_name(self) -> None:
        total = Counts(planned=1, sent=2) + Counts(sent=3, failed=1)

        assert total == Counts(planned=1, sent=5, failed=1)
        assert total.as_dict() == {"planned": 1, "queued": 0, "sent": 5, "failed": 1, "retrying": 0, "held": 0}
