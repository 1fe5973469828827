"""Three things that SQL needs in both dialects: inserts that may meet themselves, hit counts, and lists in pieces."""

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult
from sqlalchemy.engine import Result
from sqlmodel import Session, SQLModel

T = TypeVar("T")

AT_ONCE = 10_000  # values in one IN list
VALUES_AT_ONCE = 30_000  # values in one INSERT; SQLite takes 32,766, PostgreSQL 65,535


def insert_new(session: Session, table: type[SQLModel], rows: Sequence[dict[str, object]]) -> int:
    """Insert the rows that are not there yet, by any of the table's unique constraints; returns how many."""
    core = table.__table__  # type: ignore[attr-defined]
    dialect = import_module(f"sqlalchemy.dialects.{session.get_bind().dialect.name}")  # one of them is here already
    counting = session.connection().execution_options(preserve_rowcount=True)  # or an INSERT on psycopg counts -1
    at_once = VALUES_AT_ONCE // len(core.columns)
    return sum(
        rows_hit(counting.execute(dialect.insert(core).values(piece).on_conflict_do_nothing()))
        for piece in in_pieces(rows, at_once)
    )


def rows_hit(result: Result[Any]) -> int:
    return cast("CursorResult[Any]", result).rowcount


def in_pieces(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece
