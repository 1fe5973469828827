"""A backup is read with suspicion: whatever is not as it was written is refused before anything comes of it."""

import gzip
import os
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from models.age import seal
from models.errors import BadInput, IntegrityBroken, PipelineError, SchemaNew
from states.backups.format import CLOSING, LARGEST_ROWS, OPENING, file_name
from states.backups.reading import FileContent, opened
from tests.states.backups.place import Members, forged, members_of, packed

WORDS = "benar kuda baterai staples"
TABLE = "tables/candidacy/000001.jsonl.gz"
HEAD = "tables/audit_head/000001.jsonl.gz"


def read(path: Path, passphrase: str | None = None) -> int:
    """To its end; how many parts there were."""
    count = 0
    with opened(path, passphrase=passphrase) as backup:
        for part in backup.parts():
            if isinstance(part, FileContent):
                part.finish()
            count += 1
    return count


def refusal(path: Path, passphrase: str | None = None) -> PipelineError:
    with pytest.raises(PipelineError) as refused:
        read(path, passphrase)
    return refused.value


@pytest.fixture
def path(archive: bytes, tmp_path: Path) -> Path:
    made = tmp_path / "zi.tar"
    made.write_bytes(archive)
    return made


class TestWhole:
    """One that nobody touched is read to its end, with passphrase and without."""

    def test_is_read(self, path: Path) -> None:
        assert read(path) > 10

    def test_is_what_the_forger_makes_when_nothing_is_forged(self, path: Path, archive: bytes) -> None:
        path.write_bytes(forged(archive, lambda _: None))

        assert read(path) > 10

    def test_sha256sum_agrees_with_its_lists(self, archive: bytes, tmp_path: Path) -> None:
        (tmp_path / "zi.tar").write_bytes(archive)
        with tarfile.open(tmp_path / "zi.tar") as tar:
            tar.extractall(tmp_path, filter="data")

        said = subprocess.run(
            ["sha256sum", "--check", "--strict", "checksums/000001.txt"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )

        assert said.returncode == 0, said.stdout + said.stderr
        assert "OK" in said.stdout

    def test_is_opened_with_its_passphrase(self, path: Path, archive: bytes) -> None:
        path.write_bytes(b"".join(seal([archive], WORDS, work=1)))

        assert read(path, WORDS) > 10


class TestSealed:
    """What is encrypted, and what is not, is what the caller thinks it is."""

    @pytest.fixture
    def sealed(self, path: Path, archive: bytes) -> Path:
        path.write_bytes(b"".join(seal([archive], WORDS, work=1)))
        return path

    def test_none_given(self, sealed: Path) -> None:
        assert refusal(sealed).key == "backup_passphrase_needed"

    def test_another_one_given(self, sealed: Path) -> None:
        assert refusal(sealed, "salah kuda baterai").key == "backup_passphrase_wrong"

    def test_one_given_for_a_plain_one(self, path: Path) -> None:
        assert refusal(path, WORDS).key == "backup_not_sealed"

    @pytest.mark.parametrize("share", [0.3, 0.6, 0.99])
    def test_a_bit_that_is_flipped(self, sealed: Path, share: float) -> None:
        content = bytearray(sealed.read_bytes())
        content[int(len(content) * share)] ^= 4
        sealed.write_bytes(content)

        assert isinstance(refusal(sealed, WORDS), IntegrityBroken)

    def test_one_that_is_cut_at_a_chunk(self, sealed: Path) -> None:
        content = sealed.read_bytes()
        sealed.write_bytes(content[: len(content) - len(content) % (64 * 1024) - 3])

        assert isinstance(refusal(sealed, WORDS), IntegrityBroken)


class TestDamaged:
    """By a disk, by a wire, by hand."""

    @pytest.mark.parametrize("length", [512, 4_096, 40_000, -1_024, -1_025, -1])
    def test_cut_short(self, path: Path, archive: bytes, length: int) -> None:
        path.write_bytes(archive[:length])

        assert isinstance(refusal(path), IntegrityBroken)

    @pytest.mark.parametrize("content", [b"", b"x", b"PK\x03\x04" + bytes(5_000), os.urandom(5_000)])
    def test_no_backup_at_all(self, path: Path, content: bytes) -> None:
        path.write_bytes(content)

        refused = refusal(path)

        assert (type(refused), refused.key) == (BadInput, "backup_no_backup")

    @pytest.mark.parametrize("name", ["missing.tar", "."])
    def test_no_file(self, tmp_path: Path, name: str) -> None:
        assert refusal(tmp_path / name).key in ("file_missing", "not_a_file")

    def test_any_member_that_is_changed_is_named(self, path: Path, archive: bytes) -> None:
        whole = members_of(archive)
        for name in whole:
            content = bytearray(whole[name])
            content[-1] ^= 1
            path.write_bytes(packed({**whole, name: bytes(content)}))

            assert isinstance(refusal(path), (IntegrityBroken, BadInput)), name

    def test_any_member_that_is_left_out(self, path: Path, archive: bytes) -> None:
        whole = members_of(archive)
        for name in whole:
            path.write_bytes(packed({other: content for other, content in whole.items() if other != name}))

            assert isinstance(refusal(path), (IntegrityBroken, BadInput)), name


def renamed(old: str, new: str) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        items = [(new if name == old else name, content) for name, content in members.items()]
        members.clear()
        members.update(items)

    return change


def added(name: str, content: bytes = b"isi", *, last: bool = True) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        items = list(members.items())
        items.insert(len(items) if last else 1, (name, content))
        members.clear()
        members.update(items)

    return change


def replaced(name: str, content: bytes) -> Callable[[Members], None]:
    return lambda members: members.update({name: content})


def doubled(members: Members) -> None:
    members[TABLE.replace("000001", "000003")] = members[TABLE]


FORGERIES: dict[str, Callable[[Members], None]] = {
    "out of the folder": added("../../etc/passwd"),
    "from the root": added("/etc/passwd"),
    "a key out of its folder": added("keys/../../x", last=False),
    "a key below a key": added("keys/channels.key/../../x", last=False),
    "a key that was not announced": added("keys/other.key", last=False),
    "rows out of their folder": added("tables/person/../../x.jsonl.gz"),
    "rows of no table": added("tables/nobody/000001.jsonl.gz", gzip.compress(b"[]\n")),
    "rows of a table that has none": added(TABLE.replace("candidacy", "delivery"), b"no gzip"),
    "a file that is another": added(file_name("0" * 64), b"isi"),
    "a file out of its folder": added("files/00/../../x"),
    "a file above the files": added("files/../x"),
    "sums that come too early": added(CLOSING, b"{}", last=False),
    "a second beginning": added(OPENING, b"{}"),
    "something else": added("note.txt"),
    "rows twice": doubled,
    "rows that begin in the middle": renamed(TABLE, TABLE.replace("000001", "000002")),
    "rows with a number of another form": renamed(HEAD, "tables/audit_head/1.jsonl.gz"),
    "a key under another name": renamed("keys/channels.key", "keys/links.key"),
    "a row of one column": replaced(TABLE, gzip.compress(b"[1]\n")),
    "a row nested too deeply": replaced(TABLE, gzip.compress(b"[" * 100_000 + b"\n")),
    "rows that are no text": replaced(TABLE, gzip.compress(b"\xff\n")),
    "rows that fill the memory": replaced(TABLE, gzip.compress(bytes(LARGEST_ROWS + 1))),
    "rows packed twice": replaced(TABLE, gzip.compress(b"") + gzip.compress(b"")),
    "a key that is too large": replaced("keys/channels.key", b"x" * (2**16 + 1)),
}


class TestForged:
    """By somebody who makes all the checksums fit: names lead nowhere, and nothing is larger than it may be."""

    @pytest.mark.parametrize("forgery", FORGERIES)
    def test_is_refused(self, path: Path, archive: bytes, forgery: str) -> None:
        path.write_bytes(forged(archive, FORGERIES[forgery]))

        assert isinstance(refusal(path), IntegrityBroken)

    @pytest.mark.parametrize(
        "opening",
        [b"[]", b"{", b"{}", b'{"format": "zi-backup"}', b'{"format": "zi-backup", "version": 1}', b"[" * 99_999],
    )
    def test_a_first_member_that_says_nothing(self, path: Path, archive: bytes, opening: bytes) -> None:
        path.write_bytes(forged(archive, replaced(OPENING, opening)))

        assert isinstance(refusal(path), IntegrityBroken)

    def test_one_of_a_later_format(self, path: Path, archive: bytes) -> None:
        path.write_bytes(forged(archive, replaced(OPENING, b'{"format": "zi-backup", "version": 2}')))

        assert isinstance(refusal(path), SchemaNew)
