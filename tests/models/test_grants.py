"""The role that works reads and writes rows; whatever would change a table or the trail, PostgreSQL refuses it."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from models.database import bind, open_engine, reading, transaction, unbind
from models.errors import NotFound, StorageFailed, UsageError
from models.grants import OTHERWISE, grant, grant_statements, rights_by_table, standing_of
from models.schema import check_schema
from models.tables import metadata
from models.trail import Author, Pending, Via, record
from models.triggers import missing_triggers
from states.verify import ERASED, verify_trail
from tests.databases import as_role
from tests.office import NOW

TRAIL = ("audit_record", "audit_text", "audit_head")
FORBIDDEN = (
    *(f"TRUNCATE {table}" for table in (*TRAIL, "candidacy")),
    *(f"DROP TABLE {table}" for table in (*TRAIL, "candidacy")),
    *(f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in TRAIL),
    *(f"DELETE FROM {table}" for table in (*TRAIL, "installation", "alembic_version")),
    "DROP TRIGGER audit_record_no_update ON audit_record",
    "CREATE TRIGGER mine BEFORE INSERT ON audit_record FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "DROP FUNCTION audit_refuse() CASCADE",
    "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
    "CREATE RULE quietly AS ON DELETE TO audit_record DO INSTEAD NOTHING",
    "ALTER TABLE candidacy ADD COLUMN more text",
    "ALTER TABLE audit_record OWNER TO CURRENT_USER",
    "CREATE TABLE mine (n integer)",
    "CREATE TEMPORARY TABLE mine (n integer)",
    "CREATE INDEX mine ON candidacy (code)",
    "CREATE SCHEMA mine",
    "UPDATE audit_record SET leaf = leaf",
    "UPDATE audit_text SET field = 'other'",
    "UPDATE audit_head SET id = 2",
    "INSERT INTO audit_head (id, size, frontier, last_at) VALUES (2, 0, '', '')",
    "UPDATE installation SET code = 'x'",
    "UPDATE alembic_version SET version_num = '0001'",
    "SET session_replication_role = replica",  # with which no trigger is asked
    "SELECT setval('candidacy_id_seq', 1)",
)
"""What the role has no right to do. Where it has one (a text that is erased), the triggers have the last word."""


@pytest.fixture
def owner(fresh_role: str, postgres_url: str) -> Iterator[Engine]:
    engine = open_engine(postgres_url)
    grant(engine, fresh_role)
    yield engine
    engine.dispose()


@pytest.fixture
def worker(owner: Engine, fresh_role: str) -> Iterator[str]:
    """The services' database, by the role that works, with a trail of one record."""
    url = as_role(owner.url.render_as_string(hide_password=False), fresh_role)
    bind(url)
    with transaction() as session:
        record(session, Pending(Author(None, Via.CLI), NOW, action="moved", subject="x", texts={"reason": "alasan"}))
    yield url
    unbind()


def attempted(connection: Connection, statement: str) -> str:
    """What PostgreSQL says of it."""
    with pytest.raises(ProgrammingError) as refused:
        connection.exec_driver_sql(statement)
        pytest.fail(f"went through: {statement}", pytrace=False)
    connection.rollback()
    return str(getattr(refused.value.orig, "sqlstate", ""))


class TestTheWorkingRole:
    """It writes the trail, and can't undo it."""

    def test_no_statement_gets_past_its_rights(self, worker: str) -> None:
        engine = open_engine(worker)
        with engine.connect() as connection:
            assert {statement: attempted(connection, statement) for statement in FORBIDDEN} == dict.fromkeys(
                FORBIDDEN, "42501"
            )
        engine.dispose()

    def test_the_trail_goes_on_and_verifies(self, worker: str) -> None:
        with transaction() as session:
            session.execute(text("UPDATE audit_text SET salt = NULL, text = NULL WHERE seq = 0"))
            record(
                session,
                Pending(Author(None, Via.CLI), NOW, action=ERASED, subject="x", details={"of": 0, "field": "reason"}),
            )

        with reading() as session:
            verdict = verify_trail(session)
            assert missing_triggers(session.connection()) == []
        assert (verdict.ok, verdict.records) == (True, 2)

    def test_it_can_tell_which_revision_it_works_on(self, worker: str) -> None:
        engine = open_engine(worker)
        check_schema(engine)
        engine.dispose()


class TestGranting:
    """As often as one likes; what was too much is taken back."""

    def test_twice_is_once(self, owner: Engine, fresh_role: str) -> None:
        before = rights(owner, fresh_role)

        grant(owner, fresh_role)

        assert rights(owner, fresh_role) == before

    def test_what_somebody_added_is_taken_back(self, owner: Engine, fresh_role: str) -> None:
        before = rights(owner, fresh_role)
        with owner.begin() as connection:
            connection.exec_driver_sql(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {fresh_role}")
            connection.exec_driver_sql(f"GRANT CREATE ON SCHEMA public TO {fresh_role}")
        assert power(owner, fresh_role) == ("create", "trail")

        grant(owner, fresh_role)

        assert (rights(owner, fresh_role), power(owner, fresh_role)) == (before, ())

    def test_every_table_has_its_rights(self) -> None:
        assert rights_by_table().keys() == {*metadata.tables, "alembic_version"}
        assert {name for name in metadata.tables if name.startswith("audit")} <= OTHERWISE.keys()

    def test_a_role_that_is_not_there(self, owner: Engine) -> None:
        with pytest.raises(NotFound):
            grant(owner, "nobody-of-that-name")

    def test_nothing_can_be_taken_from_who_owns_the_tables(self, owner: Engine) -> None:
        with pytest.raises(UsageError), owner.connect() as connection:
            grant_statements(connection, str(owner.url.username))

    def test_a_role_of_an_awkward_name(self, owner: Engine) -> None:
        with owner.begin() as connection:
            connection.exec_driver_sql('CREATE ROLE "zi; DROP TABLE unit"')
            for statement in grant_statements(connection, "zi; DROP TABLE unit"):
                connection.exec_driver_sql(statement)
            connection.rollback()

    def test_a_role_without_rights_is_told_so(self, fresh_role: str, postgres_url: str) -> None:
        engine = open_engine(as_role(postgres_url, fresh_role))

        with pytest.raises(StorageFailed, match="alembic_version"):
            check_schema(engine)
        engine.dispose()


class TestStanding:
    """Who could take the guards away is known by name."""

    def test_the_owner_could(self, owner: Engine) -> None:
        assert {"superuser", "owner"} <= set(power(owner, None))

    def test_the_working_role_could_not(self, owner: Engine, fresh_role: str) -> None:
        assert power(owner, fresh_role) == ()

    @pytest.mark.parametrize("right", ["TRUNCATE", "TRIGGER", "DELETE", "UPDATE"])
    def test_one_right_too_many_on_the_trail(self, owner: Engine, fresh_role: str, right: str) -> None:
        with owner.begin() as connection:
            connection.exec_driver_sql(f"GRANT {right} ON audit_record TO {fresh_role}")

        assert power(owner, fresh_role) == ("trail",)


def power(engine: Engine, role: str | None) -> tuple[str, ...]:
    with engine.connect() as connection:
        standing = standing_of(connection, role)
    assert standing
    return standing.powers


def rights(engine: Engine, role: str) -> list[object]:
    query = (
        "SELECT table_name, column_name, privilege_type FROM information_schema.column_privileges"
        " WHERE grantee = :role ORDER BY 1, 2, 3"
    )
    with engine.connect() as connection:
        return list(connection.execute(text(query), {"role": role}).all())
