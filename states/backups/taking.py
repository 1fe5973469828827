"""Takes a backup: a snapshot of the database first, then the files that it names; whole, or none."""

import gzip
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import IO

from sqlmodel import Session

from models.age import seal
from models.database import reading, transaction
from models.dump import encode, rows_of, shape_of
from models.errors import BadInput, IntegrityBroken, PipelineError, StorageFailed
from models.files import CHUNK, path_of
from models.home import Home
from models.new_file import write_new
from models.schema import REVISIONS
from models.tables import metadata
from models.tar import END
from models.trail import Author, Via, record
from states.actors import Actor, current, require_admin
from states.backups.format import (
    BYTES_AT_ONCE,
    CLOSING,
    FILE_COLUMN,
    HASH,
    KEY,
    LARGEST_KEY,
    OPENING,
    ROWS_AT_ONCE,
    Closing,
    Opening,
    TableShape,
    Trail,
    file_columns,
    file_name,
    key_name,
    rows_name,
    suggested_name,
)
from states.backups.named_files import named_files, written_down
from states.backups.noting import SUBJECT, backed_up
from states.backups.packing import Packer
from states.runs import note_run
from states.verify import verify_trail
from states.writing import writing

RUN = "backup"  # what its run is called; zi doctor looks for it
NAMED = 100  # files that are named where some are missing
SHORTEST = 12  # characters of a passphrase

SHAPES = tuple(shape_of(one) for one in metadata.sorted_tables)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Wish:
    passphrase: str | None = None  # none: not encrypted
    keys: bool = True
    despite_faults: bool = False  # also where the trail does not verify, or files are missing


@dataclass
class Taken:
    """What went into a backup."""

    path: Path
    opening: Opening
    closing: Closing
    size: int  # bytes
    sealed: bool


@dataclass
class _Sums:
    """Counted while the archive is written."""

    opening: Opening | None = None
    closing: Closing | None = None
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    file_bytes: int = 0
    missing: list[str] = field(default_factory=list)


def back_up(target: Path, *, home: Home, clock: Clock, wish: Wish | None = None, actor: Actor | None = None) -> Taken:
    """Write a backup to `target`, or into that folder under a name of its own; for admins, or for who has the machine.

    Raises Refused; BadInput where the file exists or the passphrase is too short; StorageFailed; IntegrityBroken where
    the trail does not verify or a file that the database names is missing or changed. Nothing is left behind then.
    """
    wish, started = wish or Wish(), clock()
    author = Author(None, Via.CLI)
    if actor:
        author = actor.author
        with writing("back_up", author=author, now=started, subject=SUBJECT) as session:
            require_admin(current(session, actor, now=started))
    if wish.passphrase is not None and len(wish.passphrase) < SHORTEST:
        raise BadInput("passphrase_short", least=SHORTEST)
    path = target / suggested_name(started, sealed=wish.passphrase is not None) if target.is_dir() else target
    sums = _Sums()
    try:
        with closing(_archive(home, wish, sums, now=started)) as pieces:
            size = write_new(path, pieces if wish.passphrase is None else seal(pieces, wish.passphrase))
    except PipelineError as error:
        with suppress(PipelineError), transaction() as session:
            note_run(session, RUN, started=started, finished=clock(), failure=error.key)
        raise
    assert sums.opening and sums.closing  # noqa: S101 - the archive ends with both
    taken = Taken(path, sums.opening, sums.closing, size, sealed=wish.passphrase is not None)
    with transaction() as session:
        note_run(
            session, RUN, started=started, finished=clock(), counts={"files": sums.files, "missing": len(sums.missing)}
        )
        record(session, backed_up(taken.opening, taken.closing, author=author, now=clock()))
    return taken


def _archive(home: Home, wish: Wish, sums: _Sums, *, now: datetime) -> Generator[bytes, None, None]:
    """The whole tar, piece by piece."""
    pack = Packer(now)
    with reading() as session:
        hashes = named_files(session, file_columns(SHAPES), name=FILE_COLUMN)
        with written_down(hashes) as listed:
            sums.missing = _absent(home, listed)
            _refuse_missing(sums, wish)
            keys = _keys(home) if wish.keys else {}
            sums.opening = _opening(session, home, wish, keys, now=now)
            yield from pack.member(OPENING, sums.opening.model_dump_json().encode() + b"\n")
            for name, content in keys.items():
                yield from pack.member(key_name(name), content)
            yield from _tables(session, pack, sums)
            session.rollback()  # the snapshot is written down: nobody need keep old rows for us while files are copied
            yield from _files(home, listed, pack, sums, wish)
    yield from pack.checksums()
    sums.closing = Closing(
        rows=sums.rows,
        files=sums.files,
        file_bytes=sums.file_bytes,
        missing=len(sums.missing),
        missing_named=tuple(sums.missing[:NAMED]),
        members=pack.ledger.members,
        digest=pack.ledger.digest,
    )
    yield from pack.unlisted(CLOSING, sums.closing.model_dump_json().encode() + b"\n")
    yield END


