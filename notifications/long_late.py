"""What stays late after its last rung: only weekly digests speak of it any more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col

from models.messages import Notice
from models.obligations import Obligation, ObligationKind
from models.stages import Stage
from models.trail import Via
from notifications.feed_entries import owed_by_person
from notifications.parcel import Parcel
from notifications.relevance import WEEKLY
from states.actors import find_actor
from states.calendar import today_in_indonesia


@dataclass(frozen=True)
class Late:
    obligation_id: int
    code: str
    unit: str
    stage: Stage
    kind: ObligationKind
    activity: str | None
    due_on: date
    days: int


def long_late(session: Session, parcels: Sequence[Parcel], *, now: datetime) -> dict[int, list[Late]]:
    """Of each person whose weekly digest is among these, the longest first. A few queries a person, once a week."""
    weekly = {one.person.id: one.person for one in parcels if _is_weekly(one)}
    today = today_in_indonesia(now)
    return {
        key: sorted(
            (
                Late(
                    obligation_id=one.obligation.id,
                    code=one.candidacy.code,
                    unit=" ".join(one.unit.name.split()),
                    stage=one.candidacy.stage,
                    kind=one.obligation.kind,
                    activity=one.activity,
                    due_on=one.obligation.due_on,
                    days=(today - one.obligation.due_on).days,
                )
                for one in owed_by_person(
                    session,
                    find_actor(session, person.email, today=today, via=Via.FLOW),
                    col(Obligation.next_at).is_(None),
                    col(Obligation.due_on) < today,
                    now=now,
                )
                if one.obligation.due_on
            ),
            key=lambda late: (late.due_on, late.code),
        )
        for key, person in weekly.items()
    }


def _is_weekly(parcel: Parcel) -> bool:
    return parcel.outbox.kind is Notice.DIGEST and f":{WEEKLY}:" in parcel.outbox.subject
