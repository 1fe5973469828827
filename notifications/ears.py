"""What Apprise says while it sends: heard by the one who waits for it, and by nobody's log.

Its lines hold addresses and payloads, so they reach no handler at all. `apprise.LogCapture` would mix up what senders
at the same time are told; a context is each sender's own, and Apprise 2 takes it along into its threads.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache

WHY = ("Socket Exception", "Connection Exception")  # said at DEBUG only, and the best reason there is


_lines: ContextVar[list[str] | None] = ContextVar("lines", default=None)


class _Ears(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        lines = _lines.get()
        message = record.getMessage()
        if lines is not None and (record.levelno >= logging.WARNING or message.startswith(WHY)):
            lines.append(" ".join(message.split()))
        return False


@cache
def keep_to_ourselves() -> None:
    """Let nothing of what Apprise and its HTTP client say reach a log, whatever level somebody sets."""
    apprise = logging.getLogger("apprise")
    apprise.addFilter(_Ears())
    apprise.setLevel(logging.DEBUG)
    http = logging.getLogger("urllib3")  # the path of a request may be a token
    http.setLevel(logging.CRITICAL)


@contextmanager
def overheard() -> Iterator[list[str]]:
    """The reasons that Apprise gives to whoever asks in this context."""
    lines: list[str] = []
    token = _lines.set(lines)
    try:
        yield lines
    finally:
        _lines.reset(token)
