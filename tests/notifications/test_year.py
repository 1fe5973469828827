"""Every rung is said once, or covered, or rightly cancelled, whatever becomes of the machine and the people."""

import random

from models.home import Home
from tests.notifications.replay import Year, play


def test_a_season_of_a_small_agency(home: Home, bound: str) -> None:
    counted = play(Year(home, units=10, dice=random.Random(2026)), days=60)

    assert counted["reminders"] > 50, counted
    assert counted["missed"] and counted["twice"], counted
    assert counted["acknowledged"] and counted["put off"] and counted["went away"], counted
    assert counted["killed"] + counted["killed, then once"] > 0, counted
