"""A bundle is whole, for admins, recorded, never over something else; and it checks without us."""

import json
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from models.database import reading, transaction
from models.errors import BadInput, IntegrityBroken, NotFound, Refused, StorageFailed
from models.trail import Author, Pending, Via, record
from states.bundle import exporting
from states.bundle import verify as verifier
from states.bundle.exporting import Exported, export_bundle
from states.checkpoints import make_checkpoint
from states.trail_reader import records_of
from states.verify import ERASED, verify_trail
from tests.office import NOW, Office
from tests.rewriting import erase_text, rewrite, unguarded

SYSTEM = Author(None, Via.FLOW)

Export = Callable[..., Exported]


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return tmp_path / "checkpoint.key"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


@pytest.fixture
def export(office: Office, key_file: Path) -> Export:
    def exported(path: Path, *, by: str = "admin", up_to: int | None = None) -> Exported:
        return export_bundle(path, up_to=up_to, actor=office.actor(by), key_file=key_file, now=NOW)

    return exported


def note(text: str = "catatan", **rest: Any) -> Pending:
    with transaction() as session:
        pending = Pending(SYSTEM, NOW, **{"action": "noted", "subject": "unit:RSUD", "texts": {"reason": text}, **rest})
        return record(session, pending)


def erase(seq: int, field: str = "reason") -> None:
    with transaction() as session:
        erase_text(session, seq, field)
        record(session, Pending(SYSTEM, NOW, action=ERASED, subject="x", details={"of": seq, "field": field}))


def checked(path: Path, *words: str) -> tuple[int, str]:
    said: list[str] = []
    return verifier.main(["bundle", str(path), "--lang", "en", *words], tell=said.append), "\n".join(said)


class TestWritten:
    """What leaves is everything up to a checkpoint, in both forms and from both databases."""

    @pytest.mark.parametrize("name", ["jejak.zip", "jejak"])
    def test_it_verifies_on_its_own(self, both_offices: Office, key_file: Path, out: Path, name: str) -> None:
        seq = note("rahasia yang dihapus").seq
        erase(seq)
        note("Ñandú 𝄞 \u2028 ’”\n\t\\ \x7f", subject="x:\ue000", details={"\ue000": 1, "𝄞": 2})

        done = export_bundle(out / name, up_to=None, actor=both_offices.actor("admin"), key_file=key_file, now=NOW)

        program = out / "verify.py"
        program.write_bytes(Path(verifier.__file__).read_bytes())
        for words in ([], ["--thorough"]):
            command = [sys.executable, "-I", str(program), "bundle", str(done.path), *words]
            ended = subprocess.run(command, capture_output=True, text=True, cwd=out, check=False)
            assert (ended.returncode, ended.stderr) == (0, ""), ended.stdout
            assert f"{done.size} catatan, akar {done.root}" in ended.stdout
            assert "(1 dihapus" in ended.stdout

    def test_it_holds_what_it_says(self, office: Office, export: Export, out: Path) -> None:
        note()

        done = export(out / "jejak")

        with reading() as session:
            rows = records_of(session)
        leaves = (done.path / "leaves.jsonl").read_bytes().splitlines()
        assert [json.loads(leaf)["seq"] for leaf in leaves] == list(range(done.size))
        assert len(rows) > done.size
        assert {one.name for one in done.path.iterdir()} == {
            "README.txt",
            "bundle.json",
            "checkpoint.note",
            "checkpoints.jsonl",
            "key.txt",
            "keys.jsonl",
            "leaves.jsonl",
            "texts.jsonl",
            "verify.py",
        }
        assert (done.path / "verify.py").read_bytes() == Path(verifier.__file__).read_bytes()
        assert {stat.S_IMODE(one.stat().st_mode) for one in done.path.iterdir()} == {0o600}

    def test_the_second_proves_that_it_goes_on_from_the_first(self, export: Export, out: Path) -> None:
        export(out / "satu")
        done = export(out / "dua")

        assert verifier.main(["consistency", str(done.path / "consistency.json")], tell=lambda _said: None) == 0
        assert checked(done.path)[0] == 0

    def test_the_zip_is_the_same_and_its_owners(self, export: Export, out: Path) -> None:
        done = export(out / "jejak.zip")

        with zipfile.ZipFile(done.path) as file:
            assert file.testzip() is None
            assert len(file.read("leaves.jsonl").splitlines()) == done.size
        assert stat.S_IMODE(done.path.stat().st_mode) == 0o600

    def test_the_trail_tells_of_it(self, export: Export, out: Path) -> None:
        done = export(out / "jejak.zip")

        with reading() as session:
            told = records_of(session, last=1)[0]
            assert verify_trail(session).ok
        assert (told["seq"], told["action"], told["actor"]) == (
            done.audit_seq,
            "trail_exported",
            "admin@contoh.invalid",
        )
        assert told["details"] == {"form": "zip", "size": done.size, "root": done.root, "sha256": done.sha256}


