"""Names the value that stands in the way of a copy: its table, its key and its column, not the value itself."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, String, Table, bindparam, cast, select, type_coerce
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.types import NullType

from models.errors import BadInput

READ_AHEAD = 3  # rows that a driver may have fetched before it hands one over
QUOTED = re.compile(r"""'.*'|".*?"|'.*|".*""", re.DOTALL)
UNREADABLE = (ValueError, TypeError, LookupError, OverflowError, DBAPIError)  # where a value is not of its type


def unreadable(source: Connection, table: Table, columns: Sequence[Column[Any]]) -> BadInput:
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


def refused(target: Connection, table: Table, row: dict[str, Any], error: StatementError) -> BadInput:
    key = [row[one.name] for one in table.primary_key]
    return _misfit(table, key, _column_at_fault(target, table, row, error), error)


def _column_at_fault(target: Connection, table: Table, row: dict[str, Any], error: StatementError) -> str:
    """As the database says it; else the one whose value does not become what its column holds; else the constraint."""
    said = getattr(error.orig, "diag", None)
    if said is not None and said.column_name:
        return str(said.column_name)
    if said is not None and said.constraint_name:
        return _columns_of(table, said.constraint_name)
    for column in table.columns:
        value, name = row.get(column.name), column.name
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
    """Without the value itself, which may be a name or a secret: what stands in quotes is left out."""
    said = str(getattr(error, "orig", None) or error)
    why = QUOTED.sub("...", said).splitlines()[0]
    return BadInput("copy_misfit", table=table.name, row=", ".join(map(str, key)), column=column, why=why)
