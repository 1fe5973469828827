"""Which files the database names: what a backup has to hold, and a restored home, no more and no less."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO

from sqlalchemy import String, column, select, table, union
from sqlmodel import Session

from models.inserts import in_pieces

FETCHED = 1_000


def named_files(session: Session, tables: list[str], *, name: str) -> Generator[str, None, None]:
    """Every hash in column `name` of these tables, once, sorted by its letters; in constant memory.

    To be closed where it is left early.
    """
    parts = [
        select(source.c[name].label("hash")).where(source.c[name].is_not(None))
        for source in (table(one, column(name, String())) for one in tables)
    ]
    every = union(*parts).subquery()
    by_letter = every.c.hash.collate("C") if session.get_bind().dialect.name == "postgresql" else every.c.hash
    query = select(every.c.hash).order_by(by_letter)
    with session.connection().execute(query, execution_options={"yield_per": FETCHED}) as rows:
        for row in rows:
            yield row.hash


@contextmanager
def written_down(hashes: Iterator[str]) -> Iterator[IO[str]]:
    """The list in a nameless file: a snapshot of the database need not be held open while files are copied."""
    with TemporaryFile("w+", encoding="utf-8") as file:
        for piece in in_pieces(hashes, FETCHED):
            file.writelines(f"{one}\n" for one in piece)
        yield file
