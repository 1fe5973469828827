"""Somebody who owns the database rewrites history: every hash is right again, and the guards stand again."""

import json
from typing import Any

from sqlalchemy import text
from sqlmodel import Session

from models.database import transaction
from models.merkle import extend, leaf_hash, pack, root_of
from models.trail import canonical
from models.triggers import create_checkpoint_statements, create_statements


def rewrite(seq: int, **members: Any) -> bytes:
    """Another record instead of this one, hashed as it should be; the new root."""
    with transaction() as session:
        leaf = json.loads(
            session.execute(text("SELECT leaf FROM audit_record WHERE seq = :s"), {"s": seq}).scalar_one()
        )
        changed = canonical({**leaf, **members})
        values = {"leaf": changed, "hash": leaf_hash(changed.encode()).hex(), "s": seq}
        query = "UPDATE audit_record SET leaf = :leaf, leaf_hash = :hash WHERE seq = :s"
        unguarded(session, "audit_record_no_update", query, **values)
        rows = session.execute(text("SELECT leaf_hash FROM audit_record ORDER BY seq")).scalars().all()
        hashes = [bytes.fromhex(one) for one in rows]
        unguarded(
            session, "audit_head_only_grows", "UPDATE audit_head SET frontier = :f", f=pack(extend((), 0, hashes))
        )
        return root_of(hashes)


def empty_trail() -> None:
    """No record, no text, and a head that says so."""
    with transaction() as session:
        unguarded(session, "audit_text_no_delete", "DELETE FROM audit_text")
        unguarded(session, "audit_record_no_delete", "DELETE FROM audit_record")
        unguarded(session, "audit_head_only_grows", "UPDATE audit_head SET size = 0, frontier = '', last_at = ''")


def unguarded(session: Session, trigger: str, statement: str, **values: object) -> None:
    """One statement while a trigger is away."""
    dialect = session.get_bind().dialect.name
    table = trigger.rpartition("_no_")[0] or "audit_head"
    create = next(
        one
        for one in (*create_statements(dialect), *create_checkpoint_statements(dialect))
        if one.startswith(f"CREATE TRIGGER {trigger} ")
    )
    session.execute(text(f"DROP TRIGGER {trigger}{'' if dialect == 'sqlite' else f' ON {table}'}"))
    session.execute(text(statement), values)
    session.execute(text(create))


def erase_text(session: Session, seq: int, field: str) -> None:
    """Salt and text are gone, and the row stays: the guards let this through."""
    query = "UPDATE audit_text SET salt = NULL, text = NULL WHERE seq = :s AND field = :f"
    session.execute(text(query), {"s": seq, "f": field})
