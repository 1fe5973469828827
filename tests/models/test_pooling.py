"""Connections: how many, how long they wait, and what becomes of them when the server goes away between two uses."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from models.database import bind, open_engine, reading, transaction, unbind
from models.errors import StorageFailed
from models.pooling import Pooling
from models.settings import Settings
from tests.postgres import NoPostgres, Postgres


@contextmanager
def connected(url: str, pooling: Pooling) -> Iterator[Connection]:
    engine = open_engine(url, pooling)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def shown(connection: Connection, *names: str) -> dict[str, str]:
    return {name: str(connection.execute(text(f"SHOW {name}")).scalar_one()) for name in names}


LIMITS = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name")
SHORT = Pooling(statement=7, lock=8, idle=9, name="zi web")
AS_SHOWN = dict(zip(LIMITS, ("7s", "8s", "9s", "zi web"), strict=True))


class TestLimits:
    """PostgreSQL ends what takes too long, in each way of connecting."""

    @pytest.mark.parametrize("pgbouncer", [False, True])
    def test_are_the_servers_own(self, postgres_url: str, pgbouncer: bool) -> None:
        pooling = Pooling(statement=7, lock=8, idle=9, name="zi web", pgbouncer=pgbouncer)

        with connected(postgres_url, pooling) as connection:
            assert shown(connection, *LIMITS) == AS_SHOWN

    def test_none_is_none(self, postgres_url: str) -> None:
        with connected(postgres_url, Pooling(statement=0, lock=0, idle=0)) as connection:
            assert shown(connection, "statement_timeout", "lock_timeout") == {
                "statement_timeout": "0",
                "lock_timeout": "0",
            }

    def test_what_the_url_says_itself_counts(self, postgres_url: str) -> None:
        url = make_url(postgres_url).update_query_dict({"options": "-c lock_timeout=3s", "application_name": "other"})

        with connected(url.render_as_string(hide_password=False), SHORT) as connection:
            found = shown(connection, *LIMITS)

        assert found == {**AS_SHOWN, "lock_timeout": "3s", "application_name": "other"}

    def test_behind_pgbouncer_nothing_outlives_a_transaction(self, postgres_url: str) -> None:
        with connected(postgres_url, Pooling(statement=7, pgbouncer=True)) as connection:
            driver: Any = connection.connection.driver_connection
            for _ in range(10):
                connection.execute(text("SELECT 1"))
            connection.commit()

            assert driver.prepare_threshold is None
            assert driver.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)
            assert driver.execute("SHOW statement_timeout").fetchone() == ("0",)

    def test_a_statement_that_takes_too_long_is_a_fault_of_the_storage(self, postgres_url: str) -> None:
        bind(postgres_url, Pooling(statement=1))

        with pytest.raises(StorageFailed, match="statement timeout"), reading() as session:
            session.execute(text("SELECT pg_sleep(20)"))
        unbind()

    def test_a_lock_that_is_held_too_long_is_one_too(self, postgres_url: str) -> None:
        bind(postgres_url, Pooling(lock=1))

        with (
            connected(postgres_url, Pooling()) as other,
            pytest.raises(StorageFailed, match="lock timeout"),
            transaction() as session,
        ):
            other.execute(text("LOCK TABLE audit_head"))
            session.execute(text("SELECT * FROM audit_head FOR UPDATE"))
        unbind()


class TestPool:
    """A process has as many connections as it may, and says so when none is left."""

    def test_no_more_than_that(self, database_url: str) -> None:
        engine = open_engine(database_url, Pooling(size=1, overflow=1, wait=1))

        with engine.connect(), engine.connect(), pytest.raises(PoolTimeoutError):
            engine.connect()
        engine.dispose()

    def test_none_left_is_a_fault_of_the_storage(self, database_url: str) -> None:
        bind(database_url, Pooling(size=1, overflow=0, wait=1))

        with reading() as first:
            first.execute(text("SELECT 1"))
            with pytest.raises(StorageFailed, match="koneksi"), reading() as second:
                second.execute(text("SELECT 1"))
        unbind()


class TestLostBetweenTwoUses:
    """Who restarts the server need not restart us."""

    @pytest.fixture
    def server(self) -> Iterator[Postgres]:
        try:
            server = Postgres.found()
        except NoPostgres as why:
            pytest.skip(str(why))
        server.start()
        yield server
        server.stop()

    @pytest.mark.parametrize("pgbouncer", [False, True])
    def test_the_next_use_finds_it_again(self, server: Postgres, pgbouncer: bool) -> None:
        bind(server.url, Pooling(pgbouncer=pgbouncer))
        with transaction() as session:
            session.execute(text("CREATE TABLE kept (n integer)"))
        with reading() as one, reading() as other:  # two connections wait in the pool
            one.execute(text("SELECT 1"))
            other.execute(text("SELECT 1"))

        server.halt()
        with pytest.raises(StorageFailed), transaction() as session:
            session.execute(text("INSERT INTO kept VALUES (1)"))
        server.resume()

        with transaction() as session:
            session.execute(text("INSERT INTO kept VALUES (2)"))
        with reading() as one, reading() as other:
            assert one.execute(text("SELECT n FROM kept")).all() == [(2,)]
            assert other.execute(text("SELECT n FROM kept")).all() == [(2,)]
        unbind()


class TestSettings:
    """The defaults are said once."""

    def test_are_those_of_the_settings(self) -> None:
        assert Pooling.of(Settings()) == Pooling()

    @pytest.mark.parametrize(
        ("name", "value"),
        [("pool_size", "0"), ("pool_overflow", "-1"), ("lock_seconds", "lama"), ("application_name", "a\nb")],
    )
    def test_what_can_not_be_is_refused(self, monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
        monkeypatch.setenv(f"ZI_{name.upper()}", value)

        with pytest.raises(ValidationError):
            Settings()
