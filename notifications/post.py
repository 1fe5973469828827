"""One letter to one address by Apprise, and the reason where it fails."""

from dataclasses import dataclass

from models.catalogue import say
from notifications.address import UnknownAddress, masked, open_address, scheme_of, without_secrets
from notifications.ears import overheard
from notifications.letter import Letter

LONGEST_REASON = 300  # characters
MAIL = ("mailto", "mailtos")  # these get HTML, unless their address says ?format=text


@dataclass(frozen=True)
class Outcome:
    """How one attempt went; `error` holds no secret."""

    sent: bool
    error: str | None = None
    for_good: bool = False  # trying again is of no use


SENT = Outcome(sent=True)


def post(letter: Letter, url: str) -> Outcome:
    """Send one letter to one address, and wait for the answer."""
    try:
        service = open_address(url)
    except UnknownAddress:
        return Outcome(sent=False, error=say("delivery.bad_url"), for_good=True)
    from apprise import Apprise, NotifyFormat  # noqa: PLC0415 - slow to import

    as_html = bool(letter.html) and scheme_of(url) in MAIL and service.notify_format == NotifyFormat.HTML
    body = letter.html if as_html else letter.body if len(letter.body) <= service.body_maxlen else letter.short
    form = NotifyFormat.HTML if as_html else NotifyFormat.TEXT
    with overheard() as lines:
        result = Apprise(service).notify(body=body, title=letter.subject, body_format=form)
    if result:  # 1.13: True, False, None; 2.x: a result that is true only when all of it was delivered
        return SENT
    reason = without_secrets("; ".join(lines), url=url, shown=masked(service))
    return Outcome(sent=False, error=reason[:LONGEST_REASON] or say("delivery.unexplained"))
