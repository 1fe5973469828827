"""A wish to stop, which a signal may utter at any moment.

No threading.Event: its `set` takes the lock that its own interrupted `wait` may hold, and then the process hangs.
"""

import time

LOOK = 0.1  # seconds between two looks; a signal does not end a sleep


class Stop:
    """Uttered once, for good."""

    def __init__(self) -> None:
        self.asked = False

    def set(self) -> None:
        self.asked = True

    def wait(self, seconds: float) -> bool:
        """Whether it was uttered before, or within, these seconds."""
        end = time.monotonic() + seconds
        while not self.asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, LOOK))
        return self.asked
