"""What the trail will be told, kept apart until all of it is known: records stand in it by their time.

In a temporary file, so that a year of a whole nation needs no memory.
"""

import marshal
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from models.database import transaction
from models.trail import Author, Pending, Via, instant, record

AT_ONCE = 1_000  # records in one transaction

Details = Mapping[str, Any]
Unfold = Callable[[Details], Details]
"""What was kept short, as the trail has it."""


class Told:
    def __init__(self, path: Path) -> None:
        self._file = sqlite3.connect(path, isolation_level=None)
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute("PRAGMA synchronous = OFF")
        self._file.execute("CREATE TABLE told (at TEXT, number INTEGER PRIMARY KEY, what BLOB)")
        self._file.execute("BEGIN")
        self.count = 0

    def note(
        self,
        at: datetime,
        by: int | None,
        action: str,
        subject: str,
        *,
        before: str | None = None,
        after: Any = None,
        details: Details | None = None,
        texts: Mapping[str, str] | None = None,
    ) -> None:
        """One record of the person `by`; none is the system."""
        what = (by, at.timestamp(), action, subject, before, after, dict(details or {}), dict(texts or {}))
        self._file.execute("INSERT INTO told (at, what) VALUES (?, ?)", (instant(at), marshal.dumps(what)))
        self.count += 1

    def in_order(self) -> Iterator[bytes]:
        for (what,) in self._file.execute("SELECT what FROM told ORDER BY at, number"):
            yield what

    def close(self) -> None:
        self._file.close()


@contextmanager
def telling() -> Iterator[Told]:
    with TemporaryDirectory(prefix="zi-") as folder:
        told = Told(Path(folder) / "told.db")
        try:
            yield told
        finally:
            told.close()


def write_trail(told: Told, unfold: Unfold, watch: Callable[[int], None]) -> None:
    """Record all of it by the trail's own way, oldest first; `watch` hears how many are written."""
    rest = told.in_order()
    written = 0
    while True:
        with transaction() as session:
            before = written
            for what in rest:
                record(session, _pending(what, unfold))
                written += 1
                if written - before == AT_ONCE:
                    break
        watch(written)
        if written - before < AT_ONCE:
            return


def _pending(what: bytes, unfold: Unfold) -> Pending:
    by, at, action, subject, before, after, details, texts = marshal.loads(what)  # noqa: S302 - our own, just written
    return Pending(
        Author(by, Via.FLOW if by is None else Via.WEB),
        datetime.fromtimestamp(at, tz=UTC),
        action=action,
        subject=subject,
        before=before,
        after=after,
        details=unfold(details),
        texts=texts,
    )
