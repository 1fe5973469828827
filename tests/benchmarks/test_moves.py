"""What a move is measured against is its own statements: they leave the very rows that the move leaves."""

from functools import partial
from typing import Any

from sqlalchemy import select

from benchmarks.copies import filled_sqlite
from benchmarks.databases import bound_to
from benchmarks.ministry import build_ministry
from benchmarks.moves import codes_of, move, replay_each, take_down
from benchmarks.replaying import bare_connection
from models.base import metadata
from models.database import bound_engine

UNITS = 3


def contents(url: str) -> dict[str, list[Any]]:
    with bound_to(url), bound_engine().connect() as connection:
        return {table.name: sorted(map(str, connection.execute(select(table)))) for table in metadata.sorted_tables}


class TestReplay:
    def test_the_rows_are_those_of_the_move(self) -> None:
        with filled_sqlite(partial(build_ministry, UNITS)) as copy:
            moved, replayed = copy(), copy()
            with bound_to(moved):
                steps = [take_down(code) for code in codes_of(UNITS)]
            with bare_connection(replayed) as connection:
                replay_each(connection, steps)

            assert contents(replayed) == contents(moved)
            assert contents(moved) != contents(copy())

    def test_many_at_once_leave_what_single_moves_leave(self) -> None:
        with filled_sqlite(partial(build_ministry, UNITS)) as copy:
            one_by_one, together = copy(), copy()
            with bound_to(one_by_one):
                for code in codes_of(UNITS):
                    move([code])
            with bound_to(together):
                move(codes_of(UNITS))

            assert contents(together) == contents(one_by_one)
