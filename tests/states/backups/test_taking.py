"""A backup is whole or is not there; it is never written over anything, and only its owner reads it."""

import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from models.database import bound_engine, reading, unbind
from models.errors import BadInput, IntegrityBroken, PipelineError, Refused, StorageFailed
from models.files import path_of
from models.opening import opened_home
from models.runs import Run
from models.settings import Settings
from states.backups.format import Opening
from states.backups.restoring import check_backup, restore
from states.backups.taking import RUN, Wish, back_up
from states.trail_reader import records_of
from tests.office import NOW
from tests.states.backups.place import Place, clock, members_of

WORDS = "benar kuda baterai staples"


def taken(place: Place, path: Path, wish: Wish | None = None) -> dict[str, bytes]:
    back_up(path, home=place.home, clock=clock, wish=wish)
    return members_of(path.read_bytes())


def runs() -> list[tuple[str | None, bool]]:
    """Why each backup failed, and whether it is over."""
    with reading() as session:
        found = session.execute(select(Run).where(col(Run.flow) == RUN).order_by(col(Run.id))).scalars()
        return [(run.failure, run.finished_at is not None) for run in found]


def recorded() -> list[str]:
    with reading() as session:
        return [record["action"] for record in records_of(session, None, last=1)]


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """As on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestTaken:
    """One file, and a note of it."""

    def test_only_its_owner_reads_it(self, place: Place, tmp_path: Path) -> None:
        taken(place, tmp_path / "zi.tar")

        assert stat.S_IMODE((tmp_path / "zi.tar").stat().st_mode) == 0o600

    def test_into_a_folder_it_is_named_after_its_time(self, place: Place, tmp_path: Path) -> None:
        (tmp_path / "out").mkdir()

        plain = back_up(tmp_path / "out", home=place.home, clock=clock)
        sealed = back_up(tmp_path / "out", home=place.home, clock=clock, wish=Wish(WORDS))

        assert (plain.path.name, sealed.path.name) == ("zi-20260202T020000Z.tar", "zi-20260202T020000Z.tar.age")
        assert sorted(tmp_path.joinpath("out").iterdir()) == [plain.path, sealed.path]

    def test_it_stands_in_the_trail_and_among_the_runs(self, place: Place, tmp_path: Path) -> None:
        done = back_up(tmp_path / "zi.tar", home=place.home, clock=clock, actor=place.office.actor("admin"))

        with reading() as session:
            (record,) = records_of(session, None, last=1)
        assert (record["action"], record["actor"]) == ("backed_up", "admin@contoh.invalid")
        assert record["details"]["root"] == done.opening.trail.root
        assert runs() == [(None, True)]

    def test_the_keys_go_with_it(self, place: Place, tmp_path: Path) -> None:
        (place.home.keys / "checkpoint.key").write_bytes(b"kunci lain")
        (place.home.keys / ".draft").write_bytes(b"setengah")

        members = taken(place, tmp_path / "zi.tar")

        assert {name for name in members if name.startswith("keys/")} == {"keys/channels.key", "keys/checkpoint.key"}
        assert members["keys/channels.key"] == place.home.channel_key.read_bytes()

    def test_or_stay_where_they_are(self, place: Place, tmp_path: Path) -> None:
        assert not [name for name in taken(place, tmp_path / "zi.tar", Wish(keys=False)) if name.startswith("keys/")]
        unbind()

        done = restore(tmp_path / "zi.tar", settings=Settings(home=tmp_path / "new"), now=lambda _: NOW)

        assert done.keyless
        assert list((tmp_path / "new" / "keys").iterdir()) == []

    def test_files_that_nobody_names_are_left_out(self, place: Place, tmp_path: Path) -> None:
        stray = path_of("f" * 64, folder=place.home.files)
        stray.parent.mkdir(exist_ok=True)
        stray.write_bytes(b"tak bertuan")

        assert f"files/ff/{'f' * 64}" not in taken(place, tmp_path / "zi.tar")


class TestRefused:
    """Nothing is left behind."""

    def test_a_file_that_is_there(self, place: Place, tmp_path: Path) -> None:
        (tmp_path / "zi.tar").write_bytes(b"yang lama")

        with pytest.raises(BadInput):
            back_up(tmp_path / "zi.tar", home=place.home, clock=clock)

        assert (tmp_path / "zi.tar").read_bytes() == b"yang lama"

    def test_a_folder_that_is_not_there(self, place: Place, tmp_path: Path) -> None:
        with pytest.raises(StorageFailed):
            back_up(tmp_path / "nowhere" / "zi.tar", home=place.home, clock=clock)

    def test_a_disk_that_is_full(self, place: Place, tmp_path: Path) -> None:
        out = tmp_path / "out"
        out.mkdir()
        place.file(b"x" * 900_000)

        with files_no_larger_than(800_000), pytest.raises(StorageFailed):
            back_up(out / "zi.tar", home=place.home, clock=clock)

        assert list(out.iterdir()) == []
        assert runs() == [("file_not_written", True)]

    def test_a_passphrase_that_is_soon_guessed(self, place: Place, tmp_path: Path) -> None:
        with pytest.raises(BadInput) as bad:
            back_up(tmp_path / "zi.tar", home=place.home, clock=clock, wish=Wish("rahasia"))

        assert bad.value.key == "passphrase_short"

    def test_somebody_who_is_no_admin(self, place: Place, tmp_path: Path) -> None:
        with pytest.raises(Refused):
            back_up(tmp_path / "zi.tar", home=place.home, clock=clock, actor=place.office.actor("koordinator"))

        assert (recorded(), (tmp_path / "zi.tar").exists()) == (["refused"], False)


class TestFaults:
    """What the database names and is not there is told; a backup all the same is one that says so itself."""

    def lost(self, place: Place) -> str:
        digest = place.file(b"akan hilang")
        path_of(digest, folder=place.home.files).unlink()
        return digest

    def test_a_file_that_is_missing(self, place: Place, tmp_path: Path) -> None:
        digest = self.lost(place)

        with pytest.raises(IntegrityBroken) as broken:
            back_up(tmp_path / "zi.tar", home=place.home, clock=clock)

        assert digest in str(broken.value)
        assert not (tmp_path / "zi.tar").exists()

    def test_a_file_that_was_changed(self, place: Place, tmp_path: Path) -> None:
        digest = place.file(b"akan diubah")
        path_of(digest, folder=place.home.files).write_bytes(b"sudah diubah")

        with pytest.raises(IntegrityBroken) as broken:
            back_up(tmp_path / "zi.tar", home=place.home, clock=clock)

        assert digest in str(broken.value)

    def test_a_trail_that_is_broken(self, place: Place, tmp_path: Path) -> None:
        with bound_engine().begin() as connection:
            connection.execute(text("DROP TRIGGER audit_record_no_update"))
            connection.execute(text("UPDATE audit_record SET leaf_hash = 'ff' WHERE seq = 3"))

        assert refusal(place, tmp_path / "zi.tar") == "backup_trail_broken"

        back_up(tmp_path / "zi.tar", home=place.home, clock=clock, wish=Wish(despite_faults=True))
        with pytest.raises(IntegrityBroken) as broken:
            check_backup(tmp_path / "zi.tar")
        assert broken.value.key == "backup_incomplete"

    def test_one_taken_all_the_same_is_restored_all_the_same(self, place: Place, tmp_path: Path) -> None:
        digest = self.lost(place)
        done = back_up(tmp_path / "zi.tar", home=place.home, clock=clock, wish=Wish(despite_faults=True))
        assert (done.closing.missing, done.closing.missing_named) == (1, (digest,))
        unbind()
        settings = Settings(home=tmp_path / "new")

        with pytest.raises(IntegrityBroken):
            restore(tmp_path / "zi.tar", settings=settings, now=lambda _: NOW)
        assert not settings.home.exists()

        restored = restore(tmp_path / "zi.tar", settings=settings, now=lambda _: NOW, despite_faults=True)
        assert (restored.closing.missing, restored.closing.files) == (1, 2)


class TestKeysElsewhere:
    """A key that the settings keep outside the home goes with the backup, and comes back to where they say."""

    def test_comes_back(self, place: Place, tmp_path: Path) -> None:
        outside = tmp_path / "etc" / "channels.key"
        outside.parent.mkdir()
        place.home.channel_key.rename(outside)
        elsewhere = Settings(home=place.home.path, database_url=place.home.database_url, channel_key_file=outside)
        unbind()
        with opened_home(elsewhere) as home:
            back_up(tmp_path / "zi.tar", home=home, clock=clock)
        content = outside.read_bytes()
        outside.unlink()

        settings = Settings(home=tmp_path / "new", channel_key_file=outside)
        restore(tmp_path / "zi.tar", settings=settings, now=lambda _: NOW)

        assert outside.read_bytes() == content
        assert stat.S_IMODE(outside.stat().st_mode) == 0o600
        assert not (tmp_path / "new" / "keys" / "channels.key").exists()


def refusal(place: Place, path: Path) -> str:
    with pytest.raises(PipelineError) as refused:
        back_up(path, home=place.home, clock=clock)
    return refused.value.key


def test_what_it_says_of_itself_holds_no_secret(place: Place, tmp_path: Path) -> None:
    opening = Opening.model_validate_json(taken(place, tmp_path / "zi.tar")["zi-backup.json"])

    assert place.home.channel_key.read_text().strip() not in opening.model_dump_json()
    assert str(tmp_path) not in opening.model_dump_json()
