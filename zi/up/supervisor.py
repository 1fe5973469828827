"""Keeps its children running until it is asked to stop: what dies is started again, what keeps dying ends it all."""

import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from models.errors import StorageFailed
from zi.up.child import Child
from zi.up.stop import Stop

LOOK = 0.3  # seconds between two looks
LEAVE = 15.0  # seconds from asking to killing
PATIENCE = 150.0  # seconds until a child must be ready: Prefect's first start makes its database
DEATHS, WITHIN = 5, 300.0  # so many in so many seconds: it will not get better
LONGEST_PAUSE = 30.0

Tell = Callable[[str, Child], None]


def keep_running(children: Sequence[Child], *, stop: Stop, tell: Tell) -> None:
    """Start them in order, each when the one before is ready; stop them in the other order, whatever happens.

    Raises StorageFailed where one does not become ready or keeps dying.
    """
    try:
        for child in children:
            child.start()
            _wait_until_ready(child, stop)
            tell("ready", child)
        while not stop.wait(LOOK):
            for child in children:
                if not child.runs:
                    _start_again(child, stop, tell)
    finally:
        for child in reversed(children):
            child.stop(seconds=LEAVE)


@contextmanager
def stopped_by_signals() -> Iterator[Stop]:
    """SIGTERM and Ctrl-C ask to stop; a second Ctrl-C changes nothing, for stopping takes no longer than it must."""
    stop = Stop()
    before = {one: signal.signal(one, lambda *_: stop.set()) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _wait_until_ready(child: Child, stop: Stop) -> None:
    end = time.monotonic() + PATIENCE
    while not child.ready():
        if stop.wait(LOOK):
            return
        if not child.runs or time.monotonic() > end:
            raise StorageFailed("child_not_ready", name=child.name, log=str(child.log), why=_words(child))


def _start_again(child: Child, stop: Stop, tell: Tell) -> None:
    recent = [at for at in child.started if at > time.monotonic() - WITHIN]
    if len(recent) >= DEATHS:
        raise StorageFailed("child_keeps_dying", name=child.name, log=str(child.log), why=_words(child))
    tell("died", child)
    if stop.wait(min(2.0 ** (len(recent) - 1), LONGEST_PAUSE)):
        return
    child.start()


def _words(child: Child) -> str:
    lines = [line.strip() for line in child.last_words() if line.strip()]
    return lines[-1] if lines else "-"