class TestUpTo:
    """An older end is the last checkpoint that is not beyond it."""

    def test_it_ends_there(self, export: Export, key_file: Path, out: Path) -> None:
        first = make_checkpoint(author=SYSTEM, key_file=key_file, now=NOW)
        note()
        make_checkpoint(author=SYSTEM, key_file=key_file, now=NOW)

        assert export(out / "satu", up_to=first.size).size == first.size
        assert export(out / "dua", up_to=first.size + 1).root == first.root
        assert checked(out / "satu")[0] == checked(out / "dua")[0] == 0

    def test_there_has_to_be_one(self, export: Export, key_file: Path, out: Path) -> None:
        first = make_checkpoint(author=SYSTEM, key_file=key_file, now=NOW)

        with pytest.raises(NotFound):
            export(out / "jejak", up_to=first.size - 1)
        assert list(out.iterdir()) == []

    def test_a_text_that_was_erased_after_it(self, export: Export, key_file: Path, out: Path) -> None:
        seq = note().seq
        first = make_checkpoint(author=SYSTEM, key_file=key_file, now=NOW)
        erase(seq)

        with pytest.raises(BadInput) as refused:
            export(out / "jejak", up_to=first.size)

        assert (refused.value.key, refused.value.params["seq"]) == ("erased_later", seq)
        assert checked(export(out / "semua").path)[0] == 0


class TestNothingElse:
    """Written whole or not at all, by whom it may be, and over nothing."""

    @pytest.mark.parametrize("who", ["koordinator", "auditor", "kepala", "tpi"])
    def test_only_for_who_reads_the_whole_trail(self, export: Export, out: Path, who: str) -> None:
        with pytest.raises(Refused):
            export(out / "jejak.zip", by=who)

        with reading() as session:
            assert records_of(session, last=1)[0]["action"] == "refused"
        assert list(out.iterdir()) == []

    @pytest.mark.parametrize("name", ["jejak.zip", "jejak"])
    def test_not_over_what_stands_there(self, export: Export, out: Path, name: str) -> None:
        (out / name).write_text("milik orang lain")
        with pytest.raises(BadInput):
            export(out / name)
        (out / name).unlink()
        (out / name).symlink_to(out / "nowhere")
        with pytest.raises(BadInput):
            export(out / name)
        (out / name).unlink()
        (out / name).mkdir()
        with pytest.raises(BadInput):
            export(out / name)

        assert [one.name for one in out.iterdir()] == [name]

    def test_not_into_a_folder_that_is_not_there(self, export: Export, out: Path) -> None:
        with pytest.raises(BadInput):
            export(out / "nowhere" / "jejak.zip")

    @pytest.mark.parametrize("name", ["jejak.zip", "jejak"])
    def test_a_broken_trail_does_not_leave(self, export: Export, key_file: Path, out: Path, name: str) -> None:
        make_checkpoint(author=SYSTEM, key_file=key_file, now=NOW)
        with transaction() as session:
            unguarded(session, "audit_record_no_update", "UPDATE audit_record SET leaf = '{}' WHERE seq = 2")

        with pytest.raises(IntegrityBroken):
            export(out / name)
        assert list(out.iterdir()) == []

        rewrite(3, actor="person:99")
        with pytest.raises(IntegrityBroken):
            export(out / name)
        assert list(out.iterdir()) == []

    @pytest.mark.parametrize("name", ["jejak.zip", "jejak"])
    def test_a_full_disk_leaves_nothing(
        self, export: Export, out: Path, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: object, **__: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(exporting, "_write_texts", full)

        with pytest.raises(StorageFailed, match="No space left"):
            export(out / name)
        assert list(out.iterdir()) == []
        with reading() as session:
            assert not [one for one in records_of(session) if one["action"] == "trail_exported"]
