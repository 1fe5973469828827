"""A checkpoint as the templates read it: the signed note as it is, and what a person needs to know of it."""

from datetime import datetime
from textwrap import wrap

from models.checkpoints import Checkpoint, CheckpointKey
from notifications.markup import Lines
from states.calendar import WIB

GROUP = 4  # hex digits that people compare at a time


def checkpoint_values(made: Checkpoint, key: CheckpointKey) -> dict[str, object]:
    return checkpoint_words(made.note, made.size, made.root, key.vkey, made_at=made.made_at)


def checkpoint_words(note: str, size: int, root: str, vkey: str, *, made_at: datetime) -> dict[str, object]:
    """`root` in hex. A checkpoint is of the whole installation, and so its day and hour are those of Jakarta."""
    at = made_at.astimezone(WIB)
    return {
        "origin": note.partition("\n")[0],
        "size": size,
        "root": in_groups(root),
        "note": Lines(note.rstrip("\n")),
        "vkey": vkey,
        "made_on": at.date(),
        "made_time": f"{at:%H.%M} WIB",
    }


def in_groups(root: str) -> str:
    return " ".join(wrap(root, GROUP))
