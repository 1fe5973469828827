"""Files by content: one file per SHA-256, written whole or not at all."""

import os
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from models.errors import BadInput, StorageFailed

CHUNK = 1024 * 1024  # bytes read at a time
MIB = 1024 * 1024
INCOMING = ".incoming-"
ABANDONED = timedelta(days=1)  # nobody goes on with a file to which nothing was added for so long


@dataclass(frozen=True)
class StoredFile:
    hash: str  # SHA-256, hex
    size: int  # bytes
    name: str  # as it was called where it came from; shown, never used as a path


def store_path(path: Path, *, folder: Path, limit: int) -> StoredFile:
    """Keep a copy of a local file. Raises BadInput where it is missing, no plain file, empty or too large."""
    try:
        if not path.exists():
            raise BadInput("file_missing", path=str(path))
        if not path.is_file():
            raise BadInput("not_a_file", path=str(path))
        with path.open("rb") as source:
            return store(source, name=path.name, folder=folder, limit=limit)
    except OSError as error:
        raise BadInput("file_unreadable", path=str(path)) from error


def store(source: BinaryIO, *, name: str, folder: Path, limit: int) -> StoredFile:
    """Keep what `source` yields under its hash; `limit` in bytes.

    Raises BadInput where it is empty or too large, StorageFailed where it can't be written.
    """
    try:
        handle, temporary = tempfile.mkstemp(dir=folder, prefix=INCOMING)
    except OSError as error:
        raise StorageFailed("files_not_writable", path=str(folder), why=error.strerror or "") from error
    try:
        with os.fdopen(handle, "wb") as target:
            digest, size = _copy(source, target, name=name, limit=limit)
            target.flush()
            os.fsync(target.fileno())
        final = path_of(digest, folder=folder)
        final.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(temporary).replace(final)
    except OSError as error:
        raise StorageFailed("files_not_writable", path=str(folder), why=error.strerror or "") from error
    finally:
        Path(temporary).unlink(missing_ok=True)
    return StoredFile(hash=digest, size=size, name=plain_name(name))


def clear_incoming(folder: Path) -> int:
    """Take away what was begun and never ended, because whoever took it in was killed; returns how many files.

    By the clock of the disk itself, which may be another machine's. Raises StorageFailed.
    """
    try:
        handle, ours = tempfile.mkstemp(dir=folder, prefix=INCOMING)
        try:
            before = os.fstat(handle).st_mtime - ABANDONED.total_seconds()
        finally:
            os.close(handle)
            Path(ours).unlink()
        left = [path for path in folder.glob(f"{INCOMING}*") if path.stat().st_mtime < before]
        for path in left:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageFailed("files_not_writable", path=str(folder), why=error.strerror or "") from error
    return len(left)


def write_whole(path: Path, content: bytes) -> None:
    """A file that somebody asked for: all of it, or what was there before. Raises OSError."""
    handle, draft = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name[:50]}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def read_up_to(path: Path, most: int) -> bytes:
    """The first `most` bytes of a local file. Raises BadInput where it is missing, no plain file, or can't be read."""
    try:
        if not path.exists():
            raise BadInput("file_missing", path=str(path))
        if not path.is_file():
            raise BadInput("not_a_file", path=str(path))
        with path.open("rb") as source:
            return source.read(most)
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise BadInput("file_unreadable", path=str(path)) from error


def path_of(digest: str, *, folder: Path) -> Path:
    return folder / digest[:2] / digest[2:]


def plain_name(name: str) -> str:
    """The last part of a name, without control characters: safe to show."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(letter for letter in last if letter.isprintable())[:200] or "file"


def _copy(source: BinaryIO, target: BinaryIO, *, name: str, limit: int) -> tuple[str, int]:
    digest, size = sha256(), 0
    while chunk := _read(source, name=name):
        size += len(chunk)
        if size > limit:
            raise BadInput("file_too_large", name=plain_name(name), limit=limit // MIB)
        digest.update(chunk)
        target.write(chunk)
    if size == 0:
        raise BadInput("file_empty", name=plain_name(name))
    return digest.hexdigest(), size


def _read(source: BinaryIO, *, name: str) -> bytes:
    try:
        return source.read(CHUNK)
    except OSError as error:  # not to be taken for a fault of where it is kept
        raise BadInput("file_unreadable", path=plain_name(name)) from error
