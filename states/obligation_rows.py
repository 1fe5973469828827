"""Obligations as rows: read for any number of candidacies at once, and all that changes of them written together."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Update, bindparam, func, insert, or_, select, update
from sqlmodel import col

from models.actions import WHOLE, ActionItem
from models.among import among
from models.base import table_of
from models.messages import OutboxMessage
from models.obligations import Obligation, ObligationKind, ObligationState


class Row(NamedTuple):
    """What is decided on of an obligation."""

    id: int
    candidacy_id: int
    entry_id: int
    kind: ObligationKind
    item: str
    state: ObligationState
    due_on: date | None
    person_id: int | None

    @property
    def is_open(self) -> bool:
        return self.state is ObligationState.OPEN


class Item(NamedTuple):
    """What is owed of an item of the action plan."""

    id: int
    candidacy_id: int
    target_on: date
    pic_id: int | None
    progress: int
    dropped_at: datetime | None

    @property
    def is_open(self) -> bool:
        return self.progress < WHOLE and self.dropped_at is None


_ROWS = (
    select(*(col(getattr(Obligation, name)) for name in Row._fields))
    .where(
        among(col(Obligation.candidacy_id), "candidacies"),
        or_(among(col(Obligation.entry_id), "entries"), col(Obligation.kind) == ObligationKind.ACTION),
    )
    .order_by(col(Obligation.id))
)

_ITEMS = (
    select(*(col(getattr(ActionItem, name)) for name in Item._fields))
    .where(among(col(ActionItem.candidacy_id), "candidacies"))
    .order_by(col(ActionItem.id))
)


def load_rows(
    connection: Connection, candidacies: Collection[int], entries: Collection[int]
) -> Mapping[int, list[Row]]:
    """By candidacy: those of these stays, and its actions from whatever stay."""
    rows = connection.execute(_ROWS, {"candidacies": candidacies, "entries": entries}).all()
    return _by_candidacy(map(Row._make, rows))


def load_items(connection: Connection, candidacies: Collection[int]) -> Mapping[int, list[Item]]:
    """By candidacy."""
    return _by_candidacy(map(Item._make, connection.execute(_ITEMS, {"candidacies": candidacies}).all()))


def _by_candidacy(rows: Iterable[Any]) -> Mapping[int, list[Any]]:
    found: defaultdict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.candidacy_id].append(row)
    return found


@dataclass
class Changes:
    """What is to be written, as parameters of the statements that do it. Only what changes is written: the sweep of
    reminders may be setting `next_at` of the same row."""

    opened: list[dict[str, object]] = field(default_factory=list)
    closed: list[dict[str, object]] = field(default_factory=list)
    gone_on: list[dict[str, object]] = field(default_factory=list)  # to another stay
    dated: list[dict[str, object]] = field(default_factory=list)  # anew, or open again
    handed_over: list[dict[str, object]] = field(default_factory=list)  # to another person
    told_again: list[dict[str, object]] = field(default_factory=list)  # to whom it was handed

    def open(self, candidacy: int, **values: object) -> None:
        state = {"state": ObligationState.OPEN, "reason": None, "closed_at": None, "dated_at": None}
        self.opened.append({"candidacy_id": candidacy, **values, **state})

    def close(self, row: Row, state: ObligationState, *, now: datetime, reason: str | None = None) -> None:
        self.closed.append({"this": row.id, "to": state, "at": now, "why": reason})

    def go_on(self, row: Row, entry: int) -> None:
        if row.entry_id != entry:
            self.gone_on.append({"this": row.id, "entry": entry})

    def set_date(self, row: Row, due_on: date | None, next_at: datetime | None, *, now: datetime) -> None:
        self.dated.append({"this": row.id, "due": due_on, "next": next_at, "at": now})

    def hand_over(self, row: Row, person: int | None, *, due_on: date | None) -> None:
        """Whoever owes it now hears the newest rung of this date, too: who heard it already has it under the same
        id."""
        self.handed_over.append({"this": row.id, "person": person})
        self.told_again.append({"this": row.id, "due": due_on})

    def write(self, connection: Connection) -> None:
        for statement, rows in (
            (_CLOSE, self.closed),
            (_GO_ON, self.gone_on),
            (_DATE, self.dated),
            (_HAND_OVER, self.handed_over),
            (_TELL_AGAIN, self.told_again),
            (_OPEN, self.opened),
        ):
            if rows:
                connection.execute(statement, rows)


_OWED = table_of(Obligation)
_OUTBOX = table_of(OutboxMessage)


def _one(**values: object) -> Update:
    return update(_OWED).where(_OWED.c.id == bindparam("this")).values(**values)


_OPEN = insert(_OWED)
_CLOSE = _one(state=bindparam("to"), closed_at=bindparam("at"), reason=bindparam("why"), next_at=None)
_GO_ON = _one(entry_id=bindparam("entry"))
_DATE = _one(
    state=ObligationState.OPEN,
    reason=None,
    closed_at=None,
    due_on=bindparam("due"),
    next_at=bindparam("next"),
    dated_at=bindparam("at"),
)
_HAND_OVER = _one(person_id=bindparam("person"))
_TELL_AGAIN = (
    update(_OUTBOX)
    .where(
        _OUTBOX.c.id
        == select(func.max(_OUTBOX.c.id))
        .where(_OUTBOX.c.obligation_id == bindparam("this"), _OUTBOX.c.due_on == bindparam("due"))
        .scalar_subquery()
    )
    .values(expanded_at=None)
)
