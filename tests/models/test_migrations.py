"""The migrations make the database that the tables describe, all the way up and all the way down."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Computed, Engine, Enum, inspect, text
from sqlalchemy.exc import IntegrityError

import models.schema
from models.database import bind, open_engine, reading, transaction, unbind
from models.errors import NotInitialised, SchemaNew, SchemaOld, StorageFailed
from models.schema import REVISIONS, check_schema, current_revision, downgrade, upgrade
from models.tables import metadata
from models.trail import Author, Pending, Via, record
from models.triggers import missing_triggers
from states.verify import verify_trail
from tests.office import NOW

ALEMBIC = "alembic_version"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it."""
    url = (
        f"sqlite:///{tmp_path / 'zi.db'}"
        if request.param == "sqlite"
        else str(request.getfixturevalue("fresh_postgres"))
    )
    engine = open_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def migrated(database_url: str) -> Iterator[Engine]:
    engine = open_engine(database_url)
    yield engine
    engine.dispose()


def shape(engine: Engine) -> dict[str, Any]:
    """All that the database holds, in its own words."""
    if engine.dialect.name == "sqlite":
        query = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
    else:
        query = """
            SELECT 'table', table_name || '.' || column_name,
                   data_type || is_nullable || coalesce(collation_name, '') || coalesce(generation_expression, '')
            FROM information_schema.columns WHERE table_schema = 'public'
            UNION ALL SELECT 'check', conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
            FROM pg_constraint WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT 'index', indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT 'trigger', tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
            UNION ALL SELECT 'function', proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        """
    with engine.connect() as connection:
        return {f"{kind} {name}": _in_order(how) for kind, name, how in connection.execute(text(query))}


def _in_order(how: str | None) -> str | None:
    """A table that was written anew has its constraints in another order; what they say is the same."""
    if how is None or not how.startswith("CREATE TABLE"):
        return how
    return "\n".join(sorted(line.strip().rstrip(",") for line in how.splitlines()))


