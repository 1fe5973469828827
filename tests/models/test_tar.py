"""A tar is read with suspicion: plain files, whole, one after another, or nothing."""

import io
import tarfile
from datetime import UTC, datetime

import pytest

from models.errors import IntegrityBroken
from models.tar import END, head, members, padding

AT = datetime(2026, 2, 2, tzinfo=UTC)
CONTENTS = {"a.json": b"satu", "tables/b": b"", "files/cd/ef": b"x" * 1_300}


def packed(contents: dict[str, bytes]) -> bytes:
    parts = (head(name, len(one), at=AT) + one + padding(len(one)) for name, one in contents.items())
    return b"".join(parts) + END


def read(archive: bytes) -> dict[str, bytes]:
    return {member.name: member.read() for member in members(io.BytesIO(archive))}


def one_that(kind: bytes, name: str = "a", link: str = "") -> bytes:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info.tobuf(tarfile.GNU_FORMAT) + END


class TestTar:
    """What is written is read again, by us and by tar."""

    def test_comes_back(self) -> None:
        assert read(packed(CONTENTS)) == CONTENTS

    def test_is_what_tar_reads(self) -> None:
        with tarfile.open(fileobj=io.BytesIO(packed(CONTENTS))) as archive:
            found = {info.name: archive.extractfile(info) for info in archive}
            assert {name: file.read() for name, file in found.items() if file} == CONTENTS

    def test_a_member_that_nobody_reads_is_passed_over(self) -> None:
        assert [member.name for member in members(io.BytesIO(packed(CONTENTS)))] == list(CONTENTS)


class TestRefused:
    """Nothing that points elsewhere, and nothing that is not whole."""

    @pytest.mark.parametrize(
        "kind",
        [
            tarfile.SYMTYPE,
            tarfile.LNKTYPE,
            tarfile.DIRTYPE,
            tarfile.CHRTYPE,
            tarfile.BLKTYPE,
            tarfile.FIFOTYPE,
            tarfile.CONTTYPE,
            tarfile.GNUTYPE_LONGNAME,
            tarfile.GNUTYPE_SPARSE,
            tarfile.XHDTYPE,
            tarfile.XGLTYPE,
        ],
    )
    def test_what_is_no_plain_file(self, kind: bytes) -> None:
        with pytest.raises(IntegrityBroken):
            read(one_that(kind, link="/etc/passwd"))

    def test_one_that_is_cut_short_anywhere(self) -> None:
        archive = packed(CONTENTS)

        for length in range(0, len(archive), 97):
            with pytest.raises(IntegrityBroken):
                read(archive[:length])

    def test_one_with_more_behind_its_end(self) -> None:
        with pytest.raises(IntegrityBroken):
            read(packed(CONTENTS) + b"x")

    def test_something_between_the_files(self) -> None:
        archive = bytearray(packed({"a": b"satu"}))
        archive[600] = 1

        with pytest.raises(IntegrityBroken):
            read(bytes(archive))

    def test_a_size_below_nothing(self) -> None:
        info = tarfile.TarInfo("a")
        block = bytearray(info.tobuf(tarfile.GNU_FORMAT))
        block[124:136] = b"\xff" * 12  # -1 in GNU's way of large numbers
        block[148:156] = b"%06o\0 " % (sum(block[:148]) + sum(block[156:512]) + 8 * 32)

        with pytest.raises(IntegrityBroken):
            read(bytes(block) + END)

    def test_a_header_that_is_none(self) -> None:
        with pytest.raises(IntegrityBroken):
            read(b"x" * 2_048)
