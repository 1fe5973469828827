"""A database with something in every table goes down one revision at a time, and comes up again with what it had.

Going down, what the older revision has no place for is left out, and each migration says what; no command does it.
Going up, nothing is lost. The trail is the same at every step, and without it there is no step.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, inspect, text
from sqlmodel import Session

from models.database import open_engine
from models.errors import IntegrityBroken
from models.schema import REVISIONS, check_schema, current_revision, downgrade, upgrade
from models.tables import metadata
from models.triggers import missing_triggers
from states.verify import Verdict, verify_trail
from tests.filled import SIGNED

Table = list[dict[str, Any]]

TRAIL = ("audit_record", "audit_text", "audit_head")
KEPT_WHOLLY = (
    *TRAIL,
    "agency",
    "unit",
    "person",
    "membership",
    "cycle",
    "candidacy",
    "stage_entry",
    "document",
    "fact",
)
"""Tables of the first revision of which no later one takes a row away, in either direction."""

RECKONED_ANEW = "basis"
"""Of the kept figures of an LKE: which answers they stand for. Where more is kept beside them, none of them do."""


@pytest.fixture
def engine(unsigned_url: str) -> Iterator[Engine]:
    engine = open_engine(unsigned_url)
    yield engine
    engine.dispose()


def stored(engine: Engine) -> dict[str, Table]:
    """Every table as it lies there, whatever its revision."""
    inspector = inspect(engine)
    found = {}
    with engine.connect() as connection:
        for table in inspector.get_table_names():
            order = ", ".join(inspector.get_pk_constraint(table)["constrained_columns"])
            if table != "alembic_version":
                rows = connection.execute(text(f"SELECT * FROM {table} ORDER BY {order}"))
                found[table] = [dict(row) for row in rows.mappings()]
    return found


def in_columns_of(table: Table, model: Table) -> Table:
    """The rows with the columns that the model has, too."""
    columns = (set(model[0]) if model else set()) - {RECKONED_ANEW}
    return [{name: value for name, value in row.items() if name in columns} for row in table]


def verdict(engine: Engine) -> Verdict:
    with Session(engine) as session:
        return verify_trail(session)


def test_down_and_up_step_by_step(engine: Engine) -> None:
    newest, trail = stored(engine), verdict(engine)
    assert {table for table, rows in newest.items() if not rows} == set(SIGNED)
    assert trail.ok

    by_revision = {REVISIONS[-1]: newest}
    for revision in reversed(REVISIONS[:-1]):
        downgrade(engine, revision)
        by_revision[revision] = stored(engine)
        assert verdict(engine).root == trail.root, revision
        with engine.connect() as connection:
            assert missing_triggers(connection) == []
    first = by_revision[REVISIONS[0]]
    for table in KEPT_WHOLLY:
        assert in_columns_of(newest[table], first[table]) == in_columns_of(first[table], newest[table]), table

    for before, revision in pairwise(REVISIONS):
        upgrade(engine, revision)
        now = stored(engine)
        for table, rows in by_revision[before].items():
            assert in_columns_of(now[table], rows) == in_columns_of(rows, rows), (revision, table)
        by_revision[revision] = now

    check_schema(engine)
    assert verdict(engine) == trail
    with engine.connect() as connection:
        assert missing_triggers(connection) == []
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("revision", ["0001", "0009"])
def test_up_from_an_old_revision_at_once(engine: Engine, revision: str) -> None:
    """As an upgrade is done: all steps in one transaction."""
    downgrade(engine, revision)
    before = stored(engine)

    upgrade(engine)

    now = stored(engine)
    for table, rows in before.items():
        assert in_columns_of(now[table], rows) == in_columns_of(rows, rows), table
    assert verdict(engine).ok


def test_what_was_signed_is_never_taken_away(filled_url: str) -> None:
    """The trail tells of it: without it, it would seem to have been removed."""
    engine = open_engine(filled_url)
    before = stored(engine)

    with pytest.raises(IntegrityBroken) as refused:
        downgrade(engine, "0015")

    assert refused.value.params == {"checkpoints": 1}
    assert stored(engine) == before
    engine.dispose()


def test_a_trail_is_never_taken_away(engine: Engine) -> None:
    before = stored(engine)

    with pytest.raises(IntegrityBroken) as refused:
        downgrade(engine, "base")

    assert refused.value.params == {"records": len(before["audit_record"])}
    assert stored(engine) == before
    assert current_revision(engine) == REVISIONS[-1]
