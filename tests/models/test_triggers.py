"""The trail's tables are append-only for everybody who has the database, and a guard taken away is noticed."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from models.database import open_engine, transaction
from models.trail import Author, Pending, Via, record
from models.triggers import missing_triggers
from states.verify import ERASED, Fault, verify_trail
from tests.office import NOW

FORBIDDEN = (
    "UPDATE audit_record SET leaf = leaf",
    "UPDATE audit_record SET leaf_hash = 'x' WHERE seq = 0",
    "UPDATE audit_record SET seq = 99 WHERE seq = 0",
    "DELETE FROM audit_record WHERE seq = 1",
    "DELETE FROM audit_record",
    "INSERT INTO audit_record (seq, leaf, leaf_hash) SELECT seq, leaf, leaf_hash FROM audit_record WHERE seq = 0",
    "INSERT INTO audit_record (seq, leaf, leaf_hash) VALUES (0, '{}', 'x') ON CONFLICT (seq) DO UPDATE SET leaf = '{}'",
    "UPDATE audit_text SET text = 'another'",
    "UPDATE audit_text SET salt = '00'",
    "UPDATE audit_text SET text = NULL WHERE seq = 0",  # half erased
    "UPDATE audit_text SET seq = 77, text = NULL, salt = NULL WHERE seq = 0",
    "UPDATE audit_text SET field = 'other', text = NULL, salt = NULL WHERE seq = 0",
    "DELETE FROM audit_text",
    "INSERT INTO audit_text SELECT * FROM audit_text WHERE seq = 0",
    "INSERT INTO audit_text VALUES (0, 'reason', '00', 'x') ON CONFLICT (seq, field) DO UPDATE SET text = 'x'",
    "DELETE FROM audit_head",
    "UPDATE audit_head SET frontier = ''",
    "UPDATE audit_head SET last_at = ''",
    "UPDATE audit_head SET size = size - 1",
    "UPDATE audit_head SET id = 2, size = size + 1",
    "INSERT INTO audit_head (id, size, frontier, last_at) VALUES (1, 0, '', '')",
    "INSERT INTO audit_head (id, size, frontier, last_at) VALUES (2, 0, '', '')",
)
FORBIDDEN_IN_SQLITE = (
    "INSERT OR REPLACE INTO audit_record (seq, leaf, leaf_hash) VALUES (0, '{}', 'x')",
    "INSERT OR REPLACE INTO audit_record (rowid, leaf, leaf_hash) VALUES (0, '{}', 'x')",
    "REPLACE INTO audit_record (seq, leaf, leaf_hash) VALUES ('0', '{}', 'x')",
    "UPDATE OR REPLACE audit_record SET seq = 1 WHERE seq = 0",
    "UPDATE OR IGNORE audit_record SET leaf = '{}'",
    "INSERT OR REPLACE INTO audit_text VALUES (0, 'reason', NULL, NULL)",
    "INSERT OR REPLACE INTO audit_text (rowid, seq, field) VALUES (1, 77, 'other')",
    "UPDATE OR REPLACE audit_text SET rowid = 2, salt = NULL, text = NULL WHERE rowid = 1",
    "INSERT OR REPLACE INTO audit_head (id, size, frontier, last_at) VALUES (1, 99, '', '')",
)
FORBIDDEN_IN_POSTGRESQL = (
    "TRUNCATE audit_record",
    "TRUNCATE audit_text",
    "TRUNCATE audit_head",
    "TRUNCATE audit_record, audit_text, audit_head CASCADE",
    "MERGE INTO audit_record USING (SELECT 0 AS seq) AS one ON audit_record.seq = one.seq WHEN MATCHED THEN DELETE",
    "WITH gone AS (DELETE FROM audit_text RETURNING seq) SELECT * FROM gone",
)

REWRITTEN_IN_SQLITE = {
    "says nothing": "CREATE TRIGGER {name} BEFORE DELETE ON {table} BEGIN SELECT 1; END",
    "never asked": "CREATE TRIGGER {name} BEFORE DELETE ON {table} WHEN 0"
    " BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
    "too late": "CREATE TRIGGER {name} AFTER UPDATE ON {table}"
    " BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
    "on another table": "CREATE TRIGGER {name} BEFORE DELETE ON run"
    " BEGIN SELECT RAISE(ABORT, 'the trail is append-only'); END",
}
REWRITTEN_IN_POSTGRESQL = {
    "never asked": "CREATE TRIGGER {name} BEFORE DELETE ON {table} FOR EACH ROW WHEN (false)"
    " EXECUTE FUNCTION audit_refuse()",
    "on another event": "CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW WHEN (false)"
    " EXECUTE FUNCTION audit_refuse()",
    "on another table": "CREATE TRIGGER {name} BEFORE DELETE ON run FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
}
HARMLESS_FUNCTIONS = (
    "BEGIN RETURN NEW; END",
    "BEGIN RETURN NEW; /* RAISE EXCEPTION 'the trail is append-only' */ END",
    "BEGIN IF false THEN RAISE EXCEPTION 'the trail is append-only'; END IF; RETURN NEW; END",
)
SWITCHED_OFF = ("DISABLE TRIGGER {name}", "ENABLE REPLICA TRIGGER {name}", "DISABLE TRIGGER ALL")


@pytest.fixture
def raw(bound: str) -> Iterator[Connection]:
    """A connection that is not the program's, to a trail of three records; what it does is rolled back."""
    with transaction() as session:
        for number in range(3):
            note(session, action="moved", texts={"reason": f"alasan {number}"})
    yield from connection_to(bound)


