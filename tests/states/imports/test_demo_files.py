"""What the demo shows comes in without a fault, in the order in which one thing needs another."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.cycles import Route
from models.database import bind, reading, transaction, unbind
from models.trail import Author, Via
from states.actors import Actor, find_actor
from states.cycles import open_cycle
from states.imports import import_file
from states.people import PersonData, first_admin
from states.verify import verify_trail

DATA = Path(__file__).parents[3] / "zi" / "demo" / "data"
NOW = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)  # after the newest fact
ADMIN = "admin@contoh.invalid"
PUBLISHED = ("agencies", "units", "predicates")
MADE_UP = ("agencies", "units", "people", "memberships", "facts")


@pytest.fixture
def empty(migrated_url: str) -> Iterator[None]:
    """Nobody is there but an admin."""
    bind(migrated_url)
    with transaction() as session:
        first_admin(session, PersonData(ADMIN, "Admin"), author=Author(None, Via.CLI), now=NOW)
    yield
    unbind()


@pytest.mark.usefixtures("empty")
class TestDemoFiles:
    def test_all_of_them_come_in_and_a_second_time_change_nothing(self) -> None:
        files = [
            *((kind, DATA / f"{kind}.csv") for kind in PUBLISHED),
            *((kind, DATA / "contoh" / f"{kind}.csv") for kind in MADE_UP),
        ]
        calendar = DATA / "contoh" / "calendar.csv"

        for kind, path in files:
            report = import_file(kind, path, dry_run=False, actor=_actor(ADMIN), now=NOW)
            assert report.created + report.updated == _rows(path)
        koordinator = _actor("koordinator@contoh.invalid")
        ruleset = "permen-90-2021-5-2024"
        open_cycle("CONTOH", 2026, ruleset=ruleset, route=Route.TPN, actor=koordinator, now=NOW)
        report = import_file("calendar", calendar, dry_run=False, actor=koordinator, now=NOW)
        assert report.created + report.updated == _rows(calendar)

        for kind, path in [*files, ("calendar", calendar)]:
            again = import_file(kind, path, dry_run=False, actor=_actor(ADMIN), now=NOW)
            assert again.unchanged == _rows(path)
        with reading() as session:
            assert verify_trail(session).ok


def _actor(email: str) -> Actor:
    with reading() as session:
        return find_actor(session, email, today=NOW.date(), via=Via.CLI)


def _rows(path: Path) -> int:
    return len(path.read_text(encoding="utf-8-sig").splitlines()) - 1
