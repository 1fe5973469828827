"""Four senders at once on PostgreSQL, and some of them killed: a short slice of tests/soak/test_long_delivery.py."""

from pathlib import Path

import pytest

from models.messages import DeliveryState
from notifications.send import WIDTH
from tests.notifications.crowd import gather, send_and_kill, sink
from tests.notifications.world import World

HEADS = 80  # times five rungs
KILLS = 2


@pytest.mark.parametrize("kind", ["postgresql"])
class TestCrowd:
    """Every message arrives; copies are there only where a kill fell between sending and recording."""

    def test_nothing_is_lost(self, world: World, bound: str, tmp_path: Path) -> None:
        taken = tmp_path / "taken"
        with sink(taken) as port:
            gather(world, heads=HEADS, url=f"json://127.0.0.1:{port}/ok")

            figures = send_and_kill(world, bound, taken, processes=4, kills=KILLS, between=(0.05, 0.2), seed=7)

        print(figures)  # noqa: T201 - what the test is about
        assert figures.messages == figures.arrived == HEADS * 5
        assert figures.states == {DeliveryState.SENT: HEADS * 5}
        assert figures.kills == KILLS
        assert figures.copies <= figures.kills * WIDTH
