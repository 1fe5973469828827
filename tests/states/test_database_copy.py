"""An installation moves to another database whole, with the same trail, or not at all."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from models.copying import BATCH
from models.database import bind, open_engine, transaction, unbind
from models.errors import BadInput, IntegrityBroken, SchemaOld, UsageError
from models.schema import check_schema, current_revision, downgrade
from models.tables import metadata
from models.triggers import missing_triggers
from states.database_copy import Copied, copy_database
from states.people import PersonData, add_person
from states.verify import verify_trail
from tests.databases import copy_of
from tests.filled import content
from tests.office import NOW, Office

SILENT = [("sqlite", "postgresql"), ("postgresql", "sqlite"), ("postgresql", "postgresql"), ("sqlite", "sqlite")]


@pytest.fixture
def opened() -> Iterator[Callable[[str], Engine]]:
    with ExitStack() as ended:

        def open_(url: str) -> Engine:
            engine = open_engine(url)
            ended.callback(engine.dispose)
            return engine

        yield open_


@pytest.fixture
def source(filled_template: Callable[[str], str], tmp_path: Path, opened: Callable[[str], Engine]) -> Iterator[Engine]:
    """A full database on SQLite."""
    with copy_of(filled_template("sqlite"), tmp_path / "source.db") as url:
        yield opened(url)


@pytest.fixture
def target(fresh_postgres: str, opened: Callable[[str], Engine]) -> Engine:
    """A database on PostgreSQL with nothing in it."""
    return opened(fresh_postgres)


def copied(source: Engine, target: Engine) -> Copied:
    return copy_database(source, target, progress=lambda _done, _of: None)


def change(engine: Engine, *statements: str) -> None:
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.cursor().execute("PRAGMA ignore_check_constraints = ON")
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            connection.execute(text(statement))
        connection.commit()
        connection.detach()


def tables_of(engine: Engine) -> list[str]:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    with engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


class TestTheWholeOfIt:
    """Every row of every table, in any direction."""

    @pytest.mark.parametrize(("from_", "to"), SILENT)
    def test_every_value_is_the_same(
        self,
        from_: str,
        to: str,
        *,
        filled_template: Callable[[str], str],
        opened: Callable[[str], Engine],
        request: pytest.FixtureRequest,
        tmp_path: Path,
    ) -> None:
        source = opened(filled_template(from_))
        target = opened(
            f"sqlite:///{tmp_path / 'to.db'}" if to == "sqlite" else request.getfixturevalue("fresh_postgres")
        )
        before = content(source)
        assert min(len(rows) for rows in before.values()) > 0
        told: list[tuple[int, int]] = []

        said = copy_database(source, target, progress=lambda done, of: told.append((done, of)))

        assert content(target) == before == content(source)
        assert said.rows == {name: len(rows) for name, rows in before.items()}
        assert said.records == len(before["audit_record"])
        assert told[-1][0] == sum(said.rows.values()) - 2  # the two rows that were there
        with target.connect() as connection:
            assert missing_triggers(connection) == []
        check_schema(target)

    def test_into_a_database_that_was_migrated_already(
        self, source: Engine, postgres_url: str, opened: Callable[[str], Engine]
    ) -> None:
        target = opened(postgres_url)

        copied(source, target)

        assert content(target) == content(source)

    def test_many_rows_go_in_batches(self, source: Engine, target: Engine) -> None:
        with source.begin() as connection:
            many = [{"flow": "remind", "started_at": NOW} for _ in range(2 * BATCH)]
            connection.execute(metadata.tables["run"].insert(), many)

        assert copied(source, target).rows["run"] > 2 * BATCH

    def test_work_goes_on_there_with_new_numbers(self, source: Engine, target: Engine) -> None:
        root = copied(source, target).root
        bind(target.url.render_as_string(hide_password=False))
        office = Office(str(target.url))

        add_person(PersonData("baru@contoh.invalid", "Baru"), actor=office.actor("admin"), now=NOW.replace(day=9))

        assert len(content(target)["person"]) == len(content(source)["person"]) + 1
        with transaction() as session:
            verdict = verify_trail(session)
        assert (verdict.ok, verdict.root != root) == (True, True)
        unbind()

    def test_every_table_numbers_on(self, source: Engine, target: Engine) -> None:
        copied(source, target)

        with target.connect() as connection:
            for table in metadata.sorted_tables:
                if table.autoincrement_column is not None and table.name not in ("audit_head", "installation"):
                    column = table.autoincrement_column
                    following = text(f"SELECT nextval(pg_get_serial_sequence('{table.name}', '{column.name}'))")
                    highest = connection.execute(select(func.max(column))).scalar_one()
                    assert (table.name, connection.execute(following).scalar_one()) == (table.name, highest + 1)


WRONG = [
    ("UPDATE unit SET agency_id = 'abc' WHERE code = 'DINAS'", ("unit", "2", "agency_id")),
    ("UPDATE unit SET agency_id = 99 WHERE code = 'DINAS'", ("unit", "2", "agency_id")),
    (f"UPDATE agency SET code = '{'X' * 41}'", ("agency", "1", "code")),
    ("UPDATE person SET name = 'a' || char(0) WHERE id = 3", ("person", "3", "name")),
    ("UPDATE person SET name = CAST(x'ff41' AS TEXT) WHERE id = 3", ("person", "3", "name")),
    ("UPDATE membership SET role = 'raja' WHERE id = 2", ("membership", "2", "role")),
    ("UPDATE stage_entry SET entered_at = 'kemarin' WHERE id = 2", ("stage_entry", "2", "entered_at")),
    ("UPDATE stage_entry SET entered_on = '2026-02-30' WHERE id = 2", ("stage_entry", "2", "entered_on")),
    ("UPDATE candidacy SET version = 3000000000 WHERE id = 1", ("candidacy", "1", "version")),
    ("UPDATE action_item SET progress = 200", ("action_item", "1", "progress")),
    ("UPDATE unit SET parent_id = 99 WHERE code = 'DINAS'", ("unit", "2", "parent_id")),
    ("UPDATE preference_kind SET kind = 'tidak'", ("preference_kind", "1, tidak", "kind")),
]


class TestWhatDoesNotFit:
    """SQLite keeps what it is given; PostgreSQL looks at it. The value is named, and nothing stays."""

    @pytest.mark.parametrize(("statement", "place"), WRONG)
    def test_is_told_with_its_place(
        self, source: Engine, target: Engine, statement: str, place: tuple[str, str, str]
    ) -> None:
        change(source, statement)

        with pytest.raises(BadInput) as refused:
            copied(source, target)

        assert tuple(refused.value.params[name] for name in ("table", "row", "column")) == place
        assert not re.search("abc|raja|kemarin|XXX|2026-02-30", str(refused.value))
        assert tables_of(target) == []

    def test_a_broken_trail_is_not_moved(self, source: Engine, target: Engine) -> None:
        change(source, "DROP TRIGGER audit_record_no_update", "UPDATE audit_record SET leaf_hash = 'x' WHERE seq = 3")

        with pytest.raises(IntegrityBroken):
            copied(source, target)

        assert tables_of(target) == []


class TestRefusals:
    """Nothing is written over, and nothing is half copied."""

    def test_somebody_works_there(self, source: Engine, both_offices: Office, opened: Callable[[str], Engine]) -> None:
        target = opened(both_offices.url)
        change(target, "UPDATE installation SET code = 'another'")  # tests copy one, with its code
        before = content(target)

        with pytest.raises(BadInput) as refused:
            copied(source, target)

        assert refused.value.key == "copy_target_used"
        assert content(target) == before

    def test_tables_of_somebody_else(self, source: Engine, target: Engine) -> None:
        with target.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE theirs (n integer)")

        with pytest.raises(BadInput):
            copied(source, target)

        assert tables_of(target) == ["theirs"]

    def test_onto_itself(self, filled_url: str, opened: Callable[[str], Engine]) -> None:
        source, again = opened(filled_url), opened(filled_url)
        before = content(source)

        with pytest.raises(UsageError):
            copied(source, again)

        assert content(source) == before

    def test_another_revision(self, source: Engine, postgres_url: str, opened: Callable[[str], Engine]) -> None:
        target = opened(postgres_url)
        downgrade(target, "0014")

        with pytest.raises(SchemaOld):
            copied(source, target)

        assert current_revision(target) == "0014"

    @pytest.mark.parametrize("to", ["sqlite", "postgresql"])
    def test_somebody_went_on_meanwhile(
        self, source: Engine, to: str, request: pytest.FixtureRequest, tmp_path: Path, opened: Callable[[str], Engine]
    ) -> None:
        new = tmp_path / "new.db"
        target = opened(f"sqlite:///{new}" if to == "sqlite" else request.getfixturevalue("fresh_postgres"))
        bind(str(source.url))
        admin = Office(str(source.url)).actor("admin")
        people = iter(range(1))

        def somebody_works(_done: int, _of: int) -> None:
            for number in people:
                add_person(PersonData(f"p{number}@contoh.invalid", "P"), actor=admin, now=NOW.replace(day=9))

        with pytest.raises(BadInput) as refused:
            copy_database(source, target, progress=somebody_works)
        unbind()

        assert refused.value.key == "copy_went_on"
        assert not new.exists()
        assert to == "sqlite" or tables_of(target) == []
