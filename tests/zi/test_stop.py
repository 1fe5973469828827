"""The wish to stop of `zi up` and of what ties its children to it."""

import os
import signal
import subprocess
import sys
from threading import Timer
from time import monotonic

from zi.up.stop import Stop

UNDER_FIRE = """
import signal
from zi.up.stop import Stop
stop = Stop()
signal.signal(signal.SIGALRM, lambda *_: stop.set())
signal.setitimer(signal.ITIMER_REAL, 0.0005, 0.0005)
for _ in range(200_000):
    stop.asked = False
    stop.wait(0)
signal.setitimer(signal.ITIMER_REAL, 0)
print("through")
"""


class TestStop:
    """Waits for as long as it is told, and no longer than until the signal."""

    def test_nobody_asks(self) -> None:
        began = monotonic()

        assert not Stop().wait(0.05)

        assert monotonic() - began >= 0.05

    def test_a_signal_asks(self) -> None:
        stop = Stop()
        before = signal.signal(signal.SIGUSR1, lambda *_: stop.set())
        Timer(0.05, os.kill, (os.getpid(), signal.SIGUSR1)).start()

        asked = stop.wait(30)

        signal.signal(signal.SIGUSR1, before)
        assert asked
        assert stop.wait(0)

    def test_signals_at_any_moment_never_lock_it(self) -> None:
        """An Event does not come through this."""
        ended = subprocess.run(
            [sys.executable, "-c", UNDER_FIRE], capture_output=True, text=True, timeout=60, check=True
        )

        assert ended.stdout == "through\n"
