"""Rows as the driver itself takes them, for statements over many rows: a mapper's way to write one is most of the cost.

One statement for all of them on both databases: the driver's own executemany on SQLite, arrays on PostgreSQL, where
each row of an executemany is a message of its own.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.types import Date, DateTime, Enum, LargeBinary, TypeDecorator

Cells = tuple[object, ...]
Convert = Callable[[Any], object]

KEPT = 4_096  # values that each column remembers how to write: those of many rows are alike


def insert_cells(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Cells]) -> int:
    """Insert what no unique constraint holds already; returns how many."""
    names = ", ".join(columns)
    head = f"INSERT INTO {table.name} ({names})"
    return _for_each(connection, [table.columns[name] for name in columns], rows, head, "ON CONFLICT DO NOTHING")


def set_cells(connection: Connection, table: Table, column: str, rows: Sequence[tuple[object, int]]) -> None:
    """Set one column of each row, given as value and id."""
    cells = converted([table.columns[column], table.columns["id"]], rows, connection)
    if connection.dialect.name != "postgresql":
        query = f"UPDATE {table.name} SET {column} = ? WHERE id = ?"  # noqa: S608 - names of ours
        connection.exec_driver_sql(query, list(cells))
        return
    new = _unnested([table.columns[column], table.columns["id"]], connection)
    query = f"UPDATE {table.name} SET {column} = new.a FROM {new} AS new (a, b) WHERE {table.name}.id = new.b"  # noqa: S608
    connection.exec_driver_sql(query, tuple(map(list, zip(*cells, strict=True))))


def converted(columns: Sequence[Column[Any]], rows: Iterable[Cells], connection: Connection) -> Iterable[Cells]:
    """With days, times and enums as they are stored."""
    found = ((at, _converter(column, connection)) for at, column in enumerate(columns))
    converts = [(at, convert) for at, convert in found if convert]
    return (_with(row, converts) for row in rows) if converts else rows


def _for_each(
    connection: Connection, columns: Sequence[Column[Any]], rows: Iterable[Cells], head: str, tail: str
) -> int:
    cells = list(converted(columns, rows, connection))
    if not cells:
        return 0
    if connection.dialect.name != "postgresql":
        marks = ", ".join("?" * len(columns))
        return connection.exec_driver_sql(f"{head} VALUES ({marks}) {tail}", cells).rowcount
    counting = connection.execution_options(preserve_rowcount=True)  # or an INSERT on psycopg counts -1
    query = f"{head} SELECT * FROM {_unnested(columns, connection)} {tail}"  # noqa: S608 - ours
    return counting.exec_driver_sql(query, tuple(map(list, zip(*cells, strict=True)))).rowcount


def _unnested(columns: Sequence[Column[Any]], connection: Connection) -> str:
    kinds = (column.type.compile(connection.dialect).partition(" COLLATE")[0] for column in columns)
    return f"unnest({', '.join(f'%s::{kind}[]' for kind in kinds)})"


def _with(row: Cells, converts: Sequence[tuple[int, Convert]]) -> Cells:
    cells = list(row)
    for at, convert in converts:
        cells[at] = convert(cells[at])
    return tuple(cells)


def _converter(column: Column[Any], connection: Connection) -> Convert | None:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    if not isinstance(kind, (Date, DateTime, Enum, LargeBinary)):
        return None
    process = column.type.dialect_impl(connection.dialect).bind_processor(connection.dialect)
    return lru_cache(KEPT)(process) if process else None
