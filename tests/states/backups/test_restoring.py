"""A restore proves what it was given, into an empty place; where it can't, nothing stays."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect

from models.database import bound_engine, reading, unbind
from models.errors import BadInput, IntegrityBroken, NotFound, PipelineError, Refused, SchemaNew
from models.opening import opened_home
from models.schema import REVISIONS, downgrade
from models.settings import Settings
from states.backups.format import OPENING, Opening
from states.backups.restoring import check_backup, restore
from states.backups.taking import SHAPES, back_up
from states.verify import verify_trail
from tests.office import NOW
from tests.states.backups.place import Members, Place, clock, forged

Rows = list[list[Any]]


def in_table(name: str, change: Callable[[Rows, list[str]], None]) -> Callable[[Members], None]:
    """Change the rows of a table; the names of its columns are handed in, too."""

    def forge(members: Members) -> None:
        opening = Opening.model_validate_json(members[OPENING])
        (columns,) = [[column for column, _ in one.columns] for one in opening.tables if one.name == name]
        member = f"tables/{name}/000001.jsonl.gz"
        rows = [json.loads(line) for line in gzip.decompress(members[member]).decode().splitlines()]
        change(rows, columns)
        members[member] = gzip.compress("".join(f"{json.dumps(row)}\n" for row in rows).encode())

    return forge


def set_in_last(column: str, value: Any) -> Callable[[Rows, list[str]], None]:
    def change(rows: Rows, columns: list[str]) -> None:
        rows[-1][columns.index(column)] = value

    return change


def one_less(rows: Rows, _: list[str]) -> None:
    rows.pop()


def no_file(members: Members) -> None:
    del members[next(name for name in members if name.startswith("files/"))]


@pytest.fixture
def path(archive: bytes, tmp_path: Path) -> Path:
    made = tmp_path / "zi.tar"
    made.write_bytes(archive)
    return made


def refused(path: Path, settings: Settings, **more: Any) -> PipelineError:
    with pytest.raises(PipelineError) as error:
        restore(path, settings=settings, now=lambda _: NOW, **more)
    return error.value


class TestProved:
    """What fits its own checksums and is false all the same."""

    @pytest.mark.parametrize(
        "change",
        [
            in_table("audit_record", set_in_last("leaf", "{}")),
            in_table("audit_record", one_less),
            in_table("candidacy", set_in_last("unit_id", 999)),
            in_table("candidacy", set_in_last("stage", "designed")),
            in_table("candidacy", set_in_last("id", 1)),
            in_table("document", set_in_last("file_hash", "0" * 64)),
            no_file,
        ],
        ids=["a leaf", "a record less", "a reference", "a stage", "a key twice", "another file", "a file less"],
    )
    def test_is_refused(self, path: Path, archive: bytes, change: Callable[[Members], None]) -> None:
        path.write_bytes(forged(archive, change))

        with pytest.raises(IntegrityBroken):
            check_backup(path)

    def test_one_that_is_true_is_not(self, path: Path, archive: bytes) -> None:
        path.write_bytes(forged(archive, lambda _: None))

        assert check_backup(path).closing.files == 2


class TestNothingStays:
    """Where it fails, there is what there was."""

    def test_no_home(self, path: Path, archive: bytes, tmp_path: Path) -> None:
        path.write_bytes(archive[:-20_000])

        assert isinstance(refused(path, Settings(home=tmp_path / "new")), IntegrityBroken)
        assert not (tmp_path / "new").exists()

    def test_an_empty_folder_that_was_there_stays(self, path: Path, archive: bytes, tmp_path: Path) -> None:
        (tmp_path / "new").mkdir()
        path.write_bytes(archive[:-20_000])

        refused(path, Settings(home=tmp_path / "new"))

        assert list((tmp_path / "new").iterdir()) == []

    def test_a_database_as_empty_as_it_was(
        self, path: Path, archive: bytes, tmp_path: Path, fresh_postgres: str
    ) -> None:
        path.write_bytes(archive[:-1_024])

        refused(path, Settings(home=tmp_path / "new", database_url=fresh_postgres))

        engine = create_engine(fresh_postgres)
        assert inspect(engine).get_table_names() == []
        engine.dispose()

    def test_a_home_in_use(self, path: Path, place: Place) -> None:
        before = sorted(place.home.path.rglob("*"))

        assert refused(path, Settings(home=place.home.path)).key == "home_exists"
        assert sorted(place.home.path.rglob("*")) == before

    def test_a_database_in_use(self, path: Path, tmp_path: Path, postgres_url: str) -> None:
        error = refused(path, Settings(home=tmp_path / "new", database_url=postgres_url))

        assert (type(error), error.key) == (BadInput, "database_in_use")
        assert not (tmp_path / "new").exists()

    def test_a_key_that_lies_elsewhere_is_not_written_over(self, path: Path, tmp_path: Path) -> None:
        key = tmp_path / "other.key"
        key.write_text("milik rumah lain", encoding="utf-8")

        error = refused(path, Settings(home=tmp_path / "new", channel_key_file=key))

        assert error.key == "backup_key_differs"
        assert key.read_text(encoding="utf-8") == "milik rumah lain"

    @pytest.mark.parametrize(("email", "error"), [("auditor@contoh.invalid", Refused), ("nobody@x.id", NotFound)])
    def test_somebody_who_may_not(self, path: Path, tmp_path: Path, email: str, error: type[PipelineError]) -> None:
        assert isinstance(refused(path, Settings(home=tmp_path / "new"), email=email), error)
        assert not (tmp_path / "new").exists()


class TestRevisions:
    """An older backup is brought up to date, a newer one refused."""

    def test_of_a_newer_schema(self, path: Path, archive: bytes, tmp_path: Path) -> None:
        def later(members: Members) -> None:
            opening = json.loads(members[OPENING])
            members[OPENING] = json.dumps({**opening, "revision": "9999"}).encode()

        path.write_bytes(forged(archive, later))

        assert isinstance(refused(path, Settings(home=tmp_path / "new")), SchemaNew)

    def test_of_an_older_schema(self, place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Taken by the version before: it had the tables and columns of one revision ago."""
        downgrade(bound_engine(), REVISIONS[-2])
        inspector = inspect(bound_engine())
        standing = {name: {one["name"] for one in inspector.get_columns(name)} for name in inspector.get_table_names()}
        shapes = tuple(
            replace(one, columns=tuple(column for column in one.columns if column[0] in standing[one.name]))
            for one in SHAPES
            if one.name in standing
        )
        with monkeypatch.context() as before:
            before.setattr("states.backups.taking.SHAPES", shapes)
            before.setattr("states.backups.taking.REVISIONS", REVISIONS[:-1])
            before.setattr("states.backups.taking.note_run", lambda *_args, **_named: None)
            taken = back_up(tmp_path / "old.tar", home=place.home, clock=clock)
        unbind()
        settings = Settings(home=tmp_path / "new")

        restore(tmp_path / "old.tar", settings=settings, now=lambda _: NOW)

        with opened_home(settings), reading() as session:  # which refuses any schema but today's
            verdict = verify_trail(session)
        assert taken.opening.revision == REVISIONS[-2]
        assert (verdict.ok, verdict.records) == (True, taken.opening.trail.records + 1)
