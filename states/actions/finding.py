"""Looking up one item, and everything that stands round it while it is written."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col

from models.actions import ActionItem
from models.agencies import Agency
from models.base import LARGEST_KEY
from models.candidacies import Candidacy
from models.database import locked, reading
from models.errors import NotFound
from states.actors import Place
from states.observe import calendar_of
from states.subjects import subject_of


@dataclass(frozen=True)
class Held:
    """An item and its candidacy, locked."""

    item: ActionItem
    candidacy: Candidacy
    place: Place
    today: date  # in the agency's zone


def code_of(number: int) -> str:
    """The candidacy of an item. Raises NotFound."""
    with reading() as session:
        return session.get_one(Candidacy, find_item(session, number).candidacy_id).code


def hold(session: Session, number: int, *, now: datetime) -> Held:
    """Lock the candidacy, then look at the item: what was seen before may be stale. Raises NotFound."""
    key = find_item(session, number).candidacy_id
    candidacy = locked(session, Candidacy, col(Candidacy.id) == key)[0]
    item = find_item(session, number)
    session.refresh(item)
    place = subject_of(session, candidacy).place
    return Held(item, candidacy, place, today_at(session, place, now=now))


def today_at(session: Session, place: Place, *, now: datetime) -> date:
    return calendar_of(session, session.get_one(Agency, place.agency_id)).today(now)


def find_item(session: Session, number: int) -> ActionItem:
    item = session.get(ActionItem, number) if 0 <= number <= LARGEST_KEY else None
    if item is None:
        raise NotFound("unknown_action", value=number)
    return item
