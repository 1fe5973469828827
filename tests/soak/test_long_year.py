"""A whole year of an agency with 500 units; a short season of a small one is among the other tests."""

import random
import sys

from models.home import Home
from tests.notifications.conftest import bound, home, kind  # noqa: F401 - fixtures
from tests.notifications.replay import Year, play

SEED = 20_260_105


def test_a_year_of_500_units(home: Home, bound: str) -> None:  # noqa: F811
    counted = play(Year(home, units=500, dice=random.Random(SEED)), days=365)

    sys.stderr.write(f"\n{dict(counted)}\n")
    assert counted["reminders"] > 5_000, counted
    assert min(counted[how] for how in ("missed", "twice", "killed", "killed, then once")) > 5, counted
