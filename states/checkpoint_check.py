"""Holds kept checkpoints against the trail: their signatures, their keys, their roots, and that none is missing."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import String, inspect, select, type_coerce
from sqlmodel import Session, col

from models.audit import AuditRecord
from models.checkpoints import Checkpoint, CheckpointKey, KeyOrigin
from models.merkle import Frontier, root
from models.notes import TreeHead, VerifierKey, opened
from states.checkpoint_keys import rotation_text, trail_origin

ROTATED = KeyOrigin.ROTATED.value
KEY_ACTIONS = ("checkpoint_key_made", "checkpoint_key_rotated", "checkpoint_key_replaced")
UNREADABLE = (ValueError, TypeError, AttributeError, LookupError, RecursionError)  # what others' bytes can lead to


_CHECKPOINT: Any = Checkpoint.__table__  # type: ignore[attr-defined]
_KEY: Any = CheckpointKey.__table__  # type: ignore[attr-defined]
CHECKPOINTS = select(_CHECKPOINT.c.size, _CHECKPOINT.c.root, _CHECKPOINT.c.note, _CHECKPOINT.c.key_number).order_by(
    _CHECKPOINT.c.size
)
KEYS = select(  # words as they stand there: one that is none of ours is a fault, and no reason to stop
    _KEY.c.vkey, type_coerce(_KEY.c.origin, String).label("origin"), _KEY.c.from_size, _KEY.c.statement
).order_by(_KEY.c.number)


class KeptCheckpoints:
    """Told each size that the tree passes, it says at the end what does not fit; None where all does.

    One checkpoint a day is a few thousand rows in ten years: they are held in memory.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._rows: Sequence[Any] = ()  # as the statements above ask for them
        self._keys: Sequence[Any] = ()
        if inspect(session.connection()).has_table("checkpoint"):  # a backup is verified at the revision it has
            self._rows = session.connection().execute(CHECKPOINTS).all()
            self._keys = session.connection().execute(KEYS).all()
        self._at = 0
        self._differs = False

    @property
    def count(self) -> int:
        return len(self._rows)

    @property
    def next_size(self) -> int:
        """The size that `passed` wants to hear of next; -1 where there is none."""
        size: int = self._rows[self._at].size if self._at < len(self._rows) else -1
        return size

    def passed(self, frontier: Frontier) -> None:
        """The tree has come to `next_size`."""
        self._differs |= self._rows[self._at].root != root(frontier).hex()
        self._at += 1

    def fault(self) -> str | None:
        """A key under audit.fault. Once the whole trail was read and found right, because it believes the leaves."""
        if self._differs:
            return "checkpoint_differs"
        if self._at < len(self._rows):
            return "checkpoint_ahead"
        try:
            if self._told("checkpoint_signed", "size", "root") != {(row.size, row.root) for row in self._rows}:
                return "checkpoint_missing"
            if not self._keys_hold() or not all(self._signed(row) for row in self._rows):
                return "checkpoint_forged"
        except UNREADABLE:
            return "checkpoint_forged"
        return None

    def _told(self, action: str, *names: str) -> set[tuple[object, ...]]:
        return {tuple(told[name] for name in names) for told in self._details((action,))}

    def _details(self, actions: Sequence[str]) -> list[dict[str, object]]:
        query = select(col(AuditRecord.leaf)).where(col(AuditRecord.action).in_(actions)).order_by(col(AuditRecord.seq))
        return [json.loads(leaf)["details"] for leaf in self._session.execute(query).scalars()]

    def _keys_hold(self) -> bool:
        """The same keys in the same order as the trail tells, and each rotation is signed by the one before."""
        if [told["key"] for told in self._details(KEY_ACTIONS)] != [key.vkey for key in self._keys]:
            return False
        rotated = [pair for pair in zip(self._keys, self._keys[1:], strict=False) if pair[1].origin == ROTATED]
        return all(_vouched(old, new) for old, new in rotated)

    def _signed(self, row: Any) -> bool:
        key = self._keys[row.key_number]
        after = self._keys[row.key_number + 1 :]
        in_time = key.from_size <= row.size and (not after or row.size < after[0].from_size)
        said = TreeHead.parsed(opened(row.note, VerifierKey.parsed(key.vkey)))
        return in_time and said == TreeHead(trail_origin(self._session), row.size, bytes.fromhex(row.root))


def _vouched(old: Any, new: Any) -> bool:
    by, of = VerifierKey.parsed(old.vkey), VerifierKey.parsed(new.vkey)
    return opened(new.statement or "", by) == rotation_text(by, of, from_size=new.from_size)
