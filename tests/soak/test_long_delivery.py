"""Twenty thousand messages by four senders at once on PostgreSQL, one of them killed every few seconds.

ZI_TEST_SOAK_MESSAGES takes fewer or more. The figures are printed (pytest -s, or -rP).
"""

import os
from pathlib import Path

import pytest

from models.messages import DeliveryState
from notifications.send import WIDTH
from tests.notifications.conftest import apprise_is_loaded, home  # noqa: F401 - fixtures
from tests.notifications.conftest import bound as bound_to
from tests.notifications.conftest import world as world_of
from tests.notifications.crowd import gather, send_and_kill, sink
from tests.notifications.world import World

MESSAGES = int(os.environ.get("ZI_TEST_SOAK_MESSAGES", "20000"))
RUNGS = 5
KILLS = 30

bound, world = bound_to, world_of


@pytest.mark.parametrize("kind", ["postgresql"])
class TestLongDelivery:
    """Every message arrives; copies are there only where a kill fell between sending and recording."""

    def test_nothing_is_lost(self, world: World, bound: str, tmp_path: Path) -> None:
        taken = tmp_path / "taken"
        with sink(taken) as port:
            gather(world, heads=MESSAGES // RUNGS, url=f"json://127.0.0.1:{port}/ok")

            figures = send_and_kill(world, bound, taken, processes=4, kills=KILLS, between=(1.0, 4.0), seed=7)

        print(figures)  # noqa: T201 - what the test is about
        assert figures.messages == figures.arrived == MESSAGES // RUNGS * RUNGS
        assert figures.states == {DeliveryState.SENT: figures.messages}
        assert figures.kills > 0
        assert figures.copies <= figures.kills * WIDTH
