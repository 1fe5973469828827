"""One letter to one address by Apprise, and the reason where it fails."""

import re
from dataclasses import dataclass
from datetime import timedelta

from models.catalogue import say
from notifications.address import UnknownAddress, kind_of, masked, open_address, scheme_of, without_secrets
from notifications.ears import overheard
from notifications.letter import Letter
from notifications.reasons import asked_to_wait, in_plain_words, is_for_good, is_unsure

LONGEST_REASON = 300  # characters
MAIL = ("mailto", "mailtos")  # these get HTML, unless their address says ?format=text

_POOL = re.compile(r"HTTPS?ConnectionPool\(.*?\(Caused by ")  # requests' own preface to what really happened


@dataclass(frozen=True)
class Outcome:
    """How one attempt went; `error` holds no secret."""

    sent: bool
    error: str | None = None
    for_good: bool = False  # trying again is of no use
    wait: timedelta | None = None  # the server wants to be left alone so long
    ours: bool = False  # nothing was tried: our own key is not in order


SENT = Outcome(sent=True)


def takes_html(url: str | None) -> bool:
    """Whether HTML is sent there; so it is into the mail folder, which has no address."""
    return url is None or scheme_of(url) in MAIL


def post(letter: Letter, url: str) -> Outcome:
    """Send one letter to one address, and wait for the answer."""
    try:
        service = open_address(url)
    except UnknownAddress:
        return Outcome(sent=False, error=say("delivery.bad_url"), for_good=True)
    from apprise import Apprise, NotifyFormat  # noqa: PLC0415 - slow to import

    as_html = bool(letter.html) and takes_html(url) and service.notify_format == NotifyFormat.HTML
    body = letter.html if as_html else letter.body if len(letter.body) <= service.body_maxlen else letter.short
    form = NotifyFormat.HTML if as_html else NotifyFormat.TEXT
    with overheard() as heard:
        result = Apprise(service).notify(body=body, title=letter.subject, body_format=form)
    if result:  # 1.13: True, False, None; 2.x: a result that is true only when all of it was delivered
        return SENT
    kind = kind_of(service)
    unsure = is_unsure(heard, kind=kind) or _timed_out(result)
    said = [in_plain_words(heard, kind=kind), *([say("delivery.unsure")] if unsure else [])]
    if reason := without_secrets(_POOL.sub("(", "; ".join(heard.lines)), url=url, shown=masked(service)):
        said.append(f"[{reason[:LONGEST_REASON]}]")
    return Outcome(
        sent=False,
        error=" ".join(said),
        for_good=not unsure and is_for_good(heard, kind=kind),
        wait=asked_to_wait(heard),
    )


def _timed_out(result: object) -> bool:
    """Apprise 2 says so where it stopped waiting; the server may have the message."""
    return getattr(getattr(result, "status", None), "name", "") == "TIMEOUT"
