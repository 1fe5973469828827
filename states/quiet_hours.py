"""When one person wants to be left alone: a window of the day, days off, and the hours outside work. Pure."""

from dataclasses import dataclass
from datetime import time
from functools import cached_property

from models.errors import BadInput

LEAST_ROOM = 60  # minutes of a working day: with less, messages would be put off for ever
DAY = 24 * 60


@dataclass(frozen=True)
class Window:
    """From one time of the day up to another; over midnight where it ends before it begins."""

    begins: time
    ends: time

    @property
    def written(self) -> str:
        return f"{self.begins:%H:%M}-{self.ends:%H:%M}"

    @property
    def wraps(self) -> bool:
        return self.begins > self.ends

    def has(self, at: time) -> bool:
        if self.wraps:
            return at >= self.begins or at < self.ends
        return self.begins <= at < self.ends

    def pieces(self) -> tuple[tuple[int, int], ...]:
        """In minutes of one day."""
        begins, ends = _minute(self.begins), _minute(self.ends)
        return ((begins, DAY), (0, ends)) if self.wraps else ((begins, ends),)


@dataclass(frozen=True)
class QuietHours:
    quiet: Window | None = None
    working_days_only: bool = False
    work: Window | None = None  # only with working_days_only

    @cached_property
    def never(self) -> bool:
        """Nothing is ever held."""
        return self.quiet is None and not self.working_days_only

    @cached_property
    def room(self) -> int:
        """Minutes of a working day in which a message may arrive."""
        ((begins, ends),) = self.work.pieces() if self.work else ((0, DAY),)
        lost = sum(max(0, min(ends, one[1]) - max(begins, one[0])) for one in self.quiet.pieces()) if self.quiet else 0
        return ends - begins - lost


def checked(hours: QuietHours) -> QuietHours:
    """Raises BadInput for windows without length, work over midnight, and hours that leave no room."""
    for window in (hours.quiet, hours.work):
        if window and window.begins == window.ends:
            raise BadInput("window_empty", value=window.written)
    if hours.work and hours.work.wraps:
        raise BadInput("work_over_midnight", value=hours.work.written)
    if hours.work and not hours.working_days_only:
        raise BadInput("work_without_days", value=hours.work.written)
    if hours.room < LEAST_ROOM:
        raise BadInput("no_room_left", least=LEAST_ROOM)
    return hours


def read_window(text: str) -> Window:
    """`21:00-06:00`. Raises BadInput."""
    begins, dash, ends = text.strip().partition("-")
    try:
        if not dash:
            raise ValueError
        return Window(_time(begins), _time(ends))
    except ValueError:
        raise BadInput("bad_window", value=text) from None


def _time(text: str) -> time:
    """HH:MM, nothing else: seconds and zones have no place here."""
    hours, minutes = text.strip().split(":")
    if not (hours.isdecimal() and minutes.isdecimal() and len(minutes) == 2):  # noqa: PLR2004
        raise ValueError
    return time(int(hours), int(minutes))


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
