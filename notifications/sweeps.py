"""Remind, monev and deliver as plain functions: what a command does at once and a flow does on schedule.

Each writes a run row when it begins and when it ends; a run without an end is one that died.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from models.home import Home
from models.settings import Settings
from notifications.counts import Counts
from notifications.deliver import deliver as send_all
from notifications.expand import expand_outbox
from notifications.remind import remind as queue_reminders
from states.monev.sweep import sweep_findings
from states.parts import WHOLE, Part
from states.runs import finish_run, forget_runs, start_run

Clock = Callable[[], datetime]

KEPT = timedelta(days=90)  # run rows, and Prefect's own of each flow run


def remind(_home: Home, _settings: Settings, *, clock: Clock, part: Part = WHOLE) -> Counts:
    """Queue every rung that came due and was not said; older ones are covered by it."""
    return _recorded("remind", clock, lambda now: queue_reminders(now=now, part=part))


def monev(_home: Home, settings: Settings, *, clock: Clock, part: Part = WHOLE) -> Counts:
    """Bring findings up to date; `planned` counts those that are open now."""

    def look(now: datetime) -> Counts:
        swept = sweep_findings(now=now, idle_days=settings.idle_days, expiry_days=settings.expiry_days, part=part)
        return Counts(planned=swept.open_now) + expand_outbox(now=now)

    return _recorded("monev", clock, look)


def deliver(home: Home, _settings: Settings, *, clock: Clock, part: Part = WHOLE) -> Counts:
    """Send all that is queued and due; several may do so at once, since each message is claimed by one."""
    return _recorded("deliver", clock, lambda _now: send_all(clock=clock, home=home))


def tidy(_home: Home, _settings: Settings, *, clock: Clock, part: Part = WHOLE) -> Counts:
    """Forget runs that ended long ago; `planned` counts them. The trail keeps all that was ever recorded."""
    return _recorded("tidy", clock, lambda now: Counts(planned=forget_runs(before=now - KEPT)))


def _recorded(flow: str, clock: Clock, work: Callable[[datetime], Counts]) -> Counts:
    run = start_run(flow, now=clock())
    counts = work(clock())
    finish_run(run, counts.as_dict(), now=clock())
    return counts
