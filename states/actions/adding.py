"""Adding one item to a unit's action plan."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session, col

from models.actions import ActionItem
from models.candidacies import Candidacy
from models.database import locked
from models.errors import Refused
from states.actions.access import require_planning
from states.actions.finding import today_at
from states.actions.following import follow_plan
from states.actions.noting import note, put_evidence
from states.actions.progress import report_progress
from states.actions.words import optional_line, required_line
from states.actors import Actor, current
from states.documents import Content
from states.lookups import find
from states.people import find_person
from states.subjects import subject_of
from states.writing import writing


@dataclass(frozen=True)
class NewItem:
    """As people give it."""

    area: str
    activity: str
    target_on: date
    pic: str | None = None  # e-mail
    progress: int = 0  # percent
    obstacle: str | None = None
    follow_up: str | None = None
    evidence: Content | None = None
    done_on: date | None = None


def add_item(code: str, new: NewItem, *, actor: Actor, now: datetime) -> int:
    """Put an item into the plan; returns its number.

    Raises NotFound (candidacy, PIC), BadInput (texts, percent), Refused (role, area, there already, a day to come).
    """
    with writing("action_add", author=actor.author, now=now, subject=f"candidacy:{code.upper()}") as session:
        actor = current(session, actor, now=now)
        candidacy = locked(session, Candidacy, col(Candidacy.id) == find(session, Candidacy, code).id)[0]
        place = subject_of(session, candidacy).place
        area = required_line(new.area, name="AREA")
        require_planning(actor, place, area, subject=candidacy.code)
        activity = required_line(new.activity, name="ACTIVITY")
        _refuse_twice(session, candidacy, area, activity)
        item = ActionItem(
            candidacy_id=candidacy.id,
            area=area,
            activity=activity,
            target_on=new.target_on,
            pic_id=find_person(session, new.pic).id if new.pic else None,
            obstacle=optional_line(new.obstacle, name="--obstacle"),
            follow_up=optional_line(new.follow_up, name="--follow-up"),
        )
        today = today_at(session, place, now=now)
        report_progress(item, new.progress, new.done_on, today=today, subject=candidacy.code)
        put_evidence(item, new.evidence)
        session.add(item)
        session.flush()
        note(session, item, candidacy.code, "action_item_added", author=actor.author, now=now)
        follow_plan(session, [candidacy], now=now)
        return item.id


def _refuse_twice(session: Session, candidacy: Candidacy, area: str, activity: str) -> None:
    """A dropped one stands in the way, too: what was dropped for a reason does not come back under its name."""
    there = session.execute(
        select(ActionItem).where(
            col(ActionItem.candidacy_id) == candidacy.id,
            col(ActionItem.area) == area,
            col(ActionItem.activity) == activity,
        )
    ).scalar_one_or_none()
    if there:
        rule = "action_dropped_before" if there.dropped_at else "action_given_twice"
        raise Refused.because(rule, subject=candidacy.code, number=there.id)
