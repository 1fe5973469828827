"""What monev says of the action plan: an item past its target is a warning, and critical when a month has gone."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from models.actions import ActionItem
from models.findings import Severity
from models.people import Person
from states.actions.listing import IS_OPEN

CRITICAL_AFTER = 30  # days past the target; own choice


@dataclass(frozen=True)
class OpenItem:
    """An open item whose target is past, or is about to be."""

    number: int
    area: str
    activity: str
    target_on: date
    progress: int  # percent
    pic: str | None  # e-mail


@dataclass(frozen=True)
class LateItem:
    """As a finding wants it."""

    item: str
    severity: Severity
    params: dict[str, str | int]


def late_items(items: Iterable[OpenItem], *, today: date) -> Iterator[LateItem]:
    """Pure."""
    for one in items:
        late = (today - one.target_on).days
        if late > 0:
            severity = Severity.CRITICAL if late > CRITICAL_AFTER else Severity.WARNING
            params: dict[str, str | int] = {
                "number": one.number,
                "area": one.area,
                "activity": one.activity,
                "target": one.target_on.isoformat(),
                "late": late,
                "progress": one.progress,
                "pic": one.pic or "-",
            }
            yield LateItem(str(one.number), severity, params)


def items_past(session: Session, candidacies: Sequence[int], *, day: date) -> dict[int, tuple[OpenItem, ...]]:
    """The open items whose target is before this day, by candidacy; one query for all of them."""
    found: dict[int, list[OpenItem]] = {}
    rows = session.execute(
        select(ActionItem, col(Person.email))
        .outerjoin(Person, col(Person.id) == col(ActionItem.pic_id))
        .where(col(ActionItem.candidacy_id).in_(candidacies), IS_OPEN, col(ActionItem.target_on) < day)
        .order_by(col(ActionItem.id))
    )
    for row, email in rows:
        one = OpenItem(row.id, row.area, row.activity, row.target_on, row.progress, email)
        found.setdefault(row.candidacy_id, []).append(one)
    return {candidacy: tuple(items) for candidacy, items in found.items()}
