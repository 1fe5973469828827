"""How long a message is tried by one channel before the next has its turn, and how long between two attempts.

Pure. Decided in docs/decisions (patience with a channel): a reminder must not come days after it was of use, and a
weekend without a mail server must not bring everybody's messages into a folder that nobody looks into.
"""

from datetime import date, datetime, time, timedelta
from hashlib import sha256

from models.messages import Notice, OutboxMessage
from states.calendar import WIB

SHORTEST_WAIT = timedelta(seconds=30)
FIRST_CEILING = timedelta(minutes=2)
LONGEST_WAIT = timedelta(hours=4)
MOST_ATTEMPTS = 50  # by one channel; its age decides long before that, unless runs come closer than every five minutes

SOON = timedelta(hours=2)  # what somebody has to act on
LATER = timedelta(hours=6)  # what somebody only has to know
LAST_CHANNEL = timedelta(days=3)  # after it there is only the mail folder
REST = timedelta(days=1)  # then a channel that failed of what may pass is tried again by a new message

URGENT = frozenset({Notice.DUE, Notice.CORRECTION, Notice.UNREACHABLE})


def wait_after(attempt: int, *, message_id: str) -> timedelta:
    """Full jitter under a ceiling of 2, 4, 8 ... minutes, four hours at most; the same for the same attempt.

    Out of the message id, so that messages that failed together come back apart, and that tests need no dice.
    """
    doublings: int = 2 ** min(attempt - 1, 16)
    ceiling = min(FIRST_CEILING * doublings, LONGEST_WAIT)
    share = int.from_bytes(sha256(f"{message_id}:{attempt}".encode()).digest()[:4]) / 2**32
    return SHORTEST_WAIT + (ceiling - SHORTEST_WAIT) * share


def patience_ends(message: OutboxMessage, *, since: datetime, others_left: bool) -> datetime:
    """The moment of the last attempt by this channel; `since` is that of the first.

    With another channel left it comes soon. By the last channel a message is tried for three days, but a reminder
    that looks ahead (H-14 to H) no longer than to the end of its due day, and SOON at least: the next rung says more.
    """
    urgent = message.kind in URGENT
    if others_left:
        return since + (SOON if urgent else LATER)
    longest = since + LAST_CHANNEL
    if message.due_on is None or not looks_ahead(message.rung):
        return longest
    return max(since + SOON, min(longest, _end_of(message.due_on)))


def looks_ahead(rung: str | None) -> bool:
    return rung is not None and "+" not in rung


def _end_of(day: date) -> datetime:
    """In western Indonesia, where the day ends last."""
    return datetime.combine(day, time.max, tzinfo=WIB)
