"""Ids that stay: the same thing told to the same person has the same id, and so has an entry in a calendar."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlmodel import Session, col

from models.installation import Installation
from models.messages import Notice, OutboxMessage


@dataclass(frozen=True)
class MessageIds:
    """The ids of one installation (UUIDv5, RFC 9562 section 5.5)."""

    namespace: UUID

    @classmethod
    def of(cls, session: Session) -> "MessageIds":
        return cls(UUID(session.execute(select(col(Installation.code))).scalar_one()))

    def due(self, obligation_id: int, due_on: date, rung: str, person_id: int) -> str:
        return self._id(Notice.DUE.value, obligation_id, due_on.isoformat(), rung, person_id)

    def calendar_entry(self, what: str, number: int) -> str:
        """Of an obligation or a window in a calendar feed: the same in every feed, whatever its day."""
        return self._id("calendar", what, number)

    def message(self, outbox: OutboxMessage, person_id: int) -> str:
        if outbox.obligation_id is not None and outbox.due_on is not None and outbox.rung is not None:
            return self.due(outbox.obligation_id, outbox.due_on, outbox.rung, person_id)
        return self.notice(outbox.kind, outbox.subject, person_id)

    def notice(self, kind: Notice, subject: str, person_id: int) -> str:
        return self._id(kind.value, subject, person_id)

    def _id(self, *parts: str | int) -> str:
        return str(uuid5(self.namespace, "/".join(str(part) for part in parts)))
