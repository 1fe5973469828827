"""How long a channel is tried, and how long between two attempts."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.messages import Notice, OutboxMessage
from notifications.patience import (
    LAST_CHANNEL,
    LATER,
    LONGEST_WAIT,
    MOST_ATTEMPTS,
    SHORTEST_WAIT,
    SOON,
    patience_ends,
    wait_after,
)
from tests.notifications.world import DUE, FRIDAY

attempts = st.integers(1, MOST_ATTEMPTS)
END_OF_DUE_DAY = datetime(2026, 5, 31, 16, 59, 59, 999999, tzinfo=UTC)  # midnight in Jakarta


def message(kind: Notice, rung: str | None = None) -> OutboxMessage:
    due_on = DUE if rung else None
    return OutboxMessage(
        kind=kind, subject="x", candidacy_id=1, roles="koordinator", queued_at=FRIDAY, rung=rung, due_on=due_on
    )


class TestWaiting:
    """Full jitter under a ceiling that doubles; the same message waits as long after the same attempt."""

    @given(message_id=st.uuids().map(str), attempt=attempts)
    def test_within_bounds_and_always_the_same(self, message_id: str, attempt: int) -> None:
        waited = wait_after(attempt, message_id=message_id)

        assert SHORTEST_WAIT <= waited <= min(timedelta(minutes=2 ** min(attempt, 16)), LONGEST_WAIT)
        assert waited == wait_after(attempt, message_id=message_id)

    def test_messages_that_failed_together_come_back_apart(self) -> None:
        waits = {wait_after(5, message_id=f"message-{number}") for number in range(1000)}

        assert len(waits) > 990
        assert max(waits) - min(waits) > timedelta(minutes=30)

    def test_on_average_the_waits_double_until_they_may_not(self) -> None:
        means = [
            sum((wait_after(attempt, message_id=str(one)) for one in range(2000)), timedelta()) / 2000
            for attempt in range(1, 12)
        ]

        assert all(longer > shorter for shorter, longer in pairwise(means[:7]))
        assert LONGEST_WAIT * 0.4 < means[-1] < LONGEST_WAIT * 0.6


class TestPatience:
    """With another channel left it ends soon; by the last one a weekend is outlasted, but no reminder its own use."""

    @pytest.mark.parametrize(
        ("kind", "rung", "longest"),
        [
            (Notice.DUE, "H-7", SOON),
            (Notice.DUE, "H+8", SOON),
            (Notice.CORRECTION, None, SOON),
            (Notice.UNREACHABLE, None, SOON),
            (Notice.MOVED, None, LATER),
            (Notice.FINDING, None, LATER),
        ],
    )
    def test_with_another_channel_left(self, kind: Notice, rung: str | None, longest: timedelta) -> None:
        assert patience_ends(message(kind, rung), since=FRIDAY, others_left=True) == FRIDAY + longest

    @pytest.mark.parametrize("kind", [Notice.MOVED, Notice.FINDING, Notice.CORRECTION])
    def test_by_the_last_channel_a_weekend_is_outlasted(self, kind: Notice) -> None:
        assert patience_ends(message(kind), since=FRIDAY, others_left=False) == FRIDAY + LAST_CHANNEL

    @pytest.mark.parametrize(
        ("rung", "days_before", "ends"),
        [
            ("H-7", 7, FRIDAY - timedelta(days=5) + LAST_CHANNEL),
            ("H-1", 2, END_OF_DUE_DAY),
            ("H", 2, END_OF_DUE_DAY),
            ("H", -1, FRIDAY + timedelta(days=3) + SOON),  # late already: at least so long
            ("H+1", -1, FRIDAY + timedelta(days=3) + LAST_CHANNEL),
        ],
    )
    def test_a_reminder_that_looks_ahead_ends_with_its_day(self, rung: str, days_before: int, ends: datetime) -> None:
        since = FRIDAY + timedelta(days=2 - days_before)

        assert patience_ends(message(Notice.DUE, rung), since=since, others_left=False) == ends
