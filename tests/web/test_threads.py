"""Pages never wait for each other's connections: there are as many as all threads together could want."""

from models.database import POOL
from web.app import THREADS

AT_ONCE = 3  # connections of one page: its own look, a look inside that one, and a write


class TestThreads:
    """With fewer, each page could hold one and wait for the next until the time is over: seen at 200 people."""

    def test_there_is_a_connection_for_all_that_they_could_hold(self) -> None:
        assert POOL["pool_size"] + POOL["max_overflow"] >= THREADS * AT_ONCE
