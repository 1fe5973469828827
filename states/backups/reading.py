"""Reads a backup with suspicion: every member in its place, whole, and vouched for, or nothing more is read."""

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

from pydantic import BaseModel, ValidationError

from models.age import is_sealed, unseal
from models.dump import Shape, decode
from models.errors import BadInput, IntegrityBroken, SchemaNew, StorageFailed
from models.tar import BLOCK, Joined, Member, Source, members
from states.backups.format import (
    CLOSING,
    HASH,
    KEY,
    LARGEST_JSON,
    LARGEST_KEY,
    LARGEST_LIST,
    LARGEST_ROWS,
    OPENING,
    VERSION,
    Closing,
    Ledger,
    Opening,
    Start,
    file_name,
    key_name,
    rows_name,
)

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class KeyFile:
    name: str
    content: bytes


@dataclass(frozen=True)
class Rows:
    shape: Shape
    rows: Sequence[Sequence[Any]]


class FileContent:
    """A file as it is read; who reads to its end has its hash verified."""

    def __init__(self, digest: str, member: Member) -> None:
        self.digest, self._member, self._found = digest, member, sha256()

    @property
    def size(self) -> int:
        return self._member.size

    def read(self, size: int = -1, /) -> bytes:
        got = self._member.read(size)
        self._found.update(got)
        return got

    def finish(self) -> None:
        while self.read(2**20):
            pass
        if self._found.hexdigest() != self.digest:
            raise _damaged(self._member.name)


class Backup:
    """A backup that was opened: what it is, then its parts in order, then its sums."""

    def __init__(self, members_: Iterator[Member]) -> None:
        self._members, self._ledger = members_, Ledger()
        first = next(members_, None)
        if first is None or first.name != OPENING:
            raise BadInput("backup_no_backup")
        content = self._content(first, LARGEST_JSON)
        self.opening = _opening(content)
        self._ledger.add(OPENING, sha256(content).hexdigest())
        self.closing: Closing | None = None

    def parts(self) -> Iterator[KeyFile | Rows | FileContent]:
        """Each part; `closing` is there after the last. Raises IntegrityBroken at whatever is not as it should be."""
        place = _Place(self.opening)
        for member in self._members:
            if self.closing is not None:
                raise _damaged(member.name)
            if member.name == CLOSING:
                self.closing = self._closing(member, place)
            elif member.name.startswith("checksums/"):
                self._check_list(member)
            elif member.name.startswith("files/"):
                content = FileContent(place.next_file(member.name), member)
                yield content
                content.finish()
                self._ledger.add(member.name, content.digest)
            elif member.name.startswith("keys/"):
                yield KeyFile(place.next_key(member.name), self._listed(member, LARGEST_KEY))
            else:
                shape = place.next_rows(member.name)
                yield Rows(shape, _rows(shape, _unpacked(self._listed(member, LARGEST_ROWS), member.name), member.name))
        if self.closing is None:
            raise IntegrityBroken("backup_cut_short")

    def _closing(self, member: Member, place: "_Place") -> Closing:
        closing = _parsed(Closing, self._content(member, LARGEST_JSON), member.name)
        place.check_complete()
        if not self._ledger.is_settled or (closing.members, closing.digest) != (
            self._ledger.members,
            self._ledger.digest,
        ):
            raise _damaged(member.name)
        return closing

    def _check_list(self, member: Member) -> None:
        content = self._content(member, LARGEST_LIST)
        if (member.name, content) != self._ledger.take():
            raise _damaged(member.name)

    def _listed(self, member: Member, most: int) -> bytes:
        content = self._content(member, most)
        self._ledger.add(member.name, sha256(content).hexdigest())
        return content

    def _content(self, member: Member, most: int) -> bytes:
        if member.size > most:
            raise _damaged(member.name)
        return member.read()


