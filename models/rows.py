"""Rows of many tables, kept until there are enough to write them at once. For made-up data that nobody else writes.

Nothing is checked but by the database, and nothing numbers the rows but who hands them in.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlmodel import Session, SQLModel

from models.base import metadata
from models.cells import Cells, converted, insert_cells


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


def _write(session: Session, table: type[SQLModel], columns: tuple[str, ...], rows: list[Cells]) -> None:
    """COPY on PostgreSQL, whose INSERT of so many takes thrice as long."""
    core = table.__table__  # type: ignore[attr-defined]
    connection = session.connection()
    if connection.dialect.name != "postgresql":
        insert_cells(connection, core, columns, rows)
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {core.name} ({', '.join(columns)}) FROM STDIN") as copy:
        for row in converted([core.columns[name] for name in columns], rows, connection):
            copy.write_row(row)
