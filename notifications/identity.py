"""The id of a message: the same thing told to the same person has the same id, however often it is tried."""

from datetime import date
from uuid import UUID, uuid5

from models.messages import Notice, OutboxMessage

NAMESPACE = UUID("5b0f7c0e-3a52-4d0b-9a3e-6f1d2c8e7a41")  # ours; never change it, or what was sent is sent again


def due_id(obligation_id: int, due_on: date, rung: str, person_id: int) -> str:
    return _id(Notice.DUE.value, obligation_id, due_on.isoformat(), rung, person_id)


def notice_id(kind: Notice, subject: str, person_id: int) -> str:
    return _id(kind.value, subject, person_id)


def message_id(outbox: OutboxMessage, person_id: int) -> str:
    if outbox.obligation_id is not None and outbox.due_on is not None and outbox.rung is not None:
        return due_id(outbox.obligation_id, outbox.due_on, outbox.rung, person_id)
    return notice_id(outbox.kind, outbox.subject, person_id)


def _id(*parts: str | int) -> str:
    return str(uuid5(NAMESPACE, "/".join(str(part) for part in parts)))
