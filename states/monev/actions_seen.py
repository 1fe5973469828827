"""What monev sees of the action plan: what is open and past its target. One query for any number of candidacies."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from models.actions import ActionItem
from models.people import Person
from states.actions.listing import IS_OPEN
from states.monev.observed import OpenItem


def items_past(session: Session, candidacies: Sequence[int], *, day: date) -> defaultdict[int, tuple[OpenItem, ...]]:
    """The open items whose target is before this day, by candidacy."""
    found: defaultdict[int, tuple[OpenItem, ...]] = defaultdict(tuple)
    rows = session.execute(
        select(ActionItem, col(Person.email))
        .outerjoin(Person, col(Person.id) == col(ActionItem.pic_id))
        .where(col(ActionItem.candidacy_id).in_(candidacies), IS_OPEN, col(ActionItem.target_on) < day)
        .order_by(col(ActionItem.id))
    )
    for row, email in rows:
        one = OpenItem(row.id, row.area, row.activity, row.target_on, row.progress, email)
        found[row.candidacy_id] = (*found[row.candidacy_id], one)
    return found