@dataclass
class _Place:
    """Where in the order we are: keys, then the rows of each table in pieces that count up, then files by hash."""

    opening: Opening
    keys: int = 0
    table: int = 0
    piece: int = 0
    file: str = ""

    def next_key(self, name: str) -> str:
        expected = self.opening.keys[self.keys] if self.keys < len(self.opening.keys) else ""
        if self.piece or self.table or self.file or not KEY.fullmatch(expected) or name != key_name(expected):
            raise _damaged(name)
        self.keys += 1
        return expected

    def next_rows(self, name: str) -> Shape:
        tables = self.opening.tables
        for at in range(self.table, len(tables)):
            piece = self.piece + 1 if at == self.table else 1
            if name == rows_name(tables[at].name, piece) and not self.file:
                self.table, self.piece = at, piece
                return tables[at].shape
        raise _damaged(name)

    def next_file(self, name: str) -> str:
        digest = name.rsplit("/", 1)[-1]
        if not HASH.fullmatch(digest) or name != file_name(digest) or digest <= self.file:
            raise _damaged(name)
        self.file = digest
        return digest

    def check_complete(self) -> None:
        if self.keys != len(self.opening.keys):
            raise IntegrityBroken("backup_cut_short")


@contextmanager
def opened(path: Path, *, passphrase: str | None) -> Iterator[Backup]:
    """Open a backup for reading. Raises BadInput for what is none, or is encrypted otherwise than the caller thinks."""
    if not path.exists():
        raise BadInput("file_missing", path=str(path))
    if not path.is_file():
        raise BadInput("not_a_file", path=str(path))
    try:
        file = path.open("rb")
    except OSError as error:
        raise _unreadable(path, error) from error
    with file:
        yield Backup(_members(_Stored(file, path), passphrase))


class _Stored:
    """The file; what goes wrong in reading it is not to be taken for a fault of anything else."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file, self._path = file, path

    def read(self, size: int, /) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise _unreadable(self._path, error) from error

    def readline(self, size: int, /) -> bytes:
        try:
            return self._file.readline(size)
        except OSError as error:
            raise _unreadable(self._path, error) from error

    def begin_again(self) -> None:
        self._file.seek(0)


def _unreadable(path: Path, error: OSError) -> StorageFailed:
    return StorageFailed("backup_unreadable", path=str(path), why=error.strerror or "")


def _members(file: _Stored, passphrase: str | None) -> Iterator[Member]:
    start = file.read(BLOCK)
    file.begin_again()
    if is_sealed(start):
        if passphrase is None:
            raise BadInput("backup_passphrase_needed")
        source: Source = Joined(unseal(file, passphrase))
    elif OPENING.encode() not in start[:100]:
        raise BadInput("backup_no_backup")
    elif passphrase is not None:
        raise BadInput("backup_not_sealed")
    else:
        source = file
    return members(source)


def _opening(content: bytes) -> Opening:
    """Raises SchemaNew for a backup of a format that came after ours."""
    start = _parsed(Start, content, OPENING)
    if start.version > VERSION:
        raise SchemaNew("backup_newer", found=start.version, known=VERSION)
    return _parsed(Opening, content, OPENING)


def _parsed(kind: type[Model], content: bytes, name: str) -> Model:
    try:
        return kind.model_validate_json(content)
    except (ValidationError, RecursionError):
        raise _damaged(name) from None


def _unpacked(content: bytes, name: str) -> str:
    """One gzip stream, never more than may be; what is packed a thousandfold does not fill our memory."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(content, LARGEST_ROWS)
        if not unpacker.eof or unpacker.unused_data:
            raise _damaged(name)
        return text.decode()
    except (zlib.error, UnicodeDecodeError):
        raise _damaged(name) from None


def _rows(shape: Shape, text: str, name: str) -> list[list[Any]]:
    kinds = [kind for _, kind in shape.columns]
    try:
        return [decode(line, kinds) for line in text.split("\n")[:-1]]
    except ValueError:
        raise _damaged(name) from None


def _damaged(name: str) -> IntegrityBroken:
    return IntegrityBroken("backup_damaged", why=name)
