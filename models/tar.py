"""Plain tar (POSIX ustar), written and read as a stream; what is read may hold nothing but plain files.

No folders, links, devices or extensions: nothing in it can point anywhere, and no header is longer than a block.
"""

import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from models.errors import IntegrityBroken

BLOCK = 512  # bytes
END = bytes(2 * BLOCK)
LARGEST = 8 * 2**30 - 1  # bytes; what ustar's eleven octal digits can say


class Source(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass
class Member:
    """One file in the archive; it is read before the next one is asked for, or passed over."""

    name: str
    size: int  # bytes
    _source: Source
    _left: int

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        got = self._source.read(wanted) if wanted else b""
        if len(got) < wanted:
            raise IntegrityBroken("backup_cut_short")
        self._left -= len(got)
        return got


def head(name: str, size: int, *, at: datetime) -> bytes:
    """The block before a file's content. Raises ValueError for a name or size that ustar can't say."""
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(at.timestamp())
    return info.tobuf(tarfile.USTAR_FORMAT, "ascii", "strict")


def padding(size: int) -> bytes:
    """What fills a content up to a whole block."""
    return bytes(-size % BLOCK)


def members(source: Source) -> Iterator[Member]:
    """Each file in order. Raises IntegrityBroken for whatever is no plain file, and where the archive is cut short."""
    while True:
        block = _block(source)
        if block == bytes(BLOCK):
            break
        member = _member(block, source)
        yield member
        while member.read(2**20):
            pass
        if any(_exactly(source, len(padding(member.size)))):
            raise IntegrityBroken("backup_damaged", why=member.name)
    if _block(source) != bytes(BLOCK) or source.read(1):
        raise IntegrityBroken("backup_damaged", why="tar")


def _member(block: bytes, source: Source) -> Member:
    try:
        info = tarfile.TarInfo.frombuf(block, "ascii", "strict")
    except (tarfile.HeaderError, UnicodeError):
        raise IntegrityBroken("backup_damaged", why="tar") from None
    if info.type != tarfile.REGTYPE or not 0 <= info.size <= LARGEST:
        raise IntegrityBroken("backup_damaged", why=_plain(info.name))
    return Member(_plain(info.name), info.size, source, info.size)


def _block(source: Source) -> bytes:
    return _exactly(source, BLOCK)


def _exactly(source: Source, size: int) -> bytes:
    got = source.read(size) if size else b""
    if len(got) < size:
        raise IntegrityBroken("backup_cut_short")
    return got


def _plain(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)


class Joined:
    """Pieces that come one by one, read as one stream of them."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._held = pieces, bytearray()

    def read(self, size: int, /) -> bytes:
        while len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._held += piece
        got = bytes(self._held[:size])
        del self._held[:size]
        return got