def _opening(session: Session, home: Home, wish: Wish, keys: dict[str, bytes], *, now: datetime) -> Opening:
    verdict = verify_trail(session)
    if not verdict.ok and not wish.despite_faults:
        raise IntegrityBroken("backup_trail_broken")
    return Opening(
        zi=version("zi"),
        revision=REVISIONS[-1],
        taken_at=now,
        sandbox=home.sandbox,
        purpose=home.purpose,
        trail=Trail(records=verdict.records, root=verdict.root, sound=verdict.ok),
        keys=tuple(keys),
        tables=tuple(TableShape(name=shape.name, columns=shape.columns) for shape in SHAPES),
    )


def _tables(session: Session, pack: Packer, sums: _Sums) -> Iterator[bytes]:
    for shape in SHAPES:
        kinds = [kind for _, kind in shape.columns]
        sums.rows[shape.name] = 0
        for number, piece in enumerate(_in_members(encode(row, kinds) for row in rows_of(session, shape)), start=1):
            sums.rows[shape.name] += len(piece)
            content = "".join(f"{line}\n" for line in piece).encode()
            yield from pack.member(rows_name(shape.name, number), gzip.compress(content, mtime=0))


def _in_members(lines: Iterable[str]) -> Iterator[list[str]]:
    held: list[str] = []
    size = 0
    for line in lines:
        held.append(line)
        size += len(line)
        if len(held) >= ROWS_AT_ONCE or size >= BYTES_AT_ONCE:
            yield held
            held, size = [], 0
    if held:
        yield held


def _files(home: Home, listed: IO[str], pack: Packer, sums: _Sums, wish: Wish) -> Iterator[bytes]:
    known = set(sums.missing)
    for digest in _lines(listed):
        path = path_of(digest, folder=home.files)
        if digest in known:
            continue
        size = _size_if_whole(path, digest)
        if size is None:
            sums.missing.append(digest)
            _refuse_missing(sums, wish)
            continue
        yield from pack.copy(file_name(digest), path, size=size, digest=digest)
        sums.files += 1
        sums.file_bytes += size


def _absent(home: Home, listed: IO[str]) -> list[str]:
    return [
        digest
        for digest in _lines(listed)
        if not HASH.fullmatch(digest) or not path_of(digest, folder=home.files).is_file()
    ]


def _lines(listed: IO[str]) -> Iterator[str]:
    listed.seek(0)
    return (line.rstrip("\n") for line in listed)


def _refuse_missing(sums: _Sums, wish: Wish) -> None:
    if sums.missing and not wish.despite_faults:
        raise IntegrityBroken("backup_files_missing", count=len(sums.missing), names=", ".join(sums.missing[:5]))


def _size_if_whole(path: Path, digest: str) -> int | None:
    """Its size in bytes, where its content is what its name says."""
    found, size = sha256(), 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                found.update(chunk)
                size += len(chunk)
    except OSError:
        return None
    return size if found.hexdigest() == digest else None


def _keys(home: Home) -> dict[str, bytes]:
    """All in the folder of the keys, and those that lie elsewhere under the names they would have there."""
    paths = {path.name: path for path in home.keys.iterdir()} if home.keys.is_dir() else {}
    paths |= {"channels.key": home.channel_key, "links.key": home.link_key}
    found: dict[str, bytes] = {}
    for name, path in sorted(paths.items()):
        if not KEY.fullmatch(name) or not path.is_file():
            continue
        try:
            with path.open("rb") as file:
                found[name] = file.read(LARGEST_KEY + 1)
        except OSError as error:
            raise StorageFailed("key_unreadable", path=str(path), why=error.strerror or "") from error
        if len(found[name]) > LARGEST_KEY:
            raise StorageFailed("key_unreadable", path=str(path), why=f"> {LARGEST_KEY} B")
    return found
