"""A list of keys is one bound value: one statement for none of them, one, or more than a driver takes values."""

import pytest
from sqlalchemy import literal, select, union_all

from models.agencies import Unit
from models.among import among
from models.base import table_of
from models.database import open_engine, reading

MORE_THAN_VALUES = 70_000  # SQLite takes 32,766 in a statement, PostgreSQL 65,535

unit = table_of(Unit).c
NUMBERS = union_all(*(select(literal(n).label("n")) for n in (1, 2, 69_999))).subquery()
WORDS = union_all(*(select(literal(w).label("w")) for w in ("A", "B-1", '"', "kopi ☕"))).subquery()


class TestAmong:
    @pytest.mark.parametrize(
        ("keys", "found"),
        [([], []), ([2], [2]), ({1, 2, 3}, [1, 2]), (range(MORE_THAN_VALUES), [1, 2, 69_999])],
    )
    def test_numbers(self, bound: str, keys: range, found: list[int]) -> None:
        query = select(NUMBERS.c.n).where(among(NUMBERS.c.n, "keys")).order_by(NUMBERS.c.n)

        with reading() as session:
            assert list(session.execute(query, {"keys": keys}).scalars()) == found

    @pytest.mark.parametrize(
        ("keys", "found"), [([], []), (["a", "A"], ["A"]), (['"', "kopi ☕", "'"], ['"', "kopi ☕"])]
    )
    def test_words(self, bound: str, keys: list[str], found: list[str]) -> None:
        query = select(WORDS.c.w).where(among(WORDS.c.w, "keys"))

        with reading() as session:
            assert sorted(session.execute(query, {"keys": keys}).scalars()) == sorted(found)

    def test_an_index_is_used(self, sqlite_url: str) -> None:
        query = select(unit.id).where(among(unit.code, "codes"))

        with open_engine(sqlite_url).connect() as connection:
            compiled = query.compile(connection)
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", ('["A"]',)).all()

        assert any("SEARCH unit USING" in str(step) and "code=?" in str(step) for step in plan)
