"""A file is kept once, under its hash, whole or not at all; its name is only ever shown."""

import os
import stat
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadInput, StorageFailed
from models.files import CHUNK, MIB, path_of, plain_name, store, store_path

LIMIT = 2 * MIB


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "files"
    made.mkdir()
    return made


def kept(folder: Path) -> list[Path]:
    """Every file below the folder, half-written ones too."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


class TornOff(BytesIO):
    """A source that breaks in the middle, as a network mount does."""

    def read(self, size: int | None = -1, /) -> bytes:
        if self.tell():
            raise OSError(5, "Input/output error")
        return super().read(size)


class TestKept:
    """Found again by what is in it."""

    @pytest.mark.parametrize("size", [1, CHUNK - 1, CHUNK, CHUNK + 1, LIMIT - 1, LIMIT])
    def test_it_lies_under_its_hash(self, folder: Path, size: int) -> None:
        content = os.urandom(size)

        stored = store(BytesIO(content), name="lke.xlsx", folder=folder, limit=LIMIT)

        assert (stored.hash, stored.size, stored.name) == (sha256(content).hexdigest(), size, "lke.xlsx")
        assert kept(folder) == [path_of(stored.hash, folder=folder)]
        assert kept(folder)[0].read_bytes() == content

    def test_the_same_content_is_kept_once(self, folder: Path, tmp_path: Path) -> None:
        for name in ("satu.pdf", "dua.pdf"):
            (tmp_path / name).write_bytes(b"isi")

        first, second = (store_path(tmp_path / name, folder=folder, limit=LIMIT) for name in ("satu.pdf", "dua.pdf"))

        assert first.hash == second.hash
        assert (first.name, second.name) == ("satu.pdf", "dua.pdf")
        assert len(kept(folder)) == 1

    def test_only_its_owner_reads_it(self, folder: Path) -> None:
        stored = store(BytesIO(b"isi"), name="a", folder=folder, limit=LIMIT)

        path = path_of(stored.hash, folder=folder)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_the_original_stays_where_it_was(self, folder: Path, tmp_path: Path) -> None:
        original = tmp_path / "a.pdf"
        original.write_bytes(b"isi")

        store_path(original, folder=folder, limit=LIMIT)

        assert original.read_bytes() == b"isi"

    def test_a_link_is_followed_to_its_file(self, folder: Path, tmp_path: Path) -> None:
        (tmp_path / "a.pdf").write_bytes(b"isi")
        (tmp_path / "link.pdf").symlink_to(tmp_path / "a.pdf")

        stored = store_path(tmp_path / "link.pdf", folder=folder, limit=LIMIT)

        assert stored.hash == sha256(b"isi").hexdigest()
        assert not path_of(stored.hash, folder=folder).is_symlink()


class TestRefused:
    """What can't be taken leaves nothing behind."""

    @pytest.mark.parametrize(("size", "key"), [(0, "file_empty"), (LIMIT + 1, "file_too_large")])
    def test_empty_or_one_byte_too_large(self, folder: Path, size: int, key: str) -> None:
        with pytest.raises(BadInput) as bad:
            store(BytesIO(b"x" * size), name="lke.xlsx", folder=folder, limit=LIMIT)

        assert bad.value.key == key
        assert bad.value.params["name"] == "lke.xlsx"
        assert bad.value.params.get("limit", 2) == 2  # MiB, as people are told
        assert kept(folder) == []

    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("missing.pdf", "file_missing"),
            ("nowhere/missing.pdf", "file_missing"),
            ("plain.pdf/inside.pdf", "file_missing"),
            ("dangling", "file_missing"),
            ("round", "file_missing"),
            ("x" * 300, "file_unreadable"),  # longer than a name may be
            ("with\0nul", "file_missing"),
            ("", "not_a_file"),  # the folder itself
            ("pipe", "not_a_file"),
        ],
        ids=lambda word: str(word)[:20].replace("\0", " "),
    )
    def test_what_is_no_file_is_named(self, folder: Path, tmp_path: Path, name: str, key: str) -> None:
        (tmp_path / "plain.pdf").write_bytes(b"isi")
        (tmp_path / "dangling").symlink_to(tmp_path / "missing.pdf")
        (tmp_path / "round").symlink_to(tmp_path / "round")
        os.mkfifo(tmp_path / "pipe")

        with pytest.raises(BadInput) as bad:
            store_path(tmp_path / name, folder=folder, limit=LIMIT)

        assert bad.value.key == key
        assert str(bad.value)
        assert kept(folder) == []

    @pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
    def test_what_may_not_be_read_is_named(self, folder: Path, tmp_path: Path) -> None:
        closed = tmp_path / "closed"
        closed.mkdir()
        (closed / "a.pdf").write_bytes(b"isi")
        (tmp_path / "b.pdf").write_bytes(b"isi")
        (tmp_path / "b.pdf").chmod(0)
        closed.chmod(0)
        try:
            for path in (closed / "a.pdf", tmp_path / "b.pdf"):
                with pytest.raises(BadInput) as bad:
                    store_path(path, folder=folder, limit=LIMIT)
                assert bad.value.key == "file_unreadable"
        finally:
            closed.chmod(0o700)

    def test_one_that_breaks_while_it_is_read_is_named_and_not_kept(self, folder: Path, tmp_path: Path) -> None:
        """Linux hands out its own memory as a file that can be opened and not read."""
        memory = Path("/proc/self/mem")
        if not memory.is_file():
            pytest.skip("no /proc here")

        with pytest.raises(BadInput) as bad:
            store_path(memory, folder=folder, limit=LIMIT)

        assert bad.value.key == "file_unreadable"
        assert kept(folder) == []

    def test_a_source_that_breaks_leaves_nothing(self, folder: Path) -> None:
        source: BinaryIO = TornOff(b"x" * (CHUNK + 1))

        with pytest.raises(BadInput) as bad:
            store(source, name="lke.xlsx", folder=folder, limit=LIMIT)

        assert bad.value.key == "file_unreadable"
        assert kept(folder) == []

    @pytest.mark.parametrize("where", ["missing", "a file"])
    def test_a_folder_that_is_not_there_is_a_fault_of_the_storage(self, tmp_path: Path, where: str) -> None:
        if where == "a file":
            (tmp_path / where).write_bytes(b"")

        with pytest.raises(StorageFailed) as failed:
            store(BytesIO(b"isi"), name="a", folder=tmp_path / where, limit=LIMIT)

        assert failed.value.key == "files_not_writable"

    def test_a_place_that_is_taken_by_something_else_leaves_nothing_half_written(self, folder: Path) -> None:
        (folder / sha256(b"isi").hexdigest()[:2]).write_bytes(b"in the way")

        with pytest.raises(StorageFailed):
            store(BytesIO(b"isi"), name="a", folder=folder, limit=LIMIT)

        assert len(kept(folder)) == 1


