"""Is what is due being said: the runs of each flow, what waits to be said, and what waits to be sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from flows.schedule import SCHEDULE
from models.messages import Channel, Delivery, DeliveryState
from models.runs import Run
from notifications.leases import IS_QUEUED
from states.reminders import oldest_unsaid
from states.runs import last_failed, last_finished
from zi.doctor.check import Check, State

MUST_RUN = ("remind", "deliver")  # without these nothing is said; the others may be made up for later
SLACK = timedelta(minutes=10)  # on top of twice a flow's distance
HUNG = timedelta(hours=1)  # longer than any run takes
UNSAID = timedelta(hours=26)  # a day, and time to be late
UNSENT = timedelta(minutes=30)
LATELY = timedelta(days=7)


def engine(session: Session, *, now: datetime) -> Iterator[Check]:
    yield from _flows(session, now=now)
    yield _hung(session, now=now)
    yield _waiting("unsaid", oldest_unsaid(now), UNSAID, now=now)
    yield _waiting("unsent", _oldest_queued(session), UNSENT, now=now)
    yield _counted("dead_letters", _dead_letters(session, now=now))
    yield _counted("channels", _failing_channels(session))


def _flows(session: Session, *, now: datetime) -> Iterator[Check]:
    finished, failed = last_finished(session), last_failed(session)
    for one in SCHEDULE:
        last, failure = finished.get(one.name), failed.get(one.name)
        params = {"flow": one.name, "last": _minute(last)}
        late = last is None or now - last > 2 * one.every + SLACK
        wrong = State.FAIL if one.name in MUST_RUN and late else State.WARN
        if failure and (last is None or failure.at > last):
            yield Check("flow_failed", wrong, {**params, "at": _minute(failure.at), "why": failure.why})
        else:
            yield Check("flow", wrong if late else State.OK, params)


def _hung(session: Session, *, now: datetime) -> Check:
    """Runs that began lately and never ended: they died, or they hang."""
    begun = select(func.count()).where(
        col(Run.finished_at).is_(None), col(Run.started_at) < now - HUNG, col(Run.started_at) > now - LATELY
    )
    return _counted("hung", session.execute(begun.select_from(Run)).scalar_one())


def _waiting(check: str, since: datetime | None, patience: timedelta, *, now: datetime) -> Check:
    late = since is not None and now - since > patience
    return Check(check, State.FAIL if late else State.OK, {"since": _minute(since)})


def _counted(check: str, count: int) -> Check:
    return Check(check, State.WARN if count else State.OK, {"count": count})


def _oldest_queued(session: Session) -> datetime | None:
    """Since when the message that has been due longest could have been sent; none where nothing waits."""
    query = select(col(Delivery.next_try_at)).where(IS_QUEUED).order_by(col(Delivery.next_try_at)).limit(1)
    return session.execute(query).scalar_one_or_none()


def _dead_letters(session: Session, *, now: datetime) -> int:
    query = (
        select(func.count())
        .select_from(Delivery)
        .where(col(Delivery.state) == DeliveryState.FAILED, col(Delivery.queued_at) > now - LATELY)
    )
    count: int = session.execute(query).scalar_one()
    return count


def _failing_channels(session: Session) -> int:
    query = select(func.count()).select_from(Channel).where(col(Channel.failed_at).is_not(None))
    count: int = session.execute(query).scalar_one()
    return count


def _minute(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d %H:%M}Z" if moment else "-"
