"""Snoozing what one owes until a day. How long that may be, and what it keeps back, stands in `states/quieting.py`."""

from datetime import date, datetime

from sqlmodel import Session, col

from models.database import locked
from models.errors import Refused, Value
from models.quieting import Snooze
from models.trail import Pending, record
from states.actors import Actor
from states.own_obligation import Held, candidacy_of, hold_owed
from states.quieting import LONGEST, LONGEST_WHEN_LATE, latest_day
from states.writing import writing


def snooze(number: int, *, until: date, actor: Actor, now: datetime) -> str:
    """Hear of it on the day `until` again; returns the candidacy's code. One that lasts may be made shorter.

    Raises NotFound, Refused.
    """
    code = candidacy_of(number)
    with writing("obligation_snooze", author=actor.author, now=now, subject=f"candidacy:{code}") as session:
        held = hold_owed(session, number, actor=actor, now=now)
        _check(held, until, now=now)
        _keep(session, held, until, actor=actor, now=now)
        record(
            session,
            Pending(
                actor.author,
                now,
                action="obligation_snoozed",
                subject=held.subject,
                details={
                    "obligation": number,
                    "due_on": held.due_on.isoformat(),
                    "until": until.isoformat(),
                },
            ),
        )
    return code


def _check(held: Held, until: date, *, now: datetime) -> None:
    """Raises Refused that names the rule."""
    today = held.calendar.today(now)
    latest = latest_day(held.due_on, today=today, calendar=held.calendar)
    told: dict[str, Value] = {"number": held.obligation.id, "until": until.isoformat(), "latest": latest.isoformat()}
    if until <= today:
        raise Refused.because("snooze_not_ahead", subject=held.code, **told)
    if until <= latest:
        return
    if today > held.due_on:
        raise Refused.because("snooze_too_long_late", subject=held.code, days=LONGEST_WHEN_LATE.days, **told)
    if until <= today + LONGEST:
        raise Refused.because("snooze_past_due", subject=held.code, due=held.due_on.isoformat(), **told)
    raise Refused.because("snooze_too_long", subject=held.code, days=LONGEST.days, **told)


def _keep(session: Session, held: Held, until: date, *, actor: Actor, now: datetime) -> None:
    """One row for each obligation and person. A run that ends it holds the row, too."""
    number = held.obligation.id
    mine = (col(Snooze.obligation_id) == number, col(Snooze.person_id) == actor.person_id)
    row = next(iter(locked(session, Snooze, *mine)), None)
    begins = held.calendar.start_of(until)
    if row is None:
        row = Snooze(
            obligation_id=number, person_id=actor.person_id, due_on=held.due_on, until=until, ends_at=begins, at=now
        )
    elif row.ended_at is None and _holds(row, held) and until > row.until:
        raise Refused.because("snooze_lasts", subject=held.code, number=number, until=row.until.isoformat())
    row.due_on, row.until, row.ends_at, row.at, row.ended_at = held.due_on, until, begins, now, None
    session.add(row)
    session.flush()


def _holds(row: Snooze, held: Held) -> bool:
    """Neither was the date moved since, nor the obligation opened again."""
    return row.due_on == held.due_on and row.at >= (held.obligation.dated_at or held.obligation.opened_at)