class TestNames:
    """A name from outside is shown, never used as a path."""

    @pytest.mark.parametrize(
        ("given_name", "shown"),
        [
            ("lke.xlsx", "lke.xlsx"),
            ("../../etc/passwd", "passwd"),
            ("/etc/passwd", "passwd"),
            ("C:\\Users\\kepala\\lke.xlsx", "lke.xlsx"),
            ("..\\..\\lke.xlsx", "lke.xlsx"),
            ("folder/", "file"),
            ("", "file"),
            ("\0\n\r\t", "file"),
            ("lke\n\x1b[31m.xlsx", "lke[31m.xlsx"),
            ("gambar\u202egpj.exe", "gambargpj.exe"),  # would be read from right to left
            ("laporan hasil évaluasi €.pdf", "laporan hasil évaluasi €.pdf"),
            ("x" * 500, "x" * 200),
        ],
        ids=lambda word: ascii(word)[:24],
    )
    def test_what_is_shown_of_it(self, given_name: str, shown: str) -> None:
        assert plain_name(given_name) == shown

    @given(st.text(max_size=300))
    def test_any_name_is_shown_as_one_short_plain_line(self, name: str) -> None:
        shown = plain_name(name)

        assert 0 < len(shown) <= 200
        assert shown.isprintable()
        assert not set(shown) & {"/", "\\"}

    @pytest.mark.parametrize("name", ["../../outside", "/tmp/outside", "..", "a/../../b", "\0"])
    def test_it_does_not_say_where_the_file_lies(self, folder: Path, tmp_path: Path, name: str) -> None:
        before = set(tmp_path.iterdir())

        stored = store(BytesIO(b"isi"), name=name, folder=folder, limit=LIMIT)

        assert kept(folder) == [folder / stored.hash[:2] / stored.hash[2:]]
        assert set(tmp_path.iterdir()) == before
