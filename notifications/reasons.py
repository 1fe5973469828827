"""Why a message did not go, and what follows: never again by this channel, later, or later than the server says."""

import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from models.catalogue import say
from notifications.ears import Heard

LATER_HTTP = frozenset({408, 409, 423, 425, 429})  # of the 4xx, those that pass (RFC 9110, 6585, 8470)
OVER_QUOTA = 552  # RFC 5321 section 4.5.3.1.10: many servers say it of what may pass
LOGIN_SMTP = frozenset({530, 534, 535, 538})  # RFC 4954 section 6
LONGEST_HOLD = timedelta(days=1)

_SMTP_CODE = re.compile(r"\((\d{3}), b['\"]")  # as smtplib prints refusals: (550, b'5.1.1 no such user')
_SAID_CODE = re.compile(r"\berror=(\d{3})\b")  # as Apprise prints the status


def is_for_good(heard: Heard, *, kind: str) -> bool:
    """Whether the answer was a refusal that will be the same next time.

    HTTP 4xx but for those that pass, SMTP 5xx but for a full mailbox. No answer, a 5xx over HTTP, and whatever
    is not understood may pass.
    """
    if kind == "mailto":
        codes = _smtp_codes(heard)
        return bool(codes) and all(code >= 500 and code != OVER_QUOTA for code in codes)  # noqa: PLR2004
    status = _status(heard)
    return status is not None and 400 <= status < 500 and status not in LATER_HTTP  # noqa: PLR2004


def is_unsure(heard: Heard, *, kind: str) -> bool:
    """Whether the server may have taken the message all the same: it went out, and no answer came back."""
    if kind != "mailto":
        return heard.cut_off
    said = " ".join(heard.lines)
    return not _smtp_codes(heard) and ("timed out" in said or "unexpectedly closed" in said)


def in_plain_words(heard: Heard, *, kind: str) -> str:
    """What happened, for people who have never seen an SMTP dialogue; the service's own words stand behind it."""
    if is_unsure(heard, kind=kind):
        return say("delivery.why.silent")
    codes = _smtp_codes(heard) if kind == "mailto" else [_status(heard)]
    code = codes[-1] if codes else None
    if code is None:
        return say("delivery.why.unreachable") if heard.lines else say("delivery.unexplained")
    return say(f"delivery.why.{_smtp_name(code) if kind == 'mailto' else _http_name(code)}", code=code)


def _smtp_name(code: int) -> str:
    if code in LOGIN_SMTP:
        return "login"
    return "mail_refused" if code >= 500 and code != OVER_QUOTA else "mail_later"  # noqa: PLR2004


def _http_name(code: int) -> str:
    named = {401: "login", 403: "login", 404: "gone", 410: "gone", 429: "too_many"}
    if code in named:
        return named[code]
    return "refused" if 400 <= code < 500 else "server"  # noqa: PLR2004


def asked_to_wait(heard: Heard) -> timedelta | None:
    """How long the server wants to be left alone: Retry-After, or what Telegram and Discord write instead."""
    answer = heard.answer
    if answer is None or answer.status_code < 400:  # noqa: PLR2004
        return None
    seconds = _retry_after(answer) or (_in_body(answer) if answer.status_code == 429 else None)  # noqa: PLR2004
    return min(timedelta(seconds=seconds), LONGEST_HOLD) if seconds and seconds > 0 else None


def _status(heard: Heard) -> int | None:
    if heard.answer is not None:
        return int(heard.answer.status_code)
    if heard.cut_off:
        return None
    said = _SAID_CODE.findall(" ".join(heard.lines))  # of a service that brings a client of its own
    return int(said[-1]) if said else None


def _smtp_codes(heard: Heard) -> list[int]:
    return [int(code) for line in heard.lines for code in _SMTP_CODE.findall(line)]


def _retry_after(answer: Any) -> float | None:
    """Seconds, or a date, which is set against the answer's own: nobody's clock has to agree with another's."""
    said = str(answer.headers.get("Retry-After", "")).strip()
    if re.fullmatch(r"\d{1,9}", said):
        return float(said)
    until, sent = _date(said), _date(str(answer.headers.get("Date", "")))
    return (until - sent).total_seconds() if until and sent else None


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _in_body(answer: Any) -> float | None:
    try:
        body = answer.json()
    except ValueError:
        return None
    if not isinstance(body, dict):
        return None
    inner = body.get("parameters")
    found = body.get("retry_after", inner.get("retry_after") if isinstance(inner, dict) else None)
    return float(found) if isinstance(found, (int, float)) and 0 < found < 1e9 else None  # noqa: PLR2004
