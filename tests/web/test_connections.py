"""A page holds one connection to the database at a time, and there is one for each page that is made at once.

Where a page asked for a second while it held the first, many at once would all wait for each other.
"""

from typing import Any

from sqlalchemy import event

from models.database import bound_engine
from models.pooling import Pooling
from tests.web.site import Site
from tests.web.test_access import ROUTES, WITHOUT_ACCOUNT, path_of
from web.app import THREADS, threads, way_of

SIGNING = ("/sign-in", "/sign-out")


class TestConnections:
    """Of any page, whatever it answers."""

    def test_one_at_a_time(self, site: Site) -> None:
        code = site.office.open()
        visitor = site.visitor("koordinator")
        pool: Any = bound_engine().pool
        held: list[int] = []
        event.listen(pool, "checkout", lambda *_: held.append(pool.checkedout()))

        most: dict[str, int] = {}
        for route in ROUTES:
            if way_of(route) in WITHOUT_ACCOUNT or route.path in SIGNING:
                continue
            held.clear()
            path = path_of(route, code)
            visitor.send(path, reason="coba") if "POST" in (route.methods or ()) else visitor.get(path)
            most[f"{route.methods} {route.path}"] = max(held, default=0)

        assert [route for route, count in most.items() if count > 1] == []
        assert max(most.values()) == 1

    def test_there_is_one_for_each_thread(self) -> None:
        assert threads(Pooling()) == THREADS

        assert threads(Pooling(size=4, overflow=6)) == 5  # exports on their way hold theirs for longer
        assert threads(Pooling(size=1, overflow=0)) == 1
