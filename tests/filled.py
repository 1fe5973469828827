"""A database with something in every table: the small agency after one candidacy's whole way, and what that lacks."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, func, select, text
from sqlmodel import Session

from models.database import bind, transaction, unbind
from models.tables import metadata
from models.trail import Author, Pending, Via, record
from states.actors import SYSTEM
from states.checkpoints import make_checkpoint
from states.verify import ERASED
from tests.databases import copy_of, settle
from tests.models.test_constraints import CLASSES, DAY, GOOD, NOON
from tests.office import Office
from tests.walks import walk

Rows = dict[str, list[tuple[Any, ...]]]
Template = Callable[..., str]

SIGNED = ("checkpoint_key", "checkpoint")  # which hold nothing but what a key has signed

MORE: dict[str, dict[str, Any]] = {
    "holiday": {"day": DAY, "name": "Hari Raya \N{SNOWMAN} \N{GRINNING FACE}", "source": "SKB"},
    "sending_window": {"kind": "mailto", "began_at": NOON, "taken": 3},
}


@pytest.fixture(scope="session")
def filled_template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """Given `sqlite` or `postgresql`: the URL of a filled database to copy, made when it is first asked for."""
    made: dict[tuple[str, bool], str] = {}
    with ExitStack() as ended:

        def of(kind: str, signed: bool = True) -> str:
            if (kind, signed) not in made:
                empty = request.getfixturevalue("sqlite_template" if kind == "sqlite" else "postgres_template")
                folder = tmp_path_factory.mktemp("filled")
                url = ended.enter_context(copy_of(empty, folder / "zi.db"))
                bind(url)
                fill(Office.opened(url), key_file=folder / "checkpoint.key" if signed else None)
                unbind()
                settle(url)
                made[kind, signed] = url
            return made[kind, signed]

        yield of


@pytest.fixture(params=["sqlite", "postgresql"])
def filled_url(request: pytest.FixtureRequest, filled_template: Template, tmp_path: Path) -> Iterator[str]:
    """On both databases, the test's own."""
    with copy_of(filled_template(request.param), tmp_path / "filled.db") as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def unsigned_url(request: pytest.FixtureRequest, filled_template: Template, tmp_path: Path) -> Iterator[str]:
    """The same without a checkpoint."""
    with copy_of(filled_template(request.param, signed=False), tmp_path / "unsigned.db") as url:
        yield url


def fill(office: Office, *, key_file: Path | None) -> None:
    """The services' database is the office's. One text is erased, and with a key a checkpoint is signed."""
    walk(office)
    if key_file:
        make_checkpoint(author=SYSTEM, key_file=key_file, now=office.now)
    with transaction() as session:
        for table in metadata.sorted_tables:
            if table.name not in SIGNED and not session.execute(select(func.count()).select_from(table)).scalar_one():
                session.add(CLASSES[table.name](**{**GOOD, **MORE}[table.name]))
                session.flush()
        session.execute(text("UPDATE unit SET parent_id = (SELECT max(id) FROM unit) WHERE code = 'RSUD'"))
        _erase_one(session, office)


def content(engine: Engine) -> Rows:
    """Every row of every table, as the tables' own types read it."""
    with engine.connect() as connection:
        return {table.name: rows_of(connection, table.name) for table in metadata.sorted_tables}


def rows_of(connection: Connection, name: str) -> list[tuple[Any, ...]]:
    table = metadata.tables[name]
    return [tuple(row) for row in connection.execute(select(table).order_by(*table.primary_key))]


def _erase_one(session: Session, office: Office) -> None:
    seq, field = session.execute(text("SELECT seq, field FROM audit_text ORDER BY seq, field LIMIT 1")).one()
    erased = text("UPDATE audit_text SET salt = NULL, text = NULL WHERE seq = :seq AND field = :field")
    session.execute(erased, {"seq": seq, "field": field})
    details = {"of": seq, "field": field}
    record(session, Pending(Author(None, Via.CLI), office.now, action=ERASED, subject="x", details=details))
