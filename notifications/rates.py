"""How many messages a minute may go by each kind of channel, counted in the database for all processes together."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from models.inserts import insert_new
from models.messages import SendingWindow

MINUTE = timedelta(minutes=1)
OTHER = "other"


@dataclass(frozen=True)
class Rates:
    """Messages a minute by kind of channel; 0 = as many as there are. The mail folder has no limit."""

    per_minute: Mapping[str, int] = field(default_factory=dict)

    def of(self, kind: str | None) -> int:
        return 0 if kind is None else self.per_minute.get(kind, self.per_minute.get(OTHER, 0))


UNLIMITED = Rates()


def take_room(session: Session, kind: str, wanted: int, *, limit: int, now: datetime) -> tuple[int, datetime]:
    """Take up to `wanted` places of this minute; returns how many there were, and when there will be more.

    A minute begins with its first message. The row is locked until the transaction ends, which is soon: nobody sends
    while holding it.
    """
    window = _locked(session, kind)
    if window is None:
        insert_new(session, SendingWindow, [{"kind": kind, "began_at": now, "taken": 0}])
        window = _locked(session, kind)
        assert window  # noqa: S101 - it was put there, by us or by somebody faster
    if not window.began_at <= now < window.began_at + MINUTE:
        window.began_at, window.taken = now, 0
    got = max(0, min(wanted, limit - window.taken))
    window.taken += got
    return got, window.began_at + MINUTE


def _locked(session: Session, kind: str) -> SendingWindow | None:
    query = select(SendingWindow).where(col(SendingWindow.kind) == kind).with_for_update()
    return session.execute(query.execution_options(populate_existing=True)).scalar_one_or_none()
