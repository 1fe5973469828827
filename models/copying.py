"""Copies the rows of every table into an empty database of the same shape, on either database.

Values pass through the tables' own types, so that what SQLite kept without looking is looked at: a value that does not
fit is named with its table, its key and its column. What the database makes itself (generated columns) it makes anew.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Executable, Table, bindparam, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, StatementError

from models.misfits import UNREADABLE, refused, unreadable
from models.tables import metadata

Row = tuple[Any, ...]
Progress = Callable[[int, int], None]  # rows that are through, of all

BATCH = 2_000  # rows held in memory at a time
HEAD = metadata.tables["audit_head"]
ONE_ROW = ("audit_head", "installation")  # there from the first migration on, never deleted: they take other values


def count_rows(connection: Connection) -> dict[str, int]:
    """Of every table, in the order in which they lean on each other."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in metadata.sorted_tables
    }


def is_empty(connection: Connection) -> bool:
    """Nobody has worked in this migrated database yet."""
    counts = count_rows(connection)
    used = any(count for name, count in counts.items() if name not in ONE_ROW)
    return not used and not connection.execute(select(HEAD.c.size)).scalar_one()


def copy_rows(source: Connection, target: Connection, *, progress: Progress) -> None:
    """All of them; the caller's transactions say what is seen, and whether it is kept.

    Raises BadInput for the first value that can't be read here or is refused there.
    """
    counts = count_rows(source)
    total, done = sum(counts.values()), 0
    for table in metadata.sorted_tables:
        if table.name in ONE_ROW:
            _take_over(table, source, target)
            continue
        later = [column for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
        columns = [column for column in table.columns if column.computed is None and column not in later]
        for rows in _batches(source, table, columns):
            _insert(target, table, columns, rows)
            done += len(rows)
            progress(done, total)
        for column in later:
            _point_at_each_other(table, column, source, target)
        if target.dialect.name == "postgresql":
            _number_on(table, target)


def _take_over(table: Table, source: Connection, target: Connection) -> None:
    """The row that is there takes the values of the other. The trail's head only ever grows, also from nothing."""
    values = source.execute(select(table)).one()._asdict()
    if values.get("size") != 0:
        target.execute(update(table).values(values))


def _batches(source: Connection, table: Table, columns: Sequence[Column[Any]]) -> Iterator[Sequence[Row]]:
    query = select(*columns).order_by(*table.primary_key)
    reading = source.execution_options(yield_per=BATCH)
    try:
        for rows in reading.execute(query).partitions():
            yield [tuple(row) for row in rows]
    except UNREADABLE as error:
        if isinstance(error, DBAPIError) and "decode" not in str(error.orig):
            raise  # the database is at fault, and no value
        raise unreadable(source, table, columns) from error


def _insert(target: Connection, table: Table, columns: Sequence[Column[Any]], rows: Sequence[Row]) -> None:
    names = [column.name for column in columns]
    _each(target, table, insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def _point_at_each_other(table: Table, column: Column[Any], source: Connection, target: Connection) -> None:
    """A row may name one of its own table that comes after it: said when all are there."""
    [key] = table.primary_key
    query = select(key.label("at"), column.label("to")).where(column.is_not(None)).order_by(key)
    there = update(table).where(key == bindparam("at")).values({column: bindparam("to")})
    for rows in source.execution_options(yield_per=BATCH).execute(query).mappings().partitions():
        _each(target, table, there, [dict(row) for row in rows], names={"at": key.name, "to": column.name})


def _each(
    target: Connection,
    table: Table,
    statement: Executable,
    rows: Sequence[dict[str, Any]],
    *,
    names: Mapping[str, str] | None = None,
) -> None:
    """All at once; where that is refused one by one, to find which it is. `names`: of columns, where a value has
    another in the statement."""
    try:
        with target.begin_nested():
            target.execute(statement, rows)
    except StatementError as of_all:
        for row in rows:
            try:
                with target.begin_nested():
                    target.execute(statement, row)
            except StatementError as error:
                called = {(names or {}).get(name, name): value for name, value in row.items()}
                raise refused(target, table, called, error) from error
        raise of_all from None


def _number_on(table: Table, target: Connection) -> None:
    """New rows get numbers behind those that were copied."""
    key = table.autoincrement_column
    if key is not None:
        quoted = {"table": table.name, "column": key.name}
        highest = f"(SELECT max({key.name}) FROM {table.name})"  # noqa: S608 - our own names
        sequence = "pg_get_serial_sequence(:table, :column)"
        target.execute(text(f"SELECT setval({sequence}, {highest}) WHERE {highest} IS NOT NULL"), quoted)