def connection_to(url: str) -> Iterator[Connection]:
    engine = open_engine(url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def note(session: Session, *, action: str, **rest: object) -> None:
    author = Author(None, Via.CLI)
    record(session, Pending(author, NOW, action=action, subject="candidacy:RSUD-2026", **rest))  # type: ignore[arg-type]


def everything(connection: Connection) -> list[object]:
    return [
        tuple(row)
        for table, order in (("audit_record", "seq"), ("audit_text", "seq, field"), ("audit_head", "id"))
        for row in connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY {order}")
    ]


def guards(connection: Connection) -> dict[str, str]:
    """The triggers that stand in the database now, with their tables."""
    query = (
        "SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"
        if connection.dialect.name == "sqlite"
        else "SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    )
    found: dict[str, str] = {name: table for name, table in connection.exec_driver_sql(query)}
    connection.rollback()
    return found


def drop(connection: Connection, name: str, table: str) -> None:
    where = "" if connection.dialect.name == "sqlite" else f" ON {table}"
    connection.exec_driver_sql(f"DROP TRIGGER {name}{where}")


def missing_now(connection: Connection) -> list[str]:
    """What is missing, as the check and as the verdict say it; then the attempt is taken back."""
    missing = missing_triggers(connection)
    verdict = verify_trail(Session(connection))
    assert verdict.missing_triggers == tuple(missing)
    assert verdict.fault is None
    assert verdict.ok is not bool(missing)
    connection.rollback()
    return missing


class TestAppendOnly:
    """Nothing that stands in the trail is changed or taken away, by whatever statement."""

    def test_both_databases_refuse(self, raw: Connection) -> None:
        own = FORBIDDEN_IN_SQLITE if raw.dialect.name == "sqlite" else FORBIDDEN_IN_POSTGRESQL
        before = everything(raw)
        raw.rollback()

        for statement in (*FORBIDDEN, *own):
            with pytest.raises(DBAPIError):
                raw.exec_driver_sql(statement)
                pytest.fail(f"went through: {statement}", pytrace=False)
            raw.rollback()

        assert everything(raw) == before

    def test_a_new_record_is_let_in(self, raw: Connection) -> None:
        raw.exec_driver_sql("INSERT INTO audit_record (seq, leaf, leaf_hash) VALUES (3, '{}', 'x')")

        assert len(everything(raw)) == 3 + 1 + 3 + 1


class TestErasing:
    """A text may be erased, and then the trail has to say so."""

    def test_an_erased_text_is_named_until_a_record_speaks_of_it(self, raw: Connection) -> None:
        raw.exec_driver_sql("UPDATE audit_text SET salt = NULL, text = NULL WHERE seq = 1")
        raw.commit()
        assert verify_trail(Session(raw)).fault == Fault(1, "text_erased_silently")
        raw.rollback()

        with transaction() as session:
            note(session, action=ERASED, details={"of": 2, "field": "reason"})
        assert verify_trail(Session(raw)).fault == Fault(1, "text_erased_silently")
        raw.rollback()

        with transaction() as session:
            note(session, action=ERASED, details={"of": 1, "field": "reason"})
        assert verify_trail(Session(raw)).ok


class TestGuardsAreThere:
    """A trigger that was dropped, switched off or made harmless is missing."""

    def test_none_is_missing_at_first(self, raw: Connection) -> None:
        assert len(guards(raw)) == 15
        assert missing_now(raw) == []

    def test_each_one_dropped_is_named(self, raw: Connection) -> None:
        for name, table in guards(raw).items():
            drop(raw, name, table)
            assert missing_now(raw) == [name]

    def test_each_one_replaced_by_a_harmless_one_is_named(self, raw: Connection) -> None:
        rewritten = REWRITTEN_IN_SQLITE if raw.dialect.name == "sqlite" else REWRITTEN_IN_POSTGRESQL
        for name, table in guards(raw).items():
            for how, statement in rewritten.items():
                drop(raw, name, table)
                raw.execute(text(statement.format(name=name, table=table)))
                assert (how, missing_now(raw)) == (how, [name])

    def test_a_table_made_anew_has_no_guards(self, raw: Connection) -> None:
        raw.exec_driver_sql("CREATE TABLE kept AS SELECT * FROM audit_text")
        raw.exec_driver_sql("DROP TABLE audit_text")
        raw.exec_driver_sql("ALTER TABLE kept RENAME TO audit_text")

        assert {name.rsplit("_no_")[0] for name in missing_now(raw)} == {"audit_text", "audit_text_only_erased"}


class TestGuardsOfPostgres:
    """PostgreSQL has more ways to keep a trigger from being asked."""

    @pytest.fixture
    def raw(self, postgres_url: str) -> Iterator[Connection]:
        yield from connection_to(postgres_url)

    @pytest.mark.parametrize("how", SWITCHED_OFF)
    def test_one_switched_off_is_named(self, raw: Connection, how: str) -> None:
        for name, table in guards(raw).items():
            raw.exec_driver_sql(f"ALTER TABLE {table} {how.format(name=name)}")
            assert name in missing_now(raw)

    @pytest.mark.parametrize("body", HARMLESS_FUNCTIONS)
    def test_all_are_named_when_what_they_call_is_harmless(self, raw: Connection, body: str) -> None:
        raw.exec_driver_sql(
            f"CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$"
        )

        assert missing_now(raw) == sorted(guards(raw))

    def test_another_function_of_the_same_name_is_harmless_too(self, raw: Connection) -> None:
        raw.exec_driver_sql("CREATE SCHEMA other")
        raw.exec_driver_sql(
            "CREATE FUNCTION other.audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
        )
        raw.exec_driver_sql("DROP TRIGGER audit_head_no_delete ON audit_head")
        raw.exec_driver_sql(
            "CREATE TRIGGER audit_head_no_delete BEFORE DELETE ON audit_head"
            " FOR EACH ROW EXECUTE FUNCTION other.audit_refuse()"
        )

        assert missing_now(raw) == ["audit_head_no_delete"]
