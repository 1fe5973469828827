"""Filling whole tables: PostgreSQL's references set aside meanwhile, and its numbers going on after the last row."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

_REFERENCES = text(
    "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY conrelid, conname"
)


@contextmanager
def references_set_aside(connection: Connection) -> Iterator[None]:
    """Rows may come in any order, also those that refer to rows of their own table; all are checked at the end.

    On PostgreSQL only: SQLite is asked by `PRAGMA foreign_key_check`. Raises IntegrityError for what refers to nothing.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    references = connection.execute(_REFERENCES).all()
    for table, name, _ in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in references:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def go_on_counting(connection: Connection, tables: Iterable[str]) -> None:
    """The next row of each table that numbers its rows gets a number that is free. SQLite sees to it by itself."""
    if connection.dialect.name != "postgresql":
        return
    for name in tables:
        query = text(
            "SELECT pg_get_serial_sequence(:name, 'id') FROM pg_attribute WHERE attrelid = :name ::regclass "
            "AND attname = 'id'"
        )
        sequence = connection.execute(query, {"name": name}).scalar_one_or_none()
        if sequence is not None:
            last = f"SELECT setval(:sequence, coalesce(max(id), 1), max(id) IS NOT NULL) FROM {name}"  # noqa: S608 - our own
            connection.execute(text(last), {"sequence": sequence})
