"""Three things that SQL needs in both dialects: inserts that may meet themselves, hit counts, and lists in pieces."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import CursorResult
from sqlalchemy.engine import Result
from sqlmodel import Session, SQLModel

from models.cells import insert_cells

T = TypeVar("T")

AT_ONCE = 10_000  # values in one IN list, and rows in one INSERT


def insert_new(session: Session, table: type[SQLModel], rows: Sequence[dict[str, object]]) -> int:
    """Insert the rows that are not there yet, by any of the table's unique constraints; returns how many.

    The rows have the same keys; a column that they leave out has its default.
    """
    if not rows:
        return 0
    core = table.__table__  # type: ignore[attr-defined]
    left_out = [column for column in core.columns if column.default is not None and column.name not in rows[0]]
    names = tuple(rows[0])
    columns = [*names, *(column.name for column in left_out)]
    defaults = tuple(column.default.arg for column in left_out)
    connection = session.connection()
    return sum(
        insert_cells(connection, core, columns, [(*(row[name] for name in names), *defaults) for row in piece])
        for piece in in_pieces(rows)
    )


def rows_hit(result: Result[Any]) -> int:
    return cast("CursorResult[Any]", result).rowcount


def in_pieces(values: Iterable[T], size: int = AT_ONCE) -> Iterator[list[T]]:
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece
