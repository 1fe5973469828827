"""Writes the trail as a bundle that can be checked without us, for those who may read all of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select, tuple_
from sqlmodel import Session, col

from models.audit import AuditRecord, AuditText
from models.checkpoints import Checkpoint
from models.database import reading
from models.errors import BadInput, IntegrityBroken, NotFound
from models.merkle import Frontier, extend, leaf_hash, root
from models.proofs import prove_consistency
from models.trail import Json, Pending, canonical, instant, record
from states.actors import Actor, current, require_admin
from states.bundle.places import FolderPlace, ZipPlace, new_place
from states.bundle.verify import FORMAT
from states.checkpoint_keys import SUBJECT, KeyStanding, keys_of, trail_origin
from states.checkpoints import make_checkpoint
from states.kept_checkpoints import SignedCheckpoint, checkpoint_at
from states.leaf_hashes import leaf_hashes
from states.verify import ERASED
from states.writing import writing

PIECE = 5_000  # records held in memory at a time
HERE = Path(__file__).parent

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Exported:
    path: Path
    form: str  # zip | folder
    size: int
    root: str
    sha256: str | None  # of a zip
    audit_seq: int


def export_bundle(
    path: Path,
    *,
    up_to: int | None,
    actor: Actor,
    key_file: Path,
    now: datetime,
    progress: Progress = lambda _done, _of: None,
) -> Exported:
    """The trail up to a checkpoint made now, or to the last one of at most `up_to` records. For admins.

    Written beside its place, then recorded, then put there: none leaves without its record. Raises Refused, BadInput
    (something stands there; a text erased after `up_to`), NotFound (no checkpoint as small), IntegrityBroken.
    """
    with writing("trail_export", author=actor.author, now=now, subject=SUBJECT) as session:
        require_admin(current(session, actor, now=now))
    with new_place(path) as place:
        size = (
            _end(up_to) if up_to is not None else make_checkpoint(author=actor.author, key_file=key_file, now=now).size
        )
        with reading() as session:
            end = checkpoint_at(session, size)
            assert end is not None  # noqa: S101 - checkpoints are not taken away
            _write(session, place, end, now=now, progress=progress)
        digest = place.finish()
        details: dict[str, Json] = {"form": place.form, "size": size, "root": end.root}
        details |= {"sha256": digest} if digest else {}
        with writing("trail_export", author=actor.author, now=now, subject=SUBJECT) as session:
            pending = Pending(actor.author, now, action="trail_exported", subject=SUBJECT, details=details)
            noted = record(session, pending)
        place.put_in_place()
    return Exported(path, place.form, size, end.root, digest, noted.seq)


def _end(up_to: int) -> int:
    """The last checkpoint of at most so many records."""
    with reading() as session:
        query = select(col(Checkpoint.size)).where(col(Checkpoint.size) <= up_to).order_by(col(Checkpoint.size).desc())
        size: int | None = session.execute(query.limit(1)).scalar_one_or_none()
    if size is None:
        raise NotFound("no_checkpoint_as_small", size=up_to)
    return size


def _write(
    session: Session, place: FolderPlace | ZipPlace, end: SignedCheckpoint, *, now: datetime, progress: Progress
) -> None:
    about: dict[str, Json] = {"format": FORMAT, "origin": trail_origin(session), "size": end.size, "root": end.root}
    _put(place, "bundle.json", canonical({**about, "made_at": instant(now)}) + "\n")
    _put(place, "README.txt", (HERE / "README.txt").read_text(encoding="utf-8"))
    _put(place, "verify.py", (HERE / "verify.py").read_text(encoding="utf-8"))
    keys = [key for key in keys_of(session) if key.from_size <= end.size]
    _put(place, "keys.jsonl", "".join(_key_line(key) for key in keys))
    _put(place, "key.txt", f"{end.vkey}\n")
    checkpoints = _checkpoints(session, end.size)
    _put(place, "checkpoints.jsonl", "".join(canonical({"size": s, "note": n}) + "\n" for s, n in checkpoints))
    _put(place, "checkpoint.note", end.note)
    if len(checkpoints) > 1:
        hashes = leaf_hashes(session, end.size)
        proof = prove_consistency(hashes, first=checkpoints[-2][0], second=end.size)
        _put(place, "consistency.json", json.dumps(proof.document(), indent=2) + "\n")
    _write_leaves(session, place, end, progress=progress)
    _write_texts(session, place, end.size)


def _put(place: FolderPlace | ZipPlace, name: str, content: str) -> None:
    with place.writing(name) as file:
        file.write(content.encode())


def _key_line(key: KeyStanding) -> str:
    row: dict[str, Json] = {"number": key.number, "origin": key.origin.value, "from_size": key.from_size}
    return canonical({**row, "vkey": key.vkey, "statement": key.statement}) + "\n"


def _checkpoints(session: Session, size: int) -> list[tuple[int, str]]:
    query = select(col(Checkpoint.size), col(Checkpoint.note)).where(col(Checkpoint.size) <= size)
    return [(row.size, row.note) for row in session.execute(query.order_by(col(Checkpoint.size)))]


def _write_leaves(
    session: Session, place: FolderPlace | ZipPlace, end: SignedCheckpoint, *, progress: Progress
) -> None:
    """Raises IntegrityBroken where they are not those that were signed."""
    frontier: Frontier = ()
    done = 0
    with place.writing("leaves.jsonl") as file:
        for leaves in _leaves(session, end.size):
            file.write(b"".join(leaf + b"\n" for leaf in leaves))
            frontier = extend(frontier, done, [leaf_hash(leaf) for leaf in leaves])
            done += len(leaves)
            progress(done, end.size)
    if done != end.size or root(frontier).hex() != end.root:
        raise IntegrityBroken("checkpoint_differs", size=end.size)


def _leaves(session: Session, size: int) -> Iterator[list[bytes]]:
    after = -1
    while after < size - 1:
        query = (
            select(col(AuditRecord.seq), col(AuditRecord.leaf))
            .where(col(AuditRecord.seq) > after, col(AuditRecord.seq) < size)
            .order_by(col(AuditRecord.seq))
            .limit(PIECE)
        )
        rows = session.execute(query).all()
        if not rows:
            return
        yield [row.leaf.encode() for row in rows]
        after = rows[-1].seq


def _write_texts(session: Session, place: FolderPlace | ZipPlace, size: int) -> None:
    """Raises BadInput where a text is erased and none of the records that leave says so."""
    erased: set[tuple[int, str]] = set()
    with place.writing("texts.jsonl") as file:
        for seq, field, salt, text in _texts(session, size):
            if text is None:
                erased.add((seq, field))
            line: dict[str, Json] = {"seq": seq, "field": field, "salt": salt, "text": text}
            file.write(canonical(line).encode() + b"\n")
    query = select(col(AuditRecord.leaf)).where(col(AuditRecord.action) == ERASED, col(AuditRecord.seq) < size)
    told = [json.loads(leaf)["details"] for leaf in session.execute(query).scalars()] if erased else []
    if unsaid := erased - {(details["of"], details["field"]) for details in told}:
        raise BadInput("erased_later", seq=min(unsaid)[0], size=size)


def _texts(session: Session, size: int) -> Iterator[tuple[int, str, str | None, str | None]]:
    key = tuple_(col(AuditText.seq), col(AuditText.field))
    after = (-1, "")
    while True:
        query = (
            select(col(AuditText.seq), col(AuditText.field), col(AuditText.salt), col(AuditText.text))
            .where(col(AuditText.seq) < size, key > after)
            .order_by(col(AuditText.seq), col(AuditText.field))
            .limit(PIECE)
        )
        rows = session.execute(query).all()
        if not rows:
            return
        for row in rows:
            yield row.seq, row.field, row.salt, row.text
        after = (rows[-1].seq, rows[-1].field)
