"""The key of the channels' addresses is changed: a new one seals all of them again, and the old one is forgotten.

Killed at any point, every address still opens: the old key stays in the file until all that it sealed was sealed
anew and committed. Whoever seals or changes the key holds the installation's row meanwhile.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import Row, bindparam, select, update
from sqlmodel import Session, col

from models.database import locked, transaction
from models.inserts import in_pieces
from models.installation import Installation
from models.messages import Channel
from models.sealing import add_key, forget_older_keys, opens_with_newest, reseal
from models.trail import Pending, record
from states.actors import Actor, current, require_admin
from states.writing import writing

AT_ONCE = 500  # addresses in one statement
TABLE = Channel.__table__  # type: ignore[attr-defined]


def rotate_channel_key(*, actor: Actor, now: datetime, key_file: Path) -> int:
    """Seal every address with a new key; how many there were. For admins.

    Raises Refused, and StorageFailed where the key file can't be read or written or does not open an address.
    """
    sealed = seal_anew(actor=actor, now=now, key_file=key_file)
    forget_old_key(key_file=key_file)
    return sealed


def seal_anew(*, actor: Actor, now: datetime, key_file: Path) -> int:
    """The first half: from here on the new key seals, and both open."""
    with writing("channel_key_rotate", author=actor.author, now=now, subject="installation:1") as session:
        require_admin(current(session, actor, now=now))
        hold_key(session)
        add_key(key_file)
        count = _seal_all(session, key_file)
        record(
            session,
            Pending(
                actor.author,
                now,
                action="channel_key_rotated",
                subject="installation:1",
                details={"channels": count},
            ),
        )
        return count


def forget_old_key(*, key_file: Path) -> bool:
    """The second half: only the new key is kept; False, and nothing done, while an address still needs an older one.

    Whoever seals holds the row that we hold, so what was looked at stays so.
    """
    with transaction() as session:
        hold_key(session)
        if not all(opens_with_newest(row.sealed_url, key_file=key_file) for row in _addresses(session)):
            return False
        forget_older_keys(key_file)
        return True


def hold_key(session: Session) -> None:
    """Nobody else seals an address or changes the key until this transaction ends."""
    locked(session, Installation)


def _seal_all(session: Session, key_file: Path) -> int:
    count = 0
    for piece in in_pieces(_addresses(session), AT_ONCE):
        again = [{"number": row.id, "sealed": reseal(row.sealed_url, key_file=key_file)} for row in piece]
        query = update(TABLE).where(TABLE.c.id == bindparam("number")).values(sealed_url=bindparam("sealed"))
        session.connection().execute(query, again)
        count += len(again)
    return count


def _addresses(session: Session) -> Sequence[Row[int, bytes]]:
    return session.execute(select(col(Channel.id), col(Channel.sealed_url)).order_by(col(Channel.id))).all()
