"""Remind, monev, deliver and checkpoint as plain functions: what a command does at once and a flow on schedule.

Each writes a run row when it begins and when it ends, by its work or by an error; one without an end has died.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from models.errors import PipelineError
from models.files import clear_incoming
from models.home import Home
from models.settings import Settings
from notifications.counts import Counts
from notifications.deliver import deliver as send_all
from notifications.expand import expand_outbox
from notifications.rates import Rates
from notifications.remind import remind as queue_reminders
from notifications.workers import name_of_worker
from states.accounts.signing_in import forget_sessions
from states.actors import SYSTEM
from states.calendar import today_in_indonesia
from states.checkpoints import make_checkpoint
from states.monev.designations import sweep_designations
from states.monev.keeping import Swept
from states.monev.limits import Limits
from states.monev.quarters import quarter_of
from states.monev.rounds import sweep_rounds
from states.monev.sweep import sweep_findings
from states.monev.trail import sweep_trail
from states.parts import WHOLE, Part
from states.reminders import wake_rungs
from states.runs import fail_run, finish_run, forget_runs, ran_ahead, start_run

STAY = timedelta(minutes=4)  # a run begins every five minutes

Clock = Callable[[], datetime]

KEPT = timedelta(days=90)  # run rows, Prefect's own of each flow run, and web sessions


def remind(_home: Home, _settings: Settings, *, clock: Clock, part: Part = WHOLE) -> Counts:
    """Queue every rung that came due and was not said; older ones are covered by it."""

    def look(now: datetime) -> Counts:
        if part.has_the_rest and ran_ahead("remind", now=now):
            wake_rungs(now=now)
        return queue_reminders(now=now, part=part)

    return _recorded("remind", clock, look, part)


def monev(_home: Home, settings: Settings, *, clock: Clock, part: Part = WHOLE) -> Counts:
    """Bring findings up to date; `planned` counts those that are open now."""

    def look(now: datetime) -> Counts:
        limits, swept = Limits.of(settings), Swept()
        if part.has_the_rest:
            swept += sweep_trail(now=now)  # first: with a broken one the others may not get far
        swept += sweep_findings(now=now, limits=limits, part=part)
        if part.has_the_rest:
            swept += sweep_designations(now=now, limits=limits)
        return Counts(planned=swept.open_now) + expand_outbox(now=now)

    return _recorded("monev", clock, look, part)


def watch_designations(_home: Home, settings: Settings, *, clock: Clock, part: Part = WHOLE) -> Counts:
    """The part of monev that looks at units that hold a predicate: whose two-yearly report is due."""

    def look(now: datetime) -> Counts:
        swept = sweep_designations(now=now, limits=Limits.of(settings))
        return Counts(planned=swept.open_now) + expand_outbox(now=now)

    return _recorded("watch_designations", clock, look)


def quarterly_monev(_home: Home, _settings: Settings, *, clock: Clock, part: Part = WHOLE) -> Counts:
    """In the last days of a quarter, take the round of every agency that has none yet; `planned` counts them."""

    def look(now: datetime) -> Counts:
        today = today_in_indonesia(now)
        return Counts(planned=sweep_rounds(now)["taken"] if today >= quarter_of(today).closes_from else 0)

    return _recorded("quarterly_monev", clock, look)


def deliver(home: Home, settings: Settings, *, clock: Clock, part: Part = WHOLE) -> Counts:
    """Send all that is queued and due; several may do so at once, since each message is claimed by one.

    What is over a rate is waited for until the next run is about to begin.
    """
    rates = Rates(settings.rates)
    return _recorded("deliver", clock, lambda _now: send_all(clock=clock, home=home, rates=rates, stay=STAY))


def checkpoint(home: Home, _settings: Settings, *, clock: Clock, part: Part = WHOLE) -> Counts:
    """Sign the trail as it stands, and send it to every witness; `planned` counts new checkpoints: one, or none where
    nothing but checkpoints was recorded since the last."""

    def sign(now: datetime) -> Counts:
        made = make_checkpoint(author=SYSTEM, key_file=home.checkpoint_key, now=now)
        return Counts(planned=int(made.new)) + expand_outbox(now=now)

    return _recorded("checkpoint", clock, sign)


def tidy(home: Home, _settings: Settings, *, clock: Clock, part: Part = WHOLE) -> Counts:
    """Forget runs and web sessions of long ago, and uploads that never ended; `planned` counts them.

    The trail keeps all that was ever recorded.
    """

    def forget(now: datetime) -> Counts:
        forgotten = forget_runs(before=now - KEPT) + forget_sessions(before=now - KEPT)
        return Counts(planned=forgotten + clear_incoming(home.files))

    return _recorded("tidy", clock, forget)


def _recorded(flow: str, clock: Clock, work: Callable[[datetime], Counts], part: Part = WHOLE) -> Counts:
    run = start_run(flow, now=clock(), part=part, worker=name_of_worker())
    try:
        counts = work(clock())
    except BaseException as error:
        with suppress(PipelineError):  # the database may be what failed; the first error is the one to hear of
            fail_run(run, _kind(error), now=clock())
        raise
    finish_run(run, counts.as_dict(), now=clock())
    return counts


def _kind(error: BaseException) -> str:
    return error.key if isinstance(error, PipelineError) else type(error).__name__
