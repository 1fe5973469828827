"""Says quickly that a batch of records is right, as nearly every batch is; whatever it does not vouch for is looked at
record by record, by states.verify, which also says what is wrong.

A million records go through the two loops here: nothing is called in them that is not in C, but for one function.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter

import orjson

from models.leaves import AS_CANONICAL, holds_float

Record = tuple[int, str, str, str, str, str, str]
"""seq, leaf, leaf_hash, actor, action, subject, at"""
Text = tuple[int, str, str | None, str | None]
"""seq, field, salt, text; the last two are none when it was erased"""

Promised = dict[tuple[int, str], str]
"""By seq and field, the hash of salt and text"""

_said = itemgetter("seq", "actor", "action", "subject", "at")


@dataclass
class Piece:
    """Records in a row that are right: their leaf hashes, and the time of the last."""

    hashes: list[bytes]
    last_at: str


def plainly_right(records: Iterable[Record], texts: Iterable[Text], *, first: int, last_at: str) -> Piece | None:
    """The piece, when its records and their texts are all beyond doubt; else none, which says nothing.

    `texts` are all that are kept under the numbers of these records.
    """
    piece = Piece([], last_at)
    try:
        promised = _read(records, piece, first)
        return piece if promised is not None and _kept(promised, texts) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _read(records: Iterable[Record], piece: Piece, first: int) -> Promised | None:
    """The digests of the texts that the leaves promise."""
    promised: Promised = {}
    hashes, last_at = piece.hashes, piece.last_at
    for expected, (seq, text, leaf_hash, actor, action, subject, at) in enumerate(records, first):
        raw = text.encode()
        hashed = sha256(b"\x00" + raw)
        leaf = orjson.loads(raw)
        if (
            seq != expected
            or hashed.hexdigest() != leaf_hash
            or not raw.isascii()
            or orjson.dumps(leaf, None, AS_CANONICAL) != raw
            or _said(leaf) != (seq, actor, action, subject, at)
            or at < last_at
            or holds_float(leaf.values())
        ):
            return None
        last_at = at
        hashes.append(hashed.digest())
        if "texts" in leaf:
            for field, digest in leaf["texts"].items():
                promised[seq, field] = digest
    piece.last_at = last_at
    return promised


def _kept(promised: Promised, texts: Iterable[Text]) -> bool:
    """Each promised text is there and unchanged, or erased; and there is no other."""
    for seq, field, salt, text in texts:
        digest = promised.pop((seq, field))
        if salt is None and text is None:
            continue
        if salt is None or text is None:
            return False
        salted = bytes.fromhex(salt)
        if salted.hex() != salt or sha256(salted + text.encode()).hexdigest() != digest:
            return False
    return not promised
