"""What Apprise says and what servers answer while it sends: heard by the one who waits for it, and by nobody's log.

Its lines hold addresses and payloads, so they reach no handler at all. `apprise.LogCapture` would mix up what senders
at the same time are told; a context is each sender's own, and Apprise 2 takes it along into its threads.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache, wraps
from importlib import import_module
from typing import Any

WHY = ("Socket Exception", "Connection Exception")  # said at DEBUG only, and the best reason there is


@dataclass
class Heard:
    """All that was said while one message was sent."""

    lines: list[str] = field(default_factory=list)
    answer: Any = None  # the last answer over HTTP (requests.Response)
    cut_off: bool = False  # the request went out, and no whole answer came back


_heard: ContextVar[Heard | None] = ContextVar("heard", default=None)


class _Ears(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        heard = _heard.get()
        message = record.getMessage()
        if heard is not None and (record.levelno >= logging.WARNING or message.startswith(WHY)):
            heard.lines.append(" ".join(message.split()))
        return False


@cache
def keep_to_ourselves() -> None:
    """Let nothing of what Apprise and its HTTP client say reach a log, whatever level somebody sets."""
    apprise = logging.getLogger("apprise")
    apprise.addFilter(_Ears())
    apprise.setLevel(logging.DEBUG)
    http = logging.getLogger("urllib3")  # the path of a request may be a token
    http.setLevel(logging.CRITICAL)
    _hear_answers()


@contextmanager
def overheard() -> Iterator[Heard]:
    """What is said and answered in this context."""
    heard = Heard()
    token = _heard.set(heard)
    try:
        yield heard
    finally:
        _heard.reset(token)


def _hear_answers() -> None:
    """Listen at the HTTP client: Apprise tells the status in each service's own words, and Retry-After not at all."""
    session: Any = import_module("requests").Session
    plain = session.send

    @wraps(plain)
    def send(self: Any, request: Any, **options: Any) -> Any:
        heard = _heard.get()
        if heard is None:
            return plain(self, request, **options)
        heard.answer, heard.cut_off = None, False
        try:
            heard.answer = plain(self, request, **options)
        except Exception as error:
            heard.cut_off = _went_out(error)
            raise
        return heard.answer

    session.send = send


def _went_out(error: Exception) -> bool:
    """Whether the server may have the message: not where no connection came about."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if "ConnectTimeout" in names:
        return False
    if names & {"ReadTimeout", "ChunkedEncodingError", "ContentDecodingError"}:
        return True
    inner = {kind.__name__ for cause in error.args for kind in type(cause).__mro__}
    return bool(inner & {"ProtocolError", "ReadTimeoutError"})  # urllib3: closed, or silent, after the request
