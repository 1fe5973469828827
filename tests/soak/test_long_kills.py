"""Hundreds of writers killed at any moment, on both databases; a short slice is in tests/hardening/test_killed.py.

ZI_TEST_SOAK_KILLS takes fewer or more.
"""

import os

from models.files import INCOMING
from models.home import Home
from tests.hardening.conftest import work_home  # noqa: F401 - a fixture
from tests.hardening.test_killed import kill_writers
from tests.hardening.wholeness import units_of_files
from tests.notifications.conftest import apprise_is_loaded  # noqa: F401 - a fixture
from tests.office import Office

KILLS = int(os.environ.get("ZI_TEST_SOAK_KILLS", "200"))


class TestLongKills:
    """Nothing is half done after any of them."""

    def test_nothing_is_half_done(self, both_offices: Office, work_home: Home) -> None:  # noqa: F811
        done = kill_writers(both_offices.url, work_home, kills=KILLS, longest=4.0, seed=1000)

        cut_off = sum(1 for _ in work_home.files.glob(f"{INCOMING}*"))
        print(f"{done} steps, {len(units_of_files())} imports, {cut_off} uploads cut off")  # noqa: T201
        assert done > KILLS