class TestUpAndDown:
    """From nothing to the newest revision and back, as often as one likes."""

    def test_down_leaves_nothing_behind_and_up_again_makes_the_same(self, empty: Engine) -> None:
        nothing = shape(empty)
        upgrade(empty)
        first = shape(empty)

        downgrade(empty, "base")

        assert {key for key in shape(empty) if ALEMBIC not in key} == set(nothing) == set()

        upgrade(empty)

        assert shape(empty) == first
        with empty.connect() as connection:
            assert missing_triggers(connection) == []

    def test_a_database_that_was_down_and_up_again_keeps_a_trail(self, empty: Engine) -> None:
        upgrade(empty)
        downgrade(empty, "base")
        upgrade(empty)
        bind(empty.url.render_as_string(hide_password=False))

        with transaction() as session:
            record(session, Pending(Author(None, Via.CLI), NOW, action="noted", subject="unit:RSUD"))
            session.flush()

        with transaction() as session:
            assert verify_trail(session).ok
        unbind()

    def test_up_twice_changes_nothing(self, migrated: Engine) -> None:
        before = shape(migrated)

        upgrade(migrated)

        assert shape(migrated) == before

    def test_an_upgrade_that_fails_leaves_nothing_behind(self, empty: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("models.triggers._SQLITE", {"broken": "BEFORE NONSENSE"})
        monkeypatch.setattr("models.triggers._POSTGRESQL", {"broken": "BEFORE NONSENSE"})

        with pytest.raises(Exception, match=r"NONSENSE|syntax"):
            upgrade(empty)

        assert shape(empty) == {}
        monkeypatch.undo()
        upgrade(empty)
        check_schema(empty)


AGENCY_WITH_CYCLE = (
    "INSERT INTO agency (id, code, name, kind, zone) VALUES (1, 'A', 'A', 'kl', 'Asia/Jakarta')",
    "INSERT INTO unit (id, code, name, agency_id) VALUES (1, 'U', 'U', 1)",
    "INSERT INTO person (id, email, name) VALUES (1, 'a@contoh.invalid', 'A')",
    (
        "INSERT INTO cycle (id, code, agency_id, year, ruleset, ruleset_hash, route, record_only)"
        " VALUES (1, 'C', 1, 2026, 'r', 'h', 'tpn', false)"
    ),
)


class TestFindings:
    """Findings of before are kept when their table is made anew, and go on being numbered where they were."""

    def test_up_and_down(self, empty: Engine) -> None:
        upgrade(empty, "0003")
        with empty.begin() as connection:
            for statement in SEEDED:
                connection.execute(text(statement))

        upgrade(empty)
        with empty.begin() as connection:
            connection.execute(text(NEXT_ONE))
            found = connection.execute(text("SELECT id, rule, state, opened_at FROM finding ORDER BY id")).all()
        assert [(row[0], row[1], row[2]) for row in found] == [(7, "stage_late", "open"), (8, "report_due", "open")]
        assert str(found[0][3]).startswith("2026-02-02 02:00:00")

        downgrade(empty, "0003")
        with empty.connect() as connection:
            assert connection.execute(text("SELECT id, rule FROM finding")).all() == [(7, "stage_late")]


SEEDED = (
    *AGENCY_WITH_CYCLE,
    (
        "INSERT INTO candidacy (id, code, unit_id, cycle_id, target, stage, version)"
        " VALUES (1, 'U-1', 1, 1, 'WBK', 'pencanangan', 0)"
    ),
    (
        "INSERT INTO stage_entry (id, candidacy_id, number, stage, move, entered_on, entered_at, recorded_by, undone)"
        " VALUES (1, 1, 0, 'pencanangan', 'open', '2026-02-02', '2026-02-02 02:00:00', 1, false)"
    ),
    (
        "INSERT INTO finding (id, candidacy_id, entry_id, origin, rule, item, severity, owner, params, state,"
        " opened_at, reopened) VALUES (7, 1, 1, 'monev', 'stage_late', '', 'critical', 'koordinator', '{}', 'open',"
        " '2026-02-02 02:00:00', 0)"
    ),
)
NEXT_ONE = (
    "INSERT INTO finding (unit_id, origin, rule, item, severity, owner, params, state, opened_at, reopened)"
    " VALUES (1, 'monev', 'report_due', 'WBK', 'critical', 'koordinator', '{}', 'open', '2026-02-02 02:00:00', 0)"
)


class TestKeptRows:
    """A table that is made anew keeps its rows, their numbers, and what points at them."""

    def test_obligations_keep_their_messages_up_and_down(self, migrated: Engine) -> None:
        downgrade(migrated, "0005")
        with migrated.begin() as connection:
            for statement in SOMEBODY_OWES:
                connection.execute(text(statement))

        downgrade(migrated, "0004")
        kept = "SELECT o.id, o.kind, s.rung, m.id FROM obligation o JOIN said s ON s.obligation_id = o.id JOIN"
        kept += " outbox_message m ON m.obligation_id = o.id ORDER BY o.id"
        with migrated.connect() as connection:
            assert connection.execute(text(kept)).all() == [(7, "stage", "H", 3)]

        upgrade(migrated)
        with migrated.begin() as connection:
            assert connection.execute(text(kept)).all() == [(7, "stage", "H", 3)]
            connection.execute(text("UPDATE obligation SET kind = 'proposal'"))
        with migrated.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(text("DELETE FROM obligation"))

    def test_runs_keep_what_they_were_and_a_failed_one_looks_unended_to_the_older_version(
        self, migrated: Engine
    ) -> None:
        downgrade(migrated, "0012")
        ended = "'remind', '2026-02-02 02:00:00', '2026-02-02 02:01:00', '{}'"
        with migrated.begin() as connection:
            connection.execute(text(f"INSERT INTO run (flow, started_at, finished_at, counts) VALUES ({ended})"))
        upgrade(migrated)
        with migrated.begin() as connection:
            row = "SELECT flow, shard, shards, failure FROM run"
            assert connection.execute(text(row)).all() == [("remind", 0, 1, None)]
            connection.execute(text("UPDATE run SET failure = 'OSError'"))

        downgrade(migrated, "0012")

        with migrated.connect() as connection:
            assert connection.execute(text("SELECT flow, finished_at FROM run")).all() == [("remind", None)]
        upgrade(migrated)


SOMEBODY_OWES = (
    *AGENCY_WITH_CYCLE,
    (
        "INSERT INTO candidacy (id, code, unit_id, cycle_id, target, stage, version)"
        " VALUES (1, 'X', 1, 1, 'WBK', 'tpi_assessment', 0)"
    ),
    (
        "INSERT INTO stage_entry (id, candidacy_id, number, stage, move, entered_on, entered_at, recorded_by, undone)"
        " VALUES (1, 1, 0, 'tpi_assessment', 'open', '2026-02-02', '2026-02-02 02:00:00', 1, false)"
    ),
    *(
        "INSERT INTO obligation (id, candidacy_id, entry_id, kind, item, owed_by, state, opened_at)"
        f" VALUES ({number}, 1, 1, '{kind}', '', 'tpi', 'open', '2026-02-02 02:00:00')"
        for number, kind in ((7, "stage"), (8, "proposal"))
    ),
    *(
        "INSERT INTO outbox_message (id, kind, subject, candidacy_id, obligation_id, due_on, rung, roles, queued_at)"
        f" VALUES ({number - 4}, 'due', '{number}', 1, {number}, '2026-02-02', 'H', 'tpi', '2026-02-02 02:00:00')"
        for number in (7, 8)
    ),
    *(
        "INSERT INTO said (obligation_id, due_on, rung, person_id, message_id, at)"
        f" VALUES ({number}, '2026-02-02', 'H', 1, 'm', '2026-02-02 02:00:00')"
        for number in (7, 8)
    ),
    (
        "INSERT INTO delivery (message_id, outbox_id, person_id, route, state, attempts, next_try_at, queued_at)"
        " VALUES ('m', 4, 1, 'mail', 'queued', 0, '2026-02-02 02:00:00', '2026-02-02 02:00:00')"
    ),
)
"""Two obligations that were told of; the second is of a kind that only the newer revision knows."""


class TestTables:
    """The migrations and the classes say the same."""

    def test_alembic_finds_no_difference(self, migrated: Engine) -> None:
        with migrated.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_server_default": True})
            found = compare_metadata(context, metadata)

        assert found == []

    def test_the_same_tables_columns_and_nulls(self, migrated: Engine) -> None:
        inspector = inspect(migrated)
        stored = {
            table: {column["name"]: column["nullable"] for column in inspector.get_columns(table)}
            for table in inspector.get_table_names()
            if table != ALEMBIC
        }

        assert stored == {
            table.name: {column.name: bool(column.nullable) for column in table.columns}
            for table in metadata.sorted_tables
        }

    def test_the_same_checks_keys_and_indexes(self, migrated: Engine, tmp_path: Path) -> None:
        """Alembic looks at none of the checks: what `create_all` would make is set beside it."""
        made = open_engine(f"sqlite:///{tmp_path / 'made.db'}")
        metadata.create_all(made)

        assert constraints(migrated) == constraints(made)
        made.dispose()

    def test_every_enum_is_held_to_exactly_its_values(self, migrated: Engine) -> None:
        enums = [
            column for table in metadata.sorted_tables for column in table.columns if isinstance(column.type, Enum)
        ]
        assert len(enums) > 15
        for column in enums:
            table, enum = str(column.table), column.type
            assert isinstance(enum, Enum)
            assert checked_values(migrated, f"ck_{table}_{enum.name}", table=table) == sorted(enum.enums)

    def test_the_trails_columns_are_generated_from_the_leaf(self, migrated: Engine) -> None:
        generated = {
            column["name"]: column["computed"]
            for column in inspect(migrated).get_columns("audit_record")
            if "computed" in column
        }

        assert set(generated) == {"actor", "action", "subject", "at"}
        for name, computed in generated.items():
            assert computed.get("persisted")
            assert "leaf" in computed["sqltext"]
            assert name in computed["sqltext"]
            assert isinstance(metadata.tables["audit_record"].columns[name].computed, Computed)


def constraints(engine: Engine) -> dict[str, set[object]]:
    """Names and columns of all that keeps rows right; checks by name."""
    inspector = inspect(engine)
    return {
        table: {
            *(("check", check["name"]) for check in inspector.get_check_constraints(table)),
            *(("unique", one["name"], *one["column_names"]) for one in inspector.get_unique_constraints(table)),
            *(("key", one["name"], one["referred_table"]) for one in inspector.get_foreign_keys(table)),
            *(
                ("index", one["name"], *one["column_names"], bool(one["unique"]))
                for one in inspector.get_indexes(table)
                if "duplicates_constraint" not in one
            ),
            ("primary", *inspector.get_pk_constraint(table)["constrained_columns"]),
        }
        for table in inspector.get_table_names()
        if table != ALEMBIC
    }


def checked_values(engine: Engine, check: str, *, table: str) -> list[str]:
    """What the database's own check lets in; each enum column has one, named after its enum."""
    (said,) = [one["sqltext"] for one in inspect(engine).get_check_constraints(table) if one["name"] == check]
    return sorted(re.findall(r"'(\w+)'", str(said)))


class TestRevisions:
    """What the program needs is told without asking Alembic, and told right."""

    def test_the_list_is_alembics_own(self) -> None:
        script = ScriptDirectory(str(Path(models.schema.__file__).parent / "migrations"))

        told = [one.revision for one in script.walk_revisions()]  # the newest first
        assert tuple(reversed(told)) == REVISIONS

    def test_a_migrated_database_is_at_the_newest(self, migrated: Engine) -> None:
        check_schema(migrated)

        assert current_revision(migrated) == REVISIONS[-1]

    def test_an_empty_one_is_not_initialised(self, empty: Engine) -> None:
        with pytest.raises(NotInitialised):
            check_schema(empty)

    def test_one_that_was_taken_down_is_not_initialised(self, empty: Engine) -> None:
        upgrade(empty)
        downgrade(empty, "base")

        with pytest.raises(NotInitialised):
            check_schema(empty)

    def test_an_older_one_is_old(self, migrated: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(models.schema, "REVISIONS", (*REVISIONS, "next"))

        with pytest.raises(SchemaOld) as old:
            check_schema(migrated)

        assert old.value.params == {"found": REVISIONS[-1], "needed": "next"}

    def test_a_newer_one_is_new(self, migrated: Engine) -> None:
        with migrated.begin() as connection:
            connection.execute(text(f"UPDATE {ALEMBIC} SET version_num = '9999'"))

        with pytest.raises(SchemaNew) as new:
            check_schema(migrated)

        assert new.value.params == {"found": "9999", "known": REVISIONS[-1]}

    @pytest.mark.parametrize("url", ["sqlite:////nowhere/zi.db", "postgresql+psycopg://postgres@127.0.0.1:1/zi"])
    def test_one_out_of_reach_is_a_fault_of_the_storage(self, url: str) -> None:
        engine = open_engine(url)

        with pytest.raises(StorageFailed):
            check_schema(engine)

    def test_a_file_that_is_no_database_is_a_fault_of_the_storage(self, tmp_path: Path) -> None:
        (tmp_path / "zi.db").write_bytes(b"Bukan basis data. " * 500)
        engine = open_engine(f"sqlite:///{tmp_path / 'zi.db'}")

        with pytest.raises(StorageFailed, match="not a database"):
            check_schema(engine)

    def test_one_that_broke_in_the_middle_is_a_fault_of_the_storage(self, sqlite_url: str) -> None:
        path = Path(sqlite_url.removeprefix("sqlite:///"))
        content = path.read_bytes()
        bind(sqlite_url)
        path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))  # the first page is whole

        with pytest.raises(StorageFailed, match="malformed"), reading() as session:
            verify_trail(session)
        unbind()
