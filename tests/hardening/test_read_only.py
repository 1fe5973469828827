"""A disk that may only be read: what reads works as ever, what writes says so with exit code 1 and what to do."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import create_engine, make_url, text

from models.catalogue import say
from models.database import bind, unbind
from models.errors import StorageFailed
from tests.hardening.places import only_to_be_read
from tests.office import Office
from tests.zi.conftest import Shell, home_template, shell  # noqa: F401 - fixtures

K = "koordinator"
READING = (
    ("candidacy", "list"),
    ("candidacy", "show", "RSUD-2026"),
    ("candidacy", "why", "RSUD-2026"),
    ("lke", "score", "RSUD-2026"),
    ("evidence", "missing"),
    ("cycle", "show", "CONTOH-2026"),
    ("audit", "log"),
    ("audit", "verify"),
    ("remind", "--dry-run"),
    ("monev", "--dry-run"),
    ("deliver", "--dry-run"),
)
WRITING = (
    ("candidacy", "open", "DINAS", "CONTOH-2026", "--target", "WBK", "--as", f"{K}@contoh.invalid"),
    ("document", "add", "CONTOH", "piagam_pencanangan", "https://x.invalid/1", "--as", f"{K}@contoh.invalid"),
    ("remind",),
    ("monev",),
    ("deliver",),
)


@pytest.fixture
def zi(shell: Shell, home_template: Shell) -> Iterator[Shell]:  # noqa: F811
    """The small agency with one candidacy, its home on a disk that may only be read."""
    shutil.copytree(home_template.home, shell.home)
    shell.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_=K)
    with only_to_be_read(shell.home):
        yield shell


class TestHome:
    """The whole home, with the database in it."""

    def test_reading(self, zi: Shell) -> None:
        for words in READING:
            assert zi.json(*words), words
        assert [row["code"] for row in zi.json("candidacy", "list")["candidacies"]] == ["RSUD-2026"]

    def test_writing(self, zi: Shell) -> None:
        for words in WRITING:
            answer = zi(*words, "--json")
            assert (answer.code, answer.document["error"]["code"]) == (1, "storage"), (words, answer)
            assert answer.document["error"]["fix"]
            assert "Traceback" not in answer.err

    def test_a_log_that_was_not_worked_in_is_not_passed_over(self, shell: Shell, home_template: Shell) -> None:  # noqa: F811
        shutil.copytree(home_template.home, shell.home)
        with closing(sqlite3.connect(shell.home / "zi.db")) as other:
            other.execute("SELECT 1 FROM candidacy").fetchall()  # keeps the log from being worked in
            shell.json("candidacy", "open", "RSUD", "CONTOH-2026", "--target", "WBK", as_=K)
            cut_off = shell.home.with_name("cut-off")
            shutil.copytree(shell.home, cut_off)  # as a power cut would leave it
        (cut_off / "zi.db-shm").unlink()
        shell.home = cut_off

        with only_to_be_read(cut_off):
            answer = shell("candidacy", "list", "--json")
            assert (answer.code, answer.document["error"]["code"]) == (1, "storage")

        assert [row["code"] for row in shell.json("candidacy", "list")["candidacies"]] == ["RSUD-2026"]


class TestPostgres:
    """A database that takes no writing: a standby, or an account that may only look."""

    @pytest.mark.parametrize(("how", "key"), [("read only", "database_failed"), ("account", "database_rights")])
    def test_reading_goes_on(self, postgres_url: str, how: str, key: str) -> None:
        bind(postgres_url)
        office = Office.opened(postgres_url)
        code = office.open()
        url = make_url(postgres_url)
        role = f"looks_{url.database}"
        engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            if how == "read only":
                connection.execute(text(f"ALTER DATABASE {url.database} SET default_transaction_read_only = on"))
            else:
                connection.execute(text(f"CREATE ROLE {role} LOGIN"))
                connection.execute(text(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}"))
                url = url.set(username=role)
        bind(url.render_as_string(hide_password=False))
        try:
            assert office.situation(code).code == code
            with pytest.raises(StorageFailed) as failed:
                office.move(code, "withdraw", reason="x")
            assert failed.value.fix == say(f"error.{key}.fix")
        finally:
            unbind()
            with engine.connect() as connection:
                connection.execute(text("SET default_transaction_read_only = off"))
                if how == "account":
                    connection.execute(text(f"DROP OWNED BY {role}"))
                    connection.execute(text(f"DROP ROLE {role}"))
            engine.dispose()
