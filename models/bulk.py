"""Rows in bulk: COPY on PostgreSQL, the driver's own executemany on SQLite. For made-up data that nobody else writes.

Nothing is validated but by the database, and nothing numbers the rows but who hands them in.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Date, DateTime, Dialect, Enum, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

from models.base import metadata

Cells = tuple[object, ...]
Convert = Callable[[Any], object]


class Rows:
    """Rows on their way into any number of tables."""

    def __init__(self) -> None:
        self._kept: defaultdict[tuple[type[SQLModel], tuple[str, ...]], list[Cells]] = defaultdict(list)

    def put(self, table: type[SQLModel], **values: object) -> None:
        self._kept[table, tuple(values)].append(tuple(values.values()))

    def put_many(self, table: type[SQLModel], columns: tuple[str, ...], rows: Iterable[Cells]) -> None:
        self._kept[table, columns].extend(rows)

    def write(self, session: Session) -> None:
        """All of them, parents before children, in this transaction; afterwards there are none."""
        order = {table.name: at for at, table in enumerate(metadata.sorted_tables)}
        for table, columns in sorted(self._kept, key=lambda key: order[str(key[0].__tablename__)]):
            _write(session, table, columns, self._kept[table, columns])
        self._kept.clear()


def follow_numbers(session: Session, tables: Iterable[type[SQLModel]]) -> None:
    """Let PostgreSQL number new rows after those that brought their own numbers; SQLite does so by itself."""
    if session.get_bind().dialect.name != "postgresql":
        return
    for table in tables:
        name = str(table.__tablename__)
        session.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{name}', 'id'),"  # noqa: S608 - a table's name of ours
                f" (SELECT coalesce(max(id), 0) + 1 FROM {name}), false)"
            )
        )


def _write(session: Session, table: type[SQLModel], columns: tuple[str, ...], rows: Sequence[Cells]) -> None:
    core = table.__table__  # type: ignore[attr-defined]
    connection = session.connection()
    ready = _converted([core.columns[name] for name in columns], rows, connection.dialect)
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor, cursor.copy(f"COPY {core.name} ({names}) FROM STDIN") as copy:
            for row in ready:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(columns))
    connection.exec_driver_sql(f"INSERT INTO {core.name} ({names}) VALUES ({marks})", list(ready))  # noqa: S608 - ours


def _converted(columns: Sequence[Column[Any]], rows: Sequence[Cells], dialect: Dialect) -> Iterable[Cells]:
    """As the driver takes them. Enums are handed in as what is stored of them; only days and times differ."""
    found = [(at, _converter(column, dialect)) for at, column in enumerate(columns) if _is_time(column)]
    converts = [(at, convert) for at, convert in found if convert]
    if not converts:
        return rows
    return (_with(row, converts) for row in rows)


def _with(row: Cells, converts: Sequence[tuple[int, Convert]]) -> Cells:
    cells = list(row)
    for at, convert in converts:
        cells[at] = convert(cells[at])
    return tuple(cells)


def _is_time(column: Column[Any]) -> bool:
    kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
    return isinstance(kind, (Date, DateTime)) and not isinstance(kind, Enum)


def _converter(column: Column[Any], dialect: Dialect) -> Convert | None:
    """The column's own way to write a value, which remembers the last ones: rows of one day are many."""
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return lru_cache(maxsize=4096)(process) if process else None
