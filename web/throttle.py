"""How often somebody may ask: so many times a minute. Counted in memory, by each process for itself."""

import time
from collections.abc import Callable
from threading import Lock

MINUTE = 60.0  # seconds


class Throttle:
    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._lock = Lock()
        self._minute = -1
        self._asked: dict[str, int] = {}

    def lets(self, who: str, most: int) -> bool:
        """Count one more; whether it is still within the minute's share."""
        minute = int(self._ticks() / MINUTE)
        with self._lock:
            if minute != self._minute:
                self._minute, self._asked = minute, {}  # nothing is kept of the minutes before
            self._asked[who] = self._asked.get(who, 0) + 1
            return self._asked[who] <= most
