"""Copies the rows of every table into an empty database of the same shape, on either database.

Values pass through the tables' own types, so that what SQLite kept without looking is looked at: a value that does not
fit is named with its table, its key and its column. What the database makes itself (generated columns) it makes anew.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Column,
    Connection,
    String,
    Table,
    bindparam,
    cast,
    func,
    insert,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.types import NullType

from models.errors import BadInput
from models.tables import metadata

Row = tuple[Any, ...]
Progress = Callable[[int, int], None]  # rows that are through, of all

BATCH = 2_000  # rows held in memory at a time
HEAD = metadata.tables["audit_head"]
ONE_ROW = ("audit_head", "installation")  # there from the first migration on, never deleted: they take other values
READ_AHEAD = 3  # rows that a driver may have fetched before it hands one over
UNREADABLE = (ValueError, TypeError, LookupError, OverflowError, DBAPIError)  # where a value is not of its type


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


def _batches(source: Connection, table: Table, columns: Sequence[Column[Any]]) -> Iterable[Sequence[Row]]:
    query = select(*columns).order_by(*table.primary_key)
    reading = source.execution_options(yield_per=BATCH)
    try:
        for rows in reading.execute(query).partitions():
            yield [tuple(row) for row in rows]
    except UNREADABLE as error:
        if isinstance(error, DBAPIError) and "decode" not in str(error.orig):
            raise  # the database is at fault, and no value
        raise _unreadable(source, table, columns) from error


def _insert(target: Connection, table: Table, columns: Sequence[Column[Any]], rows: Sequence[Row]) -> None:
    names = [column.name for column in columns]
    values = [dict(zip(names, row, strict=True)) for row in rows]
    try:
        with target.begin_nested():
            target.execute(insert(table), values)
    except StatementError as of_all:
        for row in values:  # one by one, to find which it is
            try:
                with target.begin_nested():
                    target.execute(insert(table), row)
            except StatementError as error:
                raise _refused(target, table, row, error) from error
        raise of_all from None


def _point_at_each_other(table: Table, column: Column[Any], source: Connection, target: Connection) -> None:
    """A row may name one of its own table that comes after it: said when all are there."""
    [key] = table.primary_key
    query = select(key.label("at"), column.label("to")).where(column.is_not(None)).order_by(key)
    there = update(table).where(key == bindparam("at")).values({column: bindparam("to")})
    for rows in source.execution_options(yield_per=BATCH).execute(query).mappings().partitions():
        target.execute(there, [dict(row) for row in rows])


def _number_on(table: Table, target: Connection) -> None:
    """New rows get numbers behind those that were copied."""
    key = table.autoincrement_column
    if key is not None:
        quoted = {"table": table.name, "column": key.name}
        highest = f"(SELECT max({key.name}) FROM {table.name})"  # noqa: S608 - our own names
        sequence = "pg_get_serial_sequence(:table, :column)"
        target.execute(text(f"SELECT setval({sequence}, {highest}) WHERE {highest} IS NOT NULL"), quoted)


def _unreadable(source: Connection, table: Table, columns: Sequence[Column[Any]]) -> BadInput:
    """Read each column by itself until one can't be."""
    keys = [type_coerce(key, NullType()) for key in table.primary_key]  # as they are stored
    for column in columns:
        good = 0
        try:
            with source.execute(select(column).order_by(*table.primary_key)) as result:
                while result.fetchone() is not None:
                    good += 1
        except UNREADABLE:
            query = select(*keys).order_by(*table.primary_key).offset(good)
            for key in source.execute(query.limit(READ_AHEAD)).all():
                try:
                    same = (one == value for one, value in zip(keys, key, strict=True))
                    source.execute(select(column).where(*same)).one()
                except UNREADABLE as error:
                    return _misfit(table, key, column.name, error)
    return BadInput("copy_unreadable", table=table.name)


def _refused(target: Connection, table: Table, row: dict[str, Any], error: StatementError) -> BadInput:
    key = [row[one.name] for one in table.primary_key]
    return _misfit(table, key, _column_at_fault(target, table, row, error), error)


def _column_at_fault(target: Connection, table: Table, row: dict[str, Any], error: StatementError) -> str:
    """As the database says it; else the one whose value does not become what its column holds; else the constraint."""
    said = getattr(error.orig, "diag", None)
    if said is not None and said.column_name:
        return str(said.column_name)
    if said is not None and said.constraint_name:
        return _columns_of(table, said.constraint_name)
    for name, value in row.items():
        column = table.columns[name]
        if value is not None and (_too_long(column, value) or not _fits(target, column, value)):
            return name
    return "?"


def _columns_of(table: Table, constraint: str) -> str:
    named: list[Any] = [one for one in (*table.constraints, *table.indexes) if getattr(one, "name", "") == constraint]
    columns = [column.name for one in named for column in getattr(one, "columns", ())]
    checks = [str(one.sqltext) for one in named if isinstance(one, CheckConstraint)]
    words = {word for check in checks for word in re.findall(r"\w+", check)}
    columns += [column.name for column in table.columns if column.name in words]
    return ", ".join(dict.fromkeys(columns)) or constraint


def _too_long(column: Column[Any], value: object) -> bool:
    longest = column.type.length if isinstance(column.type, String) else None
    return longest is not None and isinstance(value, str) and len(value) > longest


def _fits(target: Connection, column: Column[Any], value: object) -> bool:
    try:
        with target.begin_nested():
            target.execute(select(cast(bindparam(None, value, column.type), column.type)))
    except StatementError:
        return False
    return True


def _misfit(table: Table, key: Iterable[object], column: str, error: Exception) -> BadInput:
    """Without the value itself, which may be a name or a secret."""
    why = str(getattr(error, "orig", None) or error).splitlines()[0]
    return BadInput("copy_misfit", table=table.name, row=", ".join(map(str, key)), column=column, why=why)
